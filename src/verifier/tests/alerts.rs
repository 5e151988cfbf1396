//! What was unusual, as a host is told of it: to whom it concerns, once, and a digest to administrators.

use super::super::finding::{Detail, HealthStatus};
use super::licensed::{license, open_by};
use super::*;
use crate::audit::EventKind;
use crate::config::ALERTS;
use crate::premium::alerts::AlertsKey;
use crate::shared::Keep;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

fn licensed() -> Verifier {
    licensed_by(&[])
}

fn licensed_by(settings: &[(&str, &str)]) -> Verifier {
    let verifier = open_by(settings, None);
    license(&verifier, 0);
    verifier
}

fn anna() -> User {
    reached("7")
}

fn reached(id: &str) -> User {
    User {
        email: Some(format!("{id}@example.org")),
        ..user(id)
    }
}

fn alerts(verifier: &Verifier, seconds: i64) -> Vec<Message> {
    verifier.alerts(at(seconds), 50, None, "en").unwrap()
}

/// To whom, and about what.
fn told(messages: &[Message]) -> Vec<(&str, &str)> {
    messages
        .iter()
        .map(|it| {
            let subject = it.mail.subject.strip_prefix("default: ").unwrap();
            (it.to.as_deref().unwrap_or("administrators"), subject)
        })
        .collect()
}

fn digests(messages: &[Message]) -> Vec<&Message> {
    messages.iter().filter(|it| it.to.is_none()).collect()
}

fn sign_in(verifier: &Verifier, user: &User, phone: &Totp, client: &Client, seconds: i64) {
    let login = verifier.begin_login(at(seconds), user, client).unwrap();
    let code = phone.at(at(seconds));
    verifier
        .verify(at(seconds), &login.challenge, Method::Totp, &code, client)
        .unwrap();
}

fn wrong(verifier: &Verifier, user: &User, client: &Client, seconds: i64) {
    let login = verifier.begin_login(at(seconds), user, client).unwrap();
    let answer = verifier.verify(
        at(seconds),
        &login.challenge,
        Method::Totp,
        "000000",
        client,
    );
    let _ = denied(answer);
}

const WRONG: &str = "Wrong codes were entered for your account";
const BLOCKED: &str = "A second factor of your account is blocked for a while";
const NETWORK: &str = "Your second factor was used from a new network";
const FAILURES: &str = "Your second factor was used after several wrong codes";
const INACTIVE: &str = "Your second factor was used after a long time";
const DIGEST: &str = "What was unusual on the site";

/// What was before alerts were asked for the first time is told to nobody.
fn begun(verifier: &Verifier, seconds: i64) {
    assert!(alerts(verifier, seconds).is_empty());
}

#[test]
fn alerts_are_for_who_has_a_licence_and_nothing_is_passed_over_without_one() {
    let verifier = licensed();
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    // Its day and the days of grace.
    let over = 62 * DAY;
    sign_in(&verifier, &anna(), &phone, &client(), over);
    sign_in(&verifier, &anna(), &phone, &client_at(9), over + 30);
    for refused in [
        verifier.alerts(at(over + 31), 50, None, "").map(drop),
        verifier.alert_record(at(over + 31)).map(drop),
        verifier
            .preview_alert(at(over + 31), "digest", "")
            .map(drop),
    ] {
        assert!(matches!(refused, Err(Error::LicenceRequired(_))));
    }
    assert!(
        verifier
            .pending_notices(at(over + 31), 50)
            .unwrap()
            .is_empty()
    );
    // Nobody was kept out, and the next licence finds what happened meanwhile.
    license(&verifier, over + 60);
    let messages = alerts(&verifier, over + 60);
    assert_eq!(told(&messages)[0], ("7@example.org", NETWORK));
}

