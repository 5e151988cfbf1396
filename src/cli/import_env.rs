//! `twofactor provider import-env`: what other software keeps of its providers and limits in environment variables, as
//! settings and providers of ours. What would be set is a pure function of the variables; nothing is set that the settings'
//! own checks refuse, and what cannot be taken over is said with the reason.
//!
//! No secret is shown: of a secret field the variable that it came of is named, and no more.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use serde::Serialize;
use zeroize::Zeroizing;

use super::change::Act;
use super::failure::Failure;
use super::session::{Session, now};
use crate::config::Config;
use crate::crypto::KeyRing;
use crate::sms::{ProviderConfig, ProviderKind};
use crate::verifier::{Changes, Value};

/// What Vite builds into pages.
const OF_BROWSERS: &str = "VITE_";

/// The name of the key that is taken over.
const KEY_ID: &str = "imported";

/// Numbers of theirs, settings of ours, and what one of theirs is in ours.
const NUMBERS: [(&str, &str, u32); 8] = [
    ("SMS_CODE_LENGTH", "code_digits", 1),
    ("SMS_CODE_VALIDITY_MINUTES", "code_login_seconds", 60),
    ("SMS_CODE_VALIDITY_MINUTES", "code_verify_seconds", 60),
    ("SMS_MAX_ATTEMPTS", "code_checks", 1),
    ("SMS_COOLDOWN_MINUTES", "send_cooldown_seconds", 60),
    ("SMS_DAILY_LIMIT", "send_per_user_day", 1),
    ("MAX_OTP_ATTEMPTS", "max_attempts", 1),
    ("OTP_LOCKOUT_SECONDS", "lockout_seconds", 1),
];

/// The longest block is no shorter than the first.
const LONGEST_BLOCK: &str = "lockout_max_seconds";

/// Everything that is looked at.
const KNOWN: [&str; 26] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SNS_ENABLED",
    "AWS_SNS_REGION",
    "AWS_SNS_SENDER_ID",
    "CONFIG_ENCRYPTION_KEY",
    "MAX_OTP_ATTEMPTS",
    "OTP_LOCKOUT_SECONDS",
    "SMS_BACKUP_ENABLED",
    "SMS_CODE_LENGTH",
    "SMS_CODE_VALIDITY_MINUTES",
    "SMS_COOLDOWN_MINUTES",
    "SMS_DAILY_LIMIT",
    "SMS_MAX_ATTEMPTS",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_API_KEY_SECRET",
    "TWILIO_API_KEY_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_ENABLED",
    "TWILIO_FROM_NUMBER",
    "TWILIO_MAX_SMS_PER_DAY",
    "TWILIO_MAX_SMS_PER_HOUR",
    "TWILIO_PHONE_NUMBER",
    "TWILIO_VERIFY_SERVICE_SID",
    "AWS_REGION",
];

/// What other names of the same software begin with.
const KIN: [&str; 5] = ["TWILIO_", "AWS_SNS_", "SMS_", "OTP_", "MAX_OTP_"];

/// For help and manual.
const VARIABLES: &str = "\
Variables, also with VITE_ before them:
  Twilio        TWILIO_ENABLED, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or
                TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET;
                TWILIO_VERIFY_SERVICE_SID, or TWILIO_FROM_NUMBER or
                TWILIO_PHONE_NUMBER; TWILIO_MAX_SMS_PER_HOUR,
                TWILIO_MAX_SMS_PER_DAY
  AWS SNS       AWS_SNS_ENABLED, AWS_SNS_REGION or AWS_REGION,
                AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
                AWS_SESSION_TOKEN, AWS_SNS_SENDER_ID, SMS_BACKUP_ENABLED
  limits        SMS_CODE_LENGTH, SMS_CODE_VALIDITY_MINUTES, SMS_MAX_ATTEMPTS,
                SMS_COOLDOWN_MINUTES, SMS_DAILY_LIMIT, MAX_OTP_ATTEMPTS,
                OTP_LOCKOUT_SECONDS
  key           CONFIG_ENCRYPTION_KEY";

/// Of them those that let whoever has them do something.
const SECRETS: [&str; 5] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "CONFIG_ENCRYPTION_KEY",
    "TWILIO_API_KEY_SECRET",
    "TWILIO_AUTH_TOKEN",
];

#[derive(Debug, Args)]
#[command(after_help = VARIABLES)]
pub(super) struct ImportEnv {
    /// A file with lines NAME=VALUE, such as .env [default: the environment of this process]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Writes the settings into this new file, for PHP's folder conf.d; else they are only shown
    #[arg(long, value_name = "FILE")]
    write_ini: Option<PathBuf>,
    /// Writes the key of CONFIG_ENCRYPTION_KEY into this new key file; else it is left
    #[arg(long, value_name = "FILE")]
    write_key: Option<PathBuf>,
    #[command(flatten)]
    act: Act,
}

