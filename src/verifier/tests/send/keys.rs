//! What is found by a name under a key is still found when the keys change.

use super::*;

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
    verifier.reset(at(402), &alice.id, "root", "lost").unwrap();
    assert!(!taken(start(&verifier, &bob, NUMBER, 500)));
}