#[test]
fn each_of_what_is_unusual_is_told_to_whom_it_concerns() {
    let verifier = licensed();
    let (phone, codes) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    sign_in(&verifier, &anna(), &phone, &client(), 30);
    assert!(alerts(&verifier, 31).is_empty(), "as always");
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    let messages = alerts(&verifier, 61);
    assert_eq!(
        told(&messages),
        [("7@example.org", NETWORK), ("administrators", DIGEST)]
    );
    let text = &messages[0].mail.text;
    assert!(text.contains("IP address: 10.0.0.•••\n"), "{}", **text);
    assert!(text.contains("Authenticator app: “Authenticator app”\n") && text.contains("(UTC)\n"));
    let digest = &messages[1].mail.text;
    assert!(
        digest.contains("Second factors used from a new network: 1\nAccounts: 1 (user 7 (7))\n")
    );
    sent(&verifier, &messages, 62);
    for seconds in 100..103 {
        wrong(&verifier, &anna(), &client_at(2), seconds);
    }
    let messages = alerts(&verifier, 110);
    assert_eq!(told(&messages), [("7@example.org", WRONG)]);
    assert!(messages[0].mail.text.contains("Number of times: 3\n"));
    sent(&verifier, &messages, 111);
    sign_in(&verifier, &anna(), &phone, &client(), 180);
    let messages = alerts(&verifier, 181);
    assert_eq!(told(&messages), [("7@example.org", FAILURES)]);
    sent(&verifier, &messages, 182);
    // A look-up code is told by a notice, and by that alone.
    let later = 91 * DAY;
    license(&verifier, later);
    let login = verifier
        .begin_login(at(later), &anna(), &client_at(3))
        .unwrap();
    let code = &codes[0];
    let verified = verifier
        .verify(
            at(later),
            &login.challenge,
            Method::BackupCode,
            code,
            &client_at(3),
        )
        .unwrap();
    assert_eq!(verified.notices.len(), 1);
    sent(&verifier, &verified.notices, later);
    let messages = alerts(&verifier, later + 1);
    assert!(
        messages.iter().all(|it| it.to.is_none()),
        "{:?}",
        told(&messages)
    );
    let much_later = later + 91 * DAY;
    license(&verifier, much_later);
    sign_in(&verifier, &anna(), &phone, &client_at(4), much_later);
    let messages = alerts(&verifier, much_later + 1);
    assert_eq!(told(&messages)[0], ("7@example.org", INACTIVE));
    for seconds in 0..5 {
        wrong(
            &verifier,
            &anna(),
            &client_at(5),
            much_later + 100 + seconds,
        );
    }
    let messages = alerts(&verifier, much_later + 110);
    assert_eq!(told(&messages), [("7@example.org", BLOCKED)]);
    // No mail has a code, an address or a full address of the network.
    assert!(!messages[0].mail.text.contains("10.0.0.5"));
}

#[test]
fn an_alert_is_handed_out_until_it_is_said_to_be_sent_and_by_one_process_alone() {
    let verifier = licensed_by(&[("alerts_off", "licence-ending")]);
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    let first = alerts(&verifier, 61);
    assert_eq!(
        told(&first),
        [("7@example.org", NETWORK), ("administrators", DIGEST)]
    );
    assert!(alerts(&verifier, 62).is_empty());
    assert!(verifier.pending_notices(at(62), 50).unwrap().is_empty());
    // The process was killed before its mailer took them.
    let person = verifier.pending_notices(at(61 + 300), 50).unwrap();
    assert_eq!(told(&person), [("7@example.org", NETWORK)]);
    let digest = alerts(&verifier, 61 + 300);
    assert_eq!(told(&digest), [("administrators", DIGEST)]);
    assert_ne!(digest[0].id, first[1].id);
    sent(&verifier, &person, 400);
    sent(&verifier, &digest, 400);
    for seconds in [5_000, DAY, 9 * DAY] {
        assert!(alerts(&verifier, seconds).is_empty());
        assert!(
            verifier
                .pending_notices(at(seconds), 50)
                .unwrap()
                .is_empty()
        );
    }
}

#[test]
fn a_page_that_is_read_again_after_a_kill_alerts_nobody_twice() {
    let verifier = licensed();
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    let before = verifier.rows.get(&AlertsKey).unwrap().unwrap().row;
    let first = alerts(&verifier, 61);
    sent(&verifier, &first, 62);
    // Killed between the notice of the account and the cursor: the row is what it was.
    let back = |slot: &mut crate::shared::Slot<_>| slot.put(before.clone(), Keep::Always);
    verifier.rows.update(at(63), &AlertsKey, back).unwrap();
    let again = alerts(&verifier, 64);
    assert_eq!(told(&again), [("administrators", DIGEST)], "at least once");
}