/// A setting that would be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SettingProposed {
    name: &'static str,
    value: String,
    from: String,
}

/// A field of a provider.
#[derive(Clone, Serialize)]
struct FieldProposed {
    name: &'static str,
    /// `null` of a secret.
    shown: Option<String>,
    from: String,
    #[serde(skip)]
    value: Value,
}

#[derive(Clone, Serialize)]
struct ProviderProposed {
    name: &'static str,
    kind: &'static str,
    fields: Vec<FieldProposed>,
}

impl ProviderProposed {
    fn changes(&self) -> Changes {
        let kind = ("provider".to_owned(), Some(Value::text(self.kind)));
        let fields = self.fields.iter();
        let fields = fields.map(|it| (it.name.to_owned(), Some(it.value.clone())));
        [kind].into_iter().chain(fields).collect()
    }
}

/// What an operator should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Note {
    variable: String,
    message: String,
}

/// What the variables say, in our words.
#[derive(Clone, Default)]
struct Proposal {
    settings: Vec<SettingProposed>,
    providers: Vec<ProviderProposed>,
    /// The text of a key file.
    key: Option<Zeroizing<String>>,
    notes: Vec<Note>,
}

/// A variable that is there.
struct Variable<'a> {
    name: String,
    value: &'a str,
}

/// The variables that are known, without space around their values.
struct Variables<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Variables<'a> {
    fn get(&self, name: &str) -> Option<Variable<'a>> {
        let browser = format!("{OF_BROWSERS}{name}");
        [name.to_owned(), browser].into_iter().find_map(|name| {
            let value = self.0.get(name.as_str())?;
            Some(Variable { name, value })
        })
    }

    /// Whether a switch is on; `None` where it is not there.
    fn switch(&self, name: &str, notes: &mut Vec<Note>) -> Option<bool> {
        let found = self.get(name)?;
        match found.value.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Some(true),
            "0" | "false" | "no" | "off" => Some(false),
            _ => {
                notes.push(Note {
                    variable: found.name,
                    message: "is neither true nor false, so it is taken for true".to_owned(),
                });
                Some(true)
            }
        }
    }
}

/// What the variables say.
fn propose(all: &[(String, Zeroizing<String>)]) -> Proposal {
    let is_known = |name: &str| KNOWN.contains(&name.strip_prefix(OF_BROWSERS).unwrap_or(name));
    let known = all.iter().filter(|(name, _)| is_known(name));
    let known = known.map(|(name, value)| (name.as_str(), value.trim()));
    let variables = Variables(known.filter(|(_, value)| !value.is_empty()).collect());
    let mut proposal = Proposal::default();
    for name in variables.0.keys() {
        let Some(plain) = name.strip_prefix(OF_BROWSERS) else {
            continue;
        };
        let message = if SECRETS.contains(&plain) {
            "names that begin with VITE_ are built into pages, so every browser that loaded one may have it: make a new \
             secret at the provider, revoke this one, and drop the variable"
        } else {
            "names that begin with VITE_ are built into pages for browsers: drop the variable"
        };
        proposal.notes.push(Note {
            variable: (*name).to_owned(),
            message: message.to_owned(),
        });
    }
    numbers(&variables, &mut proposal);
    twilio(&variables, &mut proposal);
    sns(&variables, &mut proposal);
    key(&variables, &mut proposal);
    unknown(all, &variables, &mut proposal);
    proposal
}

/// Says what was left out because nobody knows here what it is. Of nothing else than kin of what is known: an environment is
/// full of other names.
fn unknown(
    all: &[(String, Zeroizing<String>)],
    variables: &Variables<'_>,
    proposal: &mut Proposal,
) {
    let has_sns = proposal
        .providers
        .iter()
        .any(|it| it.kind == ProviderKind::Sns.name());
    let is_said = |name: &str, proposal: &Proposal| {
        let mut notes = proposal.notes.iter();
        notes.any(|it| it.variable == name || it.message.contains("AWS SNS"))
    };
    for (name, _) in all {
        let plain = name.strip_prefix(OF_BROWSERS).unwrap_or(name);
        let is_kin = KIN.iter().any(|it| plain.starts_with(it));
        if is_kin && !KNOWN.contains(&plain) {
            proposal.notes.push(Note {
                variable: name.clone(),
                message: "is not known here, and is left out".to_owned(),
            });
        }
    }
    if let Some(found) = variables.get("AWS_ACCESS_KEY_ID")
        && !has_sns
        && !proposal.is_empty()
        && !is_said(&found.name, proposal)
    {
        proposal.notes.push(Note {
            variable: found.name,
            message: "is left out: AWS sends no codes unless AWS_SNS_ENABLED is on".to_owned(),
        });
    }
}

