//! Trusted devices, as a host meets them.

use super::licensed::{licence_token, license, open_by};
use super::texts::{Fixture, KEY_A};
use super::*;
use crate::audit::EventKind;
use crate::premium::licence::{KeptKey, KeptRow};
use crate::session::{Session, SignedInBy};
use crate::shared::{Keep, Slot};
use crate::types::Requester;
use crate::verifier::sessions::{CameOf, Continued};

const SERVER: Operator<'static> = Operator::on_server("root");
const DAY: i64 = 86_400;
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

fn open_with(settings: &[(&str, &str)]) -> Verifier {
    open_by(settings, None)
}

fn licensed() -> Verifier {
    let verifier = open_with(&[]);
    license(&verifier, 0);
    verifier
}

fn browser(token: &str) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), AGENT).showing(token.as_bytes())
}

fn elsewhere(token: &str) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9)), "curl/8.5.0").showing(token.as_bytes())
}

fn begin(verifier: &Verifier, user: &User, token: &str, seconds: i64) -> Login {
    let client = browser(token);
    verifier.begin_login(at(seconds), user, &client).unwrap()
}

/// Signs in by an app and has the browser remembered.
fn trust(verifier: &Verifier, user: &User, phone: &Totp, seconds: i64) -> String {
    let login = begin(verifier, user, "", seconds);
    let code = phone.at(at(seconds));
    let verified = verifier
        .verify_and_trust(
            at(seconds),
            &login.challenge,
            Method::Totp,
            &code,
            &browser(""),
        )
        .unwrap();
    verified.device_token.unwrap().to_string()
}

/// Signs in by a device and returns its next token.
fn by_device(verifier: &Verifier, user: &User, token: &str, seconds: i64) -> String {
    let login = begin(verifier, user, token, seconds);
    assert_eq!(login.state, LoginState::TrustedDevice);
    login.device_token.unwrap().to_string()
}

fn is_asked(verifier: &Verifier, user: &User, token: &str, seconds: i64) -> bool {
    let login = begin(verifier, user, token, seconds);
    assert_eq!(
        login.device_token.is_none(),
        login.state != LoginState::TrustedDevice
    );
    login.state == LoginState::ChallengeRequired && !login.challenge.is_empty()
}

fn events(verifier: &Verifier, user: &User, kind: EventKind) -> usize {
    let events = verifier.audit(Some(&user.id), 1000, None).unwrap();
    events.iter().filter(|it| it.kind == kind.as_str()).count()
}

fn admit(verifier: &Verifier, login: &Login, cookie: &str, seconds: i64) -> Result<Session, Error> {
    let came = CameOf::Login(login);
    verifier.admit_session(at(seconds), came, cookie.as_bytes(), &client())
}

fn counts(verifier: &Verifier, user: &User, cookie: &str, seconds: i64) -> bool {
    verifier
        .session_counts(at(seconds), &user.id, cookie.as_bytes())
        .unwrap()
}

#[test]
fn a_sign_in_by_a_device_takes_the_password_alone_and_proves_nothing() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let first = trust(&verifier, &alice, &phone, 30);
    let login = begin(&verifier, &alice, &first, 3_600);
    assert_eq!(login.state, LoginState::TrustedDevice);
    assert!(login.challenge.is_empty() && login.methods.is_empty());
    assert!(login.ended_device.is_none());
    let second = login.device_token.unwrap().to_string();
    assert_ne!(first, second);
    let account = verifier.account(at(3_601), &alice.id).unwrap();
    assert_eq!(account.last_verified, Some(at(30)), "nothing was proven");
    let devices = verifier
        .devices(at(3_601), &alice.id, Some(second.as_bytes()))
        .unwrap();
    assert_eq!(devices.len(), 1);
    let device = &devices[0];
    assert_eq!((device.created, device.used), (at(30), at(3_600)));
    assert_eq!(device.expires, at(30 + 30 * DAY));
    assert_eq!(device.browser.to_string(), "Firefox on Linux");
    assert_eq!(device.masked_address, "192.0.2.•••");
    assert!(device.is_current);
    let noted = verifier.audit(Some(&alice.id), 1, None).unwrap();
    assert_eq!(noted[0].kind, "device.accepted");
    assert_eq!(noted[0].factor.as_deref(), Some(&*device.id));
    assert_eq!(noted[0].label.as_deref(), Some("Firefox on Linux"));
    assert_eq!(noted[0].requester, Some(Requester::Password));
    assert_eq!(noted[0].ip.as_deref(), Some("192.0.2.1"));
    let _ = by_device(&verifier, &alice, &second, 7_200);
    assert!(verifier.audit_is_intact(&alice.id).unwrap());
}

#[test]
fn a_device_is_made_by_a_proof_of_a_sign_in_that_asked_for_it_and_by_nothing_else() {
    let verifier = licensed();
    let alice = user("7");
    // No factor: there is nothing to remember.
    assert_eq!(begin(&verifier, &alice, "", 0).state, LoginState::Allowed);
    let (phone, codes) = enrol(&verifier, &alice);
    let login = begin(&verifier, &alice, "", 30);
    let wrong = verifier.verify_and_trust(
        at(30),
        &login.challenge,
        Method::Totp,
        "000000",
        &browser(""),
    );
    assert_eq!(denied(wrong), Denied::Rejected);
    let code = phone.at(at(30));
    let verified = verifier
        .verify(at(30), &login.challenge, Method::Totp, &code, &browser(""))
        .unwrap();
    assert!(verified.device_token.is_none(), "nobody asked for it");
    let challenge = verifier
        .begin_challenge(at(60), &alice, Purpose::StepUp, &browser(""))
        .unwrap()
        .challenge;
    let code = phone.at(at(60));
    let step_up = verifier
        .verify_and_trust(at(60), &challenge, Method::Totp, &code, &browser(""))
        .unwrap();
    assert!(step_up.device_token.is_none() && !step_up.grant.is_empty());
    assert_eq!(events(&verifier, &alice, EventKind::DeviceTrusted), 0);
    assert!(
        verifier
            .devices(at(61), &alice.id, None)
            .unwrap()
            .is_empty()
    );
    // By whichever method.
    let login = begin(&verifier, &alice, "", 90);
    let verified = verifier
        .verify_and_trust(
            at(90),
            &login.challenge,
            Method::BackupCode,
            &codes[0],
            &browser(""),
        )
        .unwrap();
    assert_eq!(verified.amr(), ["otp", "mfa"]);
    assert!(verified.device_token.is_some());
    assert_eq!(events(&verifier, &alice, EventKind::DeviceTrusted), 1);
}