#[test]
fn a_row_that_cannot_be_read_is_begun_anew_and_keeps_nobody_out() {
    let verifier = licensed();
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    let broken = |slot: &mut crate::shared::Slot<_>| slot.end();
    verifier.rows.update(at(61), &AlertsKey, broken).unwrap();
    assert!(alerts(&verifier, 62).is_empty());
    sign_in(&verifier, &anna(), &phone, &client_at(2), 90);
    assert_eq!(told(&alerts(&verifier, 91))[0], ("7@example.org", NETWORK));
}

#[test]
fn a_clock_that_is_set_back_stops_no_alert() {
    let verifier = licensed();
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 2_000);
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    assert_eq!(told(&alerts(&verifier, 61))[0], ("7@example.org", NETWORK));
}

fn unread(verifier: &Verifier, seconds: i64) -> Option<String> {
    let checks = verifier.health(Ok(at(seconds)));
    let check = checks.into_iter().find(|it| it.name == "alerts")?;
    assert_eq!(check.status, HealthStatus::Warning);
    assert_eq!(check.findings[0].id(), "alerts.unread");
    let (_, Detail::At(since)) = check.findings[0].values()[0] else {
        panic!("{check:?}")
    };
    Some(since.utc().rfc3339())
}

#[test]
fn health_says_since_when_nobody_reads_alerts() {
    let verifier = licensed();
    let (phone, _) = enrol(&verifier, &anna());
    // Nobody ever asked, and they might have for a day.
    assert_eq!(unread(&verifier, DAY - 1), None);
    assert_eq!(unread(&verifier, DAY), Some(at(0).utc().rfc3339()));
    let _ = alerts(&verifier, DAY);
    assert_eq!(unread(&verifier, 5 * DAY), None, "nothing has happened");
    let (first, second) = (5 * DAY, 6 * DAY);
    sign_in(&verifier, &anna(), &phone, &client(), first);
    sign_in(&verifier, &anna(), &phone, &client(), second);
    let last = first + DAY;
    assert_eq!(unread(&verifier, last - 1), None);
    assert_eq!(unread(&verifier, last), Some(at(first).utc().rfc3339()));
    let _ = alerts(&verifier, last);
    assert_eq!(unread(&verifier, last), None);
    // Once the licence has ended nobody can.
    sign_in(&verifier, &anna(), &phone, &client(), last + 60);
    assert!(unread(&verifier, last + 2 * DAY).is_some());
    assert_eq!(unread(&verifier, last + 70 * DAY), None);
}

#[test]
fn a_clock_that_was_ahead_hides_for_no_longer_that_nobody_reads_alerts() {
    let verifier = licensed();
    enrol(&verifier, &anna());
    let _ = alerts(&verifier, 10 * DAY);
    license(&verifier, DAY);
    wrong(&verifier, &anna(), &client(), DAY);
    assert_eq!(unread(&verifier, DAY + 60), None);
    assert_eq!(unread(&verifier, 2 * DAY), Some(at(DAY).utc().rfc3339()));
}

#[test]
fn who_wants_no_alerts_is_not_asked_to_read_them() {
    let off = ALERTS.join(", ");
    let verifier = licensed_by(&[("alerts_off", &off)]);
    enrol(&verifier, &anna());
    assert_eq!(unread(&verifier, 3 * DAY), None);
}

