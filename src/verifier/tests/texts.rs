//! Texts of a site's own that cannot be sent: health says so.

use super::*;
use crate::i18n::Language;
use crate::shared::RowKind;
use crate::store::{RawRowChange, StoreUrl};
use crate::texts::{OwnText, OwnTexts, TextsOf};
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
    put(verifier, TextsOf::Codes, "sms", Language::English, text);
}

/// Puts a text there as it is, whether or not it may be one.
fn put(verifier: &Verifier, texts: TextsOf, of: &str, language: Language, text: &str) {
    let own = OwnText {
        of: of.to_owned(),
        language: language.tag().to_owned(),
        subject: None,
        text: text.to_owned(),
        named_by: None,
    };
    OwnTexts::set(&verifier.rows, at(0), texts, (of, language), Some(&own)).unwrap();
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

const OWN_NOTICE: &str = "Hallo {user}\n{what}\n{advice}\n{link}";

fn set_notice(
    verifier: &Verifier,
    kind: &str,
    language: &str,
    text: Option<&str>,
    proposed: bool,
) -> Result<(), Error> {
    let operator = Operator::on_server("admin").proposing(proposed);
    let text = text.map(|text| ("Own {what}", text));
    verifier.set_notice_text(at(0), kind, language, text, &operator)
}

fn reader(locale: &str) -> User {
    User {
        email: Some("anna@example.org".to_owned()),
        locale: Some(locale.to_owned()),
        ..user("7")
    }
}

/// What a set-up tells, in that language.
fn told(verifier: &Verifier, locale: &str) -> (String, String) {
    let user = reader(locale);
    let setup = verifier.start_totp(at(0), &user, None, None, None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(0));
    let enrolled = verifier.confirm_totp(at(0), &setup.token, &code, &client());
    let mail = enrolled.unwrap().notices.remove(0).mail;
    (mail.subject, mail.text.to_string())
}

#[test]
fn a_notice_goes_out_in_the_words_of_the_site_language_by_language() {
    let open = || {
        let verifier = verifier();
        set_notice(&verifier, "notice", "de", Some(OWN_NOTICE), false).unwrap();
        verifier
    };
    let (subject, text) = told(&open(), "de-AT");
    assert_eq!(
        subject,
        "Own Ihrem Konto wurde ein zweiter Faktor hinzugefügt"
    );
    assert!(text.starts_with("Hallo "), "{text}");
    let (subject, text) = told(&open(), "fr");
    assert!(
        !subject.starts_with("Own") && !text.contains("Hallo"),
        "{text}"
    );
    // One for its kind goes before the one for all, and one for another kind is for that alone.
    let verifier = open();
    let other = "Nur das\n{what}\n{advice}\n{link}";
    set_notice(&verifier, "notice.factor-added", "de", Some(other), false).unwrap();
    set_notice(
        &verifier,
        "notice.factor-removed",
        "de",
        Some(OWN_NOTICE),
        false,
    )
    .unwrap();
    assert!(told(&verifier, "de").1.starts_with("Nur das\n"));
    set_notice(&verifier, "notice", "de", None, false).unwrap();
    set_notice(&verifier, "notice.factor-added", "de", None, false).unwrap();
    assert!(
        verifier
            .health(Ok(at(1)))
            .iter()
            .all(|it| it.name != "texts")
    );
    let verifier = open();
    set_notice(&verifier, "notice", "de", None, false).unwrap();
    assert!(told(&verifier, "de").1.starts_with("Ihrem Konto wurde"));
}

#[test]
fn what_is_only_proposed_is_sent_to_nobody() {
    let verifier = verifier();
    set_notice(&verifier, "notice", "de", Some(OWN_NOTICE), true).unwrap();
    let listed = |verifier: &Verifier| {
        let texts = verifier.notice_texts(at(1), "de", "en").unwrap();
        let found = texts.into_iter().find(|it| it.kind == "notice").unwrap();
        (found.text.is_some(), found.confirmed)
    };
    assert_eq!(listed(&verifier), (true, false));
    assert!(told(&verifier, "de").1.starts_with("Ihrem Konto wurde"));
    set_notice(&verifier, "notice", "de", Some(OWN_NOTICE), false).unwrap();
    assert_eq!(listed(&verifier), (true, true));
    // Whoever only proposes makes nothing of it that nobody stands for, by saving the same.
    set_notice(&verifier, "notice", "de", Some(OWN_NOTICE), true).unwrap();
    assert_eq!(listed(&verifier), (true, true));
}

#[test]
fn a_text_that_cannot_be_used_keeps_no_notice_back_and_health_says_so() {
    // What was saved when the rules were others: without the link, with another, or for what there is not.
    for (kind, text) in [
        ("notice", "{what}\n{advice}"),
        ("notice", "{what}\n{advice}\n{link}\nhttps://evil.example"),
        ("notice.factor-added", "<b>{what}</b>"),
        ("notice.of-old", OWN_NOTICE),
    ] {
        let fixture = Fixture::new();
        let verifier = fixture.open(KEY_A);
        put(
            &verifier,
            TextsOf::Notices(Language::German),
            kind,
            Language::German,
            text,
        );
        let (subject, told) = told(&verifier, "de");
        assert!(subject.ends_with("Ihrem Konto wurde ein zweiter Faktor hinzugefügt"));
        assert!(told.starts_with("Ihrem Konto wurde"), "{told}");
        let (status, ids, message) = said(&verifier).unwrap();
        assert_eq!(
            (status, ids),
            (HealthStatus::Warning, vec!["texts.notice-unusable"])
        );
        assert!(
            message.contains(&format!("for {kind} in the language de")),
            "{message}"
        );
    }
    let fixture = Fixture::new();
    let verifier = fixture.open(KEY_A);
    set_notice(&verifier, "notice", "en", Some(OWN_NOTICE), false).unwrap();
    let verifier = fixture.open(KEY_B);
    assert!(
        told(&verifier, "en")
            .1
            .starts_with("A second factor was added")
    );
    assert_eq!(said(&verifier).unwrap().1, ["texts.unreadable"]);
    let unread = verifier.notice_texts(at(1), "en", "en");
    assert!(matches!(unread, Err(Error::Configuration(_))));
}

#[test]
fn what_may_not_be_a_text_is_refused_by_its_part() {
    let verifier = verifier();
    let operator = Operator::on_server("admin");
    for (kind, subject, text, field) in [
        ("notice", "", "{what}\n{advice}", "text"),
        ("notice", "x\r\nBcc: y", OWN_NOTICE, "subject"),
        ("administrators", "", OWN_NOTICE, "text"),
        ("sms", "", OWN_NOTICE, "text"),
        ("notice.none", "", OWN_NOTICE, "kind"),
        ("notice.guessing-suspected", "", OWN_NOTICE, "kind"),
    ] {
        let saved = verifier.set_notice_text(at(0), kind, "en", Some((subject, text)), &operator);
        let Err(Error::Invalid { argument, .. }) = saved else {
            panic!("{kind}: {saved:?}");
        };
        assert_eq!(argument, field, "{kind}");
        let preview = verifier.preview_notice_text(at(0), kind, "en", Some((subject, text)));
        if field != "kind" {
            let (found, _) = preview.unwrap().problem.unwrap();
            assert_eq!(found.as_str(), field, "{kind}");
        }
    }
    let saved = set_notice(&verifier, "notice", "nl", Some(OWN_NOTICE), false);
    assert!(matches!(
        saved,
        Err(Error::Invalid {
            argument: "language",
            ..
        })
    ));
}

#[test]
fn every_text_can_be_ours_and_what_ours_are_like_is_shown() {
    let verifier = verifier();
    for language in Language::ALL {
        for text in verifier.notice_texts(at(0), language.tag(), "de").unwrap() {
            let subject = text.standard_subject.as_deref().unwrap_or_default();
            let own = Some((subject, text.standard.as_str()));
            let tag = language.tag();
            let own = verifier
                .preview_notice_text(at(0), &text.kind, tag, own)
                .unwrap();
            let ours = verifier
                .preview_notice_text(at(0), &text.kind, tag, None)
                .unwrap();
            assert_eq!(own.problem, None, "{}", text.kind);
            assert_eq!(own.subject, ours.subject);
            assert!(!own.text.contains(['{', '}']) && !own.text.is_empty());
            assert_eq!(ours.size.is_some(), text.kind == "sms");
        }
    }
    let texts = verifier.notice_texts(at(0), "en", "de").unwrap();
    let added = texts.iter().find(|it| it.kind == "notice.factor-added");
    assert_eq!(
        added.unwrap().title,
        Some("Ihrem Konto wurde ein zweiter Faktor hinzugefügt")
    );
}
