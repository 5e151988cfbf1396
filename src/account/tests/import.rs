//! Taking users over from other software: what they had there they have here, and nobody gets more by it.

use super::*;
use crate::account::import::{ImportTerms, Imported, ImportedApp, ImportedFactors, NotImported};
use crate::account::imported_code;

const DAY: i64 = 86_400;

fn terms() -> ImportTerms {
    ImportTerms {
        accepts_weak: false,
        due: at(30 * DAY),
        no_number: None,
    }
}

fn of_app(totp: Totp) -> ImportedFactors {
    ImportedFactors {
        apps: vec![ImportedApp { totp, label: None }],
        ..ImportedFactors::default()
    }
}

fn of_number() -> ImportedFactors {
    ImportedFactors {
        phone: Some(NUMBER.to_owned()),
        ..ImportedFactors::default()
    }
}

fn weak() -> Totp {
    let secret = TotpSecret::imported(b"1234567890").unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

fn with_codes(factors: ImportedFactors) -> ImportedFactors {
    let codes = ["cc8e60e8", "2f334e55", "877d1e3f"].iter();
    ImportedFactors {
        codes: codes.map(|it| imported_code(it).unwrap()).collect(),
        ..factors
    }
}

fn import_with(
    account: &mut Account,
    factors: &ImportedFactors,
    terms: &ImportTerms,
    seconds: i64,
) -> (Imported, Vec<Event>) {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
    let would = account.would_import(factors, terms);
    let done = account.import(
        factors,
        terms,
        Authority::Server,
        "root",
        "move",
        &mut context,
    );
    assert_eq!(would, done, "what is said before is what is done");
    let events = audit.events().to_vec();
    (done, events)
}

fn import(account: &mut Account, factors: &ImportedFactors, seconds: i64) -> Imported {
    import_with(account, factors, &terms(), seconds).0
}

#[test]
fn who_had_an_app_signs_in_with_it_and_what_it_showed_the_other_software_is_not_right_once_more() {
    let mut account = plain();
    let done = import(&mut account, &of_app(totp()), 0);
    assert_eq!(
        (done.taken, done.left, done.due),
        (vec![Method::Totp], vec![], None)
    );
    assert_eq!(account.methods(), [Method::Totp]);
    assert_eq!(account.primary(), Some(Method::Totp));
    let login = open(&mut account, 1, Purpose::Login, 1);
    for shown in [-30, 0] {
        let code = code_at(shown);
        assert_eq!(
            verify(&mut account, &login, Method::Totp, &code, 1),
            Err(Denied::Rejected)
        );
    }
    assert!(verify(&mut account, &login, Method::Totp, &code_at(30), 30).is_ok());
}

#[test]
fn a_number_gets_codes_as_before_and_is_its_user_s_when_one_was_typed_back() {
    let mut account = plain();
    import(&mut account, &of_number(), 0);
    assert_eq!(account.methods(), [Method::Sms]);
    assert!(account.is_unproven(Method::Sms) && !account.is_reached_at(Method::Sms, NUMBER));
    // It resets no password.
    assert!(account.methods_for(Purpose::ResetPassword).is_empty());
    let login = open(&mut account, 1, Purpose::Login, 10);
    assert_eq!(
        destination(&mut account, &login, Method::Sms, 10)
            .unwrap()
            .to,
        NUMBER
    );
    send(&mut account, &login, Method::Sms, "111111", 10).unwrap();
    assert_eq!(
        verify(&mut account, &login, Method::Sms, "222222", 11),
        Err(Denied::Rejected)
    );
    assert!(
        account.is_unproven(Method::Sms),
        "a wrong code proves nothing"
    );
    assert!(copy(&account).is_unproven(Method::Sms));
    verify(&mut account, &login, Method::Sms, "111111", 12).unwrap();
    assert!(!account.is_unproven(Method::Sms) && account.is_reached_at(Method::Sms, NUMBER));
    assert_eq!(account.methods_for(Purpose::ResetPassword), [Method::Sms]);
}

#[test]
fn an_address_that_nobody_has_proven_hears_of_nothing() {
    let mut account = plain();
    let factors = ImportedFactors {
        email: Some(ADDRESS.to_owned()),
        ..ImportedFactors::default()
    };
    let (_, events) = import_with(&mut account, &factors, &terms(), 0);
    let user = UserId::new("7").unwrap();
    let note = |account: &mut Account, events: &[Event]| {
        let before = copy(account);
        account.note_changes(&user, events, &Source::default(), || Some(before), at(1));
        account.notices.open.pop().unwrap().to
    };
    assert!(note(&mut account, &events).is_empty());
    // Where the host reaches them they are told.
    let contact = Contact::new(
        "ada".to_owned(),
        "de".to_owned(),
        Some("ada@site.example".to_owned()),
    );
    account.know(&contact, at(1));
    let told = note(&mut account, &events);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].address, "ada@site.example");
    let login = open(&mut account, 1, Purpose::Login, 10);
    send(&mut account, &login, Method::Email, "111111", 10).unwrap();
    verify(&mut account, &login, Method::Email, "111111", 11).unwrap();
    let told = note(&mut account, &events);
    assert!(told.iter().any(|it| it.address == ADDRESS));
}

