//! The texts of a mail with a code, language by language.

use crate::i18n::Language;
use crate::types::Purpose;

/// The texts of a language. `{minutes}` and `{ip}` stand for what they say; the name of the site is
/// never inside a sentence, where it would have to be inflected.
pub(super) struct MailTexts {
    pub(super) login: &'static str,
    pub(super) step_up: &'static str,
    pub(super) verify: &'static str,
    pub(super) reset_password: &'static str,
    /// Between a title and the code.
    pub(super) colon: &'static str,
    pub(super) minute: &'static str,
    pub(super) minutes: &'static str,
    pub(super) advice: &'static str,
    pub(super) asked_from: &'static str,
    pub(super) password_known: &'static str,
    pub(super) ignore: &'static str,
    pub(super) password_stays: &'static str,
}

const ENGLISH: MailTexts = MailTexts {
    login: "Your sign-in code",
    step_up: "Your code for changing security settings",
    verify: "Your code to confirm this e-mail address",
    reset_password: "Your code to reset your password",
    colon: ":",
    minute: "It can be used once and is valid for 1 minute.",
    minutes: "It can be used once and is valid for {minutes} minutes.",
    advice: "Never tell it to anybody. We will never ask you for it.",
    asked_from: "It was requested from the IP address {ip}.",
    password_known: "If this was not you, somebody may know your password. Change it as soon as possible.",
    ignore: "If this was not you, ignore this message.",
    password_stays: "If this was not you, ignore this message. Your password remains unchanged.",
};

const GERMAN: MailTexts = MailTexts {
    login: "Ihr Anmeldecode",
    step_up: "Ihr Code zum Ändern der Sicherheitseinstellungen",
    verify: "Ihr Code zum Bestätigen dieser E-Mail-Adresse",
    reset_password: "Ihr Code zum Zurücksetzen des Passworts",
    colon: ":",
    minute: "Er kann einmal verwendet werden und gilt 1 Minute.",
    minutes: "Er kann einmal verwendet werden und gilt {minutes} Minuten.",
    advice: "Geben Sie ihn an niemanden weiter. Wir werden Sie nie danach fragen.",
    asked_from: "Er wurde von der IP-Adresse {ip} angefordert.",
    password_known: "Falls Sie das nicht waren, kennt möglicherweise jemand Ihr Passwort. Ändern Sie es so bald wie möglich.",
    ignore: "Falls Sie das nicht waren, ignorieren Sie diese Nachricht.",
    password_stays: "Falls Sie das nicht waren, ignorieren Sie diese Nachricht. Ihr Passwort bleibt unverändert.",
};

const FRENCH: MailTexts = MailTexts {
    login: "Votre code de connexion",
    step_up: "Votre code pour modifier les paramètres de sécurité",
    verify: "Votre code pour confirmer cette adresse e-mail",
    reset_password: "Votre code pour réinitialiser votre mot de passe",
    colon: "\u{a0}:",
    minute: "Il ne peut servir qu’une fois et reste valable 1 minute.",
    minutes: "Il ne peut servir qu’une fois et reste valable {minutes} minutes.",
    advice: "Ne le communiquez à personne. Nous ne vous le demanderons jamais.",
    asked_from: "Il a été demandé depuis l’adresse IP {ip}.",
    password_known: "Si ce n’était pas vous, quelqu’un connaît peut-être votre mot de passe. Changez-le dès que possible.",
    ignore: "Si ce n’était pas vous, ignorez ce message.",
    password_stays: "Si ce n’était pas vous, ignorez ce message. Votre mot de passe reste inchangé.",
};

const SPANISH: MailTexts = MailTexts {
    login: "Su código de acceso",
    step_up: "Su código para cambiar los ajustes de seguridad",
    verify: "Su código para confirmar esta dirección de correo electrónico",
    reset_password: "Su código para restablecer la contraseña",
    colon: ":",
    minute: "Solo puede usarse una vez y caduca en 1 minuto.",
    minutes: "Solo puede usarse una vez y caduca en {minutes} minutos.",
    advice: "No lo comparta con nadie. Nunca se lo pediremos.",
    asked_from: "Se solicitó desde la dirección IP {ip}.",
    password_known: "Si no fue usted, es posible que alguien conozca su contraseña. Cámbiela lo antes posible.",
    ignore: "Si no fue usted, ignore este mensaje.",
    password_stays: "Si no fue usted, ignore este mensaje. Su contraseña no cambiará.",
};

