use proptest::prelude::*;

use super::*;

fn at(seconds: u64) -> UnixTime {
    UnixTime::START.plus(1_800_000_000 + seconds)
}

fn validity(epoch: u64) -> Validity {
    Validity {
        epoch,
        generation: Generation::default(),
        devices: DevicesAllowed {
            lifetime: SESSION_SECONDS,
            ..DevicesAllowed::default()
        },
    }
}

/// By that device, which was made when the list was.
fn by_device(number: u8) -> SignedInBy {
    SignedInBy::Device {
        ended: 0,
        id: [number; 16],
        made: at(0),
        until: at(SESSION_SECONDS),
    }
}

fn list() -> SessionList {
    SessionList::new(HashKey::new([7; 32]))
}

fn named(name: &str) -> Credential<'_> {
    Credential::new(name.as_bytes()).unwrap()
}

fn new(number: u8, by: SignedInBy) -> NewSession {
    NewSession {
        id: SessionId([number; 16]),
        by,
        masked_address: "192.0.2.•••".to_owned(),
        device: Device::default(),
    }
}

fn admit(
    list: &mut SessionList,
    number: u8,
    method: Option<Method>,
    now: u64,
) -> Result<Session, NoRoom> {
    let by = method.map_or(SignedInBy::Password, SignedInBy::Proof);
    admit_by(list, number, by, now)
}

fn admit_by(
    list: &mut SessionList,
    number: u8,
    by: SignedInBy,
    now: u64,
) -> Result<Session, NoRoom> {
    let name = format!("cookie {number}");
    list.admit(new(number, by), &named(&name), validity(1), at(now))
}

#[test]
fn a_credential_counts_until_thirty_days_after_the_sign_in_however_often_it_is_used() {
    let mut list = list();
    admit(&mut list, 1, Some(Method::Totp), 0).unwrap();
    let cookie = named("cookie 1");
    list.note_use(&cookie, at(SESSION_SECONDS - 1));
    assert!(list.counts(&cookie, validity(1), at(SESSION_SECONDS - 1)));
    assert!(!list.counts(&cookie, validity(1), at(SESSION_SECONDS)));
    assert_eq!(list.ends(), Some(at(SESSION_SECONDS)));
}

#[test]
fn nothing_counts_that_was_not_admitted() {
    let mut list = list();
    assert!(!list.counts(&named("cookie 1"), validity(0), at(0)));
    admit(&mut list, 1, None, 0).unwrap();
    for other in ["cookie 2", "cookie 1 ", "cookie", "COOKIE 1"] {
        assert!(!list.counts(&named(other), validity(1), at(0)), "{other}");
    }
}

#[test]
fn a_session_of_another_epoch_or_from_before_everybodys_were_ended_does_not_count() {
    let mut list = list();
    admit(&mut list, 1, Some(Method::Sms), 0).unwrap();
    let cookie = named("cookie 1");
    assert!(list.counts(&cookie, validity(1), at(1)));
    assert!(!list.counts(&cookie, validity(2), at(1)));
    assert!(!list.counts(&cookie, validity(0), at(1)));
    let generation = Generation::new([1; 16]);
    assert!(!list.counts(
        &cookie,
        Validity {
            generation,
            ..validity(1)
        },
        at(1)
    ));
}

#[test]
fn what_a_clock_gave_that_was_ahead_does_not_count_and_two_servers_may_differ_a_little() {
    let mut list = list();
    admit(&mut list, 1, None, 1_000).unwrap();
    let cookie = named("cookie 1");
    assert!(list.counts(&cookie, validity(1), at(1_000 - SKEW)));
    assert!(!list.counts(&cookie, validity(1), at(1_000 - SKEW - 1)));
}

#[test]
fn what_a_clock_gave_that_was_ahead_is_not_good_when_its_time_comes() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    admit(&mut list, 2, None, 1_000).unwrap();
    assert!(!list.has_ahead(at(1_000 - SKEW)));
    assert!(list.has_ahead(at(0)));
    list.end_ahead(at(0));
    assert!(list.counts(&named("cookie 1"), validity(1), at(0)));
    assert!(!list.counts(&named("cookie 2"), validity(1), at(1_000)));
}

