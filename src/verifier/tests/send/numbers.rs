//! SMS to a number that was removed or replaced, and to that of whom the password was reset by telephone.

use super::*;
use crate::account::NumberNotice;
use crate::types::SmsNotice;
use crate::verifier::number_notices::Sent;

const REMOVED: &str = "default: Diese Telefonnummer wurde aus Ihrem Konto entfernt. \
    Falls Sie das nicht waren, melden Sie sich sofort bei uns.";
const RESET: &str = "default: Das Passwort Ihres Kontos wurde mit einem Code an diese Nummer geändert. \
    Falls Sie das nicht waren, melden Sie sich sofort bei uns.";

/// A proof of the telephone, at that second.
fn proof(verifier: &Verifier, carrier: &Scripted, user: &User, seconds: i64) -> Zeroizing<String> {
    let step_up = verifier
        .begin_challenge(at(seconds), user, Purpose::StepUp, &client())
        .unwrap()
        .challenge;
    verifier
        .send_code(at(seconds), &step_up, Method::Sms, &client())
        .unwrap();
    verifier
        .verify(
            at(seconds),
            &step_up,
            Method::Sms,
            &carrier.last_code(),
            &client(),
        )
        .unwrap()
        .grant
}

/// Where texts without a code went, and what they said.
fn notices(carrier: &Scripted) -> Vec<(String, String)> {
    let book = carrier.0.lock().unwrap();
    let notices = book.taken.iter().filter(|(_, _, code, _)| code.is_empty());
    notices
        .map(|(to, _, _, text)| (to.clone(), text.clone()))
        .collect()
}

fn one(text: &str) -> Vec<(String, String)> {
    vec![(NUMBER.to_owned(), text.to_owned())]
}

/// Somebody with a telephone, who has proven it at second 100.
fn proven(verifier: &Verifier, carrier: &Scripted) -> (User, Zeroizing<String>) {
    let erika = correspondent();
    enrol_phone(verifier, carrier, &erika);
    let grant = proof(verifier, carrier, &erika, 100);
    (erika, grant)
}

fn pump(verifier: &Verifier, seconds: i64) {
    verifier.pending_notices(at(seconds), 50).unwrap();
}

/// Sets the password of somebody anew by telephone: all but the last step, whose proof is returned.
fn reset_proof(
    verifier: &Verifier,
    user: Option<&User>,
    code: impl Fn() -> String,
    seconds: i64,
) -> Result<Zeroizing<String>, Error> {
    let quiet = |_: &str| {};
    let reset = verifier.begin_password_reset(at(seconds), user, &client(), &quiet)?;
    verifier.send_password_reset_code(at(seconds), &reset, &client(), &quiet)?;
    let verified =
        verifier.verify_password_reset(at(seconds), &reset, &code(), &client(), &quiet)?;
    Ok(verified.grant)
}