const ITALIAN: MailTexts = MailTexts {
    login: "Il codice di accesso",
    step_up: "Il codice per modificare le impostazioni di sicurezza",
    verify: "Il codice per confermare questo indirizzo e-mail",
    reset_password: "Il codice per reimpostare la password",
    colon: ":",
    minute: "Può essere usato una sola volta e scade tra 1 minuto.",
    minutes: "Può essere usato una sola volta e scade tra {minutes} minuti.",
    advice: "Non lo comunichi a nessuno. Noi non lo chiederemo mai.",
    asked_from: "È stato richiesto dall’indirizzo IP {ip}.",
    password_known: "Se la richiesta non è Sua, qualcuno potrebbe conoscere la Sua password. La cambi al più presto.",
    ignore: "Se la richiesta non è Sua, ignori questo messaggio.",
    password_stays: "Se la richiesta non è Sua, ignori questo messaggio. La password resta invariata.",
};

const FINNISH: MailTexts = MailTexts {
    login: "Kirjautumiskoodisi",
    step_up: "Koodisi turva-asetusten muuttamiseen",
    verify: "Koodisi tämän sähköpostiosoitteen vahvistamiseen",
    reset_password: "Koodisi salasanan vaihtamiseen",
    colon: ":",
    minute: "Sen voi käyttää kerran, ja se on voimassa 1 minuutin.",
    minutes: "Sen voi käyttää kerran, ja se on voimassa {minutes} minuuttia.",
    advice: "Älä kerro sitä kenellekään. Emme koskaan kysy sitä sinulta.",
    asked_from: "Koodia pyydettiin IP-osoitteesta {ip}.",
    password_known: "Jos et pyytänyt sitä itse, joku saattaa tietää salasanasi. Vaihda se mahdollisimman pian.",
    ignore: "Jos et pyytänyt sitä itse, jätä tämä viesti huomiotta.",
    password_stays: "Jos et pyytänyt sitä itse, jätä tämä viesti huomiotta. Salasanasi pysyy ennallaan.",
};

/// In no gender.
const HEBREW: MailTexts = MailTexts {
    login: "קוד הכניסה שלך",
    step_up: "הקוד שלך לשינוי הגדרות האבטחה",
    verify: "הקוד שלך לאימות כתובת דואר אלקטרוני זו",
    reset_password: "הקוד שלך לאיפוס הסיסמה",
    colon: ":",
    minute: "הקוד מיועד לשימוש חד-פעמי ותקף למשך דקה אחת.",
    minutes: "הקוד מיועד לשימוש חד-פעמי ותקף למשך {minutes} דקות.",
    advice: "אין למסור אותו לאיש. לעולם לא נבקש אותו ממך.",
    asked_from: "הבקשה נשלחה מכתובת ה-IP {ip}.",
    password_known: "אם לא ביקשת את הקוד, ייתכן שמישהו יודע את הסיסמה שלך. יש לשנות אותה בהקדם האפשרי.",
    ignore: "אם לא ביקשת את הקוד, אפשר להתעלם מהודעה זו.",
    password_stays: "אם לא ביקשת את הקוד, אפשר להתעלם מהודעה זו. הסיסמה שלך לא תשתנה.",
};

pub(super) const fn texts(language: Language) -> &'static MailTexts {
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

impl MailTexts {
    pub(super) const fn title(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Login => self.login,
            Purpose::StepUp => self.step_up,
            Purpose::VerifyPhone => self.verify,
            Purpose::ResetPassword => self.reset_password,
        }
    }

    /// What to do for whoever did not ask for the code. Who got as far as a sign-in code has given the
    /// right password.
    pub(super) const fn not_you(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Login | Purpose::StepUp => self.password_known,
            Purpose::VerifyPhone => self.ignore,
            Purpose::ResetPassword => self.password_stays,
        }
    }
}