fn numbers(variables: &Variables<'_>, proposal: &mut Proposal) {
    for (theirs, ours, factor) in NUMBERS {
        let Some(found) = variables.get(theirs) else {
            continue;
        };
        let number = found.value.parse::<u32>().ok();
        let value = number
            .and_then(|it| it.checked_mul(factor))
            .map(|it| it.to_string());
        let Some(value) = value else {
            proposal.notes.push(Note {
                variable: found.name,
                message: format!("is no number that {ours} could be; left as it is"),
            });
            continue;
        };
        let longest = (LONGEST_BLOCK, "3600");
        let takes_longer = ours == "lockout_seconds" && number.is_some_and(|it| it > 3_600);
        let given = match takes_longer {
            true => vec![(ours, value.as_str()), (LONGEST_BLOCK, value.as_str())],
            false if ours == "lockout_seconds" => vec![(ours, value.as_str()), longest],
            false => vec![(ours, value.as_str())],
        };
        if let Err(why) = Config::parse(given) {
            proposal.notes.push(Note {
                variable: found.name,
                message: format!("cannot be taken over: {why}; left as it is"),
            });
            continue;
        }
        let from = found.name;
        if takes_longer {
            let (name, value, from) = (LONGEST_BLOCK, value.clone(), from.clone());
            proposal
                .settings
                .push(SettingProposed { name, value, from });
        }
        proposal.settings.push(SettingProposed {
            name: ours,
            value,
            from,
        });
    }
}

/// A field of that kind, as the variable says it.
fn field(kind: ProviderKind, name: &'static str, found: &Variable<'_>) -> FieldProposed {
    let is_secret = kind.field(name).is_none_or(|field| field.is_secret());
    FieldProposed {
        name,
        shown: (!is_secret).then(|| found.value.to_owned()),
        from: found.name.clone(),
        value: Value::text(found.value),
    }
}

/// Proposes a provider, if its settings can be one's.
fn add(
    proposal: &mut Proposal,
    name: &'static str,
    kind: ProviderKind,
    fields: Vec<FieldProposed>,
) {
    let proposed = ProviderProposed {
        name,
        kind: kind.name(),
        fields,
    };
    match ProviderConfig::changed(None, name, &proposed.changes()) {
        Ok(_) => proposal.providers.push(proposed),
        Err(why) => {
            let first = proposed.fields.into_iter().next();
            proposal.notes.push(Note {
                variable: first.map(|it| it.from).unwrap_or_default(),
                message: format!("no {} can be made of what is there: {why}", kind.name()),
            });
        }
    }
}

/// Who asks at Twilio, and what the account is called.
fn twilio_login<'a>(variables: &Variables<'a>) -> Option<(Variable<'a>, Variable<'a>)> {
    let pair = |user: &str, secret: &str| variables.get(user).zip(variables.get(secret));
    pair("TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET")
        .or_else(|| pair("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"))
}

/// Most messages of a provider, as theirs and ours.
fn limits(variables: &Variables<'_>, proposal: &mut Proposal) -> Vec<FieldProposed> {
    let mut fields = Vec::new();
    for (theirs, ours) in [
        ("TWILIO_MAX_SMS_PER_HOUR", "per_hour"),
        ("TWILIO_MAX_SMS_PER_DAY", "per_day"),
    ] {
        let Some(found) = variables.get(theirs) else {
            continue;
        };
        match found.value.parse::<u32>() {
            Ok(number @ 1..=100_000) => fields.push(FieldProposed {
                name: ours,
                shown: Some(number.to_string()),
                from: found.name,
                value: Value::Number(number),
            }),
            _ => proposal.notes.push(Note {
                variable: found.name,
                message: format!("{ours} is a whole number from 1 to 100000; left out"),
            }),
        }
    }
    fields
}