#[test]
fn an_earlier_token_ends_the_device_and_its_sign_ins_for_thief_and_owner_and_is_noted_once() {
    let verifier = licensed();
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        locale: Some("de".to_owned()),
        ..user("7")
    };
    let (phone, _) = enrol(&verifier, &alice);
    let stolen = trust(&verifier, &alice, &phone, 30);
    // The thief, with the password, is faster, and is let in once.
    let thief = verifier
        .begin_login(at(3_600), &alice, &elsewhere(&stolen))
        .unwrap();
    assert_eq!(thief.state, LoginState::TrustedDevice);
    let theirs = thief.device_token.as_ref().unwrap().to_string();
    admit(&verifier, &thief, "thief", 3_601).unwrap();
    assert!(counts(&verifier, &alice, "thief", 3_602));
    // The owner is asked, and the host is told; whoever is asked sees nothing of it.
    let login = begin(&verifier, &alice, &stolen, 7_200);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    let ended = login.ended_device.unwrap();
    assert_eq!(
        ended.masked_address, "198.51.100.•••",
        "where it was used last"
    );
    let [mail] = &login.notices[..] else {
        panic!("the owner is told once");
    };
    assert_eq!(mail.to.as_deref(), Some("alice@example.org"));
    assert!(mail.mail.subject.contains("gemerkter Browser"));
    assert!(!counts(&verifier, &alice, "thief", 7_201));
    for token in [&theirs, &stolen] {
        let login = begin(&verifier, &alice, token, 7_202);
        assert_eq!(login.state, LoginState::ChallengeRequired);
        assert!(login.ended_device.is_none() && login.notices.is_empty());
    }
    assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 1);
    assert!(
        verifier
            .devices(at(7_203), &alice.id, None)
            .unwrap()
            .is_empty()
    );
    // What is said with a proof stands.
    let _ = trust(&verifier, &alice, &phone, 7_230);
}

#[test]
fn a_theft_is_noted_also_where_whoever_shows_it_may_open_no_challenge() {
    let verifier = licensed();
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        ..user("7")
    };
    let (phone, _) = enrol(&verifier, &alice);
    let stolen = trust(&verifier, &alice, &phone, 30);
    let current = by_device(&verifier, &alice, &stolen, 60);
    let mut answer = verifier.begin_login(at(100), &alice, &elsewhere(""));
    while answer.is_ok() {
        answer = verifier.begin_login(at(100), &alice, &elsewhere(""));
    }
    let answer = verifier.begin_login(at(100), &alice, &elsewhere(&stolen));
    assert!(matches!(denied(answer), Denied::Throttled { .. }));
    assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 1);
    // The first answer that there is has the warning, whoever is given it; and it alone.
    let challenge = verifier.begin_challenge(at(100), &alice, Purpose::StepUp, &client_at(9));
    assert!(challenge.is_ok_and(|it| it.notices.is_empty()));
    let login = begin(&verifier, &alice, &current, 2_000);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert!(login.ended_device.is_none());
    let [mail] = &login.notices[..] else {
        panic!("the owner is told once");
    };
    assert_eq!(mail.to.as_deref(), Some("alice@example.org"));
    assert!(begin(&verifier, &alice, &current, 2_100).notices.is_empty());
}

/// An owner who has an address, with a browser whose first token a thief has used since.
fn copied(verifier: &Verifier) -> (User, Totp, String, Login) {
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        ..user("7")
    };
    let (phone, _) = enrol(verifier, &alice);
    let stolen = trust(verifier, &alice, &phone, 30);
    let client = elsewhere(&stolen);
    let thief = verifier.begin_login(at(3_600), &alice, &client).unwrap();
    assert_eq!(thief.state, LoginState::TrustedDevice);
    admit(verifier, &thief, "thief", 3_601).unwrap();
    (alice, phone, stolen, thief)
}

#[test]
fn without_a_licence_a_theft_is_found_and_told_and_no_device_counts() {
    let verifier = licensed();
    let (alice, _, stolen, thief) = copied(&verifier);
    let theirs = thief.device_token.as_ref().unwrap();
    let end = crate::shared::Slot::end;
    verifier.rows.update(at(3_602), &KeptKey, end).unwrap();
    // The licence is over, and the session goes on as long as its device would.
    assert!(counts(&verifier, &alice, "thief", 3_603));
    let before = verifier.accounts.read(&alice.id, at(3_603)).unwrap();
    let before = before.unwrap().devices().to_vec();
    assert!(is_asked(&verifier, &alice, theirs, 3_603));
    let after = verifier.accounts.read(&alice.id, at(3_603)).unwrap();
    assert_eq!(after.unwrap().devices(), before, "nothing is rotated");
    let login = begin(&verifier, &alice, &stolen, 7_200);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert!(login.ended_device.is_some());
    assert_eq!(login.notices.len(), 1);
    assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 1);
    assert!(!counts(&verifier, &alice, "thief", 7_201));
    license(&verifier, 7_202);
    assert!(is_asked(&verifier, &alice, theirs, 7_203));
}

#[test]
fn a_theft_is_found_also_by_a_proof_that_trusts_the_browser_again() {
    // The thief acts while the owner's challenge is open, or came half a minute before it.
    for (opened, shown) in [(3_590, ""), (3_610, "stolen")] {
        let verifier = licensed();
        let alice = user("7");
        let (phone, _) = enrol(&verifier, &alice);
        let stolen = trust(&verifier, &alice, &phone, 30);
        let open = |seconds: i64| {
            let token = if shown.is_empty() { "" } else { &*stolen };
            begin(&verifier, &alice, token, seconds)
        };
        let early = (opened < 3_600).then(|| open(opened));
        let client = elsewhere(&stolen);
        let thief = verifier.begin_login(at(3_600), &alice, &client).unwrap();
        admit(&verifier, &thief, "thief", 3_601).unwrap();
        let login = early.unwrap_or_else(|| open(opened));
        assert_eq!(login.state, LoginState::ChallengeRequired);
        // A wrong proof that shows it ends nothing.
        let client = browser(&stolen);
        let answer = |code: &str, seconds: i64| {
            let (now, challenge) = (at(seconds), &login.challenge);
            verifier.verify_and_trust(now, challenge, Method::Totp, code, &client)
        };
        assert!(answer("000000", 3_640).is_err());
        assert!(counts(&verifier, &alice, "thief", 3_641));
        let verified = answer(&phone.at(at(3_690)), 3_690).unwrap();
        assert!(!counts(&verifier, &alice, "thief", 3_691));
        assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 1);
        assert_eq!(
            verifier.devices(at(3_691), &alice.id, None).unwrap().len(),
            1
        );
        // They have proven no address: they are told by the next answer that knows one.
        assert!(verified.notices.is_empty());
        let alice = User {
            email: Some("alice@example.org".to_owned()),
            ..alice
        };
        let token = verified.device_token.unwrap();
        let login = begin(&verifier, &alice, &token, 3_700);
        assert_eq!(login.state, LoginState::TrustedDevice);
        // Of the factor, too, which was enrolled when none was known.
        let told = |it: &&Message| it.mail.subject.contains("A remembered browser");
        assert_eq!(login.notices.iter().filter(told).count(), 1);
        assert_eq!(login.notices.len(), 2);
        let token = login.device_token.unwrap();
        assert!(begin(&verifier, &alice, &token, 3_800).notices.is_empty());
    }
}

