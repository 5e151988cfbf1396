//! What a clock wrote that was ahead: brought back when the account is loaded by one that is right.

use proptest::prelude::*;

use super::*;
use crate::crypto::KeyRing;
use crate::store::{self, StoreUrl};
use crate::types::Site;

/// Ten years ahead.
const AHEAD: i64 = 10 * 365 * 86_400;

/// As the account is loaded at that second.
fn loaded(account: &Account, seconds: i64) -> Account {
    let mut loaded = copy(account);
    let _ = loaded.put_right(at(seconds), &Policy::default());
    loaded
}

#[test]
fn a_block_from_a_clock_that_was_ahead_ends_within_the_longest_block() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    for _ in 0..5 {
        let wrong = verify(&mut account, &login, Method::Totp, "000000", AHEAD);
        assert_eq!(wrong, Err(Denied::Rejected));
    }
    let mut account = loaded(&account, 60);
    assert_eq!(account.locks(at(60)), [(Method::Totp, at(60 + 3_600))]);
    let answer = verify(&mut account, &login, Method::Totp, &code_at(60), 60);
    assert_eq!(answer, Err(locked(3_600)));
    // It began then, and not with each look.
    let mut account = loaded(&account, 1_000);
    let answer = verify(&mut account, &login, Method::Totp, &code_at(1_000), 1_000);
    assert_eq!(answer, Err(locked(2_660)));
    let answer = verify(&mut account, &login, Method::Totp, &code_at(3_660), 3_660);
    assert!(answer.is_ok(), "{answer:?}");
}

#[test]
fn failures_from_a_clock_that_was_ahead_count_for_no_more_than_the_window() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    let mut seconds = AHEAD;
    for _ in 0..49 {
        let wrong = verify(&mut account, &login, Method::Totp, "000000", seconds);
        assert_eq!(wrong, Err(Denied::Rejected));
        seconds += 3_600;
    }
    account
        .unlock(
            PROVEN,
            "admin",
            "the clock was wrong",
            &mut RuleContext::new(
                UnixTime::START,
                &Policy::default(),
                &mut AuditBuffer::default(),
            ),
        )
        .unwrap();
    let account = loaded(&account, 60);
    let fails = |seconds| {
        let mut account = loaded(&account, seconds);
        let _ = verify(&mut account, &login, Method::Totp, "000000", seconds);
        !account.disabled().is_empty()
    };
    assert!(
        fails(60 + 30 * 86_400 - 1),
        "the fiftieth within the window"
    );
    assert!(!fails(60 + 30 * 86_400));
}

#[test]
fn a_challenge_that_a_clock_opened_that_was_ahead_has_no_longer_life() {
    let mut account = enrolled();
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    let account = loaded(&account, 60);
    let short = Policy {
        challenge_ttl: 600,
        ..Policy::default()
    };
    assert!(account.challenges.is_open(&login, at(659), &short));
    assert!(!account.challenges.is_open(&login, at(660), &short));
}

/// A grant, a set-up and a code of a time that is still to come are worth nothing now, and nothing then.
#[test]
fn what_a_clock_gave_that_was_ahead_is_not_good_when_its_time_comes() {
    let mut account = enrolled();
    let step_up = open(&mut account, 1, Purpose::StepUp, AHEAD);
    let proof = "0123456789ABCDEF";
    verify(&mut account, &step_up, Method::BackupCode, proof, AHEAD).unwrap();
    let app = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(AHEAD), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    let number = start(&mut account, Method::Sms, NUMBER, AHEAD);
    let address = start(&mut account, Method::Email, ADDRESS, AHEAD);
    assert!(account.awaits(&app, at(AHEAD)) && !account.awaits(&app, at(60)));
    let grant = Some(GrantId::new([9; 16]));
    let good = |account: &Account, seconds| {
        [
            account.allow_change(grant.as_ref(), at(seconds)).is_ok(),
            waits(account, &number, seconds),
            waits(account, &address, seconds),
        ]
    };
    assert_eq!(good(&account, AHEAD), [true; 3]);
    // Servers whose clocks differ by a little take nothing from each other.
    assert_eq!(good(&loaded(&account, AHEAD - 30), AHEAD), [true; 3]);
    assert_eq!(good(&loaded(&account, AHEAD - 31), AHEAD), [false; 3]);
    assert_eq!(good(&loaded(&account, 60), AHEAD), [false; 3]);
}