#[test]
fn wrong_answers_for_many_delay_no_word_of_a_proof_and_are_one_digest() {
    let verifier = licensed_by(&[
        ("after_failures", "0"),
        ("alarm_accounts", "0"),
        ("alarm_networks", "0"),
    ]);
    let (phone, _) = enrol(&verifier, &anna());
    let many: Vec<_> = (100..160).map(|id| reached(&id.to_string())).collect();
    for one in &many {
        enrol(&verifier, one);
    }
    begun(&verifier, 1);
    for (n, one) in (0..).zip(&many) {
        for seconds in 0..3 {
            wrong(&verifier, one, &client_at(900 + n), 40 + seconds);
        }
    }
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    // Ten at a time: the proof is told of at once, though sixty others came before it.
    let first = verifier.alerts(at(61), 10, None, "en").unwrap();
    assert_eq!(told(&first)[0], ("7@example.org", NETWORK));
    assert_eq!(
        told(&first)
            .iter()
            .filter(|(_, what)| *what == WRONG)
            .count(),
        10
    );
    assert_eq!(digests(&first).len(), 1);
    sent(&verifier, &first, 62);
    let mut mails = 10;
    for turn in 0..10 {
        let next = verifier.alerts(at(70 + turn), 10, None, "en").unwrap();
        assert!(digests(&next).is_empty(), "once an hour");
        mails += next.len();
        sent(&verifier, &next, 70 + turn);
    }
    assert_eq!(mails, 60, "each of them once");
    let later = alerts(&verifier, 62 + HOUR);
    let [digest] = &digests(&later)[..] else {
        panic!()
    };
    assert!(
        digest
            .mail
            .text
            .contains("Wrong codes after the right password: 50\nAccounts: 50 (")
    );
}

#[test]
fn what_is_switched_off_is_told_to_nobody() {
    let verifier = licensed_by(&[(
        "alerts_off",
        "new-network, wrong-answers, few-administrators",
    )]);
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    for seconds in 70..73 {
        wrong(&verifier, &anna(), &client_at(1), seconds);
    }
    let nobody: &[UserId] = &[];
    assert!(
        verifier
            .alerts(at(80), 50, Some(nobody), "")
            .unwrap()
            .is_empty()
    );
    let wrong = Config::parse([("alerts_off", "new-networks")]);
    assert!(wrong.unwrap_err().to_string().contains("names of alerts"));
}

#[test]
fn administrators_are_told_what_is_wrong_with_the_site() {
    let verifier = licensed_by(&[("premium_grace_days", "14")]);
    let (anna, ben) = (reached("7"), reached("8"));
    enrol(&verifier, &anna);
    let both = [anna.id.clone(), ben.id.clone()];
    let told_of = |seconds| {
        let messages = verifier
            .alerts(at(seconds), 50, Some(&both), "de-AT")
            .unwrap();
        let texts: Vec<_> = messages.iter().map(|it| it.mail.text.to_string()).collect();
        sent(&verifier, &messages, seconds);
        texts.concat()
    };
    let first = told_of(10);
    assert!(
        first.contains("Administratoren mit einem zweiten Faktor: 1."),
        "{first}"
    );
    assert!(told_of(2 * HOUR).is_empty(), "once a week");
    // The licence was to be renewed by then.
    let late = told_of(20 * HOUR);
    assert!(late.contains("Die Lizenz endet um "), "{late}");
    let week = told_of(8 * DAY);
    assert!(
        week.contains("Administratoren mit einem zweiten Faktor: 1."),
        "{week}"
    );
    enrol(&verifier, &ben);
    let later = told_of(13 * DAY);
    assert!(!later.contains("Administratoren mit"), "{later}");
}

#[test]
fn a_page_can_show_what_is_alerted_what_was_and_what_a_mail_looks_like() {
    let verifier = licensed_by(&[("alerts_off", "blocked"), ("alert_failures", "4")]);
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    let _ = alerts(&verifier, 61);
    let record: serde_json::Value =
        serde_json::from_str(&verifier.alert_record(at(62)).unwrap()).unwrap();
    assert_eq!(record["kinds"]["blocked"], false);
    assert_eq!(record["kinds"]["new-network"], true);
    assert_eq!(record["limits"]["failures"], 4);
    assert_eq!(record["latest"][0]["kind"], "new-network");
    assert_eq!(record["latest"][0]["userId"], "7");
    assert_eq!(record["digestWaits"], true);
    let names = [
        "after-failures",
        "after-inactivity",
        "new-network",
        "new-device",
        "blocked",
        "wrong-answers",
        "digest",
    ];
    for kind in names {
        for locale in ["en", "de", "fr", "es", "it", "fi", "he", "xx"] {
            let mail = verifier.preview_alert(at(62), kind, locale).unwrap().mail;
            for text in [&mail.text, &mail.html] {
                assert!(
                    !text.contains("http") && !text.contains("192.0.2.7"),
                    "{kind} {locale}"
                );
            }
            assert!(
                !mail.text.contains(['{', '}']),
                "{kind} {locale}: {}",
                *mail.text
            );
        }
    }
    let unknown = verifier.preview_alert(at(62), "unknown", "en");
    assert!(matches!(unknown, Err(Error::Invalid { .. })));
}

