//! The texts of messages, language by language.
//!
//! All but Hebrew keep to the alphabet of GSM 03.38: of the accents on small letters it has
//! `à ä å é è ì ñ ö ò ü ù`, on capitals `Ä Å É Ñ Ö Ü`.

use crate::i18n::Language;
use crate::types::{Purpose, SmsNotice};

/// The texts of a language. `{code}` and `{minutes}` stand for what they say.
pub(super) struct MessageTexts {
    pub(super) login: &'static str,
    pub(super) step_up: &'static str,
    pub(super) verify_phone: &'static str,
    pub(super) reset_password: &'static str,
    pub(super) minute: &'static str,
    pub(super) minutes: &'static str,
    pub(super) advice: &'static str,
    pub(super) changed: &'static str,
    pub(super) removed: &'static str,
    pub(super) password: &'static str,
    /// Between the name and the rest.
    pub(super) after_name: &'static str,
    /// Spoken only, so any letters will do. `{site}` is the name.
    pub(super) call: &'static str,
    pub(super) again: &'static str,
}

const ENGLISH: MessageTexts = MessageTexts {
    login: "Your sign-in code is {code}.",
    step_up: "Your code for changing security settings is {code}.",
    verify_phone: "Your code to confirm this phone number is {code}.",
    reset_password: "Your code to reset your password is {code}.",
    minute: "It is valid for 1 minute.",
    minutes: "It is valid for {minutes} minutes.",
    advice: "Never tell it to anybody.",
    changed: "The phone number of your account was changed. If this was not you, contact us at once.",
    removed: "This phone number was removed from your account. If this was not you, contact us at once.",
    password: "The password of your account was changed by a code to this number. If this was not you, contact us at once.",
    after_name: ": ",
    call: "This is a call from {site}.",
    again: "Once more: {code}.",
};

const GERMAN: MessageTexts = MessageTexts {
    login: "Ihr Anmeldecode ist {code}.",
    step_up: "Ihr Code zum Ändern der Sicherheitseinstellungen ist {code}.",
    verify_phone: "Ihr Code zum Bestätigen dieser Telefonnummer ist {code}.",
    reset_password: "Ihr Code zum Zurücksetzen des Passworts ist {code}.",
    minute: "Er gilt 1 Minute.",
    minutes: "Er gilt {minutes} Minuten.",
    advice: "Geben Sie ihn an niemanden weiter.",
    changed: "Die Telefonnummer Ihres Kontos wurde geändert. Falls Sie das nicht waren, melden Sie sich sofort bei uns.",
    removed: "Diese Telefonnummer wurde aus Ihrem Konto entfernt. Falls Sie das nicht waren, melden Sie sich sofort bei uns.",
    password: "Das Passwort Ihres Kontos wurde mit einem Code an diese Nummer geändert. Falls Sie das nicht waren, melden Sie sich sofort bei uns.",
    after_name: ": ",
    call: "Dies ist ein Anruf von {site}.",
    again: "Noch einmal: {code}.",
};

const FRENCH: MessageTexts = MessageTexts {
    login: "Votre code de connexion est {code}.",
    step_up: "Votre code pour modifier les paramètres de sécurité est {code}.",
    verify_phone: "Votre code pour confirmer ce numéro de téléphone est {code}.",
    reset_password: "Votre code pour réinitialiser votre mot de passe est {code}.",
    minute: "Il est valable 1 minute.",
    minutes: "Il est valable {minutes} minutes.",
    advice: "Ne le communiquez à personne.",
    changed: "Le numéro de téléphone de votre compte a été modifié. Si ce n'était pas vous, contactez-nous immédiatement.",
    removed: "Ce numéro de téléphone a été retiré de votre compte. Si ce n'était pas vous, contactez-nous immédiatement.",
    password: "Le mot de passe de votre compte a été modifié par un code à ce numéro. Si ce n'était pas vous, contactez-nous immédiatement.",
    after_name: ": ",
    call: "Bonjour, ici {site}.",
    again: "Je répète\u{a0}: {code}.",
};

