//! A code that is relayed: many processes, two networks, one code.

use super::*;

/// Where the owner is, and whoever passes on what the owner types.
fn places() -> [Client; 2] {
    [
        (Ipv4Addr::new(192, 0, 2, 7), "Firefox/143.0"),
        (Ipv4Addr::new(198, 51, 100, 9), "Firefox/143.0"),
    ]
    .map(|(address, agent)| Client::new(IpAddr::V4(address), agent))
}

fn reached() -> User {
    User {
        email: Some("alice@example.org".to_owned()),
        ..user()
    }
}

#[test]
fn of_one_code_from_two_networks_at_once_one_is_in_and_the_other_is_noted_and_told() {
    if let Ok(task) = env::var("RACE_TASK") {
        let words: Vec<&str> = task.split(' ').collect();
        return child(open_lenient, |verifier, n| {
            let (from, code) = (n % 2, words[2]);
            let client = &places()[from];
            let method = Method::Totp;
            match told(verifier.verify(at(30), words[from], method, code, client)) {
                "accepted" => ["owner", "thief"][from],
                word => word,
            }
        });
    }
    let test =
        "replays::of_one_code_from_two_networks_at_once_one_is_in_and_the_other_is_noted_and_told";
    for (name, store, _keep) in stores("replay") {
        let verifier = open_lenient(&store);
        let account = enrol(&verifier);
        let challenges = places().map(|client| {
            let login = verifier.begin_login(at(30), &reached(), &client).unwrap();
            login.challenge.to_string()
        });
        let code = account.phone.at(at(30)).to_string();
        let task = format!("{} {} {code}", challenges[0], challenges[1]);
        let answers = race(test, &task, &store);
        let (owner, thief) = (count(&answers, "owner"), count(&answers, "thief"));
        assert_eq!(owner + thief, 1, "{name}");
        let events = verifier.audit(Some(&user().id), 1000, None).unwrap();
        let of = |kind: &str| {
            events
                .iter()
                .filter(|it| it.kind == kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("factor.accepted").len(), 1, "{name}");
        assert!(of("factor.rejected").is_empty(), "{name}: {events:?}");
        let replays = of("factor.replayed");
        let first = replays.last().unwrap();
        assert_eq!(first.reason.as_deref(), Some("elsewhere"), "{name}");
        let slower = ["192.0.2.7", "198.51.100.9"][usize::from(owner > 0)];
        assert_eq!(first.ip.as_deref(), Some(slower), "{name}");
        let again = replays
            .iter()
            .filter(|it| it.reason.as_deref() == Some("elsewhere"));
        assert_eq!(again.count(), 1, "{name}: {replays:?}");
        let told = verifier.pending_notices(at(95), 50).unwrap();
        let told: Vec<_> = told
            .iter()
            .filter(|it| it.mail.subject.contains("entered a second time"))
            .collect();
        assert_eq!(told.len(), 1, "{name}");
        let masked = ["192.0.2.•••", "198.51.100.•••"][usize::from(owner > 0)];
        assert!(
            told[0].mail.text.contains(masked),
            "{name}: {}",
            &*told[0].mail.text
        );
        assert!(told[0].mail.text.contains("Browser: Firefox\n"), "{name}");
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
    }
}