fn twilio(variables: &Variables<'_>, proposal: &mut Proposal) {
    let service = variables.get("TWILIO_VERIFY_SERVICE_SID");
    let from = variables
        .get("TWILIO_FROM_NUMBER")
        .or_else(|| variables.get("TWILIO_PHONE_NUMBER"));
    let is_on = variables.switch("TWILIO_ENABLED", &mut proposal.notes);
    if is_on == Some(false) {
        proposal.notes.push(Note {
            variable: "TWILIO_ENABLED".to_owned(),
            message: "is off, so Twilio is left out".to_owned(),
        });
        return;
    }
    let Some((user, secret)) = twilio_login(variables) else {
        if let Some(found) = service.or(from) {
            proposal.notes.push(Note {
                variable: found.name,
                message: "Twilio needs TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET, or TWILIO_ACCOUNT_SID and \
                          TWILIO_AUTH_TOKEN, and they are not there"
                    .to_owned(),
            });
        }
        return;
    };
    let limits = limits(variables, proposal);
    let login = |kind| [field(kind, "user", &user), field(kind, "secret", &secret)];
    if let Some(service) = &service {
        let kind = ProviderKind::TwilioVerify;
        let mut fields = login(kind).to_vec();
        fields.push(field(kind, "service", service));
        fields.extend(limits.iter().cloned());
        add(proposal, "twilio-verify", kind, fields);
    }
    let Some(from) = &from else {
        if service.is_none() {
            proposal.notes.push(Note {
                variable: user.name.clone(),
                message: "Twilio needs TWILIO_VERIFY_SERVICE_SID or TWILIO_FROM_NUMBER besides, and neither is there"
                    .to_owned(),
            });
        }
        return;
    };
    let kind = ProviderKind::TwilioMessaging;
    let Some(account) = variables.get("TWILIO_ACCOUNT_SID") else {
        proposal.notes.push(Note {
            variable: from.name.clone(),
            message: "messages from a number need TWILIO_ACCOUNT_SID, and it is not there"
                .to_owned(),
        });
        return;
    };
    let mut fields = vec![field(kind, "account", &account)];
    fields.extend(login(kind));
    fields.push(field(kind, "from", from));
    fields.extend(limits);
    add(proposal, "twilio", kind, fields);
}

fn sns(variables: &Variables<'_>, proposal: &mut Proposal) {
    let is_on = variables.switch("AWS_SNS_ENABLED", &mut proposal.notes);
    let region = variables.get("AWS_SNS_REGION");
    let sender = variables.get("AWS_SNS_SENDER_ID");
    let named = [&region, &sender].into_iter().flatten().next();
    if is_on.is_none() && named.is_none() {
        return;
    }
    let first = named.map_or("AWS_SNS_ENABLED".to_owned(), |it| it.name.clone());
    let mut note = |variable: String, message: &str| {
        let message = message.to_owned();
        proposal.notes.push(Note { variable, message });
    };
    if is_on == Some(false) {
        return note(
            "AWS_SNS_ENABLED".to_owned(),
            "is off, so AWS SNS is left out",
        );
    }
    let mut unheard = Vec::new();
    let is_backup = variables.switch("SMS_BACKUP_ENABLED", &mut unheard);
    if is_backup == Some(false) && !proposal.providers.is_empty() {
        return note(
            "SMS_BACKUP_ENABLED".to_owned(),
            "is off and Twilio is there, so AWS SNS, which would be asked behind it, is left out",
        );
    }
    let region = region.or_else(|| variables.get("AWS_REGION"));
    let login = variables
        .get("AWS_ACCESS_KEY_ID")
        .zip(variables.get("AWS_SECRET_ACCESS_KEY"));
    let (Some((user, secret)), Some(region)) = (login, region) else {
        return note(
            first,
            "AWS SNS needs AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SNS_REGION, and not all of them are there",
        );
    };
    let kind = ProviderKind::Sns;
    let mut fields = vec![
        field(kind, "access_key", &user),
        field(kind, "secret", &secret),
    ];
    if let Some(token) = variables.get("AWS_SESSION_TOKEN") {
        note(
            token.name.clone(),
            "ends within hours: better the keys of a user who may send SMS and nothing else",
        );
        fields.push(field(kind, "session_token", &token));
    }
    fields.push(field(kind, "region", &region));
    if let Some(sender) = sender {
        fields.push(field(kind, "sender_id", &sender));
    }
    add(proposal, "sns", kind, fields);
}

/// 32 bytes, hexadecimal or in base 64, as the text of a key file.
fn key(variables: &Variables<'_>, proposal: &mut Proposal) {
    let Some(found) = variables.get("CONFIG_ENCRYPTION_KEY") else {
        return;
    };
    let text = found.value.as_bytes();
    let read = match text.len() {
        64 => HEXLOWER_PERMISSIVE.decode(text),
        _ => BASE64.decode(text),
    };
    let bytes = read.map(Zeroizing::new).ok().filter(|it| it.len() == 32);
    let Some(bytes) = bytes else {
        proposal.notes.push(Note {
            variable: found.name,
            message: "is not 32 bytes, hexadecimal or in base 64; no key is made of it".to_owned(),
        });
        return;
    };
    let encoded = Zeroizing::new(BASE64.encode(&bytes));
    proposal.key = Some(Zeroizing::new(format!("{KEY_ID} = {}\n", &*encoded)));
    proposal.notes.push(Note {
        variable: found.name,
        message: "whatever has this key besides can open this site's second factors: better a key of its own \
                  (twofactor makes one); --write-key FILE takes it all the same"
            .to_owned(),
    });
}