/// «Clave» and «ajustes», because GSM 03.38 has no «ó»; «caduca», because it has no «á».
const SPANISH: MessageTexts = MessageTexts {
    login: "Su clave de acceso es {code}.",
    step_up: "Su clave para cambiar los ajustes de seguridad es {code}.",
    verify_phone: "Su clave para confirmar este teléfono es {code}.",
    reset_password: "Su clave para restablecer la contraseña es {code}.",
    minute: "Caduca en 1 minuto.",
    minutes: "Caduca en {minutes} minutos.",
    advice: "No la comparta con nadie.",
    changed: "Se ha cambiado el teléfono de su cuenta. Si no fue usted, contacte con nosotros de inmediato.",
    removed: "Se ha quitado este teléfono de su cuenta. Si no fue usted, contacte con nosotros de inmediato.",
    password: "Se ha cambiado la contraseña de su cuenta con una clave a este teléfono. Si no fue usted, contacte con nosotros de inmediato.",
    after_name: ": ",
    call: "Esta es una llamada de {site}.",
    again: "Repetimos: {code}.",
};

/// «Scade», because GSM 03.38 has «è» but no «È».
const ITALIAN: MessageTexts = MessageTexts {
    login: "Il codice di accesso è {code}.",
    step_up: "Il codice per modificare le impostazioni di sicurezza è {code}.",
    verify_phone: "Il codice per confermare questo numero di telefono è {code}.",
    reset_password: "Il codice per reimpostare la password è {code}.",
    minute: "Scade tra 1 minuto.",
    minutes: "Scade tra {minutes} minuti.",
    advice: "Non lo comunichi a nessuno.",
    changed: "Il numero di telefono del Suo account è stato modificato. Se la modifica non è Sua, ci contatti subito.",
    removed: "Questo numero di telefono è stato rimosso dal Suo account. Se la modifica non è Sua, ci contatti subito.",
    password: "La password del Suo account è stata modificata con un codice a questo numero. Se la modifica non è Sua, ci contatti subito.",
    after_name: ": ",
    call: "Questa è una chiamata da {site}.",
    again: "Ripetiamo: {code}.",
};

const FINNISH: MessageTexts = MessageTexts {
    login: "Kirjautumiskoodisi on {code}.",
    step_up: "Koodisi turva-asetusten muuttamiseen on {code}.",
    verify_phone: "Koodisi tämän puhelinnumeron vahvistamiseen on {code}.",
    reset_password: "Koodisi salasanan vaihtamiseen on {code}.",
    minute: "Se on voimassa 1 minuutin.",
    minutes: "Se on voimassa {minutes} minuuttia.",
    advice: "Älä kerro sitä kenellekään.",
    changed: "Tilisi puhelinnumero on vaihdettu. Jos et vaihtanut sitä itse, ota meihin heti yhteyttä.",
    removed: "Tämä puhelinnumero on poistettu tililtäsi. Jos et poistanut sitä itse, ota meihin heti yhteyttä.",
    password: "Tilisi salasana on vaihdettu tähän numeroon lähetetyllä koodilla. Jos et vaihtanut sitä itse, ota meihin heti yhteyttä.",
    after_name: ": ",
    call: "Tämä on puhelu palvelusta {site}.",
    again: "Toistamme: {code}.",
};

/// Short, and in no gender.
const HEBREW: MessageTexts = MessageTexts {
    login: "קוד כניסה: {code}.",
    step_up: "קוד לשינוי הגדרות: {code}.",
    verify_phone: "קוד לאימות הטלפון: {code}.",
    reset_password: "קוד לאיפוס סיסמה: {code}.",
    minute: "בתוקף דקה אחת.",
    minutes: "בתוקף {minutes} דקות.",
    advice: "אין למסור לאיש.",
    changed: "מספר הטלפון בחשבון הוחלף. לא ביקשת? יש לפנות אלינו מיד.",
    removed: "הטלפון הזה הוסר מהחשבון. לא ביקשת? יש לפנות אלינו מיד.",
    password: "הסיסמה שונתה בקוד לטלפון זה. לא ביקשת? יש לפנות אלינו מיד.",
    after_name: " - ",
    call: "זוהי שיחה מאת {site}.",
    again: "שוב: {code}.",
};

pub(super) const fn texts(language: Language) -> &'static MessageTexts {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
        Language::Spanish => &SPANISH,
        Language::Italian => &ITALIAN,
        Language::Finnish => &FINNISH,
        Language::Hebrew => &HEBREW,
    }
}

impl MessageTexts {
    pub(super) const fn sentence(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Login => self.login,
            Purpose::StepUp => self.step_up,
            Purpose::VerifyPhone => self.verify_phone,
            Purpose::ResetPassword => self.reset_password,
        }
    }
    pub(super) const fn notice(&self, kind: SmsNotice) -> &'static str {
        match kind {
            SmsNotice::NumberReplaced => self.changed,
            SmsNotice::NumberRemoved => self.removed,
            SmsNotice::PasswordReset => self.password,
        }
    }
}
