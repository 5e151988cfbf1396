//! "This was not me": what a link does once, what is on hold then, and who ends it.

use proptest::prelude::*;

use super::super::hold::{NoticeLink, ReleasedBy};
use super::super::hold_record::LINK_SECONDS;
use super::*;

const DAY: i64 = 86_400;
/// Long after the codes of [`enrolled`] were made.
const LATER: i64 = 30 * DAY;

fn owner() -> UserId {
    UserId::new("7").unwrap()
}

fn rule<T>(seconds: i64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let (policy, mut audit) = (Policy::default(), AuditBuffer::default());
    rule(&mut RuleContext::new(at(seconds), &policy, &mut audit))
}

fn told(account: &mut Account, kind: EventKind, seconds: i64) -> NoticeLink {
    let events = [Event::new(kind, Requester::Proven).method(Method::Totp)];
    let before = Account::from_document(&account.to_document().unwrap()).unwrap();
    account.note_changes(
        &owner(),
        &events,
        &Source::default(),
        || Some(before),
        at(seconds),
    );
    let offers = account.offer_notices(at(seconds));
    let offer = offers.into_iter().next_back().unwrap();
    account.notice_told(offer.notice.number, 0, at(seconds));
    offer.link.unwrap()
}

fn known() -> Account {
    let mut account = enrolled();
    let email = Some("erika@example.net".to_owned());
    account.know(
        &Contact::new("erika".to_owned(), "de".to_owned(), email),
        at(0),
    );
    account
}

fn repudiate(account: &mut Account, link: &NoticeLink, seconds: i64) -> Result<(), Denied> {
    rule(seconds, |context| account.repudiate(link, context))
}

/// An account whose changes are on hold since [`LATER`].
fn held() -> Account {
    let mut account = known();
    let link = told(&mut account, EventKind::Renamed, LATER);
    assert_eq!(repudiate(&mut account, &link, LATER), Ok(()));
    account
}

/// Proves a step-up with that, and releases by the grant that it gives.
fn release_with(
    account: &mut Account,
    n: u8,
    method: Method,
    proof: &str,
    seconds: i64,
) -> Result<bool, Denied> {
    let step_up = open(account, n, Purpose::StepUp, seconds);
    verify(account, &step_up, method, proof, seconds)?;
    let grant = GrantId::new([9; 16]);
    rule(seconds, |context| {
        account.release_hold(ReleasedBy::Owner(Some(&grant)), context)
    })
}

fn release_as(
    account: &mut Account,
    authority: Result<Authority, Denied>,
    seconds: i64,
) -> Result<bool, Denied> {
    let released_by = ReleasedBy::Operator {
        authority,
        by: "admin",
        why: "she called",
    };
    rule(seconds, |context| {
        account.release_hold(released_by, context)
    })
}

fn come_back(account: &Account) -> Account {
    let document = account.to_document().unwrap();
    let back = Account::from_document(&document).unwrap();
    assert_eq!(back.to_document().unwrap(), document);
    back
}

#[test]
fn a_link_holds_once_and_for_seven_days_and_with_it_go_all_that_are_older() {
    let mut account = known();
    let first = told(&mut account, EventKind::Renamed, LATER);
    let second = told(&mut account, EventKind::Removed, LATER + 1);
    let third = told(&mut account, EventKind::Renamed, LATER + 2);
    let end = LATER + 1 + i64::try_from(LINK_SECONDS).unwrap();
    assert_eq!(account.link_is_used(&second, at(end - 1)), Ok(false));
    assert_eq!(
        account.link_is_used(&second, at(end)),
        Err(Denied::LinkOver)
    );
    assert_eq!(
        repudiate(&mut account, &second, end),
        Err(Denied::LinkOver),
        "too late"
    );
    assert_eq!(account.held_since(), None);
    assert_eq!(repudiate(&mut account, &second, LATER + 3), Ok(()));
    assert_eq!(account.held_since(), Some(at(LATER + 3)));
    let mut account = come_back(&account);
    for used in [&first, &second] {
        assert_eq!(account.link_is_used(used, at(LATER + 4)), Ok(true));
        let again = repudiate(&mut account, used, LATER + 4);
        assert_eq!(again, Err(Denied::LinkOver));
    }
    // A newer one ends sign-ins once more; the hold goes on.
    let epoch = account.epoch();
    assert_eq!(repudiate(&mut account, &third, LATER + 5), Ok(()));
    assert_eq!(account.held_since(), Some(at(LATER + 3)));
    assert!(account.epoch() > epoch);
}

