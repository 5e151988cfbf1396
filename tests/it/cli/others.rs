//! Providers, figures, licence, support, and what shells and `man` know.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{Ran, Site, documented, has_fields, now};

const CODES: &str = "codes";

/// A provider that writes its messages into a file.
pub(super) fn with_provider(site: &Site) {
    let path = site.path(CODES).display().to_string();
    let list = format!(r#"[{{"provider":"development","name":"dev","file":"{path}"}}]"#);
    fs::write(site.path("providers"), list).unwrap();
    fs::set_permissions(site.path("providers"), fs::Permissions::from_mode(0o600)).unwrap();
}

pub(super) fn told<'a>(site: &Site, arguments: &[&'a str], settings: &'a [String]) -> Ran {
    let mut all: Vec<&str> = settings
        .iter()
        .flat_map(|it| ["--set", it.as_str()])
        .collect();
    all.extend(arguments);
    site.run(&all)
}

pub(super) fn settings(site: &Site) -> Vec<String> {
    let file = site.path("providers").display().to_string();
    vec!["development=1".to_owned(), format!("providers_file={file}")]
}

#[test]
fn providers_are_listed_and_a_test_message_is_sent_by_one() {
    let site = Site::new();
    with_provider(&site);
    let settings = settings(&site);
    let listed = told(&site, &["provider", "list", "--json"], &settings).json();
    has_fields(&listed, &documented("provider list"));
    has_fields(&listed["providers"][0], &documented("provider"));
    assert_eq!(
        (&listed["source"], &listed["providers"][0]["name"]),
        (&"file".into(), &"dev".into())
    );
    let asked = [
        "provider",
        "test",
        "dev",
        "+4915112345678",
        "--reason",
        "new contract",
        "--json",
    ];
    let unsure = told(&site, &asked, &settings);
    assert_eq!((unsure.code, unsure.error().0.as_str()), (2, "usage"));
    let dry = told(&site, &[&asked[..], &["--dry-run"]].concat(), &settings);
    assert_eq!(dry.code, 0, "{}", dry.err);
    let codes = || fs::read_to_string(site.path(CODES)).unwrap_or_default();
    assert_eq!(codes(), "");
    let sent = told(&site, &[&asked[..], &["-y"]].concat(), &settings);
    assert_eq!(sent.code, 0, "{}", sent.err);
    has_fields(
        &sent.json(),
        &format!("{} provider method maskedDestination", documented("change")),
    );
    assert!(
        fs::read_to_string(site.path(CODES))
            .unwrap()
            .contains("+4915112345678")
    );
    assert!(!sent.out.contains("15112345678") && sent.out.contains("78"));
    let none = told(&site, &["provider", "check", "other", "--json"], &settings);
    assert_eq!((none.code, none.error().0.as_str()), (3, "not-found"));
    assert!(none.error().1.contains("dev"));
    let wrong = told(
        &site,
        &[
            "provider", "test", "dev", "12", "--reason", "x", "-y", "--json",
        ],
        &settings,
    );
    assert_eq!(wrong.code, 2, "{}", wrong.err);
}