#[test]
fn a_number_that_nobody_has_proven_is_not_told_that_another_takes_its_place() {
    let mut account = plain();
    import(&mut account, &of_number(), 0);
    let before = copy(&account);
    bind(&mut account, Method::Sms, OTHER_NUMBER, 5);
    assert!(!account.is_unproven(Method::Sms), "that one is proven");
    let user = UserId::new("7").unwrap();
    let replaced = Event::new(EventKind::Enrolled, Requester::Proven).method(Method::Sms);
    account.note_changes(
        &user,
        &[replaced],
        &Source::default(),
        || Some(before),
        at(6),
    );
    assert!(account.notices.numbers.is_empty());
}

#[test]
fn codes_of_other_software_are_each_right_once_and_none_after_thirty_days() {
    let mut account = plain();
    let done = import(&mut account, &with_codes(of_number()), 0);
    assert_eq!(done.taken, [Method::Sms, Method::BackupCode]);
    assert_eq!(account.imported_codes_until(), Some(at(30 * DAY)));
    let kept = format!("{:?}", account.to_document().unwrap());
    assert!(!kept.contains("cc8e60e8"));
    let login = open(&mut account, 1, Purpose::Login, 10);
    assert!(verify(&mut account, &login, Method::BackupCode, " CC8E-60e8", 10).is_ok());
    let login = open(&mut account, 2, Purpose::Login, 20);
    let again = verify(&mut account, &login, Method::BackupCode, "cc8e60e8", 20);
    assert_eq!(again, Err(Denied::Rejected));
    assert_eq!(account.backup_codes_left(), Some(2));
    let mut last = copy(&account);
    let _ = last.put_right(at(30 * DAY - 1), &Policy::default());
    assert_eq!(last.backup_codes_left(), Some(2));
    let _ = account.put_right(at(30 * DAY), &Policy::default());
    assert_eq!(
        (account.backup_codes_left(), account.imported_codes_until()),
        (None, None)
    );
    assert!(account.is_enrolled(), "the number stays");
    assert!(copy(&account).backup_codes_left().is_none());
}

#[test]
fn after_ten_wrong_answers_codes_of_other_software_count_no_more_and_nothing_else_is_taken() {
    let mut account = plain();
    import(&mut account, &with_codes(of_app(totp())), 0);
    let mut seconds = 100;
    let mut audit = AuditBuffer::default();
    for n in 0..10 {
        assert_eq!(account.backup_codes_left(), Some(3), "{n}");
        let login = open(&mut account, 1, Purpose::Login, seconds);
        let policy = Policy::default();
        let mut context = RuleContext::new(at(seconds), &policy, &mut audit);
        let wrong = account.verify(&login, Method::BackupCode, "00000000", None, &mut context);
        assert_eq!(wrong, Err(Denied::Rejected));
        seconds += DAY / 2;
    }
    assert_eq!(account.backup_codes_left(), None);
    let disabled = audit
        .events()
        .iter()
        .filter(|it| it.kind == EventKind::Disabled);
    assert_eq!(
        disabled.map(|it| it.method).collect::<Vec<_>>(),
        [Some(Method::BackupCode)]
    );
    let login = open(&mut account, 2, Purpose::Login, seconds);
    let right = verify(
        &mut account,
        &login,
        Method::BackupCode,
        "2f334e55",
        seconds,
    );
    assert_eq!(right, Err(Denied::Rejected));
    assert!(
        verify(
            &mut account,
            &login,
            Method::Totp,
            &code_at(seconds),
            seconds
        )
        .is_ok()
    );
}

#[test]
fn codes_of_ours_take_the_place_of_those_of_other_software_and_stay_for_good() {
    let mut account = plain();
    import(&mut account, &with_codes(of_app(totp())), 0);
    let policy = Policy::default();
    let mut audit = AuditBuffer::default();
    let mut context = RuleContext::new(at(50), &policy, &mut audit);
    account.regenerate_codes(NewCodes::Backup(&codes()), None, &mut context);
    assert_eq!(account.imported_codes_until(), None);
    let _ = account.put_right(at(60 * DAY), &policy);
    let seconds = 60 * DAY;
    let login = open(&mut account, 1, Purpose::Login, seconds);
    let old = verify(
        &mut account,
        &login,
        Method::BackupCode,
        "cc8e60e8",
        seconds,
    );
    assert_eq!(old, Err(Denied::Rejected));
    let login = open(&mut account, 2, Purpose::Login, seconds);
    assert!(
        verify(
            &mut account,
            &login,
            Method::BackupCode,
            "0123-4567-89AB-CDEF",
            seconds
        )
        .is_ok()
    );
}

