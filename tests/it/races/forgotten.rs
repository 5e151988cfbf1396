//! Forgetting beside sign-ins: many processes, one account.

use super::*;
use twofactor::verifier::{CameOf, Operator};

#[test]
fn of_eight_processes_that_sign_in_while_one_is_forgotten_none_brings_anything_back() {
    if let Ok(task) = env::var("RACE_TASK") {
        let mut words = task.split(' ');
        let challenges: Vec<&str> = words.next().unwrap().split(',').collect();
        let codes: Vec<&str> = words.next().unwrap().split(',').collect();
        return child(open_lenient, |verifier, n| {
            if n == 12 {
                let operator = Operator::on_server("root");
                let told = verifier.forget(at(30), &user().id, &operator, "asked", false);
                assert!(told.is_ok(), "{told:?}");
                return "forgotten";
            }
            let challenge = challenges[n % challenges.len()];
            let code = codes[n % codes.len()];
            let answer = verifier.verify(at(30), challenge, Method::BackupCode, code, &client());
            if let Ok(proof) = &answer {
                let _ =
                    verifier.admit_session(at(30), CameOf::Verified(proof), b"cookie", &client());
            }
            told(answer)
        });
    }
    let test = "forgotten::of_eight_processes_that_sign_in_while_one_is_forgotten_none_brings_anything_back";
    for (name, store, _keep) in stores("forget") {
        let verifier = open_lenient(&store);
        let account = enrol(&verifier);
        let task = format!("{} {}", five_challenges(&verifier), account.codes.join(","));
        let answers = race(test, &task, &store);
        assert_eq!(count(&answers, "forgotten"), PROCESSES, "{name}");
        let id = user().id;
        let left = verifier.account(at(40), &id).unwrap();
        assert!(!left.enrolled && left.factors.is_empty(), "{name}");
        let login = verifier.begin_login(at(40), &user(), &client()).unwrap();
        assert_eq!(
            login.state,
            twofactor::verifier::LoginState::EnrolmentRequired,
            "{name}"
        );
        assert!(
            !verifier.session_counts(at(40), &id, b"cookie").unwrap(),
            "{name}"
        );
        assert!(
            verifier.sessions(at(40), &id, None).unwrap().is_empty(),
            "{name}"
        );
        assert!(verifier.audit_is_intact(&id).unwrap(), "{name}");
        let events = verifier.audit(Some(&id), 1000, None).unwrap();
        let first = events.last().unwrap();
        assert_eq!(first.kind, "account.forgotten", "{name}: {events:?}");
        // What came after it is of nobody who was there before.
        assert!(
            events.iter().all(|it| it.kind != "factor.accepted"),
            "{name}: {events:?}"
        );
    }
}