#[test]
fn what_other_software_was_told_is_shown_first_and_then_set() {
    let site = Site::new();
    let (ini, key) = (site.path("imported.ini"), site.path("imported.key"));
    let variables = "\
        TWILIO_ACCOUNT_SID=AC0123456789abcdef0123456789abcdef\n\
        export TWILIO_AUTH_TOKEN=\"c4naryc4naryc4naryc4naryc4nary12\"\n\
        VITE_TWILIO_FROM_NUMBER='+15005550006'\n\
        TWILIO_MAX_SMS_PER_DAY=50\n\
        SMS_CODE_VALIDITY_MINUTES=10\n\
        SMS_MAX_ATTEMPTS=99\n\
        CONFIG_ENCRYPTION_KEY=ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=\n\
        DATABASE_URL=postgres://u:hunter2@h/d\n";
    fs::write(site.path("env"), variables).unwrap();
    let file = site.path("env").display().to_string();
    let (ini_text, key_text) = (ini.display().to_string(), key.display().to_string());
    let asked = [
        "provider",
        "import-env",
        "--file",
        &file,
        "--write-ini",
        &ini_text,
        "--write-key",
        &key_text,
    ];
    let shown = site.run(&[&asked[..], &["--dry-run"]].concat());
    assert_eq!(shown.code, 0, "{}", shown.err);
    for word in [
        "twofactor.code_login_seconds = 600",
        "from = +15005550006",
        "secret = (secret)",
        "per_day = 50",
        "code_checks",
    ] {
        assert!(shown.out.contains(word), "{word}: {}", shown.out);
    }
    assert!(!ini.exists() && !key.exists());
    assert_eq!(site.open().providers(now()).unwrap().len(), 0);
    let done = site.run(&[&asked[..], &["--reason", "moved", "-y", "--json"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    let answer = done.json();
    has_fields(
        &answer,
        &format!(
            "{} {}",
            documented("change"),
            documented("provider import-env")
        ),
    );
    let secret = answer["providers"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "secret");
    assert!(secret.unwrap()["shown"].is_null());
    for ran in [&shown, &done] {
        for secret in ["c4nary", "hunter2", "ABEiM0"] {
            assert!(
                !ran.out.contains(secret) && !ran.err.contains(secret),
                "{secret}"
            );
        }
    }
    assert_eq!(
        fs::read_to_string(&ini).unwrap(),
        "twofactor.code_login_seconds = 600\ntwofactor.code_verify_seconds = 600\n"
    );
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(twofactor::crypto::KeyRing::read_file(&key).is_ok());
    let providers = site.open().providers(now()).unwrap();
    assert_eq!(
        (
            providers.len(),
            providers[0].name.as_str(),
            providers[0].confirmed
        ),
        (1, "twilio", true)
    );
    // Why it was done is in the audit, behind what was.
    let event = site.open().audit(None, 1, None).unwrap().remove(0);
    assert_eq!(event.kind.as_str(), "provider.added");
    let reason = event.reason.unwrap();
    assert!(reason.ends_with("; because: moved"), "{reason}");
    // Nothing is written over.
    let again = site.run(&[&asked[..], &["--reason", "moved", "-y", "--json"]].concat());
    assert_eq!((again.code, again.error().0.as_str()), (1, "refused"));
    let more = ["provider", "import-env", "--file", &file];
    let shown = site.run(&[&more[..], &["--dry-run"]].concat()).out;
    assert!(shown.starts_with("Would do:\n"), "{shown}");
    assert!(
        shown.contains("in the place of the one that is there"),
        "{shown}"
    );
    let done = site
        .run(&[&more[..], &["--reason", "moved", "-y"]].concat())
        .out;
    assert_eq!(done, "Done. Saved: twilio.\n");
    let folder = site.path("store").display().to_string();
    assert_eq!(
        site.run(&["provider", "import-env", "--file", &folder])
            .code,
        4
    );
    fs::write(site.path("env"), "A=1\n").unwrap();
    assert_eq!(site.run(&asked).code, 3);
}

#[test]
fn figures_are_text_for_a_collector_or_json() {
    let site = Site::new();
    site.enrol("42");
    let ran = site.run(&["metrics"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.ends_with("# EOF\n")
            && ran
                .out
                .contains("twofactor_enrolments_total{method=\"totp\"} 1\n")
    );
    let read = site.ask(&["metrics"]);
    has_fields(&read, &documented("metrics"));
    let samples = read["samples"].as_array().unwrap();
    let found = samples
        .iter()
        .find(|it| it["name"] == "twofactor_enrolments_total");
    has_fields(found.unwrap(), &documented("sample"));
    assert_eq!(
        (
            &found.unwrap()["labels"]["method"],
            &found.unwrap()["value"]
        ),
        (&"totp".into(), &1.0.into())
    );
}

#[test]
fn without_a_licence_there_is_none_and_no_text_for_support() {
    let site = Site::new();
    let shown = site.ask(&["licence", "show"]);
    has_fields(&shown, &documented("licence show"));
    assert!(shown["licence"].is_null());
    let ran = site.run(&["support", "--reason", "ticket 17", "-y", "--json"]);
    assert_eq!(
        (ran.code, ran.error().0.as_str()),
        (6, "licence"),
        "{}",
        ran.err
    );
    assert_eq!(
        site.run(&["support", "--reason", "ticket 17", "--dry-run"])
            .code,
        0
    );
}

#[test]
fn shells_and_man_know_every_command() {
    let site = Site::nowhere();
    for shell in ["bash", "zsh", "fish"] {
        let ran = site.run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        for command in ["doctor", "import-env", "temp-code"] {
            assert!(ran.out.contains(command), "{shell} does not know {command}");
        }
    }
    let page = site.run(&["man"]);
    assert_eq!((page.code, page.err.as_str()), (0, ""));
    assert!(
        page.out.contains(".TH twofactor 1") && page.out.contains("Exit codes"),
        "{}",
        page.out
    );
    let page = site.run(&["man", "user", "reset"]);
    assert!(page.out.contains("twofactor-user-reset"), "{}", page.out);
    assert_eq!(site.run(&["man", "user reset"]).out, page.out);
    assert!(!page.out.contains("\"reset "), "{}", page.out);
    let page = site.run(&["man", "provider", "import-env"]);
    assert!(page.out.contains("AWS_SECRET_ACCESS_KEY"), "{}", page.out);
    assert_eq!(site.run(&["man", "nothing"]).code, 2);
}