#[test]
fn that_a_session_is_used_is_due_every_five_minutes_and_not_before() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    let cookie = named("cookie 1");
    assert!(!list.is_due(&cookie, at(SEEN_SECONDS - 1)));
    assert!(list.is_due(&cookie, at(SEEN_SECONDS)));
    list.note_use(&cookie, at(SEEN_SECONDS));
    assert!(!list.is_due(&cookie, at(2 * SEEN_SECONDS - 1)));
    let seen = list.sessions(None, validity(1), at(SEEN_SECONDS))[0].seen;
    assert_eq!(seen, at(SEEN_SECONDS));
    // By a clock that was ahead: it is written anew by one that is right.
    list.note_use(&cookie, at(100_000));
    assert!(list.is_due(&cookie, at(900)));
    assert!(!list.is_due(&named("unknown"), at(900)));
}

#[test]
fn what_the_host_mints_for_a_session_ends_with_it() {
    let mut list = list();
    admit(&mut list, 1, Some(Method::Totp), 0).unwrap();
    admit(&mut list, 2, Some(Method::Totp), 0).unwrap();
    let (first, child) = (named("cookie 1"), named("test as"));
    assert!(list.adopt(&child, &first, validity(1), at(5)));
    assert!(list.adopt(&child, &first, validity(1), at(5)), "again");
    assert!(list.counts(&child, validity(1), at(5)));
    assert!(list.counts(&first, validity(1), at(5)));
    assert_eq!(
        list.sessions(None, validity(1), at(5)).len(),
        2,
        "no session of its own"
    );
    let current = list.sessions(Some(&child), validity(1), at(5));
    let current: Vec<_> = current
        .iter()
        .filter(|session| session.is_current)
        .collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0].id, SessionId([1; 16]));
    assert!(list.end_of(&child));
    assert!(!list.counts(&child, validity(1), at(6)));
    assert!(!list.counts(&first, validity(1), at(6)));
    assert!(list.counts(&named("cookie 2"), validity(1), at(6)));
}

#[test]
fn what_is_minted_for_something_that_does_not_count_does_not_count() {
    let mut list = list();
    let child = named("child");
    assert!(!list.adopt(&child, &named("cookie 1"), validity(1), at(0)));
    admit(&mut list, 1, None, 0).unwrap();
    assert!(!list.adopt(&child, &named("cookie 1"), validity(2), at(0)));
    assert!(!list.adopt(&child, &named("cookie 1"), validity(1), at(SESSION_SECONDS)));
    assert!(!list.counts(&child, validity(1), at(0)));
    assert!(!list.adopt(&named("cookie 9"), &named("cookie 9"), validity(1), at(0)));
}

#[test]
fn a_session_has_eight_credentials_and_the_one_that_is_in_use_stays() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    let first = named("cookie 1");
    let names: Vec<_> = (0..20).map(|n| format!("minted {n}")).collect();
    for name in &names {
        assert!(list.adopt(&named(name), &first, validity(1), at(1)));
        assert!(list.counts(&first, validity(1), at(1)));
    }
    let counting = names
        .iter()
        .filter(|name| list.counts(&named(name), validity(1), at(1)));
    assert_eq!(counting.count(), MAX_CREDENTIALS - 1);
    assert!(list.counts(&named("minted 19"), validity(1), at(1)));
    assert!(!list.counts(&named("minted 12"), validity(1), at(1)));
}

#[test]
fn the_session_of_a_change_goes_on_alone_and_only_with_its_new_credential() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    admit(&mut list, 2, None, 0).unwrap();
    let (old, renewed) = (named("cookie 1"), named("renewed"));
    assert!(list.carry(&renewed, &old, Some(Method::Totp), validity(2), at(60)));
    assert!(list.counts(&renewed, validity(2), at(60)));
    assert!(!list.counts(&old, validity(2), at(60)));
    assert!(!list.counts(&old, validity(1), at(60)));
    assert!(!list.counts(&named("cookie 2"), validity(2), at(60)));
    let sessions = list.sessions(Some(&renewed), validity(2), at(60));
    assert_eq!(sessions.len(), 1);
    assert_eq!(
        sessions[0].by,
        SignedInBy::Proof(Method::Totp),
        "the enrolment proved it"
    );
    assert_eq!(sessions[0].created, at(0), "no change makes it younger");
    // A change that proves nothing new leaves what stood behind it.
    assert!(list.carry(&named("third"), &renewed, None, validity(3), at(61)));
    assert_eq!(
        list.sessions(None, validity(3), at(61))[0].by,
        SignedInBy::Proof(Method::Totp)
    );
}

