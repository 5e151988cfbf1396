//! Texts of a site's own that cannot be sent: health says so.

use super::*;
use crate::delivery::text::OwnTexts;
use crate::i18n::Language;
use crate::shared::RowKind;
use crate::sms::Channel;
use crate::store::{RawRowChange, StoreUrl};
use crate::types::Site;

pub(super) const KEY_A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
pub(super) const KEY_B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const OWN: &str = "{code} is your code for {site}.";

pub(super) struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("sqlite:{}/db", self.folder.path().display())
    }

    pub(super) fn open(&self, keys: &str) -> Verifier {
        let config = Config::parse([("store", self.url().as_str())]).unwrap();
        Verifier::open(config, Some(KeyRing::parse(keys).unwrap()), true).unwrap()
    }

    /// Changes one byte of what is sealed.
    pub(super) fn damage(&self, kind: RowKind) {
        let site = Site::new("default").unwrap();
        let mut store = store::open(&StoreUrl::parse(&self.url()).unwrap()).unwrap();
        let name = kind.to_string();
        let found = store
            .shared_rows(&site, std::slice::from_ref(&name))
            .unwrap();
        let mut raw = found.into_iter().next().unwrap().unwrap();
        *raw.body.last_mut().unwrap() ^= 1;
        let change = RawRowChange {
            name,
            expected: Some(raw.version),
            body: raw.body,
            keep_until: None,
        };
        let swapped = store.swap_shared_rows(&site, at(0), &[change]).unwrap();
        assert_eq!(swapped, store::Swap::Done);
    }
}

fn set(verifier: &Verifier, text: &str) {
    let text = Some((text, None));
    OwnTexts::set(&verifier.rows, at(0), Channel::Sms, Language::English, text).unwrap();
}

/// What health says of texts: how bad, which sentences, in words.
fn said(verifier: &Verifier) -> Option<(HealthStatus, Vec<&'static str>, String)> {
    let checks = verifier.health(Ok(at(1)));
    let check = checks.into_iter().find(|check| check.name == "texts")?;
    let ids = check.findings.iter().map(|it| it.id()).collect();
    Some((check.status, ids, check.message))
}

#[test]
fn health_says_nothing_of_texts_that_can_be_sent() {
    let fixture = Fixture::new();
    let verifier = fixture.open(KEY_A);
    assert_eq!(said(&verifier), None);
    set(&verifier, OWN);
    assert_eq!(said(&verifier), None);
    // An older key opens them as well.
    assert_eq!(said(&fixture.open(&format!("{KEY_B};{KEY_A}"))), None);
}

#[test]
fn health_says_that_texts_do_not_open_or_are_damaged() {
    let fixture = Fixture::new();
    set(&fixture.open(KEY_A), OWN);
    let (status, ids, message) = said(&fixture.open(KEY_B)).unwrap();
    assert_eq!(
        (status, ids),
        (HealthStatus::Warning, vec!["texts.unreadable"])
    );
    assert!(message.contains("not in the key file"), "{message}");
    fixture.damage(RowKind::MessageTexts);
    let (status, ids, message) = said(&fixture.open(KEY_A)).unwrap();
    assert_eq!(
        (status, ids),
        (HealthStatus::Warning, vec!["texts.unreadable"])
    );
    assert!(message.contains("damaged"), "{message}");
    // The way out that it names.
    let verifier = fixture.open(KEY_A);
    set(&verifier, OWN);
    assert_eq!(said(&verifier), None);
}

#[test]
fn health_says_that_a_text_is_not_allowed_any_more() {
    let fixture = Fixture::new();
    let verifier = fixture.open(KEY_A);
    // What was saved when the rules were others.
    set(&verifier, "{code} is your code: https://example.com");
    let (status, ids, message) = said(&verifier).unwrap();
    assert_eq!(
        (status, ids),
        (HealthStatus::Warning, vec!["texts.unusable"])
    );
    assert!(message.contains("for sms in the language en"), "{message}");
}