#[test]
fn a_theft_that_a_proof_finds_is_told_where_its_user_has_proven_to_be_reached() {
    let verifier = licensed();
    let alice = User {
        email: Some("alice@example.org".to_owned()),
        locale: Some("de".to_owned()),
        ..user("7")
    };
    let (phone, _) = enrol(&verifier, &alice);
    let grant = step_up(&verifier, &alice, &phone, 30);
    let sent = verifier
        .enable_email(at(31), &alice, &client(), Some(&grant))
        .unwrap();
    let text = &sent.message.as_ref().unwrap().mail.text;
    let mut digits = text.split(|c: char| !c.is_ascii_digit());
    let code = digits.rfind(|it| it.len() >= 6).unwrap();
    verifier
        .confirm_email(at(32), &sent.token, code, &client())
        .unwrap();
    let stolen = trust(&verifier, &alice, &phone, 60);
    let login = begin(&verifier, &alice, "", 3_590);
    let _ = by_device(&verifier, &alice, &stolen, 3_600);
    let code = phone.at(at(3_690));
    let client = browser(&stolen);
    let verified = verifier
        .verify_and_trust(at(3_690), &login.challenge, Method::Totp, &code, &client)
        .unwrap();
    let [mail] = &verified.notices[..] else {
        panic!("told once");
    };
    assert_eq!(mail.to.as_deref(), Some("alice@example.org"));
    assert!(mail.mail.subject.contains("gemerkter Browser"));
    assert!(begin(&verifier, &alice, "", 3_700).notices.is_empty());
}

#[test]
fn two_tabs_and_a_lost_answer_are_no_theft() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let first = trust(&verifier, &alice, &phone, 30);
    let second = by_device(&verifier, &alice, &first, 60);
    // Sealed anew, and the same token: whichever answer the browser keeps counts.
    let again = by_device(&verifier, &alice, &first, 89);
    assert_ne!(second, again);
    let third = by_device(&verifier, &alice, &again, 120);
    assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 0);
    // From anywhere else it is as if none was shown, and nothing ends.
    let login = verifier
        .begin_login(at(130), &alice, &elsewhere(&again))
        .unwrap();
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert!(login.ended_device.is_none());
    let _ = by_device(&verifier, &alice, &third, 131);
}

#[test]
fn what_is_no_token_of_this_user_looks_as_if_none_was_shown_and_costs_nobody_anything() {
    let verifier = licensed();
    let (alice, bert) = (user("7"), user("07"));
    let (phone, _) = enrol(&verifier, &alice);
    let (theirs, _) = enrol(&verifier, &bert);
    let token = trust(&verifier, &alice, &phone, 30);
    let foreign = trust(&verifier, &bert, &theirs, 30);
    let other_site = licensed();
    let (there, _) = enrol(&other_site, &alice);
    let of_other_site = trust(&other_site, &alice, &there, 30);
    let plain = begin(&verifier, &alice, "", 60);
    let mut changed = token.clone().into_bytes();
    changed[70] ^= 1;
    let (changed, long) = (String::from_utf8(changed).unwrap(), "A".repeat(100_000));
    for shown in [
        "x",
        &token[..token.len() - 1],
        &changed,
        &foreign,
        &of_other_site,
        &long,
        plain.challenge.as_str(),
    ] {
        let login = begin(&verifier, &alice, shown, 61);
        assert_eq!(login.state, LoginState::ChallengeRequired);
        assert_eq!((&login.methods, login.epoch), (&plain.methods, plain.epoch));
        assert_eq!(login.challenge.len(), plain.challenge.len());
        assert!(login.device_token.is_none() && login.ended_device.is_none());
        assert!(login.notices.is_empty());
    }
    assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 0);
    assert_eq!(events(&verifier, &alice, EventKind::Rejected), 0);
    let _ = by_device(&verifier, &alice, &token, 62);
    let _ = by_device(&verifier, &bert, &foreign, 62);
}

#[test]
fn a_device_skips_no_step_up_no_change_of_factors_and_no_enrolment_that_is_due() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    let shown = browser(&token);
    let step_up = verifier
        .begin_challenge(at(60), &alice, Purpose::StepUp, &shown)
        .unwrap();
    assert_eq!(step_up.state, LoginState::ChallengeRequired);
    let set_up = verifier.start_totp(at(60), &alice, None, None, Some(&shown));
    assert_eq!(denied(set_up), Denied::StepUpRequired);
    let set_up = verifier.start_totp(at(60), &alice, None, Some(&token), Some(&shown));
    assert_eq!(denied(set_up), Denied::StepUpRequired);
    // Required later: it counts until then.
    verifier
        .require_enrolment(at(61), &alice.id, Some(at(1_000)), &SERVER, "rotation")
        .unwrap();
    let token = by_device(&verifier, &alice, &token, 62);
    let login = begin(&verifier, &alice, &token, 62);
    assert_eq!(login.enrolment_due, Some(at(1_000)));
    let token = login.device_token.unwrap();
    assert!(is_asked(&verifier, &alice, &token, 1_000));
    // Nor does the old factor's proof make one, for it is no sign-in.
    let login = begin(&verifier, &alice, &token, 1_020);
    let code = phone.at(at(1_020));
    let proof = verifier.verify_and_trust(
        at(1_020),
        &login.challenge,
        Method::Totp,
        &code,
        &browser(""),
    );
    assert_eq!(denied(proof), Denied::EnrolmentRequired);
    assert_eq!(events(&verifier, &alice, EventKind::DeviceTrusted), 1);
    verifier
        .waive_enrolment(at(1_021), &alice.id, &SERVER, "done")
        .unwrap();
    let _ = by_device(&verifier, &alice, &token, 1_022);
}