#[test]
fn a_number_that_was_removed_is_told_at_once_by_whoever_it_was_removed() {
    type Call<'a> = &'a dyn Fn(&Verifier, &User, &str);
    let calls: [(&str, Call<'_>); 4] = [
        ("remove", &|it, user, grant| {
            it.remove(at(110), &user.id, Method::Sms, grant, None)
                .unwrap();
        }),
        ("remove_factor", &|it, user, grant| {
            let view = it.account(at(110), &user.id).unwrap();
            let factor = view.factors.iter().find(|it| it.method == Method::Sms);
            let id = factor.unwrap().id.clone();
            it.remove_factor(at(110), &user.id, &id, grant, None)
                .unwrap();
        }),
        ("remove_everything", &|it, user, grant| {
            it.remove_everything(at(110), &user.id, grant, None)
                .unwrap();
        }),
        ("reset", &|it, user, _| {
            let admin = Operator::on_server("root");
            it.reset(at(110), &user.id, &admin, "lost").unwrap();
        }),
    ];
    for (what, call) in calls {
        let (verifier, carriers) = with_carriers(&["one"]);
        let (erika, grant) = proven(&verifier, &carriers[0]);
        call(&verifier, &erika, &grant);
        assert_eq!(notices(&carriers[0]), one(REMOVED), "{what}");
        assert_eq!(told(&verifier, &erika), [(TOLD, Some("one".to_owned()))]);
        let events = verifier.audit(Some(&erika.id), 1, None).unwrap();
        assert_eq!(events[0].reason.as_deref(), Some("number-removed"));
        let listed = verifier.deliveries(10, None).unwrap();
        assert_eq!(listed[0].1.report.detail, "notice");
        for days in 0..40 {
            pump(&verifier, 200 + days * 86_400);
        }
        assert_eq!(notices(&carriers[0]).len(), 1, "{what}: once");
    }
}

#[test]
fn the_last_recovery_code_takes_the_number_away_and_tells_it() {
    let settings = [("store", "memory:"), ("secrets", "derived")];
    let (verifier, carriers) = with_keys(
        Some("k = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
        &settings,
        &["one"],
    );
    let (erika, carrier) = (correspondent(), &carriers[0]);
    let sent = start(&verifier, &erika, NUMBER, 0).unwrap();
    let enrolled = verifier
        .confirm_phone(at(1), &sent.token, &carrier.last_code(), &client())
        .unwrap();
    for (n, code) in (0..).zip(&enrolled.recovery_codes) {
        assert_eq!(notices(carrier), []);
        let seconds = 100 + n * 60;
        let login = challenge(&verifier, &erika, seconds);
        let method = Method::RecoveryCode;
        verifier
            .verify(at(seconds), &login, method, code, &client())
            .unwrap();
    }
    assert_eq!(notices(carrier), one(REMOVED));
}

#[test]
fn a_password_that_was_reset_is_told_to_the_number_once_and_not_in_the_call_that_is_stored_by_its_host()
 {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (erika, carrier) = (correspondent(), &carriers[0]);
    enrol_phone(&verifier, carrier, &erika);
    // Asked for, sent, typed wrongly: nobody is told anything.
    assert!(reset_proof(&verifier, Some(&erika), || "000000".to_owned(), 100).is_err());
    let grant = reset_proof(&verifier, Some(&erika), || carrier.last_code(), 200).unwrap();
    pump(&verifier, 201);
    assert_eq!(notices(carrier), []);
    let complete = |seconds| {
        let (by, why) = (erika.id.as_str(), "forgotten");
        verifier.complete_password_reset(at(seconds), &erika.id, &grant, by, why, &client())
    };
    complete(210).unwrap();
    assert_eq!(notices(carrier), [], "its host has still to store it");
    assert_eq!(denied(complete(211)), Denied::ChallengeClosed);
    pump(&verifier, 212);
    assert_eq!(notices(carrier), one(RESET));
    assert_eq!(told(&verifier, &erika), [(TOLD, Some("one".to_owned()))]);
    pump(&verifier, 90_000);
    assert_eq!(notices(carrier).len(), 1);
}

#[test]
fn a_reset_that_somebody_without_a_telephone_asks_for_or_nobody_sends_nothing() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let bob = user("8");
    enrol(&verifier, &bob);
    for (n, whose) in [Some(&bob), None].into_iter().enumerate() {
        let seconds = 1_000 * (1 + n as i64);
        assert!(reset_proof(&verifier, whose, || "000000".to_owned(), seconds).is_err());
        pump(&verifier, seconds + 1);
    }
    assert_eq!(carriers[0].sent(), 0);
}

#[test]
fn whoever_has_the_password_alone_makes_nobody_be_told() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (erika, carrier) = (correspondent(), &carriers[0]);
    enrol_phone(&verifier, carrier, &erika);
    let login = challenge(&verifier, &erika, 100);
    let answer = verifier.remove(at(100), &erika.id, Method::Sms, &login, None);
    assert_eq!(denied(answer), Denied::StepUpRequired);
    assert_eq!(
        denied(start(&verifier, &erika, OTHER, 100)),
        Denied::StepUpRequired
    );
    let operator = Operator::in_request("8", Some(&login));
    let answer = verifier.reset(at(100), &erika.id, &operator, "why");
    assert_eq!(denied(answer), Denied::StepUpRequired);
    for n in 0..60 {
        let seconds = 200 + 4_000 * n;
        let login = challenge(&verifier, &erika, seconds);
        let _ = verifier.verify(at(seconds), &login, Method::Sms, "000000", &client());
        pump(&verifier, seconds);
    }
    // The telephone was disabled by that: it is still the account's.
    let view = verifier.account(at(300_000), &erika.id).unwrap();
    assert_eq!(view.disabled, [Method::Sms]);
    assert_eq!(notices(carrier), []);
}

