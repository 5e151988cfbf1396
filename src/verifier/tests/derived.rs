//! Secrets that are derived: keys that come and go, settings that change, and who may have new ones.

use super::*;
use crate::account::{FactorError, KeyUse};
use crate::store::StoreUrl;

const OLD: &str = "old = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NEW: &str = "new = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// A site whose keys and settings change while its store stays.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, keys: &[&str], settings: &[(&str, &str)]) -> Verifier {
        let store = format!("sqlite:{}", self.0.path().join("db").display());
        let given = settings.iter().copied().chain([("store", store.as_str())]);
        let config = Config::parse(given).unwrap();
        assert!(!matches!(config.store(), StoreUrl::Memory));
        let ring = KeyRing::parse(&keys.join("\n")).unwrap();
        Verifier::open(config, Some(ring), true).unwrap()
    }

    fn derived(&self, keys: &[&str]) -> Verifier {
        self.open(keys, &[("secrets", "derived")])
    }
}

/// As [`enrol`], with recovery codes.
fn enrol_derived(verifier: &Verifier, user: &User) -> (Totp, Vec<Zeroizing<String>>) {
    let password = verifier.grant_after_password(at(0), &user.id).unwrap();
    let setup = verifier
        .start_totp(at(0), user, None, Some(&password), None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(0));
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &code, &client())
        .unwrap();
    assert!(enrolled.backup_codes.is_empty() && enrolled.recovery_codes.len() == 10);
    (phone, enrolled.recovery_codes)
}

fn answered(
    verifier: &Verifier,
    user: &User,
    method: Method,
    proof: &str,
    seconds: i64,
) -> Result<Verified, Error> {
    let login = verifier.begin_login(at(seconds), user, &client())?;
    verifier.verify(at(seconds), &login.challenge, method, proof, &client())
}

#[test]
fn a_new_key_changes_nobody_s_secret_and_one_that_accounts_derive_from_is_missed_until_they_have_moved()
 {
    let (place, ada) = (Place::new(), user("7"));
    let (phone, codes) = enrol_derived(&place.derived(&[OLD]), &ada);
    let both = place.derived(&[NEW, OLD]);
    let code = phone.at(at(30));
    assert!(answered(&both, &ada, Method::Totp, &code, 30).is_ok());
    assert!(answered(&both, &ada, Method::RecoveryCode, &codes[0], 30).is_ok());
    // The account itself has moved to the new key; what it derives from has not.
    let needed = |key: &str, present, sealed, derived| KeyUse {
        key: key.to_owned(),
        present,
        sealed,
        derived,
    };
    assert_eq!(
        both.key_use().unwrap(),
        [needed("new", true, 1, 0), needed("old", true, 0, 1)]
    );

    // The key goes too early: nobody is let in, nobody has failed, and health says so.
    let early = place.derived(&[NEW]);
    let refused = early.begin_login(at(60), &ada, &client()).unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
    assert!(
        refused
            .to_string()
            .contains("derived from the key old, which is not in the key file")
    );
    assert!(early.account(at(60), &ada.id).is_err());
    let shown = &early.accounts(at(60), "", 10, None).unwrap()[0];
    assert!(shown.enrolled && !shown.readable);
    let health = early.health(Ok(at(60)));
    let key = health.iter().find(|check| check.name == "key").unwrap();
    assert_eq!(key.status, HealthStatus::Problem);
    assert!(!can_verify(&health));
    assert_eq!(
        early.key_use().unwrap(),
        [needed("new", true, 1, 0), needed("old", false, 0, 1)]
    );

    // It is back, nothing was charged, and its user moves.
    let both = place.derived(&[NEW, OLD]);
    let grant = step_up(&both, &ada, &phone, 60);
    let setup = both.rotate_secret(at(60), &ada, &grant, None).unwrap();
    let moved = Totp::from_uri(&setup.uri).unwrap();
    let code = moved.at(at(90));
    let enrolled = both
        .confirm_totp(at(90), &setup.token, &code, &client())
        .unwrap();
    assert_eq!(enrolled.recovery_codes.len(), 10);
    assert_eq!(
        both.key_use().unwrap(),
        [needed("new", true, 1, 1), needed("old", true, 0, 0)]
    );
    let code = moved.at(at(120));
    let alone = place.derived(&[NEW]);
    assert!(answered(&alone, &ada, Method::Totp, &code, 120).is_ok());
    assert!(can_verify(&alone.health(Ok(at(120)))));
}