#[test]
fn a_link_that_was_never_given_or_comes_from_a_clock_that_is_ahead_holds_nothing() {
    let mut account = known();
    let link = told(&mut account, EventKind::Renamed, LATER);
    for other in [
        NoticeLink {
            number: link.number + 1,
            ..link
        },
        NoticeLink {
            made: at(LATER + 31),
            ..link
        },
        NoticeLink {
            kind: NoticeKind::Released,
            ..link
        },
    ] {
        let answer = repudiate(&mut account, &other, LATER);
        assert_eq!(answer, Err(Denied::LinkOver), "{other:?}");
    }
    let nobody = &mut plain();
    assert_eq!(repudiate(nobody, &link, LATER), Err(Denied::LinkOver));
}

#[test]
fn what_only_wrong_codes_lead_to_has_no_link_nor_has_a_hold_or_its_end() {
    for (kind, expected) in [
        (EventKind::Enrolled, true),
        (EventKind::Removed, true),
        (EventKind::Renamed, true),
        (EventKind::BackupSpent, true),
        (EventKind::BackupRegenerated, true),
        (EventKind::SwitchedOff, true),
        (EventKind::DeviceReused, true),
        (EventKind::Unlocked, true),
        (EventKind::Reset, true),
        (EventKind::Disabled, false),
        (EventKind::PasswordSuspected, false),
        (EventKind::ChangesHeld, false),
        (EventKind::ChangesReleased, false),
    ] {
        let mut account = known();
        account.note_changes(
            &owner(),
            &[Event::by_itself(kind)],
            &Source::default(),
            || None,
            at(LATER),
        );
        for offer in account.offer_notices(at(LATER)) {
            let is_theirs = offer.notice.audience == Audience::User;
            assert_eq!(offer.link.is_some(), is_theirs && expected, "{kind:?}");
        }
    }
}

#[test]
fn a_hold_ends_what_is_open_and_sign_ins_go_on_with_what_is_enrolled() {
    let mut account = known();
    let setup = rule(LATER, |context| {
        account.start_totp(app(5), "ada", None, None, context)
    });
    let setup = setup.unwrap();
    let login = open(&mut account, 1, Purpose::Login, LATER);
    let step_up = open(&mut account, 2, Purpose::StepUp, LATER);
    verify(&mut account, &step_up, Method::Totp, &code_at(LATER), LATER).unwrap();
    let link = told(&mut account, EventKind::Renamed, LATER);
    assert_eq!(repudiate(&mut account, &link, LATER + 30), Ok(()));
    let answer = verify(
        &mut account,
        &login,
        Method::Totp,
        &code_at(LATER + 30),
        LATER + 30,
    );
    assert_eq!(answer, Err(Denied::ChallengeClosed));
    assert!(!account.holds_grant(&GrantId::new([9; 16]), at(LATER + 30)));
    assert!(!account.awaits(&setup, at(LATER + 30)));
    let login = open(&mut account, 3, Purpose::Login, LATER + 31);
    let code = code_at(LATER + 31);
    assert!(verify(&mut account, &login, Method::Totp, &code, LATER + 31).is_ok());
}

#[test]
fn a_backup_code_from_before_ends_a_hold_an_app_does_not_and_no_link_from_before_holds_again() {
    let mut account = held();
    assert!(account.code_ends_hold());
    let by_app = release_with(
        &mut account,
        1,
        Method::Totp,
        &code_at(LATER + 30),
        LATER + 30,
    );
    assert_eq!(by_app, Err(Denied::StepUpRequired));
    // Told before the release, and not yet read.
    let spent = told(&mut account, EventKind::BackupSpent, LATER + 31);
    let by_code = release_with(
        &mut account,
        2,
        Method::BackupCode,
        "0123456789ABCDEF",
        LATER + 32,
    );
    assert_eq!(by_code, Ok(true));
    let mut account = come_back(&account);
    assert_eq!(account.held_since(), None);
    let again = repudiate(&mut account, &spent, LATER + 33);
    assert_eq!(again, Err(Denied::LinkOver));
    assert_eq!(
        release_as(&mut account, PROVEN, LATER + 34),
        Ok(false),
        "there is none"
    );
    // What happens afterwards is another matter.
    let new = told(&mut account, EventKind::Removed, LATER + 35);
    assert_eq!(repudiate(&mut account, &new, LATER + 36), Ok(()));
}