/// The lines of a file: `NAME=VALUE`, perhaps behind `export`, perhaps in quotes.
fn lines_of(text: &str) -> Vec<(String, Zeroizing<String>)> {
    let read = |line: &str| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let value = value.trim();
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let value = match quote.map(|quote| value[1..].split(quote).next()) {
            Some(inside) => inside.unwrap_or_default(),
            None => value.split(" #").next().unwrap_or_default().trim(),
        };
        Some((name.trim().to_owned(), Zeroizing::new(value.to_owned())))
    };
    text.lines().filter_map(read).collect()
}

#[derive(Serialize)]
struct KeyShown {
    key: &'static str,
    file: Option<PathBuf>,
}

/// For programs; people read it before they say yes.
#[derive(Serialize)]
struct Taken {
    settings: Vec<SettingProposed>,
    providers: Vec<ProviderProposed>,
    key: Option<KeyShown>,
    notes: Vec<Note>,
}

impl Proposal {
    fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.providers.is_empty() && self.key.is_none()
    }

    /// What would be set, for people.
    fn told(&self, ini: Option<&Path>, key: Option<&Path>, there: &[String]) -> String {
        let mut lines = Vec::new();
        for note in &self.notes {
            lines.push(format!("note: {}: {}", note.variable, note.message));
        }
        if !self.settings.is_empty() {
            lines.push(match ini {
                Some(file) => format!("settings, in the new file {}:", file.display()),
                None => "settings, for php.ini (--write-ini FILE writes them):".to_owned(),
            });
        }
        for it in &self.settings {
            lines.push(format!(
                "  twofactor.{} = {}   ({})",
                it.name, it.value, it.from
            ));
        }
        for provider in &self.providers {
            let replaces = match there.iter().any(|it| it == provider.name) {
                true => ", in the place of the one that is there",
                false => "",
            };
            lines.push(format!(
                "provider {} ({}){replaces}:",
                provider.name, provider.kind
            ));
            for it in &provider.fields {
                let value = it.shown.as_deref().unwrap_or("(secret)");
                lines.push(format!("  {} = {value}   ({})", it.name, it.from));
            }
        }
        if self.key.is_some() {
            lines.push(match key {
                Some(file) => format!("key {KEY_ID}, in the new file {}", file.display()),
                None => format!("key {KEY_ID}: left out (--write-key FILE writes it)"),
            });
        }
        lines.join("\n")
    }
}

impl Proposal {
    /// What was done, for people who have read what would be.
    fn done(&self, ini: Option<&Path>, key: Option<&Path>) -> String {
        let mut done = Vec::new();
        let names: Vec<&str> = self.providers.iter().map(|it| it.name).collect();
        if !names.is_empty() {
            done.push(format!("Saved: {}", names.join(", ")));
        }
        if let (Some(file), false) = (ini, self.settings.is_empty()) {
            let file = file.display();
            done.push(format!("Settings are in {file}: restart PHP"));
        }
        if let (Some(file), true) = (key, self.key.is_some()) {
            done.push(format!("The key is in {}", file.display()));
        }
        match done.is_empty() {
            true => "Nothing was set.".to_owned(),
            false => format!("Done. {}.", done.join(". ")),
        }
    }
}

/// Never over a file that is there.
fn is_taken(path: &Path) -> Failure {
    Failure::Refused(format!(
        "{} is there already: name a new file",
        path.display()
    ))
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), Failure> {
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode);
        let mut file = options.open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|why| match why.kind() {
        io::ErrorKind::AlreadyExists => is_taken(path),
        _ => Failure::Unusable(format!("{} cannot be written: {why}", path.display())),
    })
}

