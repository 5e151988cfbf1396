//! A store that is another one than was meant: another site's, under another key, under another prefix.

use super::*;
use crate::store::{RawRowChange, StoreUrl, Swap};
use crate::types::Site;

const KEY_A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const KEY_B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
/// Another key by the name of the first.
const KEY_A_TOO: &str = "a = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

struct Fixture(tempfile::TempDir);

impl Fixture {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn url(&self) -> String {
        format!("sqlite:{}/db", self.0.path().display())
    }

    fn open(&self, site: &str, keys: &str, more: &[(&str, &str)]) -> Result<Verifier, Error> {
        let url = self.url();
        let mut settings = vec![("store", url.as_str()), ("site", site), ("issuer", "Shop")];
        settings.extend_from_slice(more);
        let config = Config::parse(settings).unwrap();
        Verifier::open(config, Some(KeyRing::parse(keys).unwrap()), false)
    }

    fn sql(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.0.path().join("db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

fn refused(answer: Result<Verifier, Error>) -> String {
    match answer {
        Err(Error::Configuration(why)) => why.to_string(),
        other => panic!("{other:?}"),
    }
}

fn said(verifier: &Verifier, name: &str) -> (HealthStatus, String) {
    let found = verifier.health(Ok(at(100)));
    let check = found.into_iter().find(|check| check.name == name).unwrap();
    (check.status, check.message)
}

#[test]
fn a_store_of_other_sites_only_is_refused_and_a_site_begins_there_on_purpose() {
    let place = Fixture::new();
    let alice = user("7");
    drop(place.open("misspelt", KEY_A, &[]).unwrap());
    // Before anybody has an account a name may still be corrected, once it is said.
    drop(place.open("shop", KEY_A, &[("new_site", "1")]).unwrap());
    enrol(&place.open("shop", KEY_A, &[]).unwrap(), &alice);
    for site in ["default", "misspelt", "shop2"] {
        let why = refused(place.open(site, KEY_A, &[]));
        assert!(
            why.contains("the site shop and none of") && why.contains("new_site"),
            "{why}"
        );
    }
    // Said once, it is remembered, also while nobody has an account.
    let second = place.open("second", KEY_A, &[("new_site", "1")]).unwrap();
    assert_eq!(said(&second, "site").0, HealthStatus::Warning);
    let second = place.open("second", KEY_A, &[]).unwrap();
    assert_eq!(said(&second, "site").0, HealthStatus::Ok);
    let login = second.begin_login(at(0), &alice, &client()).unwrap();
    assert_eq!(login.state, LoginState::Allowed);
    // So does a site whose name was opened before by mistake.
    drop(place.open("misspelt", KEY_A, &[("new_site", "1")]).unwrap());
    drop(place.open("misspelt", KEY_A, &[]).unwrap());
    // The first one is what it was.
    let shop = place.open("shop", KEY_A, &[]).unwrap();
    assert!(shop.account(at(0), &alice.id).unwrap().enrolled);
}

/// Whichever of two sites that share a store has an account first would shut out the other.
#[test]
fn the_second_site_in_an_empty_store_is_told_when_it_begins_and_the_first_one_by_health() {
    let place = Fixture::new();
    let issuer = [("issuer", "Shop")];
    let first = place.open("first", KEY_A, &issuer).unwrap();
    assert_eq!(said(&first, "site").0, HealthStatus::Ok);
    let why = refused(place.open("second", KEY_A, &[]));
    assert!(
        why.contains("opened for the site first before, and second is new to it")
            && why.contains("set twofactor.new_site to 1 once"),
        "{why}"
    );
    // Whoever is refused leaves nothing: the first one is what it was.
    let first = place.open("first", KEY_A, &[]).unwrap();
    assert_eq!(said(&first, "site").0, HealthStatus::Ok);

    let second = place.open("second", KEY_A, &[("new_site", "1")]).unwrap();
    drop(place.open("second", KEY_A, &[]).unwrap());
    let first = place.open("first", KEY_A, &[]).unwrap();
    let (status, text) = said(&first, "site");
    assert_eq!(status, HealthStatus::Warning);
    assert!(
        text.starts_with("the site second has opened the same store") && text.contains("new_site"),
        "{text}"
    );
    // Said of both, neither shuts the other out.
    drop(place.open("first", KEY_A, &[("new_site", "1")]).unwrap());
    let first = place.open("first", KEY_A, &[]).unwrap();
    assert_eq!(said(&first, "site").0, HealthStatus::Ok);
    enrol(&second, &user("7"));
    let first = place.open("first", KEY_A, &[]).unwrap();
    let login = first.begin_login(at(0), &user("7"), &client()).unwrap();
    assert_eq!(login.state, LoginState::Allowed);
    enrol(&first, &user("7"));
    assert_eq!(said(&second, "site").0, HealthStatus::Warning, "new_site");
    let second = place.open("second", KEY_A, &[]).unwrap();
    assert_eq!(said(&second, "site").0, HealthStatus::Ok);
}

/// Without a word of the operator a name that was there before anybody had an account is like one that never was:
/// a site whose name is lost may be that one again.
#[test]
fn an_earlier_name_of_a_site_is_not_taken_for_a_site_of_its_own() {
    let place = Fixture::new();
    drop(place.open("default", KEY_A, &[]).unwrap());
    let shop = place.open("shop", KEY_A, &[("new_site", "1")]).unwrap();
    enrol(&shop, &user("7"));
    let why = refused(place.open("default", KEY_A, &[]));
    assert!(why.contains("the site shop and none of default"), "{why}");
}

#[test]
fn what_was_said_to_one_site_is_not_copied_to_another() {
    let place = Fixture::new();
    enrol(&place.open("shop", KEY_A, &[]).unwrap(), &user("7"));
    drop(place.open("second", KEY_A, &[("new_site", "1")]).unwrap());
    place.sql("UPDATE shared_row SET site = 'default' WHERE site = 'second'");
    refused(place.open("default", KEY_A, &[]));
}

#[test]
fn a_store_has_a_name_for_a_site_that_ends_with_its_tables() {
    let place = Fixture::new();
    let first = place.open("shop", KEY_A, &[]).unwrap();
    let id = first.store_id().unwrap();
    assert_eq!(id.len(), 32);
    enrol(&first, &user("7"));
    let both = format!("{KEY_B}\n{KEY_A}");
    // Neither a new key nor the loss of one changes it.
    for keys in [KEY_A, &both, KEY_B, KEY_A_TOO] {
        let verifier = place.open("shop", keys, &[]).unwrap();
        assert_eq!(verifier.store_id().unwrap(), id, "{keys}");
    }
    let other = place.open("second", KEY_A, &[("new_site", "1")]).unwrap();
    assert_ne!(other.store_id().unwrap(), id);
    place.sql("DELETE FROM shared_row; DELETE FROM account; DELETE FROM audit");
    assert!(matches!(first.store_id(), Err(Error::Unavailable(_))));
    let emptied = place.open("shop", KEY_A, &[]).unwrap();
    assert_ne!(emptied.store_id().unwrap(), id);
}

/// Whoever remembers which store was set up is let into no other, and nothing is written there.
#[test]
fn a_store_that_is_another_one_than_is_remembered_or_was_emptied_is_refused() {
    let place = Fixture::new();
    let first = place.open("shop", KEY_A, &[]).unwrap();
    let id = first.store_id().unwrap();
    enrol(&first, &user("7"));
    let remembered = [("store_id", id.as_str()), ("new_site", "1")];
    let open = place.open("shop", KEY_A, &remembered).unwrap();
    open.recognise_store().unwrap();
    // What is in it is not asked, nor under which key.
    drop(place.open("shop", KEY_B, &remembered).unwrap());

    let other = Fixture::new();
    for _ in 0..2 {
        let why = refused(other.open("shop", KEY_A, &remembered));
        assert!(
            why.starts_with("the store is empty or another one"),
            "{why}"
        );
    }
    drop(other.open("shop", KEY_A, &[]).unwrap());
    refused(other.open("shop", KEY_A, &remembered));
    let site = place.open("second", KEY_A, &remembered);
    refused(site);

    // Emptied while it is open: whoever begins something with it is told, and whoever opens it anew.
    place.sql("DELETE FROM shared_row; DELETE FROM account; DELETE FROM audit");
    first.recognise_store().unwrap();
    let Err(Error::Configuration(why)) = open.recognise_store() else {
        panic!("an emptied store is another one")
    };
    assert!(why.to_string().contains("twofactor.store_id"), "{why}");
    refused(place.open("shop", KEY_A, &remembered));
    drop(place.open("shop", KEY_A, &[]).unwrap());
    assert!(open.recognise_store().is_err(), "its mark is a new one");
}

#[test]
fn health_opens_accounts_and_the_mark_and_says_what_to_do_about_another_key() {
    let place = Fixture::new();
    let verifier = place.open("shop", KEY_A, &[]).unwrap();
    assert_eq!(said(&verifier, "key").0, HealthStatus::Ok);
    // Nobody has an account: nothing is lost yet.
    let (status, text) = said(&place.open("shop", KEY_B, &[]).unwrap(), "key");
    assert_eq!(status, HealthStatus::Warning, "{text}");
    assert!(text.contains("the mark of this site"), "{text}");

    let (alice, bob) = (user("7"), user("8"));
    enrol(&verifier, &alice);
    enrol(&verifier, &bob);
    assert_eq!(said(&verifier, "key").0, HealthStatus::Ok);
    for keys in [KEY_B, KEY_A_TOO] {
        let other = place.open("shop", keys, &[]).unwrap();
        assert!(other.begin_login(at(0), &alice, &client()).is_err());
        let (status, text) = said(&other, "key");
        assert_eq!(status, HealthStatus::Problem, "{keys}: {text}");
        assert!(text.starts_with("2 of 2 accounts"), "{text}");
        assert!(text.contains("that of user 7"), "{text}");
    }
    // The way out where the key is lost for good.
    let other = place.open("shop", KEY_B, &[]).unwrap();
    for user in [&alice, &bob] {
        other
            .reset(at(1), &user.id, &Operator::on_server("anna"), "key lost")
            .unwrap();
    }
    assert_eq!(said(&other, "key").0, HealthStatus::Ok);
    // And where it was another key for a while: nothing of it is left but the mark, which heals.
    let place = Fixture::new();
    let verifier = place.open("shop", KEY_A, &[]).unwrap();
    enrol(&verifier, &alice);
    enrol(&verifier, &bob);
    let other = place.open("shop", KEY_B, &[]).unwrap();
    other
        .reset(at(1), &bob.id, &Operator::on_server("anna"), "by mistake")
        .unwrap();
    verifier
        .reset(at(2), &bob.id, &Operator::on_server("anna"), "mended")
        .unwrap();
    assert_eq!(said(&verifier, "key").0, HealthStatus::Ok);
}

/// What was begun on one server ends on one that is further behind: health says so from there on, and of an app's
/// set-up that nobody else looked at it makes an end.
#[test]
fn health_tells_of_clocks_that_differ_and_ends_what_one_gave_that_was_ahead() {
    let place = Fixture::new();
    let verifier = place.open("shop", KEY_A, &[]).unwrap();
    let clock = |seconds: i64| {
        let found = verifier.health(Ok(at(seconds)));
        let check = found.into_iter().find(|check| check.name == "clock");
        check.unwrap().status
    };
    let begin = |seconds| {
        let setup = verifier
            .start_totp(at(seconds), &user("7"), None, None, None)
            .unwrap();
        let phone = Totp::from_uri(&setup.uri).unwrap();
        move |verifier: &Verifier, seconds| {
            let code = phone.at(at(seconds));
            verifier.confirm_totp(at(seconds), &setup.token, &code, &client())
        }
    };
    let confirm = begin(100);
    assert_eq!(clock(70), HealthStatus::Ok);
    assert_eq!(clock(69), HealthStatus::Warning);
    assert_eq!(clock(69), HealthStatus::Warning, "as long as it is behind");
    let denied = confirm(&verifier, 100);
    assert!(
        matches!(denied, Err(Error::Denied(Denied::Rejected))),
        "{denied:?}"
    );
    let confirm = begin(200);
    assert_eq!(clock(170), HealthStatus::Ok);
    confirm(&verifier, 200).unwrap();
}

#[test]
fn one_account_that_is_damaged_is_a_warning_wherever_it_stands() {
    let place = Fixture::new();
    let verifier = place.open("shop", KEY_A, &[]).unwrap();
    for number in 0..210 {
        let user = user(&format!("{number:03}"));
        verifier
            .raise_epoch(at(0), &user.id, "host", "new password", None)
            .unwrap();
    }
    assert_eq!(said(&verifier, "key").0, HealthStatus::Ok);
    // The last by its id, and the latest.
    place.sql("UPDATE account SET sealed = substr(sealed, 1, 40) WHERE user = '209'");
    let (status, text) = said(&verifier, "key");
    assert_eq!(status, HealthStatus::Warning);
    assert!(text.contains("that of user 209"), "{text}");
}

#[test]
fn a_mark_that_cannot_be_read_denies_nobody_who_has_an_account() {
    let place = Fixture::new();
    let verifier = place.open("shop", KEY_A, &[]).unwrap();
    let alice = user("7");
    enrol(&verifier, &alice);
    let site = Site::new("shop").unwrap();
    let url = StoreUrl::parse(&place.url()).unwrap();
    let mut store = store::open(&url).unwrap();
    let raw = store.shared_rows(&site, &["store".to_owned()]).unwrap();
    let raw = raw.into_iter().next().unwrap().unwrap();
    let mut body = raw.body;
    *body.last_mut().unwrap() ^= 1;
    let change = RawRowChange {
        name: "store".to_owned(),
        expected: Some(raw.version),
        body,
        keep_until: None,
    };
    assert_eq!(
        store.swap_shared_rows(&site, at(0), &[change]).unwrap(),
        Swap::Done
    );
    drop(store);
    let verifier = place.open("shop", KEY_A, &[]).unwrap();
    let login = verifier.begin_login(at(30), &alice, &client()).unwrap();
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert_eq!(said(&verifier, "key").0, HealthStatus::Ok);
}

#[test]
fn an_issuer_left_empty_and_every_other_thing_to_name_is_told() {
    let health = |settings: &[(&str, &str)]| {
        let mut all = vec![("store", "memory:")];
        all.extend_from_slice(settings);
        let config = Config::parse(all).unwrap();
        let verifier = Verifier::open(config, None, false).unwrap();
        (said(&verifier, "site"), said(&verifier, "policy"))
    };
    let ((status, text), _) = health(&[]);
    assert_eq!(status, HealthStatus::Warning);
    assert!(text.contains("twofactor.issuer is empty"), "{text}");
    let (site, policy) = health(&[("issuer", "Shop")]);
    assert_eq!(site.0, HealthStatus::Ok);
    assert_eq!(policy.0, HealthStatus::Ok);
    let (_, (status, text)) = health(&[
        ("code_digits", "4"),
        ("totp_window", "0"),
        ("max_attempts", "20"),
        ("lockout_seconds", "1"),
        ("send_site_day", "1"),
    ]);
    assert_eq!(status, HealthStatus::Warning);
    for name in [
        "code_digits",
        "totp_window",
        "max_attempts",
        "lockout_seconds",
        "send_site_day",
    ] {
        assert!(text.contains(&format!("{name} is ")), "{text}");
    }
}

#[test]
fn a_store_in_memory_has_a_key_of_its_own_unless_one_is_named() {
    // Whatever the environment of this process says.
    let config = Config::parse([("store", "memory:")]).unwrap();
    let verifier = Verifier::open(config, None, false).unwrap();
    assert_eq!(verifier.key_source, KeySource::Ephemeral);
    let file = "/nonexistent/keys";
    let config = Config::parse([("store", "memory:"), ("key_file", file)]).unwrap();
    assert!(refused(Verifier::open(config, None, false)).contains(file));
}

#[test]
fn names_that_are_no_setting_are_listed_with_the_one_that_was_meant() {
    assert!(settings_health(&[], &[]).is_none());
    let unknown = ["max_atempts".to_owned(), "whatever_else".to_owned()];
    let check = settings_health(&unknown, &[]).unwrap();
    assert_eq!(check.status, HealthStatus::Warning);
    let found: Vec<_> = check
        .findings
        .iter()
        .map(|it| (it.id(), it.message()))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].0, "settings.similar");
    assert!(
        found[0]
            .1
            .ends_with("twofactor.max_atempts: did you mean max_attempts?"),
        "{found:?}"
    );
    assert_eq!(found[1].0, "settings.unknown");
    assert!(found[1].1.ends_with("twofactor.whatever_else"), "{found:?}");
    assert_eq!(check.message, format!("{}; {}", found[0].1, found[1].1));
}

#[test]
fn a_variable_that_is_no_setting_is_named_with_the_one_that_was_meant() {
    let unknown = ["TWOFACTOR_MAX_ATEMPTS", "TWOFACTOR_PORT", "twofactor_"].map(str::to_owned);
    let check = settings_health(&[], &unknown).unwrap();
    let told: Vec<_> = check.findings.iter().map(Finding::message).collect();
    let begin = "the environment has a variable that is no setting and changes nothing";
    assert_eq!(
        told,
        [
            format!("{begin}: TWOFACTOR_MAX_ATEMPTS: did you mean TWOFACTOR_MAX_ATTEMPTS?"),
            format!("{begin}: TWOFACTOR_PORT"),
            format!("{begin}: twofactor_"),
        ]
    );
}
