//! A site whose profile becomes strict: who has weak factors alone is led to a strong one, and nobody is shut out.

use super::*;
use crate::account::FactorError;
use crate::verifier::finding::HealthStatus;

const KEY: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A site whose profile changes while its store stays.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, settings: &[(&str, &str)]) -> (Verifier, Scripted) {
        let store = format!("sqlite:{}/db", self.0.path().display());
        let mut given = vec![("store", store.as_str())];
        given.extend_from_slice(settings);
        let (verifier, mut carriers) = with_keys(Some(KEY), &given, &["one"]);
        (verifier, carriers.remove(0))
    }

    fn standard(&self) -> (Verifier, Scripted) {
        self.open(&[])
    }

    fn strict(&self) -> (Verifier, Scripted) {
        self.open(&[("profile", "strict")])
    }
}

fn anna() -> User {
    User {
        email: Some("anna@example.com".to_owned()),
        ..user("7")
    }
}

fn enrol_email(verifier: &Verifier, user: &User) {
    let sent = verifier.enable_email(at(0), user, &client(), None).unwrap();
    let code = code_in(&sent.message.unwrap().mail.text);
    verifier
        .confirm_email(at(1), &sent.token, &code, &client())
        .unwrap();
}

/// What health says of the profile.
fn departures(verifier: &Verifier, seconds: i64) -> Vec<(&'static str, HealthStatus, String)> {
    let checks = verifier.health(Ok(at(seconds))).into_iter();
    let profile = checks.filter(|check| check.name == "profile");
    let findings = profile.flat_map(|check| check.findings);
    findings
        .map(|it| (it.id(), it.status(), it.message()))
        .collect()
}

#[test]
fn whoever_has_e_mail_alone_proves_it_once_more_and_goes_on_with_an_app() {
    let (site, anna) = (Site::new(), anna());
    enrol_email(&site.standard().0, &anna);
    let (strict, _) = site.strict();
    let login = strict.begin_login(at(60), &anna, &client()).unwrap();
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert_eq!(login.methods, [Method::Email, Method::BackupCode]);
    assert_eq!(login.enrolment_due, Some(at(60)), "what it will lead to");
    let asked = strict.asked_of(at(60), &anna).unwrap();
    assert_eq!(asked.due, Some(at(60)));
    assert_eq!(asked.set_up, Some(crate::types::Strength::NoRestricted));
    assert!(!asked.takes_password, "there is something to prove");
    let challenge = login.challenge.as_str();
    let sent = strict.send_code(at(60), challenge, Method::Email, &client());
    let code = code_in(&sent.unwrap().message.unwrap().mail.text);
    let answer = strict.verify(at(61), challenge, Method::Email, &code, &client());
    assert_eq!(denied(answer), Denied::EnrolmentRequired);
    for method in [Method::Email, Method::Sms] {
        assert!(!strict.offers_by(at(62), challenge, method).unwrap());
    }
    assert!(strict.offers_by(at(62), challenge, Method::Totp).unwrap());
    let number = PhoneNumber::parse(NUMBER, None).unwrap();
    let sms = Method::Sms;
    let answer = strict.start_phone(at(62), &anna, &number, sms, &client(), Some(challenge));
    assert!(matches!(answer, Err(Error::Factor(FactorError::TooWeak))));
    let setup = strict.start_totp(at(62), &anna, None, Some(challenge), None);
    let setup = setup.unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(62));
    let enrolled = strict.confirm_totp(at(62), &setup.token, &code, &client());
    let verified = enrolled.unwrap().verified.unwrap();
    assert_eq!(verified.amr(), ["otp", "mfa"]);
    // Nobody asks for the mailbox again, and nothing goes there.
    let login = strict.begin_login(at(120), &anna, &client()).unwrap();
    assert_eq!(login.methods, [Method::Totp, Method::BackupCode]);
    assert_eq!(login.enrolment_due, None);
    let sent = strict.send_code(at(120), &login.challenge, Method::Email, &client());
    assert_eq!(denied(sent), Denied::Rejected);
    // Nor after a way back and forth.
    let (standard, _) = site.standard();
    let login = standard.begin_login(at(130), &anna, &client()).unwrap();
    assert!(login.methods.contains(&Method::Email));
    let sent = standard.send_code(at(130), &login.challenge, Method::Email, &client());
    let code = code_in(&sent.unwrap().message.unwrap().mail.text);
    let (strict, _) = site.strict();
    let answer = strict.verify(at(131), &login.challenge, Method::Email, &code, &client());
    assert_eq!(denied(answer), Denied::Rejected);
}