#[test]
fn what_a_person_may_ask_for_keeps_no_notice_back() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (erika, _) = proven(&verifier, &carriers[0]);
    let mut refused = 0;
    for n in 0..9 {
        let login = challenge(&verifier, &erika, 101 + n * 61);
        let sent = verifier.send_code(at(101 + n * 61), &login, Method::Sms, &client());
        refused += usize::from(sent.is_err());
    }
    assert!(refused > 3, "{refused}");
    let admin = Operator::on_server("root");
    verifier.reset(at(590), &erika.id, &admin, "lost").unwrap();
    assert_eq!(notices(&carriers[0]), one(REMOVED));
}

#[test]
fn where_no_provider_answers_the_change_is_made_and_the_number_is_told_later() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (erika, grant) = proven(&verifier, &carriers[0]);
    let carrier = &carriers[0];
    carrier.fails_with(SendError::Unreached("no connection".to_owned()));
    verifier
        .remove(at(110), &erika.id, Method::Sms, &grant, None)
        .unwrap();
    assert!(!verifier.account(at(110), &erika.id).unwrap().enrolled);
    assert_eq!(
        (notices(carrier), told(&verifier, &erika)),
        (vec![], vec![])
    );
    pump(&verifier, 409);
    assert_eq!(notices(carrier), [], "not before five minutes have passed");
    pump(&verifier, 410);
    assert_eq!(notices(carrier), one(REMOVED));
    assert_eq!(told(&verifier, &erika), [(TOLD, Some("one".to_owned()))]);
}

#[test]
fn a_number_that_nobody_could_be_asked_to_tell_is_tried_four_times() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (erika, grant) = proven(&verifier, &carriers[0]);
    let before = carriers[0].sent();
    for _ in 0..9 {
        carriers[0].fails_with(SendError::Unreached("no connection".to_owned()));
    }
    verifier
        .remove(at(110), &erika.id, Method::Sms, &grant, None)
        .unwrap();
    for minute in 0..3_000 {
        pump(&verifier, 110 + 60 * minute);
    }
    assert_eq!(
        carriers[0].0.lock().unwrap().answers.len(),
        5,
        "four were tried"
    );
    assert_eq!(carriers[0].sent(), before);
    assert_eq!(told(&verifier, &erika), [(UNTOLD, None)]);
}

#[test]
fn a_budget_of_the_site_that_is_used_up_puts_it_off() {
    let settings = [("store", "memory:"), ("send_per_country_hour", "6")];
    let (verifier, carriers) = with_settings(&settings, &["one"]);
    let (erika, grant) = proven(&verifier, &carriers[0]);
    for _ in 0..4 {
        let ledger = verifier.sender().ledger();
        let to = number("+4915199999999");
        let granted = ledger.spend_for_notice(at(105), &to, "one", Default::default());
        granted.unwrap().unwrap();
    }
    verifier
        .remove(at(110), &erika.id, Method::Sms, &grant, None)
        .unwrap();
    pump(&verifier, 411);
    assert_eq!(
        (notices(&carriers[0]), told(&verifier, &erika)),
        (vec![], vec![])
    );
    pump(&verifier, 110 + 300 + 3_601);
    assert_eq!(notices(&carriers[0]), one(REMOVED));
}

#[test]
fn one_call_waits_for_no_more_than_one_provider_that_does_not_answer() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let carrier = &carriers[0];
    for n in 0..5 {
        let erika = User {
            email: Some(format!("erika{n}@example.org")),
            ..user(&format!("e{n}"))
        };
        let (seconds, to) = (n * 100, format!("+491512345678{n}"));
        let sent = start(&verifier, &erika, &to, seconds).unwrap();
        let enrolled = verifier
            .confirm_phone(at(seconds), &sent.token, &carrier.last_code(), &client())
            .unwrap();
        super::super::sent(&verifier, &enrolled.notices, seconds);
        carrier.fails_with(SendError::Unreached("no connection".to_owned()));
        let admin = Operator::on_server("root");
        verifier
            .reset(at(seconds), &erika.id, &admin, "lost")
            .unwrap();
    }
    // The breaker closes again; the first that is asked is slow once more.
    for _ in 0..9 {
        carrier.fails_with(SendError::Unreached("no connection".to_owned()));
    }
    let left = || carrier.0.lock().unwrap().answers.len();
    let mails = verifier.pending_notices(at(5_000), 50).unwrap();
    assert_eq!((mails.len(), left()), (5, 8), "mails go out all the same");
    carrier.0.lock().unwrap().answers.clear();
    pump(&verifier, 5_000 + 3_601);
    assert_eq!(notices(carrier).len(), 5);
}

