//! The link of a notice, used by everybody at once.

use super::*;

const PAGE: &str = "https://www.example.com/not-me?token=";

fn open_with_page(store: &str) -> Verifier {
    open_with(&[("store", store), ("notice_url", PAGE)])
}

fn use_link() -> bool {
    let Ok(token) = env::var("RACE_TASK") else {
        return false;
    };
    child(open_with_page, |verifier, _| {
        match verifier.repudiate(at(60), &token, &client()) {
            Ok(()) => "held",
            Err(Error::Denied(Denied::LinkOver)) => "over",
            Err(other) => panic!("{other}"),
        }
    });
    true
}

#[test]
fn of_eight_processes_with_one_link_one_holds_changes_and_ends_sign_ins() {
    if use_link() {
        return;
    }
    for (name, store, _keep) in stores("link") {
        let verifier = open_with_page(&store);
        let anna = User {
            email: Some("anna@example.org".to_owned()),
            ..user()
        };
        let setup = verifier.start_totp(at(0), &anna, None, None, None).unwrap();
        let phone = Totp::from_uri(&setup.uri).unwrap();
        let enrolled = verifier
            .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
            .unwrap();
        let text = &enrolled.notices[0].mail.text;
        let token = text.lines().find_map(|line| line.strip_prefix(PAGE));
        let answers = race(
            "links::of_eight_processes_with_one_link_one_holds_changes_and_ends_sign_ins",
            token.unwrap(),
            &store,
        );
        assert_eq!(count(&answers, "held"), 1, "{name}");
        assert_eq!(count(&answers, "over"), answers.len() - 1, "{name}");
        let account = verifier.account(at(60), &anna.id).unwrap();
        assert_eq!(account.held_since, Some(at(60)), "{name}");
        let events = verifier.audit(Some(&anna.id), 100, None).unwrap();
        let held = events.iter().filter(|it| it.kind == "changes.held");
        assert_eq!(held.count(), 1, "{name}");
        assert!(verifier.audit_is_intact(&anna.id).unwrap(), "{name}");
    }
}