#[test]
fn a_key_that_was_replaced_under_its_name_makes_no_code_wrong_and_is_told() {
    let (place, ada) = (Place::new(), user("7"));
    let (phone, codes) = enrol_derived(&place.derived(&[OLD]), &ada);
    // Sealed by the new key, derived from the old one.
    let both = place.derived(&[NEW, OLD]);
    let login = both.begin_login(at(30), &ada, &client()).unwrap();
    let (_, other) = NEW.split_once('=').unwrap();
    let replaced = format!("old = {}", other.trim().replace("AQEB", "AgIC"));
    let wrong = place.derived(&[NEW, &replaced]);
    let code = phone.at(at(30));
    for (method, proof) in [
        (Method::Totp, code.as_str()),
        (Method::RecoveryCode, &codes[0]),
    ] {
        for _ in 0..20 {
            let refused = wrong.verify(at(30), &login.challenge, method, proof, &client());
            let refused = refused.unwrap_err();
            assert!(
                refused
                    .to_string()
                    .contains("another key than that in the key file"),
                "{refused}"
            );
        }
    }
    let health = wrong.health(Ok(at(30)));
    assert!(!can_verify(&health));
    // Also where codes alone are derived, beside an app that is sealed.
    let bob = user("8");
    let sealed = place.open(&[OLD], &[]);
    let (bobs, _) = enrol(&sealed, &bob);
    let grant = step_up(&sealed, &bob, &bobs, 30);
    let method = Method::RecoveryCode;
    let old = place.derived(&[OLD]);
    let fresh = old.regenerate_codes(at(30), &bob.id, method, &grant, None);
    let fresh = fresh.unwrap().codes;
    let login = both.begin_login(at(30), &bob, &client()).unwrap();
    let refused = wrong.verify(at(30), &login.challenge, method, &fresh[0], &client());
    assert!(matches!(refused.unwrap_err(), Error::Unavailable(_)));
    assert!(
        both.verify(at(30), &login.challenge, method, &fresh[0], &client())
            .is_ok()
    );
    let login = both.begin_login(at(31), &ada, &client()).unwrap();
    // Nothing was charged, and nothing was spent.
    let verified = both.verify(at(31), &login.challenge, Method::Totp, &code, &client());
    assert!(verified.is_ok());
    wrong
        .reset(at(60), &ada.id, &Operator::on_server("root"), "key lost")
        .unwrap();
    let login = wrong.begin_login(at(60), &ada, &client()).unwrap();
    assert_eq!(login.state, LoginState::Allowed);
}

#[test]
fn who_lost_the_key_is_reset_and_never_given_a_secret_of_before() {
    let (place, ada) = (Place::new(), user("7"));
    let old = place.derived(&[OLD]);
    let (phone, codes) = enrol_derived(&old, &ada);
    // Sealed by the new key, derived from the old one.
    let both = place.derived(&[NEW, OLD]);
    assert!(answered(&both, &ada, Method::RecoveryCode, &codes[0], 30).is_ok());
    let lost = place.derived(&[NEW]);
    let operator = Operator::on_server("root");
    lost.reset(at(60), &ada.id, &operator, "key lost").unwrap();
    let login = lost.begin_login(at(60), &ada, &client()).unwrap();
    assert_eq!(login.state, LoginState::Allowed);
    // The first key is found again, and is the first once more: another generation, another secret.
    let found = place.derived(&[OLD, NEW]);
    let setup = found.start_totp(at(90), &ada, None, None, None).unwrap();
    let again = Totp::from_uri(&setup.uri).unwrap();
    assert_ne!(again.secret().bytes(), phone.secret().bytes());
}

