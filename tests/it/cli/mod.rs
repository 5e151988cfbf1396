//! The operator's command line as a program: what it says, to people and as JSON, its exit codes, and what it leaves in the
//! store. Each test has a folder with a store, a key and a system root of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod changes;
mod imports;
mod keys;
mod looks;
mod others;
mod secrets;
mod settings;
mod stores;
mod terminal;

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use twofactor::account::totp::Totp;
use twofactor::clock::{self, UnixTime};
use twofactor::config::Config;
use twofactor::crypto::KeyRing;
use twofactor::types::UserId;
use twofactor::verifier::{Client, Standing, User, Verifier};

/// A site on this machine.
struct Site {
    folder: tempfile::TempDir,
}

/// What somebody has set up.
struct Enrolled {
    totp: Totp,
    codes: Vec<String>,
}

/// What the program did.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        let text = self.out.trim_end();
        let value = serde_json::from_str(text);
        value.unwrap_or_else(|why| panic!("{why}: {text}\n{}", self.err))
    }

    /// The error's code and message, as JSON has them.
    fn error(&self) -> (String, String) {
        assert_eq!(self.out, "", "{}", self.out);
        let value: Value = serde_json::from_str(self.err.trim_end()).unwrap();
        assert_eq!(value["version"], 1);
        let text = |name: &str| value["error"][name].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let signal = output.status.signal().map(|signal| 128 + signal);
        Self {
            code: output.status.code().or(signal).unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_twofactor")
}

fn now() -> UnixTime {
    clock::now().unwrap()
}

fn id(user: &str) -> UserId {
    UserId::new(user).unwrap()
}

fn client() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), String::new())
}

fn user(user: &str) -> User {
    User {
        id: id(user),
        name: format!("user {user}"),
        email: None,
        locale: None,
        standing: Standing::Unknown,
    }
}

impl Site {
    /// With a key, and a store that nobody has an account in yet.
    fn new() -> Self {
        let site = Self::nowhere();
        KeyRing::create_file(&site.key()).unwrap();
        drop(site.open());
        site
    }

    /// With neither.
    fn nowhere() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("root")).unwrap();
        fs::create_dir(folder.path().join("store")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&self) -> PathBuf {
        self.path("key")
    }

    fn store(&self) -> String {
        format!("sqlite:{}", self.path("store/a.sqlite").display())
    }

    fn open(&self) -> Verifier {
        let store = self.store();
        let key = self.key().display().to_string();
        let config = Config::parse([("store", store.as_str()), ("key_file", &key)]).unwrap();
        Verifier::open(config, None, false).unwrap()
    }

    /// A file below the root that PHP's files are looked for in.
    fn write(&self, path: &str, text: &str) {
        let path = self.path("root").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The lines of a php.ini that name this site.
    fn ini(&self) -> String {
        let (store, key) = (self.store(), self.key());
        let key = key.display();
        format!(
            "extension=twofactor\ntwofactor.store = \"{store}\"\ntwofactor.key_file = \"{key}\"\n"
        )
    }

    /// The program without a word about the site, and without anything of this process's environment.
    fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", "xterm")
            .arg("--root")
            .arg(self.path("root"))
            .args(arguments)
            .stdin(Stdio::null())
            .current_dir("/");
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command.arg("--store").arg(self.store());
        command.arg("--key-file").arg(self.key());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// As [`Site::run`], with an answer in JSON.
    fn ask(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
        ran.json()
    }

    /// Somebody with an app, and its codes.
    fn enrol(&self, name: &str) -> Enrolled {
        enrol(&self.open(), name)
    }
}

/// The same at any store.
fn enrol(verifier: &Verifier, name: &str) -> Enrolled {
    let setup = verifier
        .start_totp(now(), &user(name), None, None, None)
        .unwrap();
    let totp = Totp::from_uri(&setup.uri).unwrap();
    let code = totp.at(now());
    let enrolled = verifier
        .confirm_totp(now(), &setup.token, &code, &client())
        .unwrap();
    let codes = enrolled.backup_codes.iter().map(|code| code.to_string());
    Enrolled {
        totp,
        codes: codes.collect(),
    }
}

/// The names in a JSON object.
fn names(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("{value}"));
    object.keys().map(String::as_str).collect()
}

/// That it has these fields and no others.
fn has_fields(value: &Value, fields: &str) {
    let mut wanted: Vec<&str> = fields.split_whitespace().collect();
    wanted.sort_unstable();
    assert_eq!(names(value), wanted);
}

/// What docs/cli.md says of a shape: the first word of each row of the table under that heading.
fn documented(heading: &str) -> String {
    let page = include_str!("../../../docs/cli.md");
    let section = page.split_once(&format!("\n### {heading}\n"));
    let section = section
        .unwrap_or_else(|| panic!("docs/cli.md has no `{heading}`"))
        .1;
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let fields: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    assert!(!fields.is_empty(), "{heading}");
    fields.join(" ")
}

/// Everything in a folder with its content, to see that nothing was written.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

/// A child that is ended when the test is.
struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Child {
    fn say(&mut self, text: &str) {
        let input = self.0.stdin.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }
}
