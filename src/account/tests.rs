//! The rules by example. The whole machine is explored in `tests/it/login_machine.rs`.

use data_encoding::HEXLOWER;

use super::challenge::OutsideStep;
use super::demand::Asked;
use super::hold_record::{Hold, Repudiation};
use super::import_record::{ImportRecord, ImportedCodes};
use super::lockout::Failures;
use super::network::NetworkId;
use super::oob_factor::FormerPhone;
use super::totp::{Totp, TotpSecret};
use super::unanswered::Unanswered;
use super::*;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::UnixTime;
use crate::config::Policy;
use crate::crypto::HashKey;
use crate::crypto::code::{self, LookupCode};
use crate::types::{
    Algorithm, Method, Network, Purpose, Requester, SmsNotice, Strength, UserAgent, UserId,
};

/// An operator who may act on whom they like.
const PROVEN: Result<Authority, Denied> = Ok(Authority::Proof);

mod alerts;
mod apps;
mod clocks;
mod demand;
mod derived;
mod enrolment;
mod everybody;
mod hold;
mod import;
mod lost;
mod notices;
mod number_notices;
mod opened;
mod opening;
mod personal_data;
mod profile;
mod purposes;
mod remote_codes;
mod replays;
mod required;
mod resync;
mod sent_codes;

const START: i64 = 1_700_000_010;
const NUMBER: &str = "+4915112345678";
const OTHER_NUMBER: &str = "+4915187654321";
const ADDRESS: &str = "ada@example.org";
const PHONE_METHODS: [Method; 3] = [Method::Sms, Method::Voice, Method::WhatsApp];
/// Everything that is sent.
const SENT_METHODS: [Method; 4] = [Method::Sms, Method::Voice, Method::WhatsApp, Method::Email];

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(START + seconds).unwrap()
}

fn totp() -> Totp {
    Totp::new(
        TotpSecret::new(b"12345678901234567890").unwrap(),
        Algorithm::Sha1,
        6,
        30,
    )
    .unwrap()
}

/// The n-th app, with a secret of its own.
fn app(n: u8) -> Totp {
    Totp::new(TotpSecret::new(&[n; 20]).unwrap(), Algorithm::Sha1, 6, 30).unwrap()
}

fn code_at(seconds: i64) -> String {
    totp().at(at(seconds)).to_string()
}

fn codes() -> Vec<LookupCode> {
    ["0123456789ABCDEF", "1123456789ABCDEF", "2123456789ABCDEF"]
        .iter()
        .map(|text| code::read(text).unwrap())
        .collect()
}

fn id(n: u8) -> ChallengeId {
    ChallengeId::new([n; 16])
}

fn token(n: u8, purpose: Purpose) -> ChallengeToken {
    ChallengeToken {
        user: UserId::new("7").unwrap(),
        purpose,
        id: id(n),
    }
}

/// An account that enrolled at second 0 with the code of that moment.
fn enrolled() -> Account {
    let mut account = Account::new(HashKey::new([1; 32]));
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let setup = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        )
        .unwrap();
    let first = account.confirm_totp(
        &setup,
        &code_at(0),
        NewCodes::Backup(&codes()),
        &mut RuleContext::new(at(0), &policy, &mut audit),
    );
    assert_eq!(first, Ok(true));
    account
}