#[test]
fn every_change_of_factors_password_or_role_ends_all_devices() {
    type Change = fn(&Verifier, &User, &Totp);
    let changes: [(&str, Change); 7] = [
        ("password", |verifier, user, _| {
            verifier
                .raise_epoch(at(100), &user.id, "root", "password changed", None)
                .unwrap();
        }),
        ("codes", |verifier, user, phone| {
            let grant = step_up(verifier, user, phone, 90);
            verifier
                .regenerate_codes(at(100), &user.id, Method::BackupCode, &grant, None)
                .unwrap();
        }),
        ("another app", |verifier, user, phone| {
            let grant = step_up(verifier, user, phone, 90);
            let setup = verifier
                .start_totp(at(100), user, None, Some(&grant), None)
                .unwrap();
            let code = Totp::from_uri(&setup.uri).unwrap().at(at(100));
            verifier
                .confirm_totp(at(100), &setup.token, &code, &client())
                .unwrap();
        }),
        ("secret replaced", |verifier, user, phone| {
            let grant = step_up(verifier, user, phone, 90);
            let setup = verifier.rotate_secret(at(100), user, &grant, None).unwrap();
            let code = Totp::from_uri(&setup.uri).unwrap().at(at(100));
            verifier
                .confirm_totp(at(100), &setup.token, &code, &client())
                .unwrap();
        }),
        ("app removed", |verifier, user, phone| {
            let grant = step_up(verifier, user, phone, 90);
            let account = verifier.account(at(100), &user.id).unwrap();
            let factor = &account.factors.last().unwrap().id;
            verifier
                .remove_factor(at(100), &user.id, factor, &grant, None)
                .unwrap();
        }),
        ("all removed", |verifier, user, phone| {
            let grant = step_up(verifier, user, phone, 90);
            verifier
                .remove_everything(at(100), &user.id, &grant, None)
                .unwrap();
        }),
        ("reset", |verifier, user, _| {
            verifier.reset(at(100), &user.id, &SERVER, "lost").unwrap();
        }),
    ];
    for (what, change) in changes {
        let verifier = licensed();
        let alice = user("7");
        let (phone, _) = enrol(&verifier, &alice);
        let token = trust(&verifier, &alice, &phone, 30);
        change(&verifier, &alice, &phone);
        let login = begin(&verifier, &alice, &token, 200);
        assert_ne!(login.state, LoginState::TrustedDevice, "{what}");
        assert!(login.ended_device.is_none(), "{what} is no theft");
        assert!(
            verifier
                .devices(at(200), &alice.id, None)
                .unwrap()
                .is_empty()
        );
    }
}

#[test]
fn what_changes_no_factor_ends_no_device() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    let grant = step_up(&verifier, &alice, &phone, 60);
    let account = verifier.account(at(61), &alice.id).unwrap();
    let factor = &account.factors[0].id;
    verifier
        .rename_factor(at(61), &alice.id, factor, "work phone", &grant, None)
        .unwrap();
    verifier
        .set_primary(at(61), &alice.id, Method::Totp, &grant, None)
        .unwrap();
    verifier
        .unlock(at(61), &alice.id, &SERVER, "called")
        .unwrap();
    verifier.sign_out(at(61), &alice.id, b"its own").unwrap();
    let _ = by_device(&verifier, &alice, &token, 62);
}

#[test]
fn a_licence_that_ends_asks_again_and_one_that_is_renewed_finds_the_devices_that_are_left() {
    // Good for a day, and the grace is another one.
    let verifier = open_with(&[("premium_grace_days", "1")]);
    license(&verifier, 0);
    let alice = user("7");
    let (phone, codes) = enrol(&verifier, &alice);
    let mut token = trust(&verifier, &alice, &phone, 30);
    for day in [DAY - 1, DAY + 1, 2 * DAY - 1] {
        token = by_device(&verifier, &alice, &token, day);
    }
    let login = begin(&verifier, &alice, &token, 2 * DAY);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert!(login.ended_device.is_none() && login.notices.is_empty());
    let verified = verifier
        .verify_and_trust(
            at(2 * DAY),
            &login.challenge,
            Method::BackupCode,
            &codes[0],
            &browser(&token),
        )
        .unwrap();
    assert!(verified.device_token.is_none());
    license(&verifier, 3 * DAY);
    let token = by_device(&verifier, &alice, &token, 3 * DAY);
    license(&verifier, 31 * DAY);
    assert!(is_asked(&verifier, &alice, &token, 31 * DAY));
}

#[test]
fn a_token_counts_while_the_key_is_there_that_sealed_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("db").display());
    let key = |letter: &str| format!("{letter} = {}A=", letter.to_uppercase().repeat(42));
    let open = |keys: &[&str]| {
        let lines: Vec<_> = keys.iter().map(|letter| key(letter)).collect();
        let ring = KeyRing::parse(&lines.join("\n")).unwrap();
        open_by(&[("store", &store)], Some(ring))
    };
    let alice = user("7");
    let before = open(&["a"]);
    license(&before, 0);
    let (phone, _) = enrol(&before, &alice);
    let token = trust(&before, &alice, &phone, 30);
    let with_both = open(&["b", "a"]);
    let next = by_device(&with_both, &alice, &token, 60);
    // It went to the new key with its use, and so did everything else that was read.
    let later = begin(&with_both, &alice, &next, 100).device_token.unwrap();
    let after = open(&["b"]);
    license(&after, 0);
    let _ = by_device(&after, &alice, &later, 140);
    // A copy of one that the old key sealed is none.
    let login = begin(&after, &alice, &token, 200);
    assert_eq!(login.state, LoginState::ChallengeRequired);
    assert!(login.ended_device.is_none());
}