#[test]
fn a_password_alone_gets_nobody_a_new_secret_or_new_codes() {
    let (place, ada) = (Place::new(), user("7"));
    let verifier = place.derived(&[OLD]);
    let nobody = verifier.rotate_secret(at(0), &ada, "", None);
    assert_eq!(denied(nobody), Denied::StepUpRequired);
    let (phone, codes) = enrol_derived(&verifier, &ada);
    let bob = user("8");
    let (bobs, _) = enrol_derived(&verifier, &bob);
    let foreign = step_up(&verifier, &bob, &bobs, 30);
    let setup = verifier.start_totp(at(30), &ada, None, None, None);
    assert_eq!(denied(setup), Denied::StepUpRequired);
    for grant in ["", "nothing", foreign.as_str()] {
        let rotated = verifier.rotate_secret(at(30), &ada, grant, None);
        assert_eq!(denied(rotated), Denied::StepUpRequired);
        let method = Method::RecoveryCode;
        let fresh = verifier.regenerate_codes(at(30), &ada.id, method, grant, None);
        assert_eq!(denied(fresh), Denied::StepUpRequired);
    }
    // A set-up that was begun and never confirmed changed nothing.
    let grant = step_up(&verifier, &ada, &phone, 60);
    let setup = verifier.rotate_secret(at(60), &ada, &grant, None).unwrap();
    let wrong = verifier.confirm_totp(at(60), &setup.token, "000000", &client());
    assert_eq!(denied(wrong), Denied::Rejected);
    let code = phone.at(at(90));
    assert!(answered(&verifier, &ada, Method::Totp, &code, 90).is_ok());
    assert!(answered(&verifier, &ada, Method::RecoveryCode, &codes[9 - 1], 90).is_ok());
}

#[test]
fn another_setting_moves_an_account_when_it_confirms_something_and_locks_nobody_out() {
    let (place, ada) = (Place::new(), user("7"));
    let sealed = place.open(&[OLD], &[]);
    let (phone, backup) = enrol(&sealed, &ada);
    let derived = place.derived(&[OLD]);
    for (code, seconds) in [(phone.at(at(30)), 30), (phone.at(at(60)), 60)] {
        assert!(answered(&derived, &ada, Method::Totp, &code, seconds).is_ok());
    }
    assert!(answered(&derived, &ada, Method::BackupCode, &backup[0], 60).is_ok());
    let grant = step_up(&derived, &ada, &phone, 90);
    let other = derived.regenerate_codes(at(90), &ada.id, Method::BackupCode, &grant, None);
    let other = other.unwrap_err();
    assert!(matches!(
        other,
        Error::Factor(FactorError::OtherCodes(Method::RecoveryCode))
    ));
    assert!(!derived.account(at(90), &ada.id).unwrap().takes_app);
    assert!(sealed.account(at(90), &ada.id).unwrap().takes_app);
    let fresh = derived.regenerate_codes(at(90), &ada.id, Method::RecoveryCode, &grant, None);
    let fresh = fresh.unwrap().codes;
    let view = derived.account(at(90), &ada.id).unwrap();
    assert_eq!((view.backup_codes_left, view.recovery_codes_left), (0, 10));
    let denied_backup = answered(&derived, &ada, Method::BackupCode, &backup[1], 90);
    assert_eq!(denied(denied_backup), Denied::Rejected);
    // And back: the sealed app goes on, with codes of either kind.
    assert!(answered(&sealed, &ada, Method::RecoveryCode, &fresh[3], 120).is_ok());
    let code = phone.at(at(120));
    assert!(answered(&sealed, &ada, Method::Totp, &code, 120).is_ok());
}