#[test]
fn a_session_that_is_over_is_not_carried_on() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    let (old, renewed) = (named("cookie 1"), named("renewed"));
    assert!(!list.carry(&renewed, &named("unknown"), None, validity(2), at(1)));
    assert!(
        !list.carry(&renewed, &old, None, validity(0), at(1)),
        "back into an earlier epoch"
    );
    assert!(!list.carry(&renewed, &old, None, validity(2), at(SESSION_SECONDS)));
    let generation = Generation::new([1; 16]);
    assert!(!list.carry(
        &renewed,
        &old,
        None,
        Validity {
            generation,
            ..validity(2)
        },
        at(1)
    ));
    assert!(list.end(SessionId([1; 16])));
    assert!(!list.carry(&renewed, &old, None, validity(2), at(1)));
    assert!(!list.counts(&renewed, validity(2), at(1)));
}

#[test]
fn a_session_is_ended_by_its_name_and_all_others_but_one_at_once() {
    let mut list = list();
    for number in 1..=4 {
        admit(&mut list, number, Some(Method::Totp), 0).unwrap();
    }
    assert!(list.end(SessionId([3; 16])));
    assert!(!list.end(SessionId([3; 16])), "it is gone");
    assert!(!list.counts(&named("cookie 3"), validity(1), at(1)));
    list.end_all_but(Some(&named("cookie 2")), None);
    let left: Vec<_> = list
        .sessions(None, validity(1), at(1))
        .iter()
        .map(|s| s.id)
        .collect();
    assert_eq!(left, [SessionId([2; 16])]);
    list.end_all_but(Some(&named("unknown")), None);
    assert!(list.sessions(None, validity(1), at(1)).is_empty());
    assert_eq!(list.ends(), None);
}

#[test]
fn a_credential_is_that_of_its_latest_sign_in_alone() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    let same = named("cookie 1");
    list.admit(
        new(2, SignedInBy::Proof(Method::Totp)),
        &same,
        validity(1),
        at(9),
    )
    .unwrap();
    let sessions = list.sessions(Some(&same), validity(1), at(9));
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].id, SessionId([2; 16]));
    assert!(sessions[0].is_current);
}

#[test]
fn at_most_fifty_and_the_least_lately_used_goes_first() {
    let mut list = list();
    for number in 0..50 {
        admit(&mut list, number, Some(Method::Totp), u64::from(number)).unwrap();
    }
    list.note_use(&named("cookie 0"), at(100));
    admit(&mut list, 50, Some(Method::Totp), 101).unwrap();
    assert_eq!(
        list.sessions(None, validity(1), at(101)).len(),
        MAX_SESSIONS
    );
    assert!(list.counts(&named("cookie 0"), validity(1), at(101)));
    assert!(!list.counts(&named("cookie 1"), validity(1), at(101)));
}

#[test]
fn passwords_alone_push_out_no_session_that_was_proven_and_have_no_room_beside_fifty() {
    let mut list = list();
    admit(&mut list, 0, Some(Method::Totp), 0).unwrap();
    for number in 1..=120 {
        admit(&mut list, number, None, u64::from(number)).unwrap();
    }
    assert!(list.counts(&named("cookie 0"), validity(1), at(200)));
    assert_eq!(
        list.sessions(None, validity(1), at(200)).len(),
        MAX_SESSIONS
    );
    for number in 121..=169 {
        admit(&mut list, number, Some(Method::Totp), u64::from(number)).unwrap();
    }
    let proven = list.sessions(None, validity(1), at(200));
    assert!(proven.iter().all(|session| session.by.method().is_some()));
    assert_eq!(proven.len(), MAX_SESSIONS);
    assert_eq!(admit(&mut list, 170, None, 200), Err(NoRoom));
    assert!(!list.counts(&named("cookie 170"), validity(1), at(200)));
    assert_eq!(
        list.sessions(None, validity(1), at(200)).len(),
        MAX_SESSIONS
    );
}

#[test]
fn what_is_over_makes_room_before_anything_that_counts() {
    let mut list = list();
    for number in 0..50 {
        admit(&mut list, number, Some(Method::Totp), 0).unwrap();
    }
    let cookie = named("later");
    list.admit(new(99, SignedInBy::Password), &cookie, validity(2), at(1))
        .unwrap();
    assert_eq!(list.sessions(None, validity(2), at(1)).len(), 1);
    assert!(
        !list.counts(&named("cookie 0"), validity(1), at(1)),
        "it does not come back"
    );
}