#[test]
fn a_device_works_while_its_owners_methods_are_blocked_or_disabled_and_no_failure_is_its_own() {
    let verifier = open_with(&[("disable_after", "6")]);
    license(&verifier, 0);
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    let mut seconds = 60;
    for failures in 1..=6 {
        let login = verifier
            .begin_login(at(seconds), &alice, &client_at(failures))
            .unwrap();
        let wrong = verifier.verify(
            at(seconds),
            &login.challenge,
            Method::Totp,
            "000000",
            &client_at(failures),
        );
        assert!(wrong.is_err());
        seconds += 120;
    }
    let account = verifier.account(at(seconds), &alice.id).unwrap();
    assert_eq!(account.disabled, [Method::Totp]);
    let token = by_device(&verifier, &alice, &token, seconds);
    let account = verifier.account(at(seconds), &alice.id).unwrap();
    assert_eq!(account.disabled, [Method::Totp], "and repairs nothing");
    let _ = by_device(&verifier, &alice, &token, seconds + 60);
}

#[test]
fn sessions_of_a_device_say_so_and_end_with_it_and_with_nothing_less() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    let login = begin(&verifier, &alice, &token, 60);
    let session = admit(&verifier, &login, "by device", 60).unwrap();
    assert!(matches!(session.by, SignedInBy::Device { .. }));
    assert_eq!(session.by.method(), None);
    let challenge = begin(&verifier, &alice, "", 90);
    let code = phone.at(at(90));
    let proof = verifier
        .verify(at(90), &challenge.challenge, Method::Totp, &code, &client())
        .unwrap();
    verifier
        .admit_session(at(90), CameOf::Verified(&proof), b"by proof", &client())
        .unwrap();
    // A challenge that is open is none.
    assert!(matches!(
        admit(&verifier, &challenge, "open", 91),
        Err(Error::Invalid { .. })
    ));

    let id = verifier.devices(at(91), &alice.id, None).unwrap()[0]
        .id
        .clone();
    let nothing = Operator::in_request("7", None);
    let answer = verifier.revoke_device(at(91), &alice.id, &id, &nothing);
    assert_eq!(
        denied(answer),
        Denied::StepUpRequired,
        "a stolen session ends none"
    );
    let grant = step_up(&verifier, &alice, &phone, 120);
    let own = Operator::in_request("7", Some(&grant));
    verifier
        .revoke_device(at(121), &alice.id, &id, &own)
        .unwrap();
    assert!(!counts(&verifier, &alice, "by device", 122));
    assert!(counts(&verifier, &alice, "by proof", 122));
    // The one that it was asked for in goes on by the grant, and by nothing else.
    let adopt =
        |continued| verifier.adopt_session(at(122), &alice.id, b"next", b"by device", continued);
    assert_eq!(denied(adopt(Continued::AsItWas)), Denied::ChallengeClosed);
    adopt(Continued::Grant(&grant)).unwrap();
    assert!(counts(&verifier, &alice, "next", 122));
    assert!(!counts(&verifier, &alice, "by device", 122));
    let late = admit(&verifier, &login, "late", 122);
    assert_eq!(denied(late), Denied::ChallengeClosed);
    let noted = verifier.audit(Some(&alice.id), 1, None).unwrap();
    assert_eq!(noted[0].kind, "device.ended");
    assert_eq!(
        (&noted[0].by, noted[0].requester),
        (&None, Some(Requester::Proven))
    );
    assert!(is_asked(
        &verifier,
        &alice,
        login.device_token.as_ref().unwrap(),
        123
    ));
    for not_an_id in ["", "x", &id[1..]] {
        let answer = verifier.revoke_device(at(124), &alice.id, not_an_id, &own);
        assert!(matches!(
            answer,
            Err(Error::Invalid {
                argument: "deviceId",
                ..
            })
        ));
    }
}

/// A sign-in by a device that goes on under that name, and the device's next token.
fn session_by(
    verifier: &Verifier,
    user: &User,
    token: &str,
    cookie: &str,
    seconds: i64,
) -> (String, String) {
    let login = begin(verifier, user, token, seconds);
    assert_eq!(login.state, LoginState::TrustedDevice);
    let session = admit(verifier, &login, cookie, seconds).unwrap();
    (
        login.device_token.unwrap().to_string(),
        session.id.to_string(),
    )
}

#[test]
fn what_came_of_one_device_does_not_end_with_another() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let (laptop, desk) = (
        trust(&verifier, &alice, &phone, 30),
        trust(&verifier, &alice, &phone, 60),
    );
    let (_, _) = session_by(&verifier, &alice, &laptop, "laptop", 100);
    let (desk, _) = session_by(&verifier, &alice, &desk, "desk", 101);
    // Whoever has an old token of the one, and the password, reaches nothing of the other.
    assert!(is_asked(&verifier, &alice, &laptop, 200));
    assert!(!counts(&verifier, &alice, "laptop", 201));
    assert!(counts(&verifier, &alice, "desk", 201));
    let (_, _) = session_by(&verifier, &alice, &desk, "desk again", 202);
    // Nor does whoever has the current one push out anything by many sign-ins.
    let mut laptop = trust(&verifier, &alice, &phone, 230);
    for number in 0..60 {
        let cookie = format!("laptop {number}");
        laptop = session_by(&verifier, &alice, &laptop, &cookie, 300 + number).0;
    }
    assert!(counts(&verifier, &alice, "desk", 400));
    assert_eq!(
        verifier.sessions(at(400), &alice.id, None).unwrap().len(),
        7
    );
}

#[test]
fn a_session_of_a_device_is_over_when_its_device_would_be() {
    let verifier = open_with(&[("device_days", "7")]);
    license(&verifier, 0);
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    session_by(&verifier, &alice, &token, "late", 6 * DAY);
    assert!(counts(&verifier, &alice, "late", 7 * DAY + 29));
    assert!(!counts(&verifier, &alice, "late", 7 * DAY + 30));
}