#[test]
fn the_last_code_signs_in_once_more_and_ends_every_other_session() {
    let (place, ada) = (Place::new(), user("7"));
    let verifier = place.derived(&[OLD]);
    let (phone, codes) = enrol_derived(&verifier, &ada);
    let code = phone.at(at(30));
    let before = answered(&verifier, &ada, Method::Totp, &code, 30).unwrap();
    let cookies: [&[u8]; 2] = [
        b"a-cookie-of-before-0123456789abc",
        b"a-cookie-of-now-0123456789abcdef",
    ];
    let came_of = CameOf::Verified(&before);
    verifier
        .admit_session(at(30), came_of, cookies[0], &client())
        .unwrap();
    let verified = answered(&verifier, &ada, Method::RecoveryCode, &codes[9], 60).unwrap();
    assert!(verified.switched_off && verified.recovery_codes_left == Some(0));
    assert_eq!(verified.amr(), ["otp", "mfa"]);
    assert!(verified.epoch > before.epoch);
    let came_of = CameOf::Verified(&verified);
    verifier
        .admit_session(at(60), came_of, cookies[1], &client())
        .unwrap();
    let counts = |cookie| verifier.session_counts(at(61), &ada.id, cookie).unwrap();
    assert!(!counts(cookies[0]) && counts(cookies[1]));
    // The session goes on, and so does what is set up in it; the next sign-in ends with that.
    assert!(verifier.start_totp(at(62), &ada, None, None, None).is_ok());
    let kinds: Vec<String> = verifier
        .audit(Some(&ada.id), 3, None)
        .unwrap()
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert!(
        kinds.contains(&"account.switched-off".to_owned()),
        "{kinds:?}"
    );
    let login = verifier.begin_login(at(90), &ada, &client()).unwrap();
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    let challenge = login.challenge.as_str();
    let setup = verifier
        .start_totp(at(91), &ada, None, Some(challenge), None)
        .unwrap();
    let code = Totp::from_uri(&setup.uri).unwrap().at(at(91));
    let enrolled = verifier
        .confirm_totp(at(91), &setup.token, &code, &client())
        .unwrap();
    assert_eq!(
        enrolled.verified.unwrap().amr(),
        ["otp"],
        "the password alone stood behind it"
    );
    assert!(
        !verifier
            .session_counts(at(92), &ada.id, cookies[1])
            .unwrap()
    );
    let view = verifier.account(at(92), &ada.id).unwrap();
    assert!(view.enrolled && view.enrolment_due.is_none());
    assert!(verifier.audit_is_intact(&ada.id).unwrap());
}

#[test]
fn where_the_profile_is_strict_codes_are_longer() {
    let place = Place::new();
    for (profile, length) in [("standard", 24), ("strict", 29)] {
        let settings = [
            ("secrets", "derived"),
            ("profile", profile),
            ("recovery_codes", "10"),
        ];
        let verifier = place.open(&[OLD], &settings);
        let (_, codes) = enrol_derived(&verifier, &user(profile));
        assert!(codes.iter().all(|code| code.len() == length));
    }
}

#[test]
fn the_last_code_of_a_sign_in_that_needs_a_set_up_goes_on_with_that() {
    let (place, ada) = (Place::new(), user("7"));
    let verifier = place.derived(&[OLD]);
    let (_, codes) = enrol_derived(&verifier, &ada);
    let root = Operator::on_server("root");
    verifier
        .require_enrolment(at(10), &ada.id, None, &root, "why")
        .unwrap();
    let login = verifier.begin_login(at(60), &ada, &client()).unwrap();
    let (challenge, method) = (login.challenge.as_str(), Method::RecoveryCode);
    let answer = verifier.verify(at(60), challenge, method, &codes[9], &client());
    assert_eq!(denied(answer), Denied::EnrolmentRequired);
    let setup = verifier
        .start_totp(at(61), &ada, None, Some(challenge), None)
        .unwrap();
    let code = Totp::from_uri(&setup.uri).unwrap().at(at(61));
    let enrolled = verifier
        .confirm_totp(at(61), &setup.token, &code, &client())
        .unwrap();
    assert_eq!(enrolled.recovery_codes.len(), 10);
    assert_eq!(
        enrolled.verified.unwrap().amr(),
        ["otp", "mfa"],
        "a code of the list was proven for it"
    );
    let view = verifier.account(at(62), &ada.id).unwrap();
    assert!(view.enrolled && view.enrolment_due.is_none());
}
