//! No secret, code or number in any word that the program says, whatever is asked and whatever goes wrong.

use std::fs;

use super::{Ran, Site, client, id, now, user};
use twofactor::types::Method;
use twofactor::verifier::Operator;

const LICENCE: &str = "C4NARY-LICENCE-KEY";
const PASSWORD: &str = "c4nary-password";
const PROVIDER: &str = "c4naryc4naryc4naryc4naryc4nary12";
const NUMBER: &str = "+4915112345678";

#[test]
fn nothing_that_is_secret_is_in_anything_that_is_said() {
    let site = Site::new();
    let has = site.enrol("42");
    let verifier = site.open();
    let changes = vec![
        text("provider", "sms-gateway"),
        text("url", "https://gateway.example"),
        text("licence", LICENCE),
        text("domain", "example.com"),
    ];
    // Whether it is kept is not what this is about: its words are what the file of providers has.
    let _ = verifier.save_provider(now(), "main", &changes, &Operator::on_server("x"));
    let providers = site.path("providers");
    let list = format!(
        r#"[{{"provider":"twilio","name":"t","account":"AC{0}","user":"SK{0}","secret":"{PROVIDER}","from":"{NUMBER}"}}]"#,
        "0123456789abcdef0123456789abcdef"
    );
    fs::write(&providers, list).unwrap();
    let key = fs::read_to_string(site.key()).unwrap();
    let key = key
        .lines()
        .last()
        .unwrap()
        .split_once(" = ")
        .unwrap()
        .1
        .to_owned();
    let login = verifier.begin_login(now(), &user("42"), &client()).unwrap();
    let secret_words = [
        LICENCE,
        PASSWORD,
        PROVIDER,
        NUMBER,
        &NUMBER[3..],
        key.as_str(),
        &login.challenge,
    ];
    let mut secrets: Vec<String> = secret_words.iter().map(|it| (*it).to_owned()).collect();
    secrets.extend(has.codes.iter().cloned());
    secrets.extend(has.codes.iter().map(|code| code.replace('-', "")));
    let code = has.totp.at(now());
    let _ = verifier.verify(now(), &login.challenge, Method::Totp, &code, &client());
    secrets.push(code.to_string());

    let commands: [&[&str]; 16] = [
        &["doctor"],
        &["doctor", "--settings"],
        &["user", "show", "42"],
        &["user", "list"],
        &["user", "unlock", "42", "--reason", "x", "-y"],
        &["user", "end-sign-ins", "42", "--reason", "x", "-y"],
        &["user", "suspend", "42", "--reason", "x", "-y"],
        &["user", "resume", "42", "--reason", "x", "-y"],
        &["audit", "list"],
        &["audit", "verify"],
        &["audit", "export"],
        &["key", "list"],
        &["user", "show", "43"],
        &["user", "shwo"],
        &["--store", "mysql://u:c4nary-password@h/d", "doctor"],
        &["--set", "licence_key=C4NARY-LICENCE-KEY", "doctor"],
    ];
    let proxy = format!("http://u:{PASSWORD}@127.0.0.1:9");
    let providers_open = providers.display().to_string();
    for ini in ["good", "bad"] {
        for arguments in commands {
            for json in [false, true] {
                let mut command = site.bare(arguments);
                if json {
                    command.arg("--json");
                }
                command
                    .env("RUST_BACKTRACE", "full")
                    .env("TWOFACTOR_LICENCE_KEY", LICENCE);
                command
                    .env("TWOFACTOR_HTTP_PROXY", &proxy)
                    .env("TWOFACTOR_KEY_FILE", site.key());
                if !arguments.contains(&"--store") {
                    command.env(
                        "TWOFACTOR_STORE",
                        match ini {
                            "good" => site.store(),
                            _ => format!("mysql://u:{PASSWORD}@127.0.0.1:9/d"),
                        },
                    );
                }
                command.env(
                    "TWOFACTOR_PROVIDERS_FILE",
                    match ini {
                        "good" => "",
                        _ => providers_open.as_str(),
                    },
                );
                let ran: Ran = command.output().unwrap().into();
                let said = format!("{}{}", ran.out, ran.err);
                for secret in &secrets {
                    assert!(
                        !said.contains(secret.as_str()),
                        "{arguments:?} says {secret}: {said}"
                    );
                }
            }
        }
    }
    assert!(site.open().account(now(), &id("42")).unwrap().enrolled);
}

fn text(name: &str, value: &str) -> (String, Option<twofactor::verifier::Value>) {
    let value = zeroize::Zeroizing::new(value.to_owned());
    (
        name.to_owned(),
        Some(twofactor::verifier::Value::Text(value)),
    )
}