fn verify(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    seconds: i64,
) -> Result<Accepted, Denied> {
    let grant = Some(GrantId::new([9; 16]));
    account.verify(
        token,
        method,
        proof,
        grant,
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn open(account: &mut Account, n: u8, purpose: Purpose, seconds: i64) -> ChallengeToken {
    account
        .open_challenge(
            id(n),
            purpose,
            &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    token(n, purpose)
}

/// An account without factors.
fn plain() -> Account {
    Account::new(HashKey::new([1; 32]))
}

fn copy(account: &Account) -> Account {
    Account::from_document(&account.to_document().unwrap()).unwrap()
}

fn place(method: Method) -> &'static str {
    if method == Method::Email {
        ADDRESS
    } else {
        NUMBER
    }
}

/// A set-up's id tells what it is for and when it began.
fn setup_id(method: Method, to: &str, seconds: i64) -> SetupId {
    let mut id = [0; 16];
    id[0] = method.as_str().as_bytes()[0];
    id[1] = to.as_bytes()[to.len() - 1];
    id[8..].copy_from_slice(&seconds.to_be_bytes());
    SetupId::new(id)
}

/// Begins a set-up beside those that there are.
fn start(account: &mut Account, method: Method, to: &str, seconds: i64) -> SetupId {
    start_for(account, method, to, &Recipient::default(), seconds)
}

fn start_for(
    account: &mut Account,
    method: Method,
    to: &str,
    recipient: &Recipient,
    seconds: i64,
) -> SetupId {
    let id = setup_id(method, to, seconds);
    let mut audit = AuditBuffer::default();
    account.start_contact(
        id,
        method,
        to,
        recipient,
        None,
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut audit),
    );
    id
}

/// The set-up that was begun last, of a telephone or of an address, as the pages of one person have it; that of
/// nobody when there is none.
fn newest(account: &Account, method: Method) -> SetupId {
    let alike = |other: Method| (other == Method::Email) == (method == Method::Email);
    let all = account.pending_contacts.all();
    let found = all.iter().rfind(|setup| alike(setup.method));
    found.map_or(SetupId::new([0xff; 16]), |setup| setup.id)
}

/// What waits for its proof, if the set-up is not over.
fn waits(account: &Account, setup: &SetupId, seconds: i64) -> bool {
    account.waiting(setup, at(seconds)).is_some()
}

/// The set-up of that number or address that was begun last.
fn newest_to(account: &Account, method: Method, to: &str) -> SetupId {
    let all = account.pending_contacts.all();
    let found = all
        .iter()
        .rfind(|setup| setup.method == method && setup.to == to);
    found.map_or(SetupId::new([0xff; 16]), |setup| setup.id)
}

/// A code of ours goes to a number or address that is not proven yet.
fn to_contact(
    account: &mut Account,
    method: Method,
    to: &str,
    code: &str,
    seconds: i64,
) -> Result<UnixTime, Denied> {
    let setup = newest_to(account, method, to);
    account.record_sent(
        &ForEnrolment {
            setup: &setup,
            codes: NewCodes::NONE,
        },
        &SentCode::Own {
            code,
            provider: "carrier",
        },
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn try_contact(
    account: &mut Account,
    method: Method,
    typed: &str,
    seconds: i64,
) -> Result<Step<Confirmed>, Denied> {
    let setup = newest(account, method);
    account.check_code(
        &ForEnrolment {
            setup: &setup,
            codes: NewCodes::Backup(&codes()),
        },
        typed,
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn confirm(
    account: &mut Account,
    method: Method,
    typed: &str,
    seconds: i64,
) -> Result<Confirmed, Denied> {
    match try_contact(account, method, typed, seconds)? {
        Step::Done(confirmed) => Ok(confirmed),
        Step::Ask(check) => panic!("{check:?}"),
    }
}

/// Proves a number or an address.
fn bind(account: &mut Account, method: Method, to: &str, seconds: i64) -> Confirmed {
    start(account, method, to, seconds);
    to_contact(account, method, to, "424242", seconds).unwrap();
    confirm(account, method, "424242", seconds).unwrap()
}

/// An account that proved [`NUMBER`] or [`ADDRESS`] in these ways at second 0.
fn reached_by(methods: &[Method]) -> Account {
    let mut account = plain();
    for method in methods {
        bind(&mut account, *method, place(*method), 0);
    }
    account
}

/// A code of ours goes out for a challenge.
fn send(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    code: &str,
    seconds: i64,
) -> Result<UnixTime, Denied> {
    account.record_sent(
        &ForChallenge {
            token,
            method,
            grant: None,
        },
        &SentCode::Own {
            code,
            provider: "carrier",
        },
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

/// A code that a provider made goes out for a challenge.
fn send_theirs(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    reference: &str,
    seconds: i64,
) -> Result<UnixTime, Denied> {
    account.record_sent(
        &ForChallenge {
            token,
            method,
            grant: None,
        },
        &SentCode::Remote {
            provider: "checker",
            reference,
            seconds: 600,
        },
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

fn destination(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    seconds: i64,
) -> Result<Destination, Denied> {
    account.destination(token, method, at(seconds), &Policy::default())
}

fn step_under(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    seconds: i64,
    policy: &Policy,
) -> Result<Step<Accepted>, Denied> {
    let grant = Some(GrantId::new([9; 16]));
    let (now, mut audit) = (at(seconds), AuditBuffer::default());
    account.step(
        &ForChallenge {
            token,
            method,
            grant,
        },
        proof,
        &mut RuleContext::new(now, policy, &mut audit),
    )
}

fn step(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    seconds: i64,
) -> Result<Step<Accepted>, Denied> {
    step_under(account, token, method, proof, seconds, &Policy::default())
}

/// What a provider has to be asked about a proof.
fn check(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    seconds: i64,
) -> RemoteCheck {
    match step(account, token, method, proof, seconds) {
        Ok(Step::Ask(check)) => check,
        other => panic!("{other:?}"),
    }
}

fn settle(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    check: &RemoteCheck,
    seconds: i64,
) -> Result<Accepted, Denied> {
    account.settle(
        &ForChallenge {
            token,
            method,
            grant: Some(GrantId::new([9; 16])),
        },
        check,
        Checked::Right,
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    )
}

/// The provider says that there is nothing to ask about any more.
fn over(account: &mut Account, token: &ChallengeToken, check: &RemoteCheck, seconds: i64) {
    let (now, policy, mut audit) = (at(seconds), Policy::default(), AuditBuffer::default());
    let answer = account.settle(
        &ForChallenge {
            token,
            method: Method::Sms,
            grant: None,
        },
        check,
        Checked::Over,
        &mut RuleContext::new(now, &policy, &mut audit),
    );
    assert_eq!(answer, Err(Denied::Rejected));
}

const fn locked(retry_after: u64) -> Denied {
    Denied::LockedOut {
        retry_after,
        disabled: false,
    }
}

const DISABLED: Denied = Denied::LockedOut {
    retry_after: 0,
    disabled: true,
};

#[test]
fn the_code_that_confirmed_an_enrolment_does_not_sign_in() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 1);
    assert_eq!(
        verify(&mut account, &challenge, Method::Totp, &code_at(0), 1),
        Err(Denied::Rejected)
    );
    assert!(verify(&mut account, &challenge, Method::Totp, &code_at(30), 30).is_ok());
}

#[test]
fn a_challenge_is_spent_by_one_success_and_survives_failures() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 60);
    assert_eq!(
        verify(&mut account, &challenge, Method::Totp, "000000", 60),
        Err(Denied::Rejected)
    );
    assert!(verify(&mut account, &challenge, Method::Totp, &code_at(60), 60).is_ok());
    assert_eq!(
        verify(&mut account, &challenge, Method::Totp, &code_at(90), 90),
        Err(Denied::ChallengeClosed)
    );
}

#[test]
fn a_code_spent_in_one_tab_is_spent_in_every_other() {
    let mut account = enrolled();
    let one = open(&mut account, 1, Purpose::Login, 60);
    let two = open(&mut account, 2, Purpose::Login, 60);
    assert!(verify(&mut account, &one, Method::Totp, &code_at(60), 60).is_ok());
    assert_eq!(
        verify(&mut account, &two, Method::Totp, &code_at(60), 60),
        Err(Denied::Rejected)
    );
    assert!(verify(&mut account, &two, Method::Totp, &code_at(90), 90).is_ok());
}

#[test]
fn the_sixth_challenge_closes_the_oldest() {
    let mut account = enrolled();
    let all: Vec<ChallengeToken> = (1..=6)
        .map(|n| open(&mut account, n, Purpose::Login, 60))
        .collect();
    assert_eq!(
        verify(&mut account, &all[0], Method::Totp, &code_at(60), 60),
        Err(Denied::ChallengeClosed)
    );
    assert!(verify(&mut account, &all[1], Method::Totp, &code_at(60), 60).is_ok());
}

#[test]
fn a_challenge_has_no_lifetime_unless_it_is_given_one() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 60);
    let year = 365 * 86_400;
    let short = Policy {
        challenge_ttl: 600,
        ..Policy::default()
    };
    let grant = Some(GrantId::new([9; 16]));
    for (seconds, expected) in [
        (660, Err(Denied::ChallengeClosed)),
        (659, Err(Denied::Rejected)),
    ] {
        let answer = account.verify(
            &challenge,
            Method::Totp,
            "000000",
            grant,
            &mut RuleContext::new(at(seconds), &short, &mut AuditBuffer::default()),
        );
        assert_eq!(answer.map(|_| ()), expected);
    }
    assert!(verify(&mut account, &challenge, Method::Totp, &code_at(year), year).is_ok());
}

#[test]
fn without_an_open_challenge_no_counter_moves() {
    let mut account = enrolled();
    let before = account.to_document().unwrap();
    for _ in 0..100 {
        assert_eq!(
            verify(
                &mut account,
                &token(1, Purpose::Login),
                Method::Totp,
                "000000",
                60
            ),
            Err(Denied::ChallengeClosed)
        );
    }
    assert_eq!(account.to_document().unwrap(), before);
}

#[test]
fn a_proof_for_one_purpose_is_worth_nothing_for_another() {
    let mut account = enrolled();
    open(&mut account, 1, Purpose::Login, 60);
    let relabelled = token(1, Purpose::StepUp);
    assert_eq!(
        verify(&mut account, &relabelled, Method::Totp, &code_at(60), 60),
        Err(Denied::ChallengeClosed)
    );
}

#[test]
fn only_a_step_up_gives_a_grant_and_it_lasts_five_minutes() {
    let mut account = enrolled();
    let grant = Some(GrantId::new([9; 16]));
    let login = open(&mut account, 1, Purpose::Login, 60);
    assert!(
        !verify(&mut account, &login, Method::Totp, &code_at(60), 60)
            .unwrap()
            .granted
    );
    assert_eq!(
        account.allow_change(grant.as_ref(), at(60)),
        Err(Denied::StepUpRequired)
    );
    let step_up = open(&mut account, 2, Purpose::StepUp, 90);
    assert!(
        verify(&mut account, &step_up, Method::Totp, &code_at(90), 90)
            .unwrap()
            .granted
    );
    assert_eq!(account.allow_change(grant.as_ref(), at(90 + 299)), Ok(()));
    assert_eq!(
        account.allow_change(grant.as_ref(), at(90 + 300)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(
        account.allow_change(grant.as_ref(), at(90 - 31)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(
        account.allow_change(Some(&GrantId::new([8; 16])), at(90)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(
        account.allow_change(None, at(90)),
        Err(Denied::StepUpRequired)
    );
}

/// Three changes need one code: five minutes in all, from the proof, and of its holder alone.
#[test]
fn a_grant_outlives_the_changes_that_its_holder_makes_with_it() {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut account = enrolled();
    bind(&mut account, Method::Email, ADDRESS, 1);
    let other = open(&mut account, 1, Purpose::StepUp, 60);
    let (mine, theirs) = (GrantId::new([1; 16]), GrantId::new([2; 16]));
    for (challenge, grant, proof) in [
        (other, theirs, "0123456789ABCDEF"),
        (
            open(&mut account, 2, Purpose::StepUp, 90),
            mine,
            "1123456789ABCDEF",
        ),
    ] {
        let method = Method::BackupCode;
        let given = account.verify(
            &challenge,
            method,
            proof,
            Some(grant),
            &mut RuleContext::new(at(90), &policy, &mut audit),
        );
        assert!(given.unwrap().granted);
    }
    let open_login = open(&mut account, 3, Purpose::Login, 90);
    let good = |account: &Account, grant: &GrantId, seconds| {
        account.allow_change(Some(grant), at(seconds)).is_ok()
    };
    assert!(good(&account, &mine, 91) && good(&account, &theirs, 91));
    // New backup codes, an app, a number, and one factor less.
    let before = account.epoch();
    account.regenerate_codes(
        NewCodes::Backup(&codes()),
        Some(&mine),
        &mut RuleContext::new(at(100), &Policy::default(), &mut audit),
    );
    assert!(good(&account, &mine, 100) && !good(&account, &theirs, 100));
    assert!(account.epoch() > before);
    assert_eq!(
        verify(&mut account, &open_login, Method::Totp, &code_at(120), 120),
        Err(Denied::ChallengeClosed)
    );
    let setup = account
        .start_totp(
            app(2),
            "ada",
            None,
            Some(mine),
            &mut RuleContext::new(at(130), &Policy::default(), &mut audit),
        )
        .unwrap();
    account
        .confirm_totp(
            &setup,
            &app(2).at(at(150)),
            NewCodes::Backup(&codes()),
            &mut RuleContext::new(at(150), &policy, &mut audit),
        )
        .unwrap();
    assert!(good(&account, &mine, 150));
    let number = setup_id(Method::Sms, NUMBER, 200);
    account.start_contact(
        number,
        Method::Sms,
        NUMBER,
        &Recipient::default(),
        Some(mine),
        &mut RuleContext::new(at(200), &Policy::default(), &mut audit),
    );
    account
        .record_sent(
            &ForEnrolment {
                setup: &number,
                codes: NewCodes::NONE,
            },
            &SentCode::Own {
                code: "111111",
                provider: "p",
            },
            &mut RuleContext::new(at(200), &policy, &mut audit),
        )
        .unwrap();
    let mut account = copy(&account);
    let confirmed = account.check_code(
        &ForEnrolment {
            setup: &number,
            codes: NewCodes::Backup(&codes()),
        },
        "111111",
        &mut RuleContext::new(at(210), &Policy::default(), &mut audit),
    );
    assert!(matches!(confirmed, Ok(Step::Done(_))));
    assert!(account.remove(
        Method::Email,
        Some(&mine),
        &mut RuleContext::new(at(220), &Policy::default(), &mut audit)
    ));
    // It has no longer life by that.
    assert!(good(&account, &mine, 389) && !good(&account, &mine, 390));
    // What somebody else changes, a host or an operator, ends it.
    account.end_sign_ins(
        "host",
        "password",
        &mut RuleContext::new(at(230), &Policy::default(), &mut audit),
    );
    assert!(!good(&account, &mine, 230));
}

#[test]
fn a_change_of_factors_ends_challenges_and_grants() {
    let mut account = enrolled();
    let epoch = account.epoch();
    let login = open(&mut account, 1, Purpose::Login, 60);
    let step_up = open(&mut account, 2, Purpose::StepUp, 60);
    verify(&mut account, &step_up, Method::Totp, &code_at(60), 60).unwrap();
    account.regenerate_codes(
        NewCodes::Backup(&codes()),
        None,
        &mut RuleContext::new(at(61), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert!(account.epoch() > epoch);
    assert_eq!(
        account.allow_change(Some(&GrantId::new([9; 16])), at(61)),
        Err(Denied::StepUpRequired)
    );
    assert_eq!(
        verify(&mut account, &login, Method::Totp, &code_at(90), 90),
        Err(Denied::ChallengeClosed)
    );
}

#[test]
fn a_backup_code_works_once_in_any_spelling_of_it() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 60);
    let accepted = verify(
        &mut account,
        &challenge,
        Method::BackupCode,
        "o123-4567 89ab-cdef",
        60,
    );
    assert_eq!(accepted.unwrap().backup_codes_left, Some(2));
    let challenge = open(&mut account, 2, Purpose::Login, 60);
    assert_eq!(
        verify(
            &mut account,
            &challenge,
            Method::BackupCode,
            "0123456789ABCDEF",
            60
        ),
        Err(Denied::Rejected)
    );
}

#[test]
fn methods_are_blocked_one_by_one() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 60);
    for _ in 0..5 {
        assert_eq!(
            verify(&mut account, &challenge, Method::Totp, "000000", 60),
            Err(Denied::Rejected)
        );
    }
    let blocked = Err(Denied::LockedOut {
        retry_after: 60,
        disabled: false,
    });
    assert_eq!(
        verify(&mut account, &challenge, Method::Totp, &code_at(60), 60),
        blocked
    );
    // A new challenge or a new sign-in changes nothing of it.
    let again = open(&mut account, 2, Purpose::Login, 60);
    assert_eq!(
        verify(&mut account, &again, Method::Totp, &code_at(60), 60),
        blocked
    );
    assert!(
        verify(
            &mut account,
            &challenge,
            Method::BackupCode,
            "0123456789ABCDEF",
            60
        )
        .is_ok()
    );
    assert!(verify(&mut account, &again, Method::Totp, &code_at(120), 120).is_ok());
}

#[test]
fn a_disabled_authenticator_refuses_the_right_code_until_it_is_enrolled_anew() {
    let mut account = enrolled();
    let mut seconds = 60;
    for _ in 0..50 {
        let challenge = open(&mut account, 1, Purpose::Login, seconds);
        assert_eq!(
            verify(&mut account, &challenge, Method::Totp, "000000", seconds),
            Err(Denied::Rejected)
        );
        seconds += 3600;
    }
    let disabled = Err(Denied::LockedOut {
        retry_after: 0,
        disabled: true,
    });
    let mut audit = AuditBuffer::default();
    account
        .unlock(
            PROVEN,
            "admin",
            "test",
            &mut RuleContext::new(UnixTime::START, &Policy::default(), &mut audit),
        )
        .unwrap();
    let challenge = open(&mut account, 1, Purpose::Login, seconds);
    assert_eq!(
        verify(
            &mut account,
            &challenge,
            Method::Totp,
            &code_at(seconds),
            seconds
        ),
        disabled
    );
    assert_eq!(account.disabled(), [Method::Totp]);
    // The other way still works, and enrolling anew brings the method back.
    assert!(
        verify(
            &mut account,
            &challenge,
            Method::BackupCode,
            "0123456789ABCDEF",
            seconds
        )
        .is_ok()
    );
    let setup = account
        .start_totp(
            app(2),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(seconds), &Policy::default(), &mut audit),
        )
        .unwrap();
    let policy = Policy::default();
    let first = account.confirm_totp(
        &setup,
        &app(2).at(at(seconds)),
        NewCodes::Backup(&codes()),
        &mut RuleContext::new(at(seconds), &policy, &mut audit),
    );
    assert_eq!(first, Ok(false), "there was a factor: no new backup codes");
    assert!(account.disabled().is_empty());
}

#[test]
fn codes_of_eighty_bits_are_slowed_down_and_never_disabled() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, 60);
    let mut seconds = 60;
    for n in 0..120 {
        let wrong = verify(&mut account, &login, Method::BackupCode, "wrong", seconds);
        assert_eq!(wrong, Err(Denied::Rejected), "{n}");
        let wait = account
            .locks(at(seconds))
            .iter()
            .map(|(_, until)| at(seconds).until(*until))
            .max();
        assert!(wait.is_none_or(|wait| wait <= 3_600), "{n}: {wait:?}");
        assert_eq!(wait.is_some(), n >= 4, "{n}: slowed down from the fifth on");
        seconds += i64::try_from(wait.unwrap_or(0)).unwrap();
    }
    assert!(account.disabled().is_empty());
    let code = "0123456789ABCDEF";
    let right = verify(&mut account, &login, Method::BackupCode, code, seconds);
    assert!(right.is_ok(), "{right:?}");
}

/// Whoever has the password guesses until everything is blocked or disabled; the owner waits once.
#[test]
fn who_has_the_password_takes_no_way_back_in_from_the_owner() {
    let (mut account, policy) = (enrolled(), Policy::default());
    let mut seconds = 60;
    for _ in 0..60 {
        let theirs = open(&mut account, 7, Purpose::Login, seconds);
        let _ = verify(&mut account, &theirs, Method::Totp, "000000", seconds);
        let _ = verify(&mut account, &theirs, Method::BackupCode, "wrong", seconds);
        seconds += 3_600;
    }
    assert_eq!(account.disabled(), [Method::Totp]);
    // An operator's unlocking and a new password bring the app back neither, nor are they needed.
    account
        .unlock(
            PROVEN,
            "admin",
            "test",
            &mut RuleContext::new(
                UnixTime::START,
                &Policy::default(),
                &mut AuditBuffer::default(),
            ),
        )
        .unwrap();
    account.end_sign_ins(
        "host",
        "password",
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert_eq!(account.disabled(), [Method::Totp]);
    let proofs = ["0123456789ABCDEF", "1123456789ABCDEF"];
    let login = open(&mut account, 1, Purpose::Login, seconds);
    verify(&mut account, &login, Method::BackupCode, proofs[0], seconds).unwrap();
    let step_up = open(&mut account, 2, Purpose::StepUp, seconds);
    verify(
        &mut account,
        &step_up,
        Method::BackupCode,
        proofs[1],
        seconds,
    )
    .unwrap();
    let grant = GrantId::new([9; 16]);
    assert_eq!(account.allow_change(Some(&grant), at(seconds)), Ok(()));
    let mut audit = AuditBuffer::default();
    let setup = account
        .start_totp(
            app(2),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(seconds), &Policy::default(), &mut audit),
        )
        .unwrap();
    let code = app(2).at(at(seconds));
    let confirmed = account.confirm_totp(
        &setup,
        &code,
        NewCodes::Backup(&codes()),
        &mut RuleContext::new(at(seconds), &policy, &mut audit),
    );
    assert!(confirmed.is_ok());
    assert!(account.disabled().is_empty());
    let login = open(&mut account, 3, Purpose::Login, seconds + 30);
    let code = app(2).at(at(seconds + 30));
    verify(&mut account, &login, Method::Totp, &code, seconds + 30).unwrap();
}

#[test]
fn a_pending_secret_ends_after_thirty_minutes_or_a_change_and_by_no_wrong_code() {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    let mut account = plain();
    let setup = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        )
        .unwrap();
    let tried = |account: &mut Account, code: &str, seconds| {
        account.confirm_totp(
            &setup,
            code,
            NewCodes::Backup(&codes()),
            &mut RuleContext::new(at(seconds), &policy, &mut AuditBuffer::default()),
        )
    };
    for (seconds, counts) in [(0, true), (1799, true), (1800, false), (-31, false)] {
        assert_eq!(account.awaits(&setup, at(seconds)), counts);
        let confirmed = tried(&mut copy(&account), &code_at(seconds), seconds);
        assert_eq!(confirmed.is_ok(), counts, "{seconds}");
    }
    // Who holds it can see the secret: there is nothing to guess.
    for _ in 0..20 {
        assert_eq!(tried(&mut account, "000000", 0), Err(Denied::Rejected));
    }
    assert_eq!(tried(&mut copy(&account), &code_at(0), 0), Ok(true));
    account.end_sign_ins(
        "host",
        "password changed",
        &mut RuleContext::new(at(1), &Policy::default(), &mut audit),
    );
    assert!(!account.awaits(&setup, at(1)));
    assert_eq!(tried(&mut account, &code_at(1), 1), Err(Denied::Rejected));
    assert!(!account.is_enrolled());
}

/// Two people who know the password: each has a set-up of their own, and the account keeps neither secret.
#[test]
fn a_secret_is_confirmed_by_whoever_began_with_it_and_ends_with_the_first_that_is() {
    let policy = Policy::default();
    let mut audit = AuditBuffer::default();
    let theirs = Totp::new(
        TotpSecret::new(b"98765432109876543210").unwrap(),
        Algorithm::Sha1,
        6,
        30,
    )
    .unwrap();
    let mut account = plain();
    let empty = account.to_document().unwrap();
    let thief = account
        .start_totp(
            theirs.clone(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
        )
        .unwrap();
    let owner = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(1), &Policy::default(), &mut audit),
        )
        .unwrap();
    assert_eq!(account.to_document().unwrap(), empty);
    // Neither code does for the other's.
    for (setup, code) in [(&owner, theirs.at(at(1)).to_string()), (&thief, code_at(1))] {
        let crossed = account.confirm_totp(
            setup,
            &code,
            NewCodes::Backup(&codes()),
            &mut RuleContext::new(at(1), &policy, &mut audit),
        );
        assert_eq!(crossed, Err(Denied::Rejected));
    }
    let confirmed = account.confirm_totp(
        &owner,
        &code_at(1),
        NewCodes::Backup(&codes()),
        &mut RuleContext::new(at(1), &policy, &mut audit),
    );
    assert_eq!(confirmed, Ok(true));
    // From now on a grant is needed, and what began without one is over; so is the owner's, which is spent.
    for (setup, code) in [
        (&thief, theirs.at(at(61)).to_string()),
        (&owner, code_at(61)),
    ] {
        assert!(!account.awaits(setup, at(61)));
        let late = account.confirm_totp(
            setup,
            &code,
            NewCodes::Backup(&codes()),
            &mut RuleContext::new(at(61), &policy, &mut audit),
        );
        assert_eq!(late, Err(Denied::Rejected));
    }
}

#[test]
fn the_backup_codes_go_with_the_last_factor() {
    let mut account = enrolled();
    assert_eq!(account.methods(), [Method::Totp, Method::BackupCode]);
    assert!(account.remove(
        Method::Totp,
        None,
        &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default())
    ));
    assert!(!account.is_enrolled() && account.methods().is_empty());
    assert_eq!(
        (account.backup_codes_left(), account.primary()),
        (None, None)
    );
    assert!(!account.remove(
        Method::Sms,
        None,
        &mut RuleContext::new(at(1), &Policy::default(), &mut AuditBuffer::default())
    ));
}

#[test]
fn what_is_not_enrolled_is_refused_and_charges_nobody() {
    let mut account = enrolled();
    let challenge = open(&mut account, 1, Purpose::Login, 60);
    let before = account.to_document().unwrap();
    // Temporary codes are nobody's method, and looked at all the same: see tests/lost.rs.
    let all = Method::ALL.iter();
    for method in all.filter(|method| **method != Method::TemporaryCode) {
        if !account.methods().contains(method) {
            assert_eq!(
                verify(&mut account, &challenge, *method, &code_at(60), 60),
                Err(Denied::Rejected)
            );
        }
    }
    assert_eq!(account.to_document().unwrap(), before);
}

/// Its failures stay, until it is enrolled anew; of what is not there nothing is said.
#[test]
fn a_method_that_was_removed_is_neither_disabled_nor_blocked_any_more() {
    for method in [Method::Totp, Method::Sms, Method::Voice, Method::Email] {
        let mut account = reached_by(&[Method::Email, Method::Sms, Method::Voice]);
        let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
        let setup = account
            .start_totp(
                totp(),
                "ada",
                None,
                None,
                &mut RuleContext::new(at(0), &Policy::default(), &mut audit),
            )
            .unwrap();
        account
            .confirm_totp(
                &setup,
                &code_at(0),
                NewCodes::Backup(&codes()),
                &mut RuleContext::new(at(0), &policy, &mut audit),
            )
            .unwrap();
        let login = open(&mut account, 1, Purpose::Login, 0);
        for n in 0..50 {
            let wrong = step(&mut account, &login, method, "000000", n * 3_600);
            assert_eq!(wrong, Err(Denied::Rejected), "{method:?}");
            let is_blocked = account
                .locks(at(n * 3_600))
                .iter()
                .any(|(m, _)| *m == method);
            assert_eq!(is_blocked, (4..49).contains(&n), "{method:?} {n}");
            let mut without = copy(&account);
            assert!(without.remove(
                method,
                None,
                &mut RuleContext::new(at(n * 3_600), &Policy::default(), &mut audit)
            ));
            assert!(!without.disabled().contains(&method), "{method:?}");
            let locks = without.locks(at(n * 3_600));
            assert!(locks.iter().all(|(m, _)| *m != method), "{method:?}");
        }
        assert!(account.disabled().contains(&method), "{method:?}");
    }
}

/// An account with something in every field.
fn full() -> Account {
    let mut account = enrolled();
    account.stamp(at(1_000));
    assert!(account.put_right(at(0), &Policy::default()));
    bind(&mut account, Method::Sms, NUMBER, 1);
    bind(&mut account, Method::Voice, NUMBER, 2);
    bind(&mut account, Method::Email, ADDRESS, 3);
    account.count_unanswered(false);
    open(&mut account, 1, Purpose::StepUp, 60);
    let step_up = token(1, Purpose::StepUp);
    verify(&mut account, &step_up, Method::Totp, &code_at(60), 60).unwrap();
    let login = open(&mut account, 2, Purpose::Login, 60);
    let _ = verify(&mut account, &login, Method::BackupCode, "000000", 60);
    send(&mut account, &login, Method::Sms, "111111", 61).unwrap();
    send_theirs(&mut account, &login, Method::Sms, "VE1", 62).unwrap();
    check(&mut account, &login, Method::Sms, "000000", 63);
    send(&mut account, &login, Method::Email, "222222", 64).unwrap();
    let reset = open(&mut account, 3, Purpose::ResetPassword, 65);
    send(&mut account, &reset, Method::Voice, "333333", 66).unwrap();
    for _ in 0..5 {
        let wrong = step(&mut account, &reset, Method::Voice, "000000", 67);
        assert_eq!(wrong, Err(Denied::Rejected));
    }
    let reset = open(&mut account, 4, Purpose::ResetPassword, 130);
    send(&mut account, &reset, Method::Sms, "444444", 130).unwrap();
    start(&mut account, Method::WhatsApp, OTHER_NUMBER, 132);
    to_contact(&mut account, Method::WhatsApp, OTHER_NUMBER, "555555", 133).unwrap();
    let sent = account.record_sent(
        &ForEnrolment {
            setup: &setup_id(Method::WhatsApp, OTHER_NUMBER, 132),
            codes: NewCodes::NONE,
        },
        &SentCode::Remote {
            provider: "checker",
            reference: "VE2",
            seconds: 600,
        },
        &mut RuleContext::new(at(134), &Policy::default(), &mut AuditBuffer::default()),
    );
    assert_eq!(sent, Ok(at(734)));
    let asked = try_contact(&mut account, Method::Sms, "000000", 135);
    assert!(matches!(asked, Ok(Step::Ask(_))), "{asked:?}");
    start(&mut account, Method::Email, "new@example.org", 136);
    to_contact(
        &mut account,
        Method::Email,
        "new@example.org",
        "666666",
        137,
    )
    .unwrap();
    let mut home = AuditBuffer::from_ip(Some("192.0.2.1"));
    for (n, method, proof) in [
        (5, Method::Totp, code_at(150).as_str()),
        (6, Method::BackupCode, "wrong"),
    ] {
        let step_up = token(n, Purpose::StepUp);
        let (now, grant) = (at(150), Some(GrantId::new([8; 16])));
        account
            .open_challenge(
                step_up.id,
                Purpose::StepUp,
                &mut RuleContext::new(now, &Policy::default(), &mut home),
            )
            .unwrap();
        let policy = Policy::default();
        let _ = account.verify(
            &step_up,
            method,
            proof,
            grant,
            &mut RuleContext::new(now, &policy, &mut home),
        );
    }
    // No rule leaves one beside a number that is proven; the bytes of both are held here.
    account.former_phone = Some(FormerPhone {
        number: OTHER_NUMBER.to_owned(),
        recipient: Recipient {
            locale: "de".to_owned(),
            email: Some(ADDRESS.to_owned()),
        },
        removed: at(138),
        is_told: true,
    });
    let opened = Event::about(Purpose::Login, EventKind::ChallengeOpened);
    assert_eq!(account.condense(vec![opened.clone()], at(139)), [opened]);
    account.stamp(at(139));
    // Of an app and codes that were derived once, and are there no more.
    (account.app_generation, account.codes_generation) = (1, 2);
    account.require_anew(at(9000), at(139));
    account.factors[0].under = Some(RequirementId::new([5; 16]));
    account.keep_devices(b"devices", at(139));
    account.end_device_sessions();
    account.end_device_sessions_of([9; 16]);
    let dues = [(Strength::Any, at(500)), (Strength::NoRestricted, at(900))];
    account.note_dues(&dues, at(139));
    account.note_asked(Some(Strength::Any), Some(Strength::NoRestricted));
    account.put_off = Some(at(138));
    let demand = Demand {
        policy: RequirementId::new([6; 16]),
        asks: vec![(Strength::Any, at(500))],
        until: Some(at(600)),
    };
    let mut open = account.challenges.open.iter_mut();
    let first = open.next().unwrap();
    (first.demand, first.proven_by) = (Some(demand), Some(Method::Email));
    let (policy, mut strange) = (Policy::default(), AuditBuffer::from_ip(Some("203.0.113.9")));
    let mut context = RuleContext::new(at(139), &policy, &mut strange);
    account.count_guess(10, &context);
    assert!(!account.suspect_after(2, &token(2, Purpose::Login), Method::Totp, &mut context));
    account.guesses.password_due = Some(at(139));
    for (email, locale) in [("first@example.org", "fi"), (ADDRESS, "de")] {
        let (name, locale) = ("ada".to_owned(), locale.to_owned());
        account.know(&Contact::new(name, locale, Some(email.to_owned())), at(139));
    }
    let by = UserId::new("7").unwrap();
    let spent = Event::about(Purpose::Login, EventKind::BackupSpent).method(Method::BackupCode);
    let mut ended = Event::new(EventKind::EpochRaised, Requester::Operator).by("bob", "why");
    ended.ip = Some("192.0.2.1".to_owned());
    let suspected = Event::by_itself(EventKind::PasswordSuspected);
    let agent = UserAgent::read(b"Mozilla/5.0 (Windows NT 10.0) Firefox/143.0");
    let source = Source::new("192.0.2.1".to_owned(), agent);
    account.note_changes(&by, &[spent, ended, suspected], &source, || None, at(139));
    let offers = account.offer_notices(at(139));
    account.notice_told(offers[0].notice.number, 0, at(139));
    account.notice_told(offers[3].notice.number, 0, at(139));
    let before = Account::from_document(&account.to_document().unwrap()).unwrap();
    let reset = Event::by_itself(EventKind::EpochRaised).purpose(Purpose::ResetPassword);
    account.note_changes(&by, &[reset], &Source::default(), || Some(before), at(139));
    let (policy, mut strange) = (Policy::default(), AuditBuffer::default());
    let mut context = RuleContext::new(at(139), &policy, &mut strange);
    assert_eq!(account.claim_number_notices(&mut context).len(), 1);
    account.repudiation = Some(Repudiation {
        used: 1,
        hold: Some(Hold {
            since: at(139),
            codes_before: at(100),
        }),
    });
    account.challenges.open[0].wrong = 2;
    let outside = OutsideStep {
        app: account.factors[0].id,
        step: 56_666_662,
        ahead: -5,
    };
    account.challenges.open[0].outside = Some(outside);
    account.factors[0].app_mut().unwrap().offset = -5;
    account.spent.0[0].is_told = true;
    account.factors[3].is_suspended = true;
    let issued = code::read("7123456789ABCDEF").unwrap();
    let by = Authority::Server;
    let mut context = RuleContext::new(at(139), &policy, &mut strange);
    assert!(account.issue_temporary_code(&issued, 900, by, "root", "why", &mut context));
    account.reminded = Some(at(138));
    account.imported = Some(ImportRecord {
        at: at(100),
        unproven: account.only(Method::Email).into_iter().collect(),
        codes: Some(ImportedCodes {
            until: at(1_000),
            wrong: 3,
        }),
    });
    account
}

#[test]
fn the_full_account_has_something_in_every_field() {
    // Every field is named, so that a new one is missed here first. Only the audit's ends are moved by
    // the store and not by a rule.
    let Account {
        epoch,
        key,
        audit: _,
        audit_begins: _,
        written,
        set_back,
        primary,
        last_verified,
        trusted_from,
        factors,
        telephone,
        failures,
        challenges,
        step_ups,
        grants,
        former_phone,
        pending_contacts,
        resets,
        reset_failures,
        known,
        known_failures,
        mut checks,
        mut repeats,
        app_generation,
        codes_generation,
        required,
        of_everybody: _,
        least: _,
        last_named: _,
        devices,
        dues,
        asked,
        put_off,
        guesses,
        contact,
        notices,
        repudiation,
        temporary_code,
        imported,
        reminded,
        spent,
    } = full();
    assert_eq!(reminded, Some(at(138)));
    assert!(spent.0.len() > 1 && spent.0.iter().any(|it| it.is_told));
    assert!(imported.is_some_and(|it| it.unproven.len() == 1 && it.codes.is_some()));
    assert!(temporary_code.is_some_and(|it| it.issued == at(139) && it.until == at(1_039)));
    assert!(factors.iter().any(Factor::is_suspended));
    assert!(challenges.open.iter().any(|it| it.wrong > 0));
    assert!(challenges.open.iter().any(|it| it.outside.is_some()));
    assert_eq!(factors[0].app().unwrap().offset, -5);
    assert!(contact.is_some_and(|it| it.email.is_some()
        && !it.former.is_empty()
        && !it.former_locales.is_empty()));
    assert!(repudiation.is_some_and(|it| it.used == 1 && it.hold.is_some()));
    assert!(notices.last == 6 && notices.administrators_told.is_some());
    let by_sms = notices.numbers.iter();
    let by_sms: Vec<_> = by_sms
        .map(|it| (it.kind, it.to.as_str(), it.tries))
        .collect();
    assert_eq!(by_sms, [(SmsNotice::PasswordReset, NUMBER, 1)]);
    let told: Vec<_> = notices
        .open
        .iter()
        .map(|it| (it.kind, it.to[0].is_told))
        .collect();
    let told_and_not = [
        (NoticeKind::CodeUsed, true),
        (NoticeKind::SignInsEnded, false),
    ];
    assert_eq!(told[..2], told_and_not);
    assert!(notices.open.iter().any(|it| it.browser.words().is_some()));
    assert!(dues.len() == 2 && dues.iter().all(|it| it.due > it.made));
    assert_ne!(asked, Asked::default());
    assert!(put_off.is_some());
    assert!(written == at(139) && set_back == 1);
    assert!(app_generation > 0 && codes_generation > 0);
    assert!(devices.ended > 0 && devices.latest == at(139) && !devices.bytes.as_ref().is_empty());
    assert!(guesses.networks.len() == 1 && guesses.hours.len() == 1);
    assert_eq!(guesses.password_due, Some(at(139)));
    let required = required.unwrap();
    assert!(required.due > at(0) && required.former.len() == factors.len());
    assert!(epoch > 0 && primary.is_some() && last_verified.is_some());
    let enrolled: Vec<_> = factors.iter().map(Factor::method).collect();
    assert_eq!(
        enrolled,
        [
            Method::Totp,
            Method::BackupCode,
            Method::Sms,
            Method::Voice,
            Method::Email
        ]
    );
    assert!(factors.iter().any(|it| it.last_used_at().is_some()));
    assert!(factors.iter().any(|it| it.under.is_some()));
    assert!(trusted_from > at(0));
    assert_ne!(telephone.unwrap().unanswered, Unanswered::default());
    assert!(former_phone.is_some_and(|it| it.is_told));
    let pending: Vec<_> = pending_contacts.all().iter().map(|p| p.method).collect();
    assert_eq!(pending, [Method::WhatsApp, Method::Email]);
    let counted: Vec<_> = failures
        .iter()
        .filter(|(_, counter)| *counter != Failures::default())
        .map(|(method, _)| *method)
        .collect();
    assert_eq!(counted, [Method::BackupCode, Method::Sms]);
    assert!(reset_failures.blocked_until().is_some());
    assert_ne!(known_failures, Failures::default());
    let home = Network::of("192.0.2.1".parse().unwrap());
    assert!(known.holds(NetworkId::of(&key, Some(home))));
    assert_eq!(checks.interrupted(at(183)).len(), 1);
    let opened = vec![Event::about(Purpose::Login, EventKind::ChallengeOpened); 20];
    assert_eq!(repeats.condense(opened, at(140)).len(), 19);
    assert!(grants.holds(&GrantId::new([9; 16]), at(60)));
    let policy = Policy::default();
    assert!(challenges.is_open(&token(2, Purpose::Login), at(140), &policy));
    assert!(step_ups.is_from_known(&token(6, Purpose::StepUp)));
    assert!(resets.is_open(&token(4, Purpose::ResetPassword), at(140), &policy));
}

#[test]
fn a_document_comes_back_as_it_went_and_another_is_refused() {
    let document = full().to_document().unwrap();
    let again = Account::from_document(&document).unwrap();
    assert_eq!(again.to_document().unwrap(), document);

    let newer = [&[2], &document[1..]].concat();
    let longer = [&document[..], &[0]].concat();
    for other in [newer, longer] {
        assert_eq!(Account::from_document(&other).unwrap_err(), DocumentError);
    }
    for length in 0..document.len() {
        assert_eq!(
            Account::from_document(&document[..length]).unwrap_err(),
            DocumentError
        );
    }
}

/// A golden sample: what was once written stays readable, byte for byte.
#[test]
fn the_bytes_of_format_1_stay_as_they_are() {
    let known = include_str!("../../tests/documents/account-1.hex");
    let known = HEXLOWER.decode(known.replace('\n', "").as_bytes()).unwrap();
    assert_eq!(known.first(), Some(&1));
    let document = full().to_document().unwrap();
    assert_eq!(HEXLOWER.encode(&document), HEXLOWER.encode(&known));
    let read = Account::from_document(&known).unwrap();
    assert_eq!(&*read.to_document().unwrap(), known);
}

#[test]
fn an_account_shows_nothing_secret() {
    let mut account = full();
    account.repudiation = None;
    let mut audit = AuditBuffer::from_ip(Some("192.0.2.1"));
    let login = token(2, Purpose::Login);
    let (now, policy) = (at(200), Policy::default());
    let destination = destination(&mut account, &login, Method::Sms, 200).unwrap();
    let check = check(&mut account, &login, Method::Sms, "777777", 200);
    let mut shown = format!("{account:?} {destination:?} {check:?}");
    let setup = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(now, &Policy::default(), &mut audit),
        )
        .unwrap();
    shown += &format!("{setup:?}");
    let step = account.step(
        &ForChallenge {
            token: &login,
            method: Method::Sms,
            grant: None,
        },
        "888888",
        &mut RuleContext::new(now, &policy, &mut audit),
    );
    shown += &format!("{step:?}");
    let recipient = Recipient {
        locale: "de".to_owned(),
        email: Some(ADDRESS.to_owned()),
    };
    let setup = SetupId::new([7; 16]);
    account.start_contact(
        setup,
        Method::Sms,
        OTHER_NUMBER,
        &recipient,
        None,
        &mut RuleContext::new(now, &Policy::default(), &mut audit),
    );
    shown += &format!("{:?}", account.waiting(&setup, now));
    account
        .record_sent(
            &ForEnrolment {
                setup: &setup,
                codes: NewCodes::NONE,
            },
            &SentCode::Own {
                code: "999999",
                provider: "carrier",
            },
            &mut RuleContext::new(now, &policy, &mut audit),
        )
        .unwrap();
    let before = Account::from_document(&account.to_document().unwrap()).unwrap();
    let confirmed = account.check_code(
        &ForEnrolment {
            setup: &setup,
            codes: NewCodes::Backup(&codes()),
        },
        "999999",
        &mut RuleContext::new(now, &Policy::default(), &mut audit),
    );
    shown += &format!("{confirmed:?}");
    assert!(matches!(confirmed, Ok(Step::Done(_))));
    let user = UserId::new("7").unwrap();
    let replaced = Event::new(EventKind::Enrolled, Requester::Proven).method(Method::Sms);
    account.note_changes(&user, &[replaced], &Source::default(), || Some(before), now);
    let numbers = account.notices.numbers.clone();
    shown += &format!("{numbers:?}");
    let notice = numbers.last().unwrap();
    assert_eq!(notice.kind, SmsNotice::NumberReplaced);
    account.settle_number_notice(
        notice,
        NumberOutcome::Told("sender"),
        &mut RuleContext::new(now, &policy, &mut audit),
    );
    for event in audit.events() {
        shown += &serde_json::to_string(event).unwrap();
        shown += &format!("{event:?}");
    }
    assert!(shown.contains("code.sent"), "{shown}");
    for secret in [
        "12345678901234567890",
        "GEZDGNBVGY3TQOJQ",
        "[49, 50",
        "MTIzNDU2Nzg5MD",
        "15112345678",
        "15187654321",
        "ada@",
        "111111",
        "777777",
        "888888",
        "999999",
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
