//! The ceiling over all methods, of which many processes want more at the same moment.

use super::*;
use crate::licensed;

const TEST: &str =
    "ceiling::eight_processes_that_guess_at_once_have_no_more_tries_than_the_ceiling";
const CEILING: usize = 4;

fn open(store: &str) -> Verifier {
    let licence = licensed::settings();
    let mut settings: Vec<_> = licence
        .iter()
        .map(|(name, it)| (*name, it.as_str()))
        .collect();
    settings.extend([
        ("store", store),
        ("max_failures_all_methods", "4"),
        ("after_failures", "0"),
        // So that it is not the limit of a method that is met.
        ("max_attempts", "20"),
    ]);
    open_with(&settings)
}

/// Where its user never was.
fn elsewhere() -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9)), String::new())
}

fn five_challenges_elsewhere(verifier: &Verifier) -> String {
    let begin = |_| verifier.begin_login(at(30), &user(), &elsewhere()).unwrap();
    let challenges: Vec<_> = (0..5).map(|n| begin(n).challenge.to_string()).collect();
    challenges.join(",")
}

/// Task: challenges between commas.
fn guess() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let challenges: Vec<&str> = task.split(',').collect();
    child(open, |verifier, n| {
        let challenge = challenges[n % challenges.len()];
        told(verifier.verify(at(30), challenge, Method::Totp, "00000", &elsewhere()))
    });
    true
}

#[test]
fn eight_processes_that_guess_at_once_have_no_more_tries_than_the_ceiling() {
    if guess() {
        return;
    }
    for (name, store, _keep) in stores("ceiling") {
        let verifier = open(&store);
        licensed::license(&store, KeyRing::parse(KEYS).unwrap(), at(0));
        let account = enrol(&verifier);
        let answers = race(TEST, &five_challenges_elsewhere(&verifier), &store);
        assert_eq!(count(&answers, "rejected"), CEILING, "{name}");
        assert_eq!(count(&answers, "locked"), answers.len() - CEILING, "{name}");
        let events = verifier.audit(Some(&user().id), 1000, None).unwrap();
        let rejected = events
            .iter()
            .filter(|e| e.kind == "factor.rejected")
            .count();
        assert_eq!(rejected, CEILING, "{name}");
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
        // From where its user is known they sign in.
        let login = verifier.begin_login(at(60), &user(), &client()).unwrap();
        let code = account.phone.at(at(60));
        verifier
            .verify(at(60), &login.challenge, Method::Totp, &code, &client())
            .unwrap();
    }
}