/// Another server's clock is a little behind: what was begun and proven on one is good on the other at once.
#[test]
fn servers_whose_clocks_differ_by_a_little_take_what_the_other_gave() {
    let mut account = enrolled();
    let step_up = open(&mut account, 1, Purpose::StepUp, 1_000);
    let proof = "0123456789ABCDEF";
    verify(&mut account, &step_up, Method::BackupCode, proof, 1_000).unwrap();
    let app = account
        .start_totp(
            totp(),
            "ada",
            None,
            None,
            &mut RuleContext::new(at(1_000), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    let number = start(&mut account, Method::Sms, NUMBER, 1_000);
    let grant = Some(GrantId::new([9; 16]));
    let good = |seconds| {
        let account = loaded(&account, seconds);
        [
            account.allow_change(grant.as_ref(), at(seconds)).is_ok(),
            account.awaits(&app, at(seconds)),
            waits(&account, &number, seconds),
        ]
    };
    assert_eq!(good(970), [true; 3]);
    assert_eq!(good(969), [false; 3]);
    // What begins there takes nothing from what began here.
    let mut behind = loaded(&account, 970);
    start(&mut behind, Method::Sms, OTHER_NUMBER, 970);
    assert!(waits(&behind, &number, 1_000));
}

#[test]
fn a_code_that_a_clock_sent_that_was_ahead_is_not_good_when_its_time_comes() {
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    send(&mut account, &login, Method::Sms, "111111", AHEAD).unwrap();
    let takes = |account: &Account| {
        let mut account = copy(account);
        verify(&mut account, &login, Method::Sms, "111111", AHEAD).is_ok()
    };
    assert!(takes(&account));
    assert!(takes(&loaded(&account, AHEAD - 30)));
    assert!(!takes(&loaded(&account, 60)));
    // Nor is anybody asked about one of theirs.
    let mut account = reached_by(&[Method::Sms]);
    let login = open(&mut account, 1, Purpose::Login, AHEAD);
    send_theirs(&mut account, &login, Method::Sms, "VE1", AHEAD).unwrap();
    let asks = |account: &Account| {
        let mut account = copy(account);
        let step = step(&mut account, &login, Method::Sms, "222222", AHEAD);
        matches!(step, Ok(Step::Ask(_)))
    };
    assert!(asks(&account));
    assert!(!asks(&loaded(&account, 60)));
}

#[test]
fn a_factor_that_a_clock_enrolled_that_was_ahead_is_new_for_no_longer_than_a_day() {
    let mut account = enrolled();
    account.begin_trust(at(AHEAD));
    let now = loaded(&account, 60);
    assert_eq!(now.trusted_in(at(60)), TRUST_SECONDS);
    assert_eq!(now.trusted_from(), Some(at(60 + 86_400)));
    assert_eq!(
        account.trusted_in(at(60)),
        AHEAD.unsigned_abs() - 60 + TRUST_SECONDS
    );
}

/// Accounts of a site of its own.
fn accounts() -> Accounts {
    let store = store::open(&StoreUrl::Memory).unwrap();
    let ring = KeyRing::parse("a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    Accounts::new(store, ring, Site::new("site").unwrap(), Policy::default())
}

/// What somebody holds who was given everything at once.
struct Given {
    app: PendingTotp,
    number: SetupId,
    login: ChallengeToken,
    theirs: ChallengeToken,
}

const USER: &str = "7";

fn within<T>(accounts: &Accounts, seconds: i64, rule: impl Fn(&mut Account) -> T) -> T {
    let user = UserId::new(USER).unwrap();
    let rule = |account: &mut Account, _: &mut RuleContext<'_>| Ok(rule(account));
    let done = accounts.change(&user, at(seconds), &Source::default(), rule);
    done.unwrap().unwrap()
}

/// A grant, the set-up of an app and of a number, and for a sign-in a code of ours and one of a provider's, all of
/// that second.
fn given(accounts: &Accounts, seconds: i64) -> Given {
    within(accounts, seconds, |account| {
        *account = enrolled();
        bind(account, Method::Sms, NUMBER, 1);
        let step_up = open(account, 1, Purpose::StepUp, seconds);
        verify(
            account,
            &step_up,
            Method::BackupCode,
            "0123456789ABCDEF",
            seconds,
        )
        .unwrap();
        let login = open(account, 2, Purpose::Login, seconds);
        send(account, &login, Method::Sms, "111111", seconds).unwrap();
        let theirs = open(account, 3, Purpose::Login, seconds);
        send_theirs(account, &theirs, Method::Sms, "VE1", seconds).unwrap();
        Given {
            app: account
                .start_totp(
                    totp(),
                    "ada",
                    None,
                    None,
                    &mut RuleContext::new(
                        at(seconds),
                        &Policy::default(),
                        &mut AuditBuffer::default(),
                    ),
                )
                .unwrap(),
            number: start(account, Method::WhatsApp, OTHER_NUMBER, seconds),
            login,
            theirs,
        }
    })
}

/// Which of it is good at that second, in that order.
fn good(accounts: &Accounts, given: &Given, seconds: i64) -> [bool; 5] {
    within(accounts, seconds, |account| {
        let grant = GrantId::new([9; 16]);
        let code = verify(
            &mut copy(account),
            &given.login,
            Method::Sms,
            "111111",
            seconds,
        );
        let asked = step(
            &mut copy(account),
            &given.theirs,
            Method::Sms,
            "222222",
            seconds,
        );
        [
            account.allow_change(Some(&grant), at(seconds)).is_ok(),
            account.awaits(&given.app, at(seconds)),
            waits(account, &given.number, seconds),
            code.is_ok(),
            matches!(asked, Ok(Step::Ask(_))),
        ]
    })
}

/// Everything that looks at an account.
fn look(accounts: &Accounts, how: u8, seconds: i64) {
    let (user, now) = (UserId::new(USER).unwrap(), at(seconds));
    match how {
        0 => assert!(accounts.read(&user, now).unwrap().is_some()),
        1 => assert_eq!(accounts.list("", 9, None, now).unwrap().len(), 1),
        2 => assert_eq!(accounts.look(Some(now)).unwrap().seen, 1),
        _ => within(accounts, seconds, |_| ()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A clock is ahead by half a minute or by years when things are given out; it is put right, and once before
    /// their time comes somebody looks at the account. When it has come, they are worth nothing.
    #[test]
    fn what_a_clock_gave_that_was_ahead_never_comes_alive(
        ahead in prop_oneof![31i64..4_000, 31i64..AHEAD],
        looked in any::<prop::sample::Index>(), how in 0u8..4, later in -30i64..1_900,
    ) {
        let accounts = accounts();
        let given = given(&accounts, 100 + ahead);
        // From when the clock was put right until the last moment at which it can be told from one that is right.
        let looked = 100 + i64::try_from(looked.index(usize::try_from(ahead - 30).unwrap())).unwrap();
        look(&accounts, how, looked);
        prop_assert_eq!(good(&accounts, &given, (100 + ahead + later).max(looked)), [false; 5]);
    }

    /// Had the clock been right, or no further ahead than another server's, it would all be good.
    #[test]
    fn what_a_clock_gave_that_was_ahead_by_no_more_than_servers_are_is_good(
        ahead in 0i64..=30, how in 0u8..4, later in 0i64..300,
    ) {
        let accounts = accounts();
        let given = given(&accounts, 100 + ahead);
        look(&accounts, how, 100);
        prop_assert_eq!(good(&accounts, &given, 100 + ahead + later), [true; 5]);
    }
}

/// It may be the clock of whoever looks that is wrong: a look ends no block, dates no failure back and makes nobody
/// trusted sooner.
#[test]
fn a_look_by_a_clock_that_is_behind_takes_out_what_was_given_and_nothing_else() {
    for how in 0..3 {
        let accounts = accounts();
        let given = given(&accounts, 1_000_000);
        within(&accounts, 1_000_000, |account| {
            account.begin_trust(at(1_000_000));
            let login = open(account, 4, Purpose::Login, 1_000_000);
            for _ in 0..5 {
                let _ = verify(account, &login, Method::Totp, "000000", 1_000_000);
            }
        });
        let stands = || {
            let user = UserId::new(USER).unwrap();
            let account = accounts.stored(&user).unwrap().unwrap();
            (
                account.failures.clone(),
                account.trusted_from,
                account.audit.seq,
            )
        };
        let (failures, trusted_from, events) = stands();
        for behind in [500_000, 60, 999_000] {
            look(&accounts, how, behind);
        }
        // Each that finds the clock before it ahead says so, and that is all.
        let expected = (failures, trusted_from, events + 2);
        assert_eq!(stands(), expected, "{how}");
        let said = said_of_clocks(&accounts);
        assert_eq!(said, ["500000", "499940"], "{how}");
        assert_eq!(good(&accounts, &given, 1_000_000), [false; 5], "{how}");
    }
}

/// By how many seconds the audit says that clocks were ahead, the first one first.
fn said_of_clocks(accounts: &Accounts) -> Vec<String> {
    let user = UserId::new(USER).unwrap();
    let rows = accounts.audit(Some(&user), 100, None).unwrap();
    let events = rows.iter().rev();
    let events = events.map(|(_, row)| serde_json::from_slice::<Event>(&row.body).unwrap());
    let set_back = events.filter(|event| event.kind == EventKind::ClockSetBack);
    set_back.map(|event| event.reason.unwrap()).collect()
}

/// Whoever changes something by a clock that is behind leaves the same word in the audit, from where they were; servers whose
/// clocks differ by a little leave none.
#[test]
fn a_clock_that_is_set_back_is_in_the_audit() {
    for (behind, said) in [(30, None), (31, Some("31")), (900, Some("900"))] {
        let accounts = accounts();
        within(&accounts, 1_000, |account| *account = enrolled());
        within(&accounts, 1_000 - behind, |_| ());
        let expected: Vec<_> = said.into_iter().map(str::to_owned).collect();
        assert_eq!(said_of_clocks(&accounts), expected, "{behind}");
        // Once, and not with every change.
        within(&accounts, 1_001 - behind, |_| ());
        assert_eq!(said_of_clocks(&accounts), expected, "{behind}");
    }
}

/// Too long a wait is safe: what was written by a clock that is further ahead is believed once more.
#[test]
fn a_change_by_a_clock_that_is_behind_makes_nobody_trusted_sooner() {
    let accounts = accounts();
    within(&accounts, 1_000_000, |account| {
        *account = enrolled();
        account.begin_trust(at(1_000_000));
    });
    within(&accounts, 60, |_| ());
    let waits = within(&accounts, 1_000_000, |account| {
        account.trusted_in(at(1_000_000))
    });
    assert_eq!(waits, TRUST_SECONDS);
}

/// Without a time that can be relied on, looking changes nothing; nor does a look that finds nothing wrong.
#[test]
fn an_account_is_put_right_once_and_by_a_clock_that_is_there() {
    let accounts = accounts();
    let given = given(&accounts, 1_000);
    let user = UserId::new(USER).unwrap();
    let Looked { failed, seen, .. } = accounts.look(None).unwrap();
    assert_eq!((failed.len(), seen), (0, 1));
    assert_eq!(good(&accounts, &given, 1_000), [true; 5]);
    let first = accounts.read(&user, at(60)).unwrap().unwrap();
    let again = accounts.read(&user, at(60)).unwrap().unwrap();
    assert_eq!((first.set_back, again.set_back), (1, 1));
    assert_eq!(again.written, at(60));
}