#[test]
fn the_password_comes_once_more_before_a_first_set_up() {
    let site = Site::new();
    let (verifier, _) = site.strict();
    let (anna, bert) = (anna(), user("8"));
    let begin = |user: &User, grant: Option<&str>, seconds| {
        verifier.start_totp(at(seconds), user, None, grant, Some(&client()))
    };
    assert!(verifier.asked_of(at(0), &anna).unwrap().takes_password);
    assert_eq!(denied(begin(&anna, None, 0)), Denied::StepUpRequired);
    let grant = verifier.grant_after_password(at(0), &anna.id).unwrap();
    assert_eq!(
        denied(begin(&bert, Some(&grant), 1)),
        Denied::StepUpRequired
    );
    assert_eq!(
        denied(begin(&anna, Some(&grant), 300)),
        Denied::StepUpRequired
    );
    // As nothing was begun, nothing is there.
    assert!(verifier.accounts(at(0), "", 10, None).unwrap().is_empty());
    let setup = begin(&anna, Some(&grant), 299).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let code = phone.at(at(300));
    let enrolled = verifier.confirm_totp(at(300), &setup.token, &code, &client());
    let codes = enrolled.unwrap().backup_codes;
    assert!(codes.iter().all(|code| code.len() == 29), "24 letters");
    // Now it is the factor that is proven.
    let answer = begin(&anna, Some(&grant), 299);
    assert_eq!(denied(answer), Denied::StepUpRequired);
    let again = verifier.grant_after_password(at(301), &anna.id);
    assert_eq!(denied(again), Denied::StepUpRequired);
    let removed = verifier.remove(at(299), &anna.id, Method::Totp, &grant, None);
    assert_eq!(denied(removed), Denied::StepUpRequired);
    let number = PhoneNumber::parse(NUMBER, None).unwrap();
    let grant = verifier.grant_after_password(at(0), &bert.id).unwrap();
    let answer = verifier.start_phone(at(1), &bert, &number, Method::Sms, &client(), Some(&grant));
    assert!(matches!(answer, Err(Error::Factor(FactorError::TooWeak))));
    // Who is led to a set-up at their sign-in has just given it.
    let root = Operator::on_server("root");
    verifier
        .require_enrolment(at(10), &bert.id, None, &root, "why")
        .unwrap();
    let login = verifier.begin_login(at(20), &bert, &client()).unwrap();
    assert_eq!(login.state, LoginState::EnrolmentRequired);
    assert!(begin(&bert, Some(&login.challenge), 21).is_ok());
}

#[test]
fn a_first_set_up_of_a_mailbox_that_began_before_the_profile_was_strict_is_over() {
    let (site, anna) = (Site::new(), anna());
    let (standard, _) = site.standard();
    let sent = standard
        .enable_email(at(0), &anna, &client(), None)
        .unwrap();
    let code = code_in(&sent.message.unwrap().mail.text);
    let (strict, _) = site.strict();
    let answer = strict.confirm_email(at(1), &sent.token, &code, &client());
    assert_eq!(denied(answer), Denied::Rejected);
    assert!(!strict.account(at(2), &anna.id).unwrap().enrolled);
}

