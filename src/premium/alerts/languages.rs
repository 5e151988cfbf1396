//! The texts of the mail to administrators, language by language.
//!
//! `{…}` stands for what it says. Nothing in a sentence depends on the grammar of what is put there.

use super::facts::FactKind;
use crate::account::AlertKind;
use crate::i18n::Language;

/// The texts of a language.
pub(super) struct DigestTexts {
    pub(super) title: &'static str,
    after_failures: &'static str,
    after_inactivity: &'static str,
    new_network: &'static str,
    new_device: &'static str,
    blocked: &'static str,
    wrong_answers: &'static str,
    pub(super) accounts: &'static str,
    pub(super) span: &'static str,
    provider_down: &'static str,
    provider_failing: &'static str,
    budget_low: &'static str,
    licence_ending: &'static str,
    few_administrators: &'static str,
    pub(super) whole_site: &'static str,
    pub(super) advice: &'static str,
}

const ENGLISH: DigestTexts = DigestTexts {
    title: "What was unusual on the site",
    after_failures: "Second factors used after several wrong codes",
    after_inactivity: "Second factors used after a long time",
    new_network: "Second factors used from a new network",
    new_device: "Browsers remembered",
    blocked: "Methods blocked for a while",
    wrong_answers: "Wrong codes after the right password",
    accounts: "Accounts: {accounts}",
    span: "From {from} to {until} (UTC)",
    provider_down: "A provider of messages has failed and is left alone for a while: {what}",
    provider_failing: "A provider of messages fails too often: {what}, {value} percent of the last messages",
    budget_low: "A limit of messages is nearly used up: {what}, {value} percent",
    licence_ending: "The licence ends at {value} (UTC) and has not been renewed",
    few_administrators: "Administrators with a second factor: {value}. With fewer than two, nobody can help when one of them is locked out",
    whole_site: "the whole site",
    advice: "The persons were told of what concerns them. Look at the events for more.",
};

const GERMAN: DigestTexts = DigestTexts {
    title: "Ungewöhnliches auf der Website",
    after_failures: "Zweite Faktoren nach mehreren falschen Codes verwendet",
    after_inactivity: "Zweite Faktoren nach langer Zeit wieder verwendet",
    new_network: "Zweite Faktoren aus einem neuen Netz verwendet",
    new_device: "Gemerkte Browser",
    blocked: "Vorübergehend gesperrte Verfahren",
    wrong_answers: "Falsche Codes nach dem richtigen Passwort",
    accounts: "Konten: {accounts}",
    span: "Von {from} bis {until} (UTC)",
    provider_down: "Ein Anbieter für Nachrichten ist ausgefallen und wird eine Weile nicht gefragt: {what}",
    provider_failing: "Ein Anbieter für Nachrichten versagt zu oft: {what}, {value} Prozent der letzten Nachrichten",
    budget_low: "Eine Obergrenze für Nachrichten ist fast erreicht: {what}, {value} Prozent",
    licence_ending: "Die Lizenz endet um {value} (UTC) und wurde nicht erneuert",
    few_administrators: "Administratoren mit einem zweiten Faktor: {value}. Bei weniger als zweien kann niemand helfen, wenn einer ausgesperrt ist",
    whole_site: "die ganze Website",
    advice: "Die betroffenen Personen haben erfahren, was sie betrifft. Näheres steht in den Ereignissen.",
};

const FRENCH: DigestTexts = DigestTexts {
    title: "Faits inhabituels sur le site",
    after_failures: "Seconds facteurs utilisés après plusieurs codes erronés",
    after_inactivity: "Seconds facteurs utilisés après une longue période",
    new_network: "Seconds facteurs utilisés depuis un nouveau réseau",
    new_device: "Navigateurs mémorisés",
    blocked: "Méthodes bloquées pour un moment",
    wrong_answers: "Codes erronés après le bon mot de passe",
    accounts: "Comptes : {accounts}",
    span: "De {from} à {until} (UTC)",
    provider_down: "Un fournisseur de messages a échoué et n’est pas sollicité pour un moment : {what}",
    provider_failing: "Un fournisseur de messages échoue trop souvent : {what}, {value} pour cent des derniers messages",
    budget_low: "Une limite de messages est presque atteinte : {what}, {value} pour cent",
    licence_ending: "La licence prend fin le {value} (UTC) et n’a pas été renouvelée",
    few_administrators: "Administrateurs avec un second facteur : {value}. À moins de deux, personne ne peut aider celui qui n’a plus accès",
    whole_site: "tout le site",
    advice: "Les personnes concernées ont été informées. Consultez les événements pour en savoir plus.",
};

const SPANISH: DigestTexts = DigestTexts {
    title: "Hechos inusuales en el sitio",
    after_failures: "Segundos factores usados después de varios códigos incorrectos",
    after_inactivity: "Segundos factores usados después de mucho tiempo",
    new_network: "Segundos factores usados desde una red nueva",
    new_device: "Navegadores recordados",
    blocked: "Métodos bloqueados por un tiempo",
    wrong_answers: "Códigos incorrectos después de la contraseña correcta",
    accounts: "Cuentas: {accounts}",
    span: "De {from} a {until} (UTC)",
    provider_down: "Un proveedor de mensajes ha fallado y no se le consulta por un tiempo: {what}",
    provider_failing: "Un proveedor de mensajes falla con demasiada frecuencia: {what}, {value} por ciento de los últimos mensajes",
    budget_low: "Un límite de mensajes está casi agotado: {what}, {value} por ciento",
    licence_ending: "La licencia termina el {value} (UTC) y no se ha renovado",
    few_administrators: "Administradores con un segundo factor: {value}. Con menos de dos, nadie puede ayudar a quien se quede sin acceso",
    whole_site: "todo el sitio",
    advice: "Se ha informado a las personas afectadas. Consulte los eventos para saber más.",
};