#[test]
fn nothing_is_added_to_a_sign_in() {
    let (with, without) = (licensed(), verifier());
    let events = |verifier: &Verifier| {
        let (phone, _) = enrol(verifier, &anna());
        if verifier.alerts(at(1), 50, None, "").is_ok() {
            sign_in(verifier, &anna(), &phone, &client_at(1), 60);
            let version =
                |verifier: &Verifier| verifier.rows.get(&AlertsKey).unwrap().map(|it| it.version);
            let before = version(verifier);
            sign_in(verifier, &anna(), &phone, &client_at(2), 90);
            assert_eq!(version(verifier), before, "the row is not touched");
        } else {
            sign_in(verifier, &anna(), &phone, &client_at(1), 60);
            sign_in(verifier, &anna(), &phone, &client_at(2), 90);
        }
        let all = verifier.audit(None, 100, None).unwrap();
        all.iter().map(|it| it.kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(events(&with), events(&without));
    assert!(events(&verifier()).contains(&EventKind::Accepted.as_str().to_owned()));
}

#[test]
fn alerts_go_out_in_the_words_of_the_site_while_a_licence_counts() {
    let verifier = licensed();
    let (phone, _) = enrol(&verifier, &anna());
    begun(&verifier, 1);
    let server = Operator::on_server("admin");
    let set = |kind, text: &str, seconds| {
        let text = Some(("Own {what}", text));
        verifier.set_notice_text(at(seconds), kind, "en", text, &server)
    };
    set("alert", "Words\n{what}\n{advice}\n{link}", 1).unwrap();
    set("digest", "Words\n{what}\n{advice}", 1).unwrap();
    sign_in(&verifier, &anna(), &phone, &client_at(1), 60);
    let messages = alerts(&verifier, 61);
    let own =
        |it: &Message| it.mail.subject.starts_with("Own ") && it.mail.text.contains("Words\n");
    let network = |it: &&Message| it.mail.subject.ends_with(NETWORK);
    assert!(messages.iter().any(|it| network(&it)) && messages.iter().all(own));
    for kind in ["new-network", "digest"] {
        let shown = |locale| verifier.preview_alert(at(62), kind, locale).unwrap();
        assert!(own(&shown("en")) && !own(&shown("de")), "{kind}");
    }
    // One of its kind goes before the one for all.
    set("alert.blocked", "Other\n{what}\n{advice}\n{link}", 62).unwrap();
    let shown = |kind| verifier.preview_alert(at(62), kind, "en").unwrap();
    assert!(shown("blocked").mail.text.starts_with("Other\n") && own(&shown("new-device")));
    // Without a licence what is told is told, by ours, and nobody changes what would be.
    let over = 62 * DAY;
    let again = verifier.pending_notices(at(over), 50).unwrap();
    assert!(again.iter().any(|it| network(&it)) && !again.iter().any(own));
    let refused = set("alert", "Words\n{what}\n{advice}\n{link}", over);
    assert!(matches!(refused, Err(Error::LicenceRequired(_))));
    let shown = verifier.preview_notice_text(at(over), "digest", "en", None);
    assert!(matches!(shown, Err(Error::LicenceRequired(_))));
    let texts = verifier.notice_texts(at(over), "en", "en").unwrap();
    assert!(texts.iter().any(|it| it.kind == "notice"));
    assert!(
        !texts
            .iter()
            .any(|it| it.kind.starts_with("alert") || it.kind == "digest")
    );
}