#[test]
fn what_is_set_up_here_is_left_alone_and_a_second_run_changes_nothing() {
    let mut account = enrolled();
    let before = account.to_document().unwrap();
    let (done, events) = import_with(&mut account, &of_number(), &terms(), 10);
    assert_eq!(done.left, [(Method::Sms, NotImported::HasFactors)]);
    assert!(
        import(&mut account, &of_app(totp()), 10).is_unchanged(),
        "it is there already"
    );
    let (other, _) = import_with(&mut account, &of_app(app(9)), &terms(), 10);
    assert_eq!(other.left, [(Method::Totp, NotImported::HasFactors)]);
    assert!(events.is_empty());
    assert_eq!(account.to_document().unwrap(), before);

    let mut account = plain();
    let factors = with_codes(of_app(totp()));
    import(&mut account, &factors, 0);
    let before = account.to_document().unwrap();
    let (again, events) = import_with(&mut account, &factors, &terms(), 10);
    assert!(again.is_unchanged() && events.is_empty());
    assert_eq!(account.to_document().unwrap(), before);
}

#[test]
fn what_was_taken_away_since_does_not_come_back_with_a_second_run() {
    let mut account = plain();
    import(&mut account, &of_app(totp()), 0);
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut context = RuleContext::new(at(10), &policy, &mut audit);
    account
        .reset(PROVEN, "root", "telephone stolen", &mut context)
        .unwrap();
    let forgotten = copy(&account).forgotten(false, at(20));
    for mut account in [account, forgotten] {
        let done = import(&mut account, &of_app(totp()), 30);
        assert_eq!(done.left, [(Method::Totp, NotImported::ImportedBefore)]);
        assert!(!account.is_enrolled());
    }
}

#[test]
fn a_short_secret_is_taken_if_the_operator_says_so_and_has_to_be_set_up_anew() {
    let mut account = plain();
    let done = import(&mut account, &of_app(weak()), 0);
    assert_eq!(done.left, [(Method::Totp, NotImported::WeakSecret)]);
    assert!(!account.is_enrolled() && account.imported.is_none());
    let accepts = ImportTerms {
        accepts_weak: true,
        ..terms()
    };
    let (done, events) = import_with(&mut account, &of_app(weak()), &accepts, 0);
    assert_eq!(
        (done.taken, done.due),
        (vec![Method::Totp], Some(at(30 * DAY)))
    );
    let kinds: Vec<EventKind> = events.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [EventKind::Imported, EventKind::EnrolmentRequired]);
    let mut account = copy(&account);
    assert_eq!(account.enrolment_due(), Some(at(30 * DAY)));
    assert!(!account.must_enrol(at(30 * DAY - 1)) && account.must_enrol(at(30 * DAY)));
    let code = weak().at(at(60)).to_string();
    let login = open(&mut account, 1, Purpose::Login, 60);
    assert!(
        !verify(&mut account, &login, Method::Totp, &code, 60)
            .unwrap()
            .must_enrol
    );
    // Then what it shows still proves who it is, and leads to a set-up.
    let seconds = 30 * DAY;
    let code = weak().at(at(seconds)).to_string();
    let login = open(&mut account, 2, Purpose::Login, seconds);
    assert!(
        verify(&mut account, &login, Method::Totp, &code, seconds)
            .unwrap()
            .must_enrol
    );
}

#[test]
fn a_strict_site_takes_nothing_that_is_too_weak_for_it() {
    let strict = || {
        let mut account = plain();
        account.stand_under_profile(Some(Strength::NoRestricted));
        account
    };
    let accepts = ImportTerms {
        accepts_weak: true,
        ..terms()
    };
    for factors in [of_number(), of_app(weak()), with_codes(of_number())] {
        let mut account = strict();
        let (done, _) = import_with(&mut account, &factors, &accepts, 0);
        assert!(done.taken.is_empty() && !account.is_enrolled());
        assert!(
            done.left
                .iter()
                .all(|(_, why)| *why == NotImported::TooWeak)
        );
    }
    let both = ImportedFactors {
        phone: Some(NUMBER.to_owned()),
        ..with_codes(of_app(totp()))
    };
    let mut account = strict();
    let done = import(&mut account, &both, 0);
    assert_eq!(done.taken, [Method::Totp, Method::Sms]);
    assert_eq!(done.left, [(Method::BackupCode, NotImported::TooWeak)]);
}