#[test]
fn no_password_is_reset_by_a_telephone_that_is_the_only_factor() {
    let (site, alice) = (Site::new(), user("7"));
    let (standard, carrier) = site.standard();
    enrol_phone(&standard, &carrier, &alice);
    let purpose = Purpose::ResetPassword;
    let begun = standard.begin_challenge(at(100), &alice, purpose, &client());
    let challenge = begun.unwrap().challenge;
    standard
        .send_code(at(100), &challenge, Method::Sms, &client())
        .unwrap();
    let (strict, other) = site.strict();
    // Also where it was begun before.
    let code = carrier.last_code();
    let answer = strict.verify(at(101), &challenge, Method::Sms, &code, &client());
    assert_eq!(denied(answer), Denied::Rejected);
    let begun = strict.begin_challenge(at(200), &alice, purpose, &client());
    assert_eq!(denied(begun), Denied::Rejected);
    let reset = strict.begin_password_reset(at(300), Some(&alice), &client(), &|_| ());
    assert!(reset.is_ok(), "as for nobody");
    assert_eq!(other.sent(), 0);
}

#[test]
fn what_a_strict_profile_does_not_take_does_not_count_and_is_named() {
    let site = Site::new();
    assert_eq!(departures(&site.standard().0, 0), []);
    let lax = [
        ("disable_after", "0"),
        ("code_digits", "4"),
        ("device_days", "14"),
    ];
    let (standard, _) = site.open(&lax);
    assert_eq!(departures(&standard, 0), []);
    let policy = standard.config.policy();
    assert_eq!((policy.disable_after, policy.code_digits), (0, 4));
    let mut settings = vec![("profile", "strict")];
    settings.extend_from_slice(&lax);
    let (strict, _) = site.open(&settings);
    let policy = strict.config.policy();
    assert_eq!((policy.disable_after, policy.code_digits), (50, 6));
    assert_eq!(policy.device_days, 0);
    let found = departures(&strict, 0);
    assert_eq!(found.len(), 3, "{found:?}");
    for (place, (setting, value)) in lax.iter().enumerate() {
        let (id, status, message) = &found[place];
        assert_eq!((*id, *status), ("profile.setting", HealthStatus::Warning));
        assert!(message.contains(&format!("{setting} = {value} does not count")));
    }
    let (strict, _) = site.strict();
    let ok = &departures(&strict, 0)[0];
    assert_eq!((ok.0, ok.1), ("profile.ok", HealthStatus::Ok));
    let emergency = format!("{}/{}", START, START + 600);
    let (strict, _) = site.open(&[("profile", "strict"), ("emergency", &emergency)]);
    assert_eq!(departures(&strict, 1)[0].0, "profile.emergency");
}

#[test]
fn health_says_where_it_looked_at_a_part_of_the_accounts() {
    let site = Site::new();
    let (strict, _) = site.strict();
    for id in 1..200 {
        enrol(&strict, &user(&id.to_string()));
    }
    let ids = |verifier: &Verifier| -> Vec<_> {
        let found = departures(verifier, 60).into_iter();
        found.map(|(id, status, _)| (id, status)).collect()
    };
    assert_eq!(ids(&strict), [("profile.ok", HealthStatus::Ok)]);
    enrol(&strict, &user("200"));
    let parts = [
        ("profile.ok", HealthStatus::Ok),
        ("profile.part", HealthStatus::Ok),
    ];
    assert_eq!(ids(&strict), parts);
    let found = departures(&strict, 60);
    assert!(found[1].2.contains("the first 200 accounts"), "{found:?}");
}

#[test]
fn health_counts_who_has_weak_factors_alone_or_short_codes() {
    let (site, anna) = (Site::new(), anna());
    let (standard, _) = site.standard();
    enrol_email(&standard, &anna);
    enrol(&standard, &user("8"));
    let (strict, _) = site.strict();
    enrol(&strict, &user("9"));
    let found = departures(&strict, 60);
    let ids: Vec<_> = found.iter().map(|it| it.0).collect();
    assert_eq!(ids, ["profile.weak", "profile.short-codes"]);
    assert!(found[0].2.contains("1 of the 3 accounts"), "{found:?}");
    assert!(found[1].2.contains("2 of the 3 accounts"), "{found:?}");
}