#[test]
fn who_ends_sign_ins_ends_what_would_begin_them_again_with_the_password_alone() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let devices = |seconds: i64| {
        verifier
            .devices(at(seconds), &alice.id, None)
            .unwrap()
            .len()
    };
    // One: its device.
    let stolen = trust(&verifier, &alice, &phone, 30);
    let kept = trust(&verifier, &alice, &phone, 60);
    let (stolen, session) = session_by(&verifier, &alice, &stolen, "thief", 100);
    verifier
        .end_session(at(101), &alice.id, &session, &SERVER)
        .unwrap();
    assert!(!counts(&verifier, &alice, "thief", 102));
    assert!(is_asked(&verifier, &alice, &stolen, 102));
    assert_eq!(devices(102), 1);
    // All but the one in which it is done, which goes on without the device that it came of.
    let stolen = trust(&verifier, &alice, &phone, 120);
    let (kept, _) = session_by(&verifier, &alice, &kept, "own", 130);
    let under_way = begin(&verifier, &alice, &stolen, 131);
    let operator = Operator::in_request("7", None);
    let by_password = verifier.end_sessions(at(132), &alice.id, None, &operator, "thief");
    assert_eq!(denied(by_password), Denied::StepUpRequired);
    assert_eq!(devices(132), 2, "whoever has a session alone ends none");
    let grant = step_up(&verifier, &alice, &phone, 150);
    let operator = Operator::in_request("7", Some(&grant));
    let end = |except: Option<&[u8]>, seconds: i64| {
        verifier
            .end_sessions(at(seconds), &alice.id, except, &operator, "by its user")
            .unwrap();
    };
    end(Some(b"own"), 151);
    assert!(counts(&verifier, &alice, "own", 152));
    let late = admit(&verifier, &under_way, "late", 152);
    assert_eq!(denied(late), Denied::ChallengeClosed);
    let next = under_way.device_token.unwrap();
    assert!(is_asked(&verifier, &alice, &next, 152));
    assert!(is_asked(&verifier, &alice, &kept, 152));
    assert_eq!(devices(153), 0);
    // It is over when that device would have been.
    assert!(counts(&verifier, &alice, "own", 60 + 30 * DAY - 1));
    assert!(!counts(&verifier, &alice, "own", 60 + 30 * DAY));
    // All.
    let kept = trust(&verifier, &alice, &phone, 180);
    end(None, 181);
    assert!(!counts(&verifier, &alice, "own", 182));
    assert!(is_asked(&verifier, &alice, &kept, 182));
    assert_eq!(devices(182), 0);
    // Everybody's.
    let token = trust(&verifier, &alice, &phone, 210);
    verifier
        .end_all_sessions(at(211), &SERVER, "stolen database")
        .unwrap();
    assert!(is_asked(&verifier, &alice, &token, 212));
    assert_eq!(devices(212), 0);
}

#[test]
fn ending_all_others_ends_the_device_of_the_own_sign_in_too_of_which_there_may_be_a_copy() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let trusted = trust(&verifier, &alice, &phone, 30);
    let (copied, _) = session_by(&verifier, &alice, &trusted, "own", 3_600);
    let thief = verifier
        .begin_login(at(7_200), &alice, &elsewhere(&copied))
        .unwrap();
    admit(&verifier, &thief, "thief", 7_201).unwrap();
    let theirs = thief.device_token.unwrap().to_string();
    let grant = step_up(&verifier, &alice, &phone, 10_800);
    let operator = Operator::in_request("7", Some(&grant));
    verifier
        .end_sessions(at(10_801), &alice.id, Some(b"own"), &operator, "a stranger")
        .unwrap();
    assert!(!counts(&verifier, &alice, "thief", 10_802));
    assert!(counts(&verifier, &alice, "own", 10_802));
    for (seconds, token) in [(10_802, &theirs), (10_803, &copied), (5 * DAY, &theirs)] {
        assert!(is_asked(&verifier, &alice, token, seconds), "{seconds}");
    }
    // By the grant it has another cookie, and copies of this one are worth nothing.
    verifier
        .adopt_session(
            at(10_803),
            &alice.id,
            b"next",
            b"own",
            Continued::Grant(&grant),
        )
        .unwrap();
    assert!(counts(&verifier, &alice, "next", 10_804));
    assert!(!counts(&verifier, &alice, "own", 10_804));
}

#[test]
fn a_session_that_was_over_is_not_kept_by_who_ends_all_others() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    let (_, _) = session_by(&verifier, &alice, &token, "own", 60);
    let device = verifier.devices(at(61), &alice.id, None).unwrap();
    verifier
        .revoke_device(at(62), &alice.id, &device[0].id, &SERVER)
        .unwrap();
    verifier
        .end_sessions(at(63), &alice.id, Some(b"own"), &SERVER, "asked")
        .unwrap();
    assert!(!counts(&verifier, &alice, "own", 64));
}

#[test]
fn sessions_that_went_on_without_their_devices_end_one_by_one() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    // In two browsers their user removes that very browser, and goes on.
    let without_device = |cookie: &str, next: &str, seconds: i64| {
        let token = trust(&verifier, &alice, &phone, seconds);
        let _ = session_by(&verifier, &alice, &token, cookie, seconds + 1);
        let grant = step_up(&verifier, &alice, &phone, seconds + 30);
        let own = Operator::in_request("7", Some(&grant));
        let devices = verifier.devices(at(seconds + 31), &alice.id, None).unwrap();
        verifier
            .revoke_device(at(seconds + 31), &alice.id, &devices[0].id, &own)
            .unwrap();
        let goes_on = Continued::Grant(&grant);
        let (next, cookie) = (next.as_bytes(), cookie.as_bytes());
        verifier
            .adopt_session(at(seconds + 32), &alice.id, next, cookie, goes_on)
            .unwrap();
    };
    without_device("one", "next one", 30);
    without_device("two", "next two", 90);
    let listed = verifier
        .sessions(at(130), &alice.id, Some(b"next one"))
        .unwrap();
    let of_one = listed.iter().find(|it| it.is_current).unwrap();
    verifier
        .end_session(at(131), &alice.id, &of_one.id.to_string(), &SERVER)
        .unwrap();
    assert!(!counts(&verifier, &alice, "next one", 132));
    assert!(counts(&verifier, &alice, "next two", 132));
    // Whoever removes their own browser after that goes on, too.
    without_device("three", "next three", 150);
    assert!(counts(&verifier, &alice, "next three", 190));
    assert!(counts(&verifier, &alice, "next two", 190));
}

#[test]
fn the_browser_that_has_an_earlier_token_is_not_called_where_its_device_is() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let copied = trust(&verifier, &alice, &phone, 30);
    let thief = verifier
        .begin_login(at(3_600), &alice, &elsewhere(&copied))
        .unwrap();
    let theirs = thief.device_token.unwrap();
    for (token, seconds, is_current) in [
        (copied.as_bytes(), 3_601, true),
        (copied.as_bytes(), 3_700, false),
        (theirs.as_bytes(), 3_700, true),
        (b"", 3_700, false),
    ] {
        let [device] = &verifier
            .devices(at(seconds), &alice.id, Some(token))
            .unwrap()[..]
        else {
            panic!("there is one");
        };
        assert_eq!(device.masked_address, "198.51.100.•••");
        assert_eq!(device.is_current, is_current, "{seconds}");
    }
}