#[test]
fn the_last_backup_code_ends_a_hold_too() {
    let mut account = held();
    let codes = ["0123456789ABCDEF", "1123456789ABCDEF", "2123456789ABCDEF"];
    for (n, code) in (1..).zip(codes) {
        let step_up = open(&mut account, n, Purpose::StepUp, LATER + 1);
        verify(&mut account, &step_up, Method::BackupCode, code, LATER + 1).unwrap();
    }
    assert!(!account.code_ends_hold(), "there are no more");
    let grant = GrantId::new([9; 16]);
    let released = rule(LATER + 2, |context| {
        account.release_hold(ReleasedBy::Owner(Some(&grant)), context)
    });
    assert_eq!(released, Ok(true));
}

#[test]
fn codes_that_are_as_new_as_what_was_not_the_user_end_no_hold() {
    for (made, expected) in [
        (LATER - 8 * DAY, true),
        (LATER - 7 * DAY, false),
        (LATER - DAY, false),
        (LATER, false),
    ] {
        let mut account = known();
        rule(made, |context| {
            account.regenerate_codes(NewCodes::Backup(&codes()), None, context);
        });
        let link = told(&mut account, EventKind::Enrolled, LATER);
        assert_eq!(repudiate(&mut account, &link, LATER), Ok(()));
        assert_eq!(account.code_ends_hold(), expected, "{made}");
        let released = release_with(
            &mut account,
            1,
            Method::BackupCode,
            "0123456789ABCDEF",
            LATER + 1,
        );
        let wanted = if expected {
            Ok(true)
        } else {
            Err(Denied::OnHold)
        };
        assert_eq!(released, wanted);
        assert_eq!(release_as(&mut account, PROVEN, LATER + 2), Ok(!expected));
    }
    // Of what was told late the change counts, and not the mail.
    let mut account = known();
    rule(LATER - 20 * DAY, |context| {
        account.regenerate_codes(NewCodes::Backup(&codes()), None, context);
    });
    let link = told(&mut account, EventKind::Renamed, LATER);
    let late = NoticeLink {
        at: at(LATER - 20 * DAY),
        ..link
    };
    assert_eq!(repudiate(&mut account, &late, LATER), Ok(()));
    assert!(!account.code_ends_hold());
}

#[test]
fn what_a_thief_of_a_password_can_have_releases_and_resets_nobody_who_is_on_hold() {
    for (authority, expected) in [
        (Ok(Authority::Proof), Ok(true)),
        (Ok(Authority::Server), Ok(true)),
        (Ok(Authority::First), Err(Denied::OnHold)),
        (Ok(Authority::Emergency), Err(Denied::OnHold)),
        (Err(Denied::StepUpRequired), Err(Denied::StepUpRequired)),
    ] {
        let mut account = held();
        let reset = account.allow_reset(authority, false);
        let is_refused = matches!(authority, Ok(Authority::First | Authority::Emergency));
        assert_eq!(reset.is_err(), is_refused, "{authority:?}");
        assert_eq!(release_as(&mut account, authority, LATER + 1), expected);
    }
    let account = held();
    assert_eq!(account.allow_reset(PROVEN, true), Err(Denied::OnHold));
    assert_eq!(account.allow_reset(Ok(Authority::Server), true), Ok(()));
    assert_eq!(enrolled().allow_reset(PROVEN, true), Ok(()));
}

#[test]
fn a_user_who_was_reset_on_hold_sets_nothing_up_before_an_administrator_releases_it() {
    let mut account = held();
    rule(LATER + 1, |context| {
        account.reset(PROVEN, "admin", "lost", context)
    })
    .unwrap();
    assert!(account.held_since().is_some() && !account.is_enrolled());
    assert_eq!(
        account.allow_change(None, at(LATER + 2)),
        Err(Denied::OnHold)
    );
    let grant = GrantId::new([9; 16]);
    for grant in [None, Some(&grant)] {
        let owner = rule(LATER + 2, |context| {
            account.release_hold(ReleasedBy::Owner(grant), context)
        });
        assert_eq!(owner, Err(Denied::StepUpRequired));
    }
    assert_eq!(release_as(&mut account, PROVEN, LATER + 3), Ok(true));
    assert_eq!(account.allow_change(None, at(LATER + 4)), Ok(()));
}

#[test]
fn a_clock_that_is_behind_makes_no_codes_old_enough() {
    let mut account = known();
    rule(LATER - DAY, |context| {
        account.regenerate_codes(NewCodes::Backup(&codes()), None, context);
    });
    let link = told(&mut account, EventKind::Enrolled, LATER);
    assert_eq!(repudiate(&mut account, &link, LATER), Ok(()));
    for seconds in [0, LATER - 20 * DAY, LATER + DAY, LATER + 900 * DAY] {
        let _ = account.put_right(at(seconds), &Policy::default());
        assert!(!account.code_ends_hold(), "{seconds}");
        assert!(account.held_since().is_some());
    }
}

