//! What is found by a name under a key is still found when the keys change.

use super::*;
use crate::delivery::budget::{RangeStanding, Spent};

const KEY_A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const KEY_B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// A store that outlives the verifiers with their keys.
struct Rotating {
    folder: tempfile::TempDir,
}

impl Rotating {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// With the keys in that order, and numbers that belong to one user only.
    fn open(&self, keys: &[&str]) -> (Verifier, Scripted) {
        let url = format!("sqlite:{}/db", self.folder.path().display());
        let settings = [("store", url.as_str()), ("phone_unique", "1")];
        let (verifier, mut carriers) = with_keys(Some(&keys.join(";")), &settings, &["one"]);
        (verifier, carriers.remove(0))
    }
}

fn taken<T: fmt::Debug>(answer: Result<T, Error>) -> bool {
    match answer {
        Err(Error::Number { reason, .. }) => reason == "taken",
        Ok(_) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_number_stays_its_user_s_when_the_key_goes_under_which_it_was_proven() {
    let place = Rotating::new();
    let (alice, bob) = (user("7"), user("8"));
    let (verifier, carrier) = place.open(&[KEY_A]);
    enrol_phone(&verifier, &carrier, &alice);
    let (verifier, _) = place.open(&[KEY_B, KEY_A]);
    // She only begins to sign in; that seals her account with the new key.
    challenge(&verifier, &alice, 100);
    assert!(taken(start(&verifier, &bob, NUMBER, 200)));
    let (verifier, carrier) = place.open(&[KEY_B]);
    assert!(taken(start(&verifier, &bob, NUMBER, 300)));
    // A number that is removed is free, whatever key it was proven under.
    let login = challenge(&verifier, &alice, 400);
    verifier
        .send_code(at(400), &login, Method::Sms, &client())
        .unwrap();
    verifier
        .verify(
            at(401),
            &login,
            Method::Sms,
            &carrier.last_code(),
            &client(),
        )
        .unwrap();
    verifier
        .reset(at(402), &alice.id, &Operator::on_server("root"), "lost")
        .unwrap();
    assert!(!taken(start(&verifier, &bob, NUMBER, 500)));
}

#[cfg(feature = "cli")]
#[test]
fn a_number_stays_its_user_s_when_a_rotation_moved_it_and_the_old_key_goes() {
    let place = Rotating::new();
    let (alice, bob) = (user("7"), user("8"));
    let (verifier, carrier) = place.open(&[KEY_A]);
    enrol_phone(&verifier, &carrier, &alice);
    let events = verifier.audit(Some(&alice.id), 100, None).unwrap();
    let (verifier, _) = place.open(&[KEY_B, KEY_A]);
    let url = format!("sqlite:{}/db", place.folder.path().display());
    let url = crate::store::StoreUrl::parse(&url).unwrap();
    let mut rows = crate::store::open_transfer(&url).unwrap();
    let mut moved = 0;
    let done = verifier.reseal(&mut *rows, at(100), &mut |rows| moved += rows);
    let done = done.unwrap();
    assert_eq!((done.accounts + done.others, done.left), (moved, 0));
    // Nothing of it has happened to her.
    let now = verifier.audit(Some(&alice.id), 100, None).unwrap();
    assert_eq!(format!("{now:?}"), format!("{events:?}"));
    drop((verifier, rows));
    let (verifier, _) = place.open(&[KEY_B]);
    assert!(taken(start(&verifier, &bob, NUMBER, 300)));
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

/// Every order in which keys may change, and servers that do not all know the new one yet.
#[test]
fn a_budget_holds_while_keys_come_change_places_and_go() {
    let place = Rotating::new();
    let steps: [&[&str]; 5] = [
        &[KEY_A],
        &[KEY_B, KEY_A],
        &[KEY_A],
        &[KEY_A, KEY_B],
        &[KEY_B, KEY_A],
    ];
    // Five an hour, whoever asks, from wherever: these two have the number in common.
    for (asked, keys) in (0..).zip(steps) {
        let (verifier, _) = place.open(keys);
        start(&verifier, &user(&format!("u{asked}")), NUMBER, asked * 61).unwrap();
    }
    for keys in [&[KEY_B, KEY_A][..], &[KEY_A, KEY_B], &[KEY_A]] {
        let (verifier, _) = place.open(keys);
        let sixth = start(&verifier, &user("9"), NUMBER, 400);
        assert!(matches!(denied(sixth), Denied::Throttled { .. }));
    }
    // A day after it came the new key has seen everything that counts, and the old one may go.
    let day = 100_000;
    let (verifier, _) = place.open(&[KEY_B, KEY_A]);
    for asked in 0..5 {
        let name = user(&format!("v{asked}"));
        start(&verifier, &name, NUMBER, day + asked * 61).unwrap();
    }
    let (verifier, _) = place.open(&[KEY_B]);
    let sixth = start(&verifier, &user("9"), NUMBER, day + 400);
    assert!(matches!(denied(sixth), Denied::Throttled { .. }));
}

#[test]
fn what_asking_for_a_reset_takes_stays_taken_when_a_key_is_put_first() {
    let place = Rotating::new();
    let ask = |keys: &[&str], seconds| {
        let (verifier, _) = place.open(keys);
        let nobody = user("nobody");
        let reset = Purpose::ResetPassword;
        denied(verifier.begin_challenge(at(seconds), &nobody, reset, &client()))
    };
    let mut seconds = 0;
    while ask(&[KEY_A], seconds) == Denied::Rejected {
        seconds += 61;
    }
    assert!((1..3_000).contains(&seconds));
    let refused = ask(&[KEY_B, KEY_A], seconds + 61);
    assert!(matches!(refused, Denied::Throttled { .. }), "{refused:?}");
}

#[test]
fn a_range_that_was_proven_under_one_key_is_proven_under_the_others() {
    let place = Rotating::new();
    let is_proven = |verifier: &Verifier| {
        let to = number(NUMBER);
        let names = verifier.rows.hashed(&[b"range", to.range().as_bytes()]);
        names
            .iter()
            .map(|name| {
                let name = format!("budget/range/{name}");
                let raw = verifier.rows.stored(&name).unwrap();
                Spent::from_bytes(&raw.body).unwrap().standing(at(200)) == RangeStanding::Proven
            })
            .collect::<Vec<_>>()
    };
    let (verifier, carrier) = place.open(&[KEY_A]);
    enrol_phone(&verifier, &carrier, &user("7"));
    assert_eq!(is_proven(&verifier), [true]);
    let (verifier, carrier) = place.open(&[KEY_B, KEY_A]);
    let login = challenge(&verifier, &user("7"), 100);
    verifier
        .send_code(at(100), &login, Method::Sms, &client())
        .unwrap();
    assert_eq!(is_proven(&verifier), [false, true]);
    let code = carrier.last_code();
    verifier
        .verify(at(101), &login, Method::Sms, &code, &client())
        .unwrap();
    assert_eq!(is_proven(&verifier), [true, true]);
}

#[test]
fn two_servers_that_have_one_key_in_common_see_each_other_s_claims() {
    for [one, other] in [
        [&[KEY_A][..], &[KEY_B, KEY_A]],
        [&[KEY_B, KEY_A], &[KEY_A]],
        [&[KEY_B, KEY_A], &[KEY_B]],
    ] {
        let place = Rotating::new();
        let ((one, _), (other, _)) = (place.open(one), place.open(other));
        let claim = one.claim(at(0), NUMBER).unwrap();
        let second = denied(other.claim(at(1), NUMBER).map(drop));
        assert_eq!(second, Denied::Throttled { retry_after: 59 });
        one.give_back(at(1), &claim);
        let theirs = other.claim(at(1), NUMBER).unwrap();
        // What was given back is not given back again.
        one.give_back(at(2), &claim);
        let third = denied(one.claim(at(3), NUMBER).map(drop));
        assert_eq!(third, Denied::Throttled { retry_after: 58 });
        other.give_back(at(4), &theirs);
        one.claim(at(4), NUMBER).unwrap();
    }
}