#[test]
fn whose_user_is_reached_nowhere_is_told_of_a_theft_as_soon_as_there_is_an_address() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let stolen = trust(&verifier, &alice, &phone, 30);
    let _ = by_device(&verifier, &alice, &stolen, 3_600);
    let login = begin(&verifier, &alice, &stolen, 7_200);
    assert!(login.ended_device.is_some() && login.notices.is_empty());
    let _ = trust(&verifier, &alice, &phone, 7_230);
    assert!(begin(&verifier, &alice, "", 7_231).notices.is_empty());
    let reached = User {
        email: Some("alice@example.org".to_owned()),
        ..alice
    };
    let login = begin(&verifier, &reached, "", 7_260);
    let told = |it: &&Message| it.mail.subject.contains("A remembered browser");
    let mails: Vec<_> = login.notices.iter().filter(told).collect();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to.as_deref(), Some("alice@example.org"));
    assert!(begin(&verifier, &reached, "", 7_290).notices.is_empty());
}

#[test]
fn an_operator_ends_all_devices_of_a_user_and_says_why() {
    let verifier = licensed();
    let (alice, bert) = (user("7"), user("8"));
    let (phone, _) = enrol(&verifier, &alice);
    let (theirs, _) = enrol(&verifier, &bert);
    let first = trust(&verifier, &alice, &phone, 30);
    let second = trust(&verifier, &alice, &phone, 60);
    let other = trust(&verifier, &bert, &theirs, 30);
    assert_eq!(verifier.devices(at(61), &alice.id, None).unwrap().len(), 2);
    let nothing = Operator::in_request("8", None);
    let answer = verifier.revoke_all_devices(at(61), &alice.id, &nothing, "x");
    assert_eq!(denied(answer), Denied::StepUpRequired);
    let answer = verifier.revoke_all_devices(at(61), &alice.id, &SERVER, "");
    assert!(matches!(
        answer,
        Err(Error::Invalid {
            argument: "reason",
            ..
        })
    ));
    verifier
        .revoke_all_devices(at(61), &alice.id, &SERVER, "laptop lost")
        .unwrap();
    for token in [&first, &second] {
        assert!(is_asked(&verifier, &alice, token, 62));
    }
    let noted = verifier.audit(Some(&alice.id), 10, None).unwrap();
    let ended = noted.iter().find(|it| it.kind == "devices.ended").unwrap();
    assert_eq!(ended.by.as_deref(), Some("root"));
    assert_eq!(ended.reason.as_deref(), Some("laptop lost"));
    let _ = by_device(&verifier, &bert, &other, 63);
}

#[test]
fn without_a_licence_everybody_is_asked_and_devices_can_be_ended_all_the_same() {
    let alice = user("7");
    let unlicensed = open_with(&[]);
    let (phone, _) = enrol(&unlicensed, &alice);
    let login = begin(&unlicensed, &alice, "", 30);
    let code = phone.at(at(30));
    let verified = unlicensed
        .verify_and_trust(at(30), &login.challenge, Method::Totp, &code, &browser(""))
        .unwrap();
    assert!(verified.device_token.is_none(), "who signs in signs in");
    license(&unlicensed, 0);
    let token = trust(&unlicensed, &alice, &phone, 60);
    unlicensed
        .rows
        .update(at(61), &KeptKey, crate::shared::Slot::end)
        .unwrap();
    assert!(is_asked(&unlicensed, &alice, &token, 62));
    for answer in [
        unlicensed.devices(at(62), &alice.id, None).map(|_| ()),
        unlicensed.revoke_device(at(62), &alice.id, &"0".repeat(32), &SERVER),
    ] {
        assert!(matches!(answer, Err(Error::LicenceRequired(_))));
    }
    license(&unlicensed, 0);
    let token = by_device(&unlicensed, &alice, &token, 63);
    unlicensed
        .rows
        .update(at(64), &KeptKey, crate::shared::Slot::end)
        .unwrap();
    unlicensed
        .revoke_all_devices(at(65), &alice.id, &SERVER, "left")
        .unwrap();
    license(&unlicensed, 0);
    assert!(is_asked(&unlicensed, &alice, &token, 66));
}

#[test]
fn a_strict_site_remembers_nothing_unless_it_says_so_and_then_for_a_day() {
    for (settings, lifetime) in [
        (&[("profile", "strict")][..], 0),
        (&[("profile", "strict"), ("device_days", "0")], 0),
        (&[("device_days", "0")], 0),
        (&[("profile", "strict"), ("device_days", "1")], DAY),
        (&[("device_days", "7")], 7 * DAY),
        (&[], 30 * DAY),
    ] {
        let verifier = open_with(settings);
        assert_eq!(verifier.device_days(at(0)), 0, "without a licence");
        license(&verifier, 0);
        assert_eq!(i64::from(verifier.device_days(at(0))) * DAY, lifetime);
        let alice = user("7");
        let (phone, _) = enrol(&verifier, &alice);
        let login = begin(&verifier, &alice, "", 30);
        let code = phone.at(at(30));
        let verified = verifier
            .verify_and_trust(at(30), &login.challenge, Method::Totp, &code, &browser(""))
            .unwrap();
        assert_eq!(
            verified.device_token.is_some(),
            lifetime > 0,
            "{settings:?}"
        );
        let Some(token) = verified.device_token else {
            assert!(
                verifier
                    .devices(at(31), &alice.id, None)
                    .unwrap()
                    .is_empty()
            );
            continue;
        };
        let token = by_device(&verifier, &alice, &token, 29 + lifetime);
        assert!(is_asked(&verifier, &alice, &token, 30 + lifetime));
    }
    // What it does not take counts for none, and shuts nobody out.
    for days in ["2", "29"] {
        let settings = [("profile", "strict"), ("device_days", days)];
        let config = Config::parse(settings).unwrap();
        assert_eq!(config.policy().device_days, 0, "{days}");
        assert_eq!(config.profile().departures()[0].value, days);
    }
}