#[test]
fn dumps_show_no_key_and_no_credential() {
    let mut list = list();
    admit(&mut list, 1, None, 0).unwrap();
    let dump = format!("{list:?} {:?}", named("cookie 1"));
    assert!(!dump.contains("cookie"));
    assert!(!dump.contains("HashKey([7"));
    assert_eq!(dump.matches("<redacted>").count(), 3);
}

#[derive(Debug, Clone)]
enum Act {
    Admit { credential: u8, proven: bool },
    Adopt { child: u8, parent: u8 },
    Carry { child: u8, parent: u8 },
    Raise,
    EndOf(u8),
    EndAllBut(u8),
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let credential = 0..12u8;
    prop_oneof![
        4 => (credential.clone(), any::<bool>())
            .prop_map(|(credential, proven)| Act::Admit { credential, proven }),
        2 => (credential.clone(), credential.clone())
            .prop_map(|(child, parent)| Act::Adopt { child, parent }),
        1 => (credential.clone(), credential.clone())
            .prop_map(|(child, parent)| Act::Carry { child, parent }),
        1 => Just(Act::Raise),
        1 => credential.clone().prop_map(Act::EndOf),
        1 => credential.prop_map(Act::EndAllBut),
        2 => (0..SESSION_SECONDS).prop_map(Act::Pass),
    ]
}

/// What is known of a credential, told a second time in the plainest way: which sign-in it came of.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Came {
    sign_in: u8,
    of: u64,
    epoch: u64,
}

#[test]
fn what_came_of_a_device_ends_with_it_with_all_and_with_its_time_and_nothing_else_does() {
    let mut list = list();
    admit_by(&mut list, 1, by_device(7), 0).unwrap();
    admit(&mut list, 2, Some(Method::Totp), 0).unwrap();
    admit_by(&mut list, 3, by_device(8), 0).unwrap();
    let (device, proof, other) = (named("cookie 1"), named("cookie 2"), named("cookie 3"));
    let valid = |change: &dyn Fn(&mut DevicesAllowed)| {
        let mut valid = validity(1);
        change(&mut valid.devices);
        valid
    };
    let one = valid(&|it| it.ended_ids[1] = [7; 16]);
    let all = valid(&|it| it.ended = 1);
    let none = valid(&|it| it.lifetime = 0);
    let short = valid(&|it| it.lifetime = 10);
    for (validity, now, expected) in [
        (validity(1), 1, [true, true, true]),
        (one, 1, [false, true, true]),
        (all, 1, [false, true, false]),
        (none, 1, [false, true, false]),
        (short, 9, [true, true, true]),
        (short, 10, [false, true, false]),
    ] {
        let counts = [&device, &proof, &other].map(|it| list.counts(it, validity, at(now)));
        assert_eq!(counts, expected, "{validity:?}");
    }
    assert!(!list.adopt(&named("child"), &device, one, at(1)));
    let after = Validity { epoch: 2, ..one };
    assert!(!list.carry(&named("child"), &device, Some(Method::Totp), after, at(1)));
    // With a grant the one in which its user has ended it goes on, by a credential of its own.
    let mut by_grant = list.clone();
    assert!(by_grant.carry(&named("child"), &device, None, one, at(1)));
    assert!(by_grant.counts(&named("child"), one, at(1)));
    assert!(!by_grant.counts(&device, one, at(1)));
    for over in [all, none, short] {
        assert!(!by_grant.counts(&named("child"), over, at(10)));
    }
    // What its user proves with a change stands behind it afterwards.
    assert!(list.carry(
        &named("child"),
        &device,
        Some(Method::Totp),
        validity(2),
        at(1)
    ));
    assert_eq!(
        list.sessions(None, validity(2), at(1))[0].by,
        SignedInBy::Proof(Method::Totp)
    );
}