#[test]
fn what_cannot_stand_is_left_and_the_rest_is_taken() {
    let taken_number = ImportTerms {
        no_number: Some(NotImported::NumberTaken),
        ..terms()
    };
    let mut account = plain();
    let (done, _) = import_with(&mut account, &with_codes(of_number()), &taken_number, 0);
    assert_eq!(
        done.left,
        [
            (Method::Sms, NotImported::NumberTaken),
            (Method::BackupCode, NotImported::CodesAlone)
        ]
    );
    assert!(account.factors.is_empty() && account.imported.is_none());
    let many = (1..=7).map(|n| ImportedApp {
        totp: app(n.min(6)),
        label: None,
    });
    let factors = ImportedFactors {
        apps: many.collect(),
        ..ImportedFactors::default()
    };
    let done = import(&mut account, &factors, 0);
    // The seventh is the sixth once more.
    assert_eq!(done.taken.len(), MOST_APPS);
    assert_eq!(done.left, [(Method::Totp, NotImported::TooManyApps); 2]);
    let labels: Vec<&str> = account.factors().map(Factor::label).collect();
    assert_eq!(labels[..2], ["Authenticator app", "Authenticator app 2"]);
}

#[test]
fn whoever_has_a_password_alone_imports_nothing_and_an_import_makes_no_operator() {
    for (authority, may) in [
        (Authority::Server, true),
        (Authority::Proof, true),
        (Authority::First, false),
        (Authority::Emergency, false),
    ] {
        assert_eq!(
            Account::allow_import(authority).is_ok(),
            may,
            "{authority:?}"
        );
    }
    let mut account = plain();
    let (_, events) = import_with(&mut account, &of_app(totp()), &terms(), 0);
    assert_eq!(account.trusted_in(at(0)), TRUST_SECONDS);
    let event = &events[0];
    assert_eq!(
        (event.kind, event.requester),
        (EventKind::Imported, Some(Requester::Operator))
    );
    assert_eq!(
        (event.by.as_deref(), event.authority),
        (Some("root"), Some(Authority::Server))
    );
    assert!(is_told(event, &UserId::new("7").unwrap()));
}

#[test]
fn while_changes_are_on_hold_nothing_is_taken_over() {
    let mut account = plain();
    account.repudiation = Some(Repudiation {
        used: 0,
        hold: Some(Hold {
            since: at(0),
            codes_before: at(0),
        }),
    });
    let done = import(&mut account, &of_app(totp()), 10);
    assert_eq!(done.left, [(Method::Totp, NotImported::OnHold)]);
}

#[test]
fn an_import_ends_whatever_the_password_alone_had_opened() {
    let mut account = plain();
    let epoch = account.epoch();
    let setup = start(&mut account, Method::Sms, OTHER_NUMBER, 0);
    import(&mut account, &of_app(totp()), 1);
    assert!(account.epoch() > epoch && !waits(&account, &setup, 2));
}

#[test]
fn codes_of_other_software_are_letters_and_digits_and_neither_short_nor_long() {
    for (text, read) in [
        ("cc8e60e8", Some("cc8e60e8")),
        (" CC8E-60E8 ", Some("cc8e60e8")),
        ("1234567", None),
        ("12345678", Some("12345678")),
        ("abcdefgh!", None),
        ("äbcdefgh", None),
        ("", None),
    ] {
        let found = imported_code(text);
        assert_eq!(
            found.as_ref().map(|it| it.as_slice()),
            read.map(str::as_bytes),
            "{text}"
        );
    }
    assert!(imported_code(&"a".repeat(32)).is_some());
    assert!(imported_code(&"a".repeat(33)).is_none());
}

#[test]
fn secrets_of_other_software_may_be_short_and_end_within_a_letter() {
    for (text, bytes) in [
        ("GEZDGNBVGY3TQOJQ", Some(&b"1234567890"[..])),
        ("gezd gnbv-gy3t qojq====", Some(b"1234567890")),
        // Eleven bits of nothing behind it.
        ("GEZDGNBVGY3TQOJQ7", Some(b"1234567890")),
        ("GEZDGNBVGY3TQOJQ77", Some(b"1234567890\xff")),
        ("GEZDGNBVGY3TQOJ", None),
        ("GEZDGNBVGY3TQOJ1", None),
    ] {
        let secret = TotpSecret::imported_base32(text);
        assert_eq!(secret.as_ref().ok().map(TotpSecret::bytes), bytes, "{text}");
    }
    assert!(
        TotpSecret::from_base32("GEZDGNBVGY3TQOJQ").is_err(),
        "nobody sets one up"
    );
}