impl ImportEnv {
    pub(super) fn run(self, session: &mut Session) -> Result<(), Failure> {
        let variables = match &self.file {
            Some(file) => {
                let unreadable = |why: io::Error| {
                    let said = format!("{} cannot be read: {why}", file.display());
                    match why.kind() {
                        io::ErrorKind::NotFound => Failure::NotFound(said),
                        _ => Failure::Unusable(said),
                    }
                };
                let text = fs::read_to_string(file)
                    .map(Zeroizing::new)
                    .map_err(unreadable)?;
                lines_of(&text)
            }
            None => env::vars_os()
                .filter_map(|(name, value)| {
                    let value = Zeroizing::new(value.into_string().ok()?);
                    Some((name.into_string().ok()?, value))
                })
                .collect(),
        };
        let proposal = propose(&variables);
        if proposal.is_empty() && proposal.notes.is_empty() {
            return Err(Failure::NotFound(
                "none of the variables that are known here is there: twofactor provider import-env --help lists them"
                    .to_owned(),
            ));
        }
        self.act.check()?;
        let verifier = session.change()?;
        let (ini, key_file) = (self.write_ini.as_deref(), self.write_key.as_deref());
        if let Some(taken) = [ini, key_file].into_iter().flatten().find(|it| it.exists()) {
            return Err(is_taken(taken));
        }
        let signed = self.act.signed()?;
        // A list that cannot be opened is said when it is saved.
        let there = verifier.providers(now()?).unwrap_or_default();
        let there: Vec<String> = there.into_iter().map(|it| it.name).collect();
        let would = proposal.told(ini, key_file, &there);
        let key = proposal.key.as_ref().map(|_| KeyShown {
            key: KEY_ID,
            file: self.write_key.clone(),
        });
        let taken = Taken {
            settings: proposal.settings.clone(),
            providers: proposal.providers.clone(),
            key,
            notes: proposal.notes.clone(),
        };
        let act = ("provider.import-env", would.as_str());
        self.act
            .make(&mut session.out, act, &signed, taken, |taken| {
                // Files first: they are the ones that may not be writable, and nothing is half done then.
                if let Some((file, text)) = key_file.zip(proposal.key.as_ref()) {
                    KeyRing::parse(text).map_err(|why| Failure::Unusable(why.to_string()))?;
                    write_new(file, 0o600, text)?;
                }
                if let (Some(file), false) = (ini, proposal.settings.is_empty()) {
                    let line =
                        |it: &SettingProposed| format!("twofactor.{} = {}\n", it.name, it.value);
                    let text: String = proposal.settings.iter().map(line).collect();
                    write_new(file, 0o644, &text)?;
                }
                let operator = signed.operator().because(&signed.reason);
                for provider in &proposal.providers {
                    verifier.save_provider(
                        now()?,
                        provider.name,
                        &provider.changes(),
                        &operator,
                    )?;
                }
                Ok((taken, proposal.done(ini, key_file)))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use proptest::prelude::*;

    fn of(variables: &[(&str, &str)]) -> Proposal {
        let owned = variables.iter();
        let owned =
            owned.map(|(name, value)| ((*name).to_owned(), Zeroizing::new((*value).to_owned())));
        propose(&owned.collect::<Vec<_>>())
    }

    const LOGIN: [(&str, &str); 2] = [
        ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
        ("TWILIO_AUTH_TOKEN", "c4nary"),
    ];

    fn settings(proposal: &Proposal) -> Vec<(&str, &str)> {
        let settings = proposal.settings.iter();
        settings.map(|it| (it.name, it.value.as_str())).collect()
    }

    fn fields(proposal: &Proposal, provider: &str) -> Vec<(&'static str, Option<String>)> {
        let found = proposal.providers.iter().find(|it| it.name == provider);
        let fields = found.unwrap().fields.iter();
        fields.map(|it| (it.name, it.shown.clone())).collect()
    }

    #[test]
    fn limits_are_taken_in_our_units() {
        let proposal = of(&[
            ("SMS_CODE_LENGTH", "6"),
            ("SMS_CODE_VALIDITY_MINUTES", "5"),
            ("SMS_MAX_ATTEMPTS", "3"),
            ("SMS_COOLDOWN_MINUTES", "2"),
            ("SMS_DAILY_LIMIT", "12"),
            ("MAX_OTP_ATTEMPTS", "5"),
            ("OTP_LOCKOUT_SECONDS", "7200"),
            ("UNKNOWN", "1"),
        ]);
        assert_eq!(
            settings(&proposal),
            [
                ("code_digits", "6"),
                ("code_login_seconds", "300"),
                ("code_verify_seconds", "300"),
                ("code_checks", "3"),
                ("send_cooldown_seconds", "120"),
                ("send_per_user_day", "12"),
                ("max_attempts", "5"),
                ("lockout_max_seconds", "7200"),
                ("lockout_seconds", "7200"),
            ]
        );
        assert!(proposal.notes.is_empty() && proposal.providers.is_empty());
    }

    #[test]
    fn what_our_settings_refuse_is_left_and_said() {
        let proposal = of(&[
            ("SMS_CODE_VALIDITY_MINUTES", "30"),
            ("SMS_MAX_ATTEMPTS", "many"),
            ("SMS_CODE_LENGTH", "99999999999"),
        ]);
        assert!(proposal.settings.is_empty());
        assert_eq!(proposal.notes.len(), 4);
        assert!(
            proposal
                .notes
                .iter()
                .any(|it| it.message.contains("code_login_seconds"))
        );
    }

    #[test]
    fn twilio_is_taken_with_whichever_login_and_products_there_are() {
        let from = ("TWILIO_PHONE_NUMBER", "+15005550006");
        let service = (
            "TWILIO_VERIFY_SERVICE_SID",
            "VA0123456789abcdef0123456789abcdef",
        );
        let both = of(&[
            LOGIN[0],
            LOGIN[1],
            from,
            service,
            ("TWILIO_MAX_SMS_PER_DAY", "50"),
        ]);
        let names: Vec<_> = both.providers.iter().map(|it| it.name).collect();
        assert_eq!(names, ["twilio-verify", "twilio"]);
        let shown = fields(&both, "twilio");
        assert_eq!(shown[0], ("account", Some(LOGIN[0].1.to_owned())));
        assert!(shown.contains(&("secret", None)));
        assert!(shown.contains(&("from", Some("+15005550006".to_owned()))));
        assert!(shown.contains(&("per_day", Some("50".to_owned()))));
        let key = [
            ("TWILIO_API_KEY_SID", "SK0123456789abcdef0123456789abcdef"),
            ("TWILIO_API_KEY_SECRET", "c4nary"),
        ];
        let keyed = of(&[key[0], key[1], LOGIN[0], from]);
        let user = keyed.providers[0]
            .fields
            .iter()
            .find(|it| it.name == "user")
            .unwrap();
        assert_eq!(user.from, "TWILIO_API_KEY_SID");
        for (variables, word) in [
            (vec![from], "TWILIO_API_KEY_SID"),
            (vec![LOGIN[0], LOGIN[1]], "neither"),
            (vec![key[0], key[1], from], "TWILIO_ACCOUNT_SID"),
            (
                vec![LOGIN[0], LOGIN[1], from, ("TWILIO_ENABLED", "false")],
                "is off",
            ),
        ] {
            let proposal = of(&variables);
            assert!(proposal.providers.is_empty());
            assert!(
                proposal.notes.iter().any(|it| it.message.contains(word)),
                "{word}"
            );
        }
    }

    #[test]
    fn sns_stands_behind_twilio_unless_there_is_to_be_no_backup() {
        let keys = [
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00",
            ),
            ("AWS_SNS_REGION", "eu-central-1"),
        ];
        let from = ("TWILIO_FROM_NUMBER", "+15005550006");
        let names = |backup: &'static str| {
            let all = [&keys[..], &LOGIN, &[from, ("SMS_BACKUP_ENABLED", backup)]].concat();
            let proposal = of(&all);
            proposal
                .providers
                .iter()
                .map(|it| it.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("true"), ["twilio", "sns"]);
        assert_eq!(names("false"), ["twilio"]);
        assert_eq!(
            fields(&of(&keys), "sns")[2],
            ("region", Some("eu-central-1".to_owned()))
        );
        let lacking = of(&[keys[2]]);
        assert!(lacking.providers.is_empty() && lacking.notes[0].variable == "AWS_SNS_REGION");
        assert!(
            of(&[&keys[..], &[("AWS_SNS_ENABLED", "0")]].concat())
                .providers
                .is_empty()
        );
    }

    #[test]
    fn what_is_not_known_is_said_and_of_other_software_nothing() {
        let proposal = of(&[
            ("SMS_CODE_LENGTH", "8"),
            ("OTP_LENGTH", "6"),
            ("VITE_SMS_WHATEVER", "c4nary"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("HOME", "/root"),
        ]);
        let notes = |name: &str| {
            let mut notes = proposal.notes.iter();
            notes.any(|it| it.variable == name && it.message.contains("left out"))
        };
        for name in ["OTP_LENGTH", "VITE_SMS_WHATEVER", "AWS_ACCESS_KEY_ID"] {
            assert!(notes(name), "{name}");
        }
        assert!(!proposal.told(None, None, &[]).contains("c4nary"));
        assert!(!notes("HOME"));
        for name in KNOWN {
            assert!(VARIABLES.contains(name), "{name} is not in the help");
        }
    }

    #[test]
    fn what_is_done_is_said_and_what_is_replaced_before() {
        let from = ("TWILIO_FROM_NUMBER", "+15005550006");
        let proposal = of(&[LOGIN[0], LOGIN[1], from]);
        let told = |there: &[String]| proposal.told(None, None, there);
        assert!(told(&["twilio".to_owned()]).contains("in the place of the one that is there"));
        assert!(!told(&["other".to_owned()]).contains("in the place of"));
        assert_eq!(proposal.done(None, None), "Done. Saved: twilio.");
        assert_eq!(Proposal::default().done(None, None), "Nothing was set.");
    }

    #[test]
    fn what_reaches_browsers_is_taken_with_the_advice_to_replace_it() {
        let proposal = of(&[
            ("VITE_TWILIO_ACCOUNT_SID", LOGIN[0].1),
            ("VITE_TWILIO_AUTH_TOKEN", "c4nary"),
            ("VITE_TWILIO_FROM_NUMBER", "+15005550006"),
        ]);
        assert_eq!(proposal.providers.len(), 1);
        let note = proposal
            .notes
            .iter()
            .find(|it| it.variable == "VITE_TWILIO_AUTH_TOKEN");
        assert!(note.unwrap().message.contains("revoke"));
        // The plain name goes before it.
        let both = of(&[("VITE_SMS_CODE_LENGTH", "7"), ("SMS_CODE_LENGTH", "8")]);
        assert_eq!(settings(&both), [("code_digits", "8")]);
    }

    #[test]
    fn a_key_is_32_bytes_in_either_form() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        let base = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
        for text in [hex, base] {
            let proposal = of(&[("CONFIG_ENCRYPTION_KEY", text)]);
            let line = proposal.key.unwrap();
            assert_eq!(line.as_str(), format!("imported = {base}\n"));
            assert!(KeyRing::parse(&line).is_ok());
        }
        for text in ["", "00", "c4nary", &hex[1..]] {
            let proposal = of(&[("CONFIG_ENCRYPTION_KEY", text)]);
            assert!(proposal.key.is_none());
            assert!(
                proposal
                    .notes
                    .iter()
                    .all(|it| !it.message.contains("c4nary"))
            );
        }
    }

    #[test]
    fn a_file_of_variables_is_read_as_shells_and_their_kin_write_it() {
        let read = lines_of(
            "# x=1\nA=1\nexport B=\"two # words\" # c\nC='3'\nD = 4 # c\nno line\nE=a=b\nF=\n",
        );
        let read: Vec<_> = read
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let wanted = [
            ("A", "1"),
            ("B", "two # words"),
            ("C", "3"),
            ("D", "4"),
            ("E", "a=b"),
            ("F", ""),
        ];
        assert_eq!(read, wanted);
    }

    fn values() -> impl Strategy<Value = Vec<(String, Zeroizing<String>)>> {
        let name = (prop::sample::select(KNOWN.to_vec()), any::<bool>());
        let value = prop_oneof![
            "[0-9]{1,6}",
            "(true|false|on|0|maybe)",
            "AC[0-9a-f]{32}",
            "SK[0-9a-f]{32}",
            "VA[0-9a-f]{32}",
            "\\+[0-9]{8,14}",
            "[0-9a-f]{64}",
            "[a-z]{2}-[a-z]{4,7}-[1-3]",
            "c4nary[A-Za-z0-9]{20,34}",
            ".{0,20}",
        ];
        let one = (name, value).prop_map(|((name, of_browsers), value)| {
            let prefix = if of_browsers { OF_BROWSERS } else { "" };
            (format!("{prefix}{name}"), Zeroizing::new(value))
        });
        prop::collection::vec(one, 0..30)
    }

    proptest! {
        /// Whatever the variables say: what is proposed is taken by the checks of ours, all of it together; everything came of
        /// a variable that is there; and nothing that is told holds a secret.
        #[test]
        fn what_is_proposed_is_right_and_tells_no_secret(variables in values()) {
            let proposal = propose(&variables);
            let given = proposal.settings.iter().map(|it| (it.name, it.value.as_str()));
            prop_assert!(Config::parse(given.collect::<BTreeMap<_, _>>()).is_ok());
            let is_there = |name: &str| variables.iter().any(|(known, _)| known == name);
            for it in &proposal.settings {
                prop_assert!(config::setting(it.name).is_some_and(|setting| !setting.secret));
                prop_assert!(is_there(&it.from));
            }
            for provider in &proposal.providers {
                prop_assert!(ProviderConfig::changed(None, provider.name, &provider.changes()).is_ok());
                let kind = ProviderKind::from_name(provider.kind).unwrap();
                for it in &provider.fields {
                    prop_assert!(is_there(&it.from));
                    prop_assert_eq!(it.shown.is_none(), kind.field(it.name).unwrap().is_secret());
                }
            }
            if let Some(key) = &proposal.key {
                prop_assert!(KeyRing::parse(key).is_ok());
            }
            let told = proposal.told(None, None, &[]);
            for (name, value) in &variables {
                let plain = name.strip_prefix(OF_BROWSERS).unwrap_or(name);
                if SECRETS.contains(&plain) && value.trim().len() > 20 {
                    prop_assert!(!told.contains(value.trim()), "{}", name);
                }
            }
        }
    }
}