#[test]
fn one_device_has_five_sessions_and_pushes_out_none_of_another() {
    let mut list = list();
    admit_by(&mut list, 0, by_device(1), 0).unwrap();
    for number in 1..=60 {
        admit_by(&mut list, number, by_device(2), u64::from(number)).unwrap();
    }
    let found = list.sessions(None, validity(1), at(61));
    let of = |number: u8| {
        let all = found.iter();
        all.filter(|it| it.by.device() == Some([number; 16]))
            .count()
    };
    assert_eq!((of(1), of(2)), (1, MAX_DEVICE_SESSIONS));
    assert!(list.counts(&named("cookie 60"), validity(1), at(61)));
    assert_eq!(list.device_of(SessionId([60; 16])), Some([2; 16]));
}

#[test]
fn what_goes_on_without_its_device_ends_with_no_other_such_and_with_no_device() {
    let mut list = list();
    for number in [1, 2] {
        admit_by(&mut list, number, by_device(number), 0).unwrap();
    }
    let mut ended = validity(1);
    ended.devices.ended_ids[0] = [1; 16];
    ended.devices.ended_ids[1] = [2; 16];
    let (one, two) = (named("next 1"), named("next 2"));
    assert!(list.carry(&one, &named("cookie 1"), None, ended, at(1)));
    assert!(!list.counts(&named("cookie 2"), ended, at(1)));
    admit_by(&mut list, 3, by_device(3), 1).unwrap();
    ended.devices.ended_ids[2] = [3; 16];
    assert!(list.carry(&two, &named("cookie 3"), None, ended, at(2)));
    let found = list.sessions(None, ended, at(2));
    assert_eq!(found.len(), 2);
    for session in &found {
        assert_eq!(session.by.device(), None, "nothing that could be ended");
        assert_eq!(list.device_of(session.id), None);
    }
    // Nor does what was written of it before it was none.
    ended.devices.ended_ids[3] = NO_DEVICE;
    for credential in [&one, &two] {
        assert!(list.counts(credential, ended, at(2)));
    }
    assert!(list.end_of(&one));
    assert!(list.counts(&two, ended, at(2)));
    let mut all = ended;
    all.devices.ended = 1;
    assert!(!list.counts(&two, all, at(2)));
}

#[test]
fn where_all_devices_are_ended_the_session_that_is_kept_goes_on_without_its_own_until_that_would_be_over()
 {
    let mut list = list();
    for (number, by) in [(1, by_device(7)), (2, by_device(7)), (3, by_device(8))] {
        admit_by(&mut list, number, by, 0).unwrap();
    }
    let mut after = validity(1);
    after.devices.ended = 1;
    list.end_all_but(Some(&named("cookie 1")), Some(1));
    for (number, is_there) in [(1, true), (2, false), (3, false)] {
        let name = format!("cookie {number}");
        assert_eq!(list.counts(&named(&name), after, at(1)), is_there);
    }
    assert_eq!(list.sessions(None, after, at(1))[0].by.device(), None);
    let mut short = after;
    short.devices.lifetime = 10;
    assert!(list.counts(&named("cookie 1"), short, at(9)));
    assert!(!list.counts(&named("cookie 1"), short, at(10)));
    // What was proven stays so, and what was ended since is over.
    admit(&mut list, 4, Some(Method::Totp), 0).unwrap();
    let mut again = after;
    again.devices.ended = 2;
    assert!(!list.counts(&named("cookie 1"), again, at(1)));
    list.end_all_but(Some(&named("cookie 4")), Some(2));
    let found = list.sessions(None, again, at(1));
    assert_eq!(found[0].by, SignedInBy::Proof(Method::Totp));
}

#[test]
fn what_a_session_came_of_is_written_as_the_method_alone_was() {
    for (by, bytes) in [
        (SignedInBy::Password, &[0][..]),
        (SignedInBy::Proof(Method::Email), &[1, 2]),
    ] {
        assert_eq!(postcard::to_extend(&by, Vec::new()).unwrap(), bytes);
    }
    let device = postcard::to_extend(&by_device(7), Vec::new()).unwrap();
    assert_eq!(device[..18], [&[2, 0][..], &[7; 16]].concat());
}