#[test]
fn what_a_provider_refuses_or_may_have_sent_is_sent_once() {
    for error in [
        refusal_of(Refusal::OptedOut),
        refusal_of(Refusal::Number),
        refusal_of(Refusal::Fraud),
        SendError::Unknown("cut".to_owned()),
    ] {
        let (verifier, carriers) = with_carriers(&["one", "two"]);
        let (erika, grant) = proven(&verifier, &carriers[0]);
        let before = carriers[0].sent();
        carriers[0].fails_with(error.clone());
        verifier
            .remove(at(110), &erika.id, Method::Sms, &grant, None)
            .unwrap();
        for hour in 0..48 {
            pump(&verifier, 200 + 3_600 * hour);
        }
        assert_eq!(told(&verifier, &erika), [(UNTOLD, None)], "{error:?}");
        assert!(carriers[0].sent() <= before + 1, "{error:?}");
        assert_eq!(carriers[1].sent(), 0, "{error:?}");
    }
}

#[test]
fn where_nobody_carries_texts_a_removed_number_is_written_down_as_untold() {
    let (verifier, oracle) = with_oracle();
    let erika = correspondent();
    let sent = start(&verifier, &erika, NUMBER, 0).unwrap();
    verifier
        .confirm_phone(at(1), &sent.token, "424242", &client())
        .unwrap();
    let started = *oracle.started.lock().unwrap();
    let admin = Operator::on_server("root");
    verifier.reset(at(100), &erika.id, &admin, "lost").unwrap();
    assert_eq!(told(&verifier, &erika), [(UNTOLD, None)]);
    assert_eq!(
        *oracle.started.lock().unwrap(),
        started,
        "no code of theirs"
    );
}

#[test]
fn a_number_that_takes_no_sms_or_of_a_country_that_was_left_out_is_told_none() {
    let notice = |to: &str| NumberNotice {
        number: 1,
        kind: SmsNotice::NumberRemoved,
        to: to.to_owned(),
        locale: String::new(),
        at: at(100),
        tries: 1,
        due: at(400),
    };
    let (verifier, carriers) = with_carriers(&["one"]);
    let id = user("7").id;
    let sent = verifier.send_notice(at(100), &id, &notice("+493012345678"));
    assert_eq!((sent, carriers[0].sent()), (Sent::Untold, 0));
    let blocked = [("store", "memory:"), ("phone_regions_blocked", "DE")];
    let (verifier, carriers) = with_settings(&blocked, &["one"]);
    let sent = verifier.send_notice(at(100), &id, &notice(NUMBER));
    assert_eq!((sent, carriers[0].sent()), (Sent::Untold, 0));
    let (verifier, _) = with_carriers(&["one"]);
    let sent = verifier.send_notice(at(100), &id, &notice(NUMBER));
    assert_eq!(sent, Sent::Told("one".to_owned()));
}

#[test]
fn a_number_that_two_have_is_told_of_the_account_that_lost_it() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let carrier = &carriers[0];
    let (erika, bob) = (correspondent(), user("8"));
    enrol_phone(&verifier, carrier, &erika);
    let sent = start(&verifier, &bob, NUMBER, 100).unwrap();
    verifier
        .confirm_phone(at(101), &sent.token, &carrier.last_code(), &client())
        .unwrap();
    let admin = Operator::on_server("root");
    verifier.reset(at(110), &bob.id, &admin, "lost").unwrap();
    let english = "default: This phone number was removed from your account. \
        If this was not you, contact us at once.";
    assert_eq!(notices(carrier), one(english));
    assert_eq!(told(&verifier, &erika), []);
    assert!(verifier.account(at(120), &erika.id).unwrap().enrolled);
}

#[test]
fn who_is_forgotten_is_told_by_mail_alone_for_an_sms_would_write_the_number_down_again() {
    let (verifier, carriers) = with_carriers(&["one"]);
    let (erika, _) = proven(&verifier, &carriers[0]);
    let admin = Operator::on_server("root");
    let mails = verifier
        .forget(at(110), &erika.id, &admin, "asked", false)
        .unwrap();
    assert_eq!(mails.len(), 1);
    pump(&verifier, 111);
    assert_eq!(notices(&carriers[0]), []);
    assert!(verifier.deliveries(10, None).unwrap().is_empty());
}