const ITALIAN: DigestTexts = DigestTexts {
    title: "Fatti insoliti sul sito",
    after_failures: "Secondi fattori usati dopo diversi codici errati",
    after_inactivity: "Secondi fattori usati dopo molto tempo",
    new_network: "Secondi fattori usati da una nuova rete",
    new_device: "Browser memorizzati",
    blocked: "Metodi bloccati per un po’ di tempo",
    wrong_answers: "Codici errati dopo la password giusta",
    accounts: "Account: {accounts}",
    span: "Dal {from} al {until} (UTC)",
    provider_down: "Un fornitore di messaggi non funziona e per un po’ non viene usato: {what}",
    provider_failing: "Un fornitore di messaggi fallisce troppo spesso: {what}, {value} per cento degli ultimi messaggi",
    budget_low: "Un limite di messaggi è quasi esaurito: {what}, {value} per cento",
    licence_ending: "La licenza termina il {value} (UTC) e non è stata rinnovata",
    few_administrators: "Amministratori con un secondo fattore: {value}. Con meno di due, nessuno può aiutare chi resta escluso",
    whole_site: "tutto il sito",
    advice: "Le persone interessate sono state informate. Per saperne di più, veda gli eventi.",
};

const FINNISH: DigestTexts = DigestTexts {
    title: "Sivuston poikkeavat tapahtumat",
    after_failures: "Toista tunnistautumistapaa käytetty usean väärän koodin jälkeen",
    after_inactivity: "Toista tunnistautumistapaa käytetty pitkän tauon jälkeen",
    new_network: "Toista tunnistautumistapaa käytetty uudesta verkosta",
    new_device: "Muistetut selaimet",
    blocked: "Tilapäisesti estetyt tavat",
    wrong_answers: "Vääriä koodeja oikean salasanan jälkeen",
    accounts: "Tilejä: {accounts}",
    span: "Ajalla {from} – {until} (UTC)",
    provider_down: "Viestien välittäjä ei toimi, eikä siltä pyydetä mitään vähään aikaan: {what}",
    provider_failing: "Viestien välittäjä epäonnistuu liian usein: {what}, {value} prosenttia viime viesteistä",
    budget_low: "Viestien enimmäismäärä on melkein täynnä: {what}, {value} prosenttia",
    licence_ending: "Lisenssi päättyy {value} (UTC), eikä sitä ole uusittu",
    few_administrators: "Ylläpitäjiä, joilla on toinen tunnistautumistapa: {value}. Jos heitä on alle kaksi, kukaan ei voi auttaa, kun joku ei pääse sisään",
    whole_site: "koko sivusto",
    advice: "Asianosaisille on kerrottu heitä koskevat asiat. Lisätietoja on tapahtumissa.",
};

const HEBREW: DigestTexts = DigestTexts {
    title: "אירועים חריגים באתר",
    after_failures: "שימוש באמצעי אימות לאחר כמה קודים שגויים",
    after_inactivity: "שימוש באמצעי אימות לאחר זמן רב",
    new_network: "שימוש באמצעי אימות מרשת חדשה",
    new_device: "דפדפנים שנשמרו",
    blocked: "שיטות שנחסמו לזמן מה",
    wrong_answers: "קודים שגויים לאחר סיסמה נכונה",
    accounts: "חשבונות: {accounts}",
    span: "מ־{from} עד {until} (UTC)",
    provider_down: "ספק הודעות נכשל ואינו נשאל לזמן מה: {what}",
    provider_failing: "ספק הודעות נכשל לעתים קרובות מדי: {what}, {value} אחוזים מההודעות האחרונות",
    budget_low: "מכסת הודעות כמעט נוצלה: {what}, {value} אחוזים",
    licence_ending: "הרישיון מסתיים ב־{value} (UTC) ולא חודש",
    few_administrators: "מנהלים שיש להם אמצעי אימות: {value}. כשיש פחות משניים, אין מי שיעזור כשאחד מהם ננעל בחוץ",
    whole_site: "האתר כולו",
    advice: "האנשים שהדבר נוגע להם קיבלו הודעה. פרטים נוספים נמצאים באירועים.",
};

/// The texts of that language.
pub(super) const fn texts(language: Language) -> &'static DigestTexts {
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

impl DigestTexts {
    /// What happened.
    pub(super) const fn kind(&self, kind: AlertKind) -> &'static str {
        match kind {
            AlertKind::AfterFailures => self.after_failures,
            AlertKind::AfterInactivity => self.after_inactivity,
            AlertKind::NewNetwork => self.new_network,
            AlertKind::NewDevice => self.new_device,
            AlertKind::Blocked => self.blocked,
            AlertKind::WrongAnswers => self.wrong_answers,
        }
    }

    /// What is wrong with the site.
    pub(super) const fn fact(&self, kind: FactKind) -> &'static str {
        match kind {
            FactKind::ProviderDown => self.provider_down,
            FactKind::ProviderFailing => self.provider_failing,
            FactKind::BudgetLow => self.budget_low,
            FactKind::LicenceEnding => self.licence_ending,
            FactKind::FewAdministrators => self.few_administrators,
        }
    }
}