/// What somebody may do to an account while changes are on hold.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Change(bool),
    SetUp(u8),
    ConfirmApp,
    ConfirmAddress,
    SignIn,
    StepUp,
    Link(u8),
    Clock(i16),
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever is done with whatever proof of an app, and by whatever link: no factor comes, goes or is changed.
    #[test]
    fn whatever_is_done_while_changes_are_on_hold_no_factor_changes(
        deeds in proptest::collection::vec(
            prop_oneof![
                any::<bool>().prop_map(Deed::Change),
                any::<u8>().prop_map(Deed::SetUp),
                Just(Deed::ConfirmApp),
                Just(Deed::ConfirmAddress),
                Just(Deed::SignIn),
                Just(Deed::StepUp),
                (0u8..6).prop_map(Deed::Link),
                any::<i16>().prop_map(Deed::Clock),
            ],
            1..40,
        ),
    ) {
        let mut account = known();
        // Begun before, and waiting for a right code.
        let setup = rule(LATER, |context| account.start_totp(app(5), "ada", None, None, context)).unwrap();
        let contact = SetupId::new([7; 16]);
        rule(LATER, |context| {
            account.start_contact(contact, Method::Email, ADDRESS, &Recipient::default(), None, context);
            let enrolment = ForEnrolment { setup: &contact, codes: NewCodes::NONE };
            let code = SentCode::Own { code: "012345", provider: "p" };
            account.record_sent(&enrolment, &code, context)
        }).unwrap();
        let link = told(&mut account, EventKind::Renamed, LATER);
        repudiate(&mut account, &link, LATER + 1).unwrap();
        let shown = |account: &Account| format!("{:?}", account.factors.iter().map(|it| {
            (it.id, it.method(), it.label.clone(), it.enrolled_at, it.address().map(str::to_owned))
        }).collect::<Vec<_>>());
        let (before, mut seconds) = (shown(&account), LATER + 2);
        let grant = GrantId::new([9; 16]);
        for deed in deeds {
            seconds += 30;
            let now = at(seconds);
            let policy = Policy::default();
            match deed {
                Deed::Change(proven) => {
                    let grant = Some(&grant).filter(|_| proven);
                    prop_assert_eq!(account.allow_change(grant, now), Err(Denied::OnHold));
                    prop_assert_eq!(account.allow_replacement(grant, now), Err(Denied::OnHold));
                }
                Deed::SetUp(n) => {
                    let permits = [Permit::None, Permit::Grant(grant), Permit::Login(id(n)), Permit::StepUp(id(n))];
                    for permit in permits {
                        prop_assert_eq!(account.allow_set_up(&permit, now, &policy), Err(Denied::OnHold));
                    }
                }
                Deed::ConfirmApp => {
                    let code = app(5).at(now).to_string();
                    let done = rule(seconds, |context| {
                        account.confirm_totp(&setup, &code, NewCodes::Backup(&codes()), context)
                    });
                    prop_assert_eq!(done, Err(Denied::Rejected));
                }
                Deed::ConfirmAddress => {
                    let enrolment = ForEnrolment { setup: &contact, codes: NewCodes::NONE };
                    let done = rule(seconds, |context| account.check_code(&enrolment, "012345", context));
                    prop_assert!(done.is_err());
                }
                Deed::SignIn => {
                    let login = open(&mut account, 1, Purpose::Login, seconds);
                    let code = code_at(seconds);
                    let done = verify(&mut account, &login, Method::Totp, &code, seconds);
                    prop_assert!(done.is_ok(), "nobody is locked out: {:?}", done);
                }
                Deed::StepUp => {
                    let released = release_with(&mut account, 2, Method::Totp, &code_at(seconds), seconds);
                    prop_assert_eq!(released, Err(Denied::StepUpRequired));
                }
                Deed::Link(n) => {
                    let link = NoticeLink { number: n.into(), made: now, ..link };
                    let _ = repudiate(&mut account, &link, seconds);
                }
                Deed::Clock(by) => {
                    seconds = (seconds + i64::from(by)).max(LATER + 2);
                    // A code of an app is accepted once, whatever the clock shows.
                    account.factors.iter_mut().filter_map(Factor::app_mut).for_each(|it| it.last_step = 0);
                }
            }
            account = come_back(&account);
            prop_assert!(account.held_since().is_some());
            prop_assert_eq!(shown(&account), before.clone());
        }
    }
}