proptest! {
    /// However sign-ins, changes and endings follow on each other, exactly those credentials count that came of a
    /// sign-in which is not over.
    #[test]
    fn a_credential_counts_exactly_while_its_sign_in_does(acts in prop::collection::vec(act(), 1..60)) {
        let mut list = list();
        let mut model: [Option<Came>; 12] = [None; 12];
        let (mut now, mut epoch, mut sign_in) = (0u64, 1u64, 0u8);
        let name = |n: u8| format!("cookie {n}");
        let alive = |came: &Came, now: u64| now < came.of + SESSION_SECONDS;
        for act in acts {
            let counts = |came: &Option<Came>| came.is_some_and(|c| c.epoch == epoch && alive(&c, now));
            match act {
                Act::Admit { credential, proven } => {
                    sign_in += 1;
                    let by = if proven { SignedInBy::Proof(Method::Totp) } else { SignedInBy::Password };
                    let name = name(credential);
                    list.admit(new(sign_in, by), &named(&name), validity(epoch), at(now)).unwrap();
                    model[usize::from(credential)] = Some(Came { sign_in, of: now, epoch });
                }
                Act::Adopt { child, parent } => {
                    let (c, p) = (name(child), name(parent));
                    let parent = model[usize::from(parent)];
                    let family = |m: &[Option<Came>; 12]| {
                        m.iter().flatten().filter(|came| Some(came.sign_in) == parent.map(|p| p.sign_in)).count()
                    };
                    // More than a session keeps is another test's.
                    if family(&model) < MAX_CREDENTIALS {
                        let adopted = list.adopt(&named(&c), &named(&p), validity(epoch), at(now));
                        prop_assert_eq!(adopted, counts(&parent));
                        if adopted {
                            model[usize::from(child)] = parent;
                        }
                    }
                }
                Act::Carry { child, parent } => {
                    let (c, p) = (name(child), name(parent));
                    let came = model[usize::from(parent)];
                    epoch += 1;
                    // What was pruned by another sign-in in between is gone; what is there still goes on.
                    let carried = list.carry(&named(&c), &named(&p), None, validity(epoch), at(now));
                    if !came.is_some_and(|c| alive(&c, now)) {
                        prop_assert!(!carried);
                    }
                    if carried {
                        model = [None; 12];
                        model[usize::from(child)] = came.map(|came| Came { epoch, ..came });
                    } else {
                        prop_assert!(!came.is_some_and(|c| c.epoch == epoch - 1 && alive(&c, now)));
                    }
                }
                Act::Raise => epoch += 1,
                Act::EndOf(credential) => {
                    let ended = list.end_of(&named(&name(credential)));
                    prop_assert!(ended || !counts(&model[usize::from(credential)]));
                    if let Some(came) = model[usize::from(credential)] {
                        model.iter_mut().filter(|m| m.is_some_and(|m| m.sign_in == came.sign_in)).for_each(|m| *m = None);
                    }
                }
                Act::EndAllBut(credential) => {
                    list.end_all_but(Some(&named(&name(credential))), None);
                    let kept = model[usize::from(credential)].map(|came| came.sign_in);
                    model.iter_mut().filter(|m| m.map(|m| m.sign_in) != kept).for_each(|m| *m = None);
                }
                Act::Pass(seconds) => now += seconds,
            }
            for (credential, came) in (0..).zip(&model) {
                let expected = came.is_some_and(|c| c.epoch == epoch && alive(&c, now));
                let name = name(credential);
                prop_assert_eq!(list.counts(&named(&name), validity(epoch), at(now)), expected, "{}", name);
                prop_assert!(!list.counts(&named(&name), validity(epoch + 1), at(now)));
            }
            prop_assert!(list.entries.len() <= MAX_SESSIONS);
        }
    }

    /// Whatever is admitted, in any order and number: never more than fifty, and a session is pushed out by one that as
    /// much stands behind.
    #[test]
    fn the_weaker_never_push_out_the_stronger(admitted in prop::collection::vec(0u8..3, 1..140)) {
        let kinds = |kind: u8, number: u8| match kind {
            0 => SignedInBy::Password,
            // Nobody's id is all zeros.
            1 => by_device(number + 1),
            _ => SignedInBy::Proof(Method::BackupCode),
        };
        let mut list = list();
        for (number, kind) in (0u8..).zip(admitted) {
            let new = kinds(kind, number);
            let stronger = |list: &SessionList| {
                let entries = list.entries.iter();
                entries.filter(|entry| entry.by.strength() > kind).count()
            };
            let before = stronger(&list);
            let admitted = admit_by(&mut list, number, new, u64::from(number));
            prop_assert!(list.entries.len() <= MAX_SESSIONS);
            prop_assert_eq!(admitted.is_err(), before == MAX_SESSIONS);
            prop_assert_eq!(stronger(&list), before);
        }
    }
}
