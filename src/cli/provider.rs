//! `twofactor provider`: who carries codes, whether they can, and taking over what other software was told of them.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::Run;
use super::change::Act;
use super::doctor::Check;
use super::failure::Failure;
use super::import_env::ImportEnv;
use super::output::{Show, Text, Tone};
use super::session::{Session, now};
use crate::phone::PhoneNumber;
use crate::types::Method;
use crate::verifier::{Client, HealthStatus, ProviderView, Value};

#[derive(Debug, Args)]
pub(super) struct Provider {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the providers in the order in which they are asked
    List,
    /// Asks a provider over the network, without sending anything, whether it knows the credentials
    Check {
        /// What it is called here
        name: String,
    },
    /// Sends a test message to a telephone
    Test(Test),
    /// Takes over what other software keeps of its providers in environment variables: shows what it would set, and sets it
    ImportEnv(ImportEnv),
}

#[derive(Debug, Args)]
struct Test {
    /// What the provider is called here
    name: String,
    /// The number, in international format: +4915112345678
    number: String,
    /// Which way
    #[arg(long, value_enum, default_value_t = Way::Sms)]
    method: Way,
    /// The language of the message, such as de
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    Sms,
    Voice,
    Whatsapp,
}

impl From<Way> for Method {
    fn from(way: Way) -> Self {
        match way {
            Way::Sms => Self::Sms,
            Way::Voice => Self::Voice,
            Way::Whatsapp => Self::WhatsApp,
        }
    }
}

/// A provider, as `TwoFactor\Provider` says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProviderShown {
    name: String,
    kind: &'static str,
    methods: Vec<&'static str>,
    checks_its_own_codes: bool,
    keeps_log: bool,
    settings: Map<String, Json>,
    /// Names of those that are set; never what they are.
    secrets: Vec<&'static str>,
    reporting: bool,
    source: &'static str,
    confirmed: bool,
    available: bool,
    retry_at: Option<String>,
}

/// A setting that is no secret.
fn shown(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Number(number) => Json::from(*number),
        Value::List(list) => Json::from(list.clone()),
    }
}

impl From<ProviderView> for ProviderShown {
    fn from(view: ProviderView) -> Self {
        let settings = view.settings.iter();
        Self {
            settings: settings
                .map(|(name, value)| (name.clone(), shown(value)))
                .collect(),
            name: view.name,
            kind: view.kind,
            methods: view.methods.into_iter().map(Method::as_str).collect(),
            checks_its_own_codes: view.checks_its_own_codes,
            keeps_log: view.keeps_log,
            secrets: view.secrets,
            reporting: view.reports,
            source: view.source.as_str(),
            confirmed: view.confirmed,
            available: view.available,
            retry_at: view.retry_at.map(|at| at.utc().rfc3339()),
        }
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    providers: Vec<ProviderShown>,
    /// Where the list comes from: `file`, `environment` or `store`.
    source: &'static str,
}

impl Show for Listed {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        for it in &self.providers {
            let (tone, word) = match (it.available, it.confirmed, &it.retry_at) {
                (_, false, _) => (Tone::Warning, "unconfirmed"),
                (true, true, _) => (Tone::Good, "ok"),
                (false, true, Some(_)) => (Tone::Warning, "resting"),
                (false, true, None) => (Tone::Bad, "unusable"),
            };
            let methods = it.methods.join(", ");
            let mut said = format!("{} ({}): {methods}", it.name, it.kind);
            if let Some(at) = &it.retry_at {
                said.push_str(&format!("; asked again at {at}"));
            }
            to.marked(tone, word, said)?;
        }
        if self.providers.is_empty() {
            to.line("No provider is set up: codes go by e-mail alone.")?;
        }
        Ok(())
    }
}

#[derive(Debug, Serialize)]
struct Checked {
    check: Check,
}

impl Show for Checked {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        self.check.show(to)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    provider: String,
    method: &'static str,
    /// The number without most of its digits.
    masked_destination: String,
}

impl Run for Provider {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::List => list(session),
            Command::Check { name } => check(session, &name),
            Command::Test(asked) => test(session, &asked),
            Command::ImportEnv(asked) => asked.run(session),
        }
    }
}

fn list(session: &mut Session) -> Result<(), Failure> {
    let verifier = session.look()?;
    let providers = verifier.providers(now()?)?;
    let source = verifier.providers_source().as_str();
    let providers = providers.into_iter().map(Into::into).collect();
    session.out.say(&Listed { providers, source })
}

/// That there is one of that name.
fn find(verifier: &crate::verifier::Verifier, name: &str) -> Result<(), Failure> {
    let known = verifier.providers(now()?)?;
    if known.iter().any(|it| it.name == name) {
        return Ok(());
    }
    let names: Vec<_> = known.iter().map(|it| it.name.as_str()).collect();
    let names = match names.as_slice() {
        [] => "there is none".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    Err(Failure::NotFound(format!(
        "no provider has that name; {names}"
    )))
}

fn check(session: &mut Session, name: &str) -> Result<(), Failure> {
    let verifier = session.look()?;
    find(&verifier, name)?;
    let found = verifier.check_provider(now()?, name)?;
    let is_fine = found.status != HealthStatus::Problem;
    session.out.say(&Checked {
        check: (&found).into(),
    })?;
    if is_fine { Ok(()) } else { Err(Failure::Found) }
}

fn test(session: &mut Session, asked: &Test) -> Result<(), Failure> {
    let number = PhoneNumber::parse(&asked.number, None)
        .map_err(|why| Failure::usage(format!("NUMBER {why}")))?;
    asked.act.check()?;
    let verifier = session.change()?;
    find(&verifier, &asked.name)?;
    let signed = asked.act.signed()?;
    let (name, method) = (&asked.name, Method::from(asked.method));
    let masked = number.masked();
    let way = method.as_str();
    let would = format!(
        "A test message goes to {masked} by {way} through {name}, which costs what a message costs."
    );
    let about = Sent {
        provider: name.clone(),
        method: way,
        masked_destination: masked.clone(),
    };
    let act = ("provider.test", would.as_str());
    asked
        .act
        .make(&mut session.out, act, &signed, about, |about| {
            let client = Client::new(
                std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
                String::new(),
            );
            let operator = signed.operator();
            verifier.send_test(
                now()?,
                name,
                &number,
                method,
                &asked.language,
                &operator,
                &client,
            )?;
            Ok((about, format!("{name} took a test message to {masked}.")))
        })
}