#[test]
fn the_last_recovery_code_makes_no_device_and_ends_those_there_are() {
    let verifier = open_with(&[("secrets", "derived"), ("recovery_codes", "5")]);
    license(&verifier, 0);
    let alice = user("7");
    let setup = verifier
        .start_totp(at(0), &alice, None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client())
        .unwrap();
    let token = trust(&verifier, &alice, &phone, 30);
    let login = begin(&verifier, &alice, "", 60);
    let last = &enrolled.recovery_codes[4];
    let verified = verifier
        .verify_and_trust(
            at(60),
            &login.challenge,
            Method::RecoveryCode,
            last,
            &browser(""),
        )
        .unwrap();
    assert!(verified.switched_off && verified.device_token.is_none());
    let after = begin(&verifier, &alice, &token, 61);
    assert_eq!(after.state, LoginState::EnrolmentRequired);
}

#[test]
fn whoever_has_the_password_alone_makes_no_device_and_pushes_none_out() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let mut token = trust(&verifier, &alice, &phone, 30);
    for n in 0..200 {
        let client = client_at(n).showing(b"made up");
        let login = verifier.begin_login(at(60), &alice, &client).unwrap();
        let wrong =
            verifier.verify_and_trust(at(60), &login.challenge, Method::Totp, "000000", &client);
        assert!(wrong.is_err());
    }
    assert_eq!(verifier.devices(at(61), &alice.id, None).unwrap().len(), 1);
    for seconds in [61, 100, 200] {
        token = by_device(&verifier, &alice, &token, seconds);
    }
}

#[test]
fn a_user_has_ten_devices_and_a_browser_that_is_trusted_again_is_one() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let first = trust(&verifier, &alice, &phone, 30);
    let login = verifier.begin_login(at(60), &alice, &browser("")).unwrap();
    let code = phone.at(at(60));
    let verified = verifier
        .verify_and_trust(
            at(60),
            &login.challenge,
            Method::Totp,
            &code,
            &browser(&first),
        )
        .unwrap();
    let again = verified.device_token.unwrap();
    assert_eq!(verifier.devices(at(61), &alice.id, None).unwrap().len(), 1);
    assert!(is_asked(&verifier, &alice, &first, 61));
    assert_eq!(events(&verifier, &alice, EventKind::DeviceReused), 0);
    for number in 0..10 {
        let _ = trust(&verifier, &alice, &phone, 90 + 30 * number);
    }
    assert_eq!(
        verifier.devices(at(400), &alice.id, None).unwrap().len(),
        10
    );
    assert!(
        is_asked(&verifier, &alice, &again, 401),
        "the oldest made room"
    );
}

#[test]
fn no_token_is_in_a_dump_and_none_is_in_the_audit() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let token = trust(&verifier, &alice, &phone, 30);
    let login = begin(&verifier, &alice, &token, 60);
    let next = login.device_token.clone().unwrap();
    let mut shown = format!("{login:?} {:?} {verifier:?}", browser(&token));
    for event in verifier.audit(Some(&alice.id), 100, None).unwrap() {
        shown += &format!("{event:?}");
    }
    assert!(!shown.contains(&token) && !shown.contains(next.as_str()));
    assert!(!shown.contains(AGENT));
}

#[test]
fn a_licence_that_was_cut_or_changed_after_its_first_use_is_none_in_the_same_process() {
    let verifier = licensed();
    let alice = user("7");
    let (phone, _) = enrol(&verifier, &alice);
    let mut token = trust(&verifier, &alice, &phone, 30);
    token = by_device(&verifier, &alice, &token, 60);
    let put = |licence: &str| {
        let change = |slot: &mut Slot<KeptRow>| {
            let Some(KeptRow(Ok(mut kept))) = slot.take() else {
                panic!("no licence");
            };
            kept.set_token(licence);
            slot.put(KeptRow(Ok(kept)), Keep::Always);
        };
        verifier.rows.update(at(60), &KeptKey, change).unwrap();
    };
    let genuine = licence_token(0);
    let (text, _) = genuine.rsplit_once('.').unwrap();
    let other = licence_token(-1);
    let (_, others) = other.rsplit_once('.').unwrap();
    let cut = genuine.split_at(genuine.len() - 1).0;
    for (n, forged) in [cut, &format!("{text}.{others}"), text, ""]
        .into_iter()
        .enumerate()
    {
        put(forged);
        let seconds = 100 + i64::try_from(n).unwrap() * 100;
        assert!(is_asked(&verifier, &alice, &token, seconds), "{n}");
        assert!(verifier.devices(at(seconds), &alice.id, None).is_err());
        put(&genuine);
        token = by_device(&verifier, &alice, &token, seconds + 1);
    }
}

#[test]
fn days_that_are_raised_bring_no_browser_back_that_fewer_days_have_ended_and_none_of_its_sign_ins()
{
    let fixture = Fixture::new();
    let open = |days: &str| {
        let ring = KeyRing::parse(KEY_A).unwrap();
        open_by(
            &[("store", &fixture.url()), ("device_days", days)],
            Some(ring),
        )
    };
    let alice = user("7");
    let verifier = open("30");
    license(&verifier, 0);
    let (phone, _) = enrol(&verifier, &alice);
    let first = trust(&verifier, &alice, &phone, 30);
    let login = begin(&verifier, &alice, &first, 5 * DAY);
    let second = login.device_token.as_deref().unwrap().clone();
    admit(&verifier, &login, "by device", 5 * DAY).unwrap();
    assert!(counts(&verifier, &alice, "by device", 5 * DAY));
    drop(verifier);

    let verifier = open("1");
    assert!(is_asked(&verifier, &alice, &second, 6 * DAY));
    assert!(!counts(&verifier, &alice, "by device", 6 * DAY));
    // What is made now is over after a day.
    let third = trust(&verifier, &alice, &phone, 6 * DAY);
    let login = begin(&verifier, &alice, &third, 6 * DAY + 60);
    let fourth = login.device_token.as_deref().unwrap().clone();
    admit(&verifier, &login, "of a day", 6 * DAY + 60).unwrap();
    drop(verifier);

    let verifier = open("30");
    assert!(is_asked(&verifier, &alice, &second, 6 * DAY + 90));
    assert!(!counts(&verifier, &alice, "by device", 6 * DAY + 90));
    let fifth = by_device(&verifier, &alice, &fourth, 6 * DAY + 90);
    assert!(counts(&verifier, &alice, "of a day", 7 * DAY - 1));
    assert!(!counts(&verifier, &alice, "of a day", 7 * DAY));
    assert!(is_asked(&verifier, &alice, &fifth, 7 * DAY));
}
