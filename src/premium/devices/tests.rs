//! The devices of an account, explored: every sequence of what its owner, a thief of password and cookies, an operator
//! and the clock can do, up to a depth, over the real rules. Beside the account a model keeps what must be true.

use std::collections::HashSet;

use super::*;
use crate::account::totp::{Totp, TotpSecret};
use crate::account::{AuditBuffer, ChallengeId, ChallengeToken, Denied, NewCodes};
use crate::audit::Authority;
use crate::config::Policy;
use crate::crypto::HashKey;
use crate::types::{Algorithm, Method, Network, Strength, UserAgent};

const LIFETIME: u64 = 30 * 86_400;
const DEPTH: u32 = 6;

fn at(seconds: u64) -> UnixTime {
    UnixTime::START.plus(1_800_000_000 + seconds)
}

fn totp() -> Totp {
    let secret = TotpSecret::new(b"12345678901234567890").unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

/// The owner's browser, and the thief's.
fn browser(number: usize) -> RequestedBy {
    let address: std::net::IpAddr = ["192.0.2.7", "198.51.100.9"][number].parse().unwrap();
    RequestedBy {
        user_agent: UserAgent::read(b"Firefox/143.0"),
        network: Network::site_of(address),
        masked_address: "masked".to_owned(),
    }
}

fn challenge() -> ChallengeToken {
    ChallengeToken {
        user: UserId::new("7").unwrap(),
        purpose: Purpose::Login,
        id: ChallengeId::new([1; 16]),
    }
}

#[derive(Debug, Clone, Copy)]
enum Action {
    /// The right password, and one of the tokens that anybody ever got, counted from the last.
    Login {
        back: usize,
        from: usize,
    },
    /// The right password, and a proof that asks for a device.
    Prove,
    /// The right password, and a wrong code.
    Guess,
    Wait(u64),
    RaiseEpoch,
    /// An enrolment, after so many seconds of grace.
    Require(u64),
    Waive,
    EndAll,
}

fn actions() -> Vec<Action> {
    let mut all = vec![
        Action::Prove,
        Action::Guess,
        Action::Wait(29),
        Action::Wait(30),
        Action::Wait(LIFETIME - 30),
        Action::RaiseEpoch,
        Action::Require(0),
        Action::Require(30),
        Action::Waive,
        Action::EndAll,
    ];
    for back in 0..3 {
        for from in 0..2 {
            all.push(Action::Login { back, from });
        }
    }
    all
}

/// A token that somebody got: of which device, and its place among those.
#[derive(Clone)]
struct Given {
    token: DeviceToken,
    device: usize,
    place: usize,
}

#[derive(Clone, Hash, PartialEq, Eq)]
struct Device {
    created: u64,
    given: usize,
    rotated: Option<(u64, usize)>,
    is_over: bool,
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    given: Vec<Given>,
    devices: Vec<Device>,
    /// From when an enrolment is due.
    due: Option<u64>,
}

/// What a sign-in by a token has to come to.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Next,
    Same,
    Reused,
    No,
}

impl State {
    fn must_enrol(&self) -> bool {
        self.due.is_some_and(|due| due <= self.now)
    }

    fn expected(&self, given: &Given, from: usize) -> Expected {
        let device = &self.devices[given.device];
        if self.must_enrol() || device.is_over || self.now >= device.created + LIFETIME {
            return Expected::No;
        }
        let back = device.given - 1 - given.place;
        match (back, device.rotated) {
            (0, _) => Expected::Next,
            (1, Some((rotated, whose))) if self.now < rotated + 30 => {
                if whose == from {
                    Expected::Same
                } else {
                    Expected::No
                }
            }
            _ => Expected::Reused,
        }
    }
}

/// The account without its devices: what a sign-in by one must leave as it is.
fn rest(account: &Account) -> Vec<u8> {
    let mut account = Account::from_document(&account.to_document().unwrap()).unwrap();
    account.keep_devices(b"", at(0));
    account.to_document().unwrap().to_vec()
}

fn first() -> State {
    let mut account = Account::new(HashKey::new([1; 32]));
    let (mut audit, policy) = (AuditBuffer::default(), policy());
    let mut context = RuleContext::new(at(0), &policy, &mut audit);
    let setup = account
        .start_totp(totp(), "ada", None, None, &mut context)
        .unwrap();
    account
        .confirm_totp(&setup, &totp().at(at(0)), NewCodes::NONE, &mut context)
        .unwrap();
    State {
        document: account.to_document().unwrap().to_vec(),
        now: 60,
        given: Vec::new(),
        devices: Vec::new(),
        due: None,
    }
}

fn policy() -> Policy {
    Policy {
        max_attempts: 1,
        disable_after: 2,
        ..Policy::default()
    }
}

fn login(state: &mut State, devices: &Devices<'_>, back: usize, from: usize) {
    let Some(place) = state.given.len().checked_sub(back + 1) else {
        return;
    };
    let given = state.given[place].clone();
    let mut account = Account::from_document(&state.document).unwrap();
    let before = rest(&account);
    let (mut audit, policy) = (AuditBuffer::default(), policy());
    let mut context = RuleContext::new(at(state.now), &policy, &mut audit);
    let salt = [u8::try_from(state.given.len()).unwrap(); 32];
    let answer = devices.accept(
        &mut account,
        &given.token,
        &browser(from),
        salt,
        |_| true,
        &mut context,
    );
    let noted: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
    assert_eq!(rest(&account), before, "no counter, no challenge, no grant");
    let document = account.to_document().unwrap().to_vec();
    let expected = state.expected(&given, from);
    let device = &mut state.devices[given.device];
    match answer {
        Accepted::Yes(next, _) => {
            assert_eq!(noted, [EventKind::DeviceAccepted]);
            let known = state
                .given
                .iter()
                .find(|it| it.token.secret.bytes() == next.secret.bytes());
            if let Some(known) = known {
                assert_eq!(expected, Expected::Same);
                assert_eq!(known.place, given.place + 1);
            } else {
                assert_eq!(expected, Expected::Next);
                device.rotated = Some((state.now, from));
                state.given.push(Given {
                    token: next,
                    device: given.device,
                    place: device.given,
                });
                device.given += 1;
            }
        }
        Accepted::Reused(_) => {
            assert_eq!(expected, Expected::Reused);
            assert_eq!(noted, [EventKind::DeviceReused]);
            device.is_over = true;
        }
        Accepted::No => {
            assert_eq!(expected, Expected::No);
            assert!(noted.is_empty());
            assert_eq!(document, state.document, "as if none was shown");
        }
    }
    state.document = document;
}

fn prove(state: &mut State, devices: &Devices<'_>, is_right: bool) {
    let mut account = Account::from_document(&state.document).unwrap();
    let (mut audit, policy) = (AuditBuffer::from_ip(Some("192.0.2.7")), policy());
    let mut context = RuleContext::new(at(state.now), &policy, &mut audit);
    let opened = account.open_challenge(challenge().id, Purpose::Login, &mut context);
    let code = if is_right {
        totp().at(at(state.now))
    } else {
        "000000".to_owned().into()
    };
    let answer =
        opened.and_then(|_| account.verify(&challenge(), Method::Totp, &code, None, &mut context));
    match answer {
        Ok(accepted) if !accepted.must_enrol => {
            let number = u8::try_from(state.devices.len()).unwrap();
            let token = DeviceToken {
                id: DeviceId::new([number; 16]),
                secret: DeviceSecret::new([number; 32]),
            };
            let made = Made {
                token: &token,
                proven: Method::Totp,
            };
            let _ = devices.trust(&mut account, &made, &browser(0), None, &mut context);
            state.given.push(Given {
                token,
                device: state.devices.len(),
                place: 0,
            });
            state.devices.push(Device {
                created: state.now,
                given: 1,
                rotated: None,
                is_over: false,
            });
        }
        Ok(_) => assert!(state.must_enrol()),
        Err(denied) => assert!(!is_right || !matches!(denied, Denied::StepUpRequired)),
    }
    state.document = account.to_document().unwrap().to_vec();
}

fn operate(state: &mut State, change: impl FnOnce(&mut Account, &mut RuleContext<'_>)) {
    let mut account = Account::from_document(&state.document).unwrap();
    let (mut audit, policy) = (AuditBuffer::default(), policy());
    let mut context = RuleContext::new(at(state.now), &policy, &mut audit);
    change(&mut account, &mut context);
    state.document = account.to_document().unwrap().to_vec();
}

fn done(state: &State, devices: &Devices<'_>, action: Action) -> State {
    let mut next = state.clone();
    let over = |state: &mut State| {
        for device in &mut state.devices {
            device.is_over = true;
        }
    };
    match action {
        Action::Login { back, from } => login(&mut next, devices, back, from),
        Action::Prove => prove(&mut next, devices, true),
        Action::Guess => prove(&mut next, devices, false),
        Action::Wait(seconds) => next.now += seconds,
        Action::RaiseEpoch => {
            operate(&mut next, |account, context| {
                account.end_sign_ins("root", "password", context);
            });
            over(&mut next);
        }
        Action::Require(grace) => {
            operate(&mut next, |account, context| {
                let due = context.now.plus(grace);
                account.require_enrolment(due, Authority::Server, "root", "x", context);
            });
            next.due = Some(next.now + grace);
        }
        Action::Waive => {
            operate(&mut next, |account, context| {
                account.waive_enrolment(Authority::Server, "root", "x", context);
            });
            next.due = None;
        }
        Action::EndAll => {
            operate(&mut next, |account, _| account.end_devices());
            over(&mut next);
        }
    }
    next
}

/// A browser that was trusted after a code by SMS stands for no app where a rule asks for one.
#[test]
fn a_device_stands_for_no_stronger_factor_than_was_proven_when_it_was_made() {
    let (ring, site) = (KeyRing::ephemeral().unwrap(), Site::new("site").unwrap());
    let devices = Devices {
        ring: &ring,
        site: &site,
        lifetime: LIFETIME,
    };
    let (mut audit, policy) = (AuditBuffer::default(), policy());
    for (proven, counts) in [
        (Method::Sms, false),
        (Method::Email, false),
        (Method::Totp, true),
        (Method::BackupCode, true),
    ] {
        let mut account = Account::from_document(&first().document).unwrap();
        let mut context = RuleContext::new(at(60), &policy, &mut audit);
        let token = devices.draw().unwrap();
        let made = Made {
            token: &token,
            proven,
        };
        let _ = devices.trust(&mut account, &made, &browser(0), None, &mut context);
        let before = account.to_document().unwrap().to_vec();
        let mut show = |account: &mut Account, needs: Option<Strength>| {
            let admits = |proven| needs.is_none_or(|it| it.admits(proven));
            devices.accept(account, &token, &browser(0), [7; 32], admits, &mut context)
        };
        let answer = show(&mut account, Some(Strength::NoRestricted));
        assert_eq!(matches!(answer, Accepted::Yes(..)), counts, "{proven:?}");
        if !counts {
            assert_eq!(account.to_document().unwrap().to_vec(), before);
            for needs in [None, Some(Strength::Any)] {
                let mut account = Account::from_document(&before).unwrap();
                let answer = show(&mut account, needs);
                assert!(matches!(answer, Accepted::Yes(..)), "{proven:?} {needs:?}");
            }
        }
    }
}

#[test]
fn a_cookie_that_comes_from_elsewhere_or_from_another_browser_says_so() {
    let (ring, site) = (KeyRing::ephemeral().unwrap(), Site::new("site").unwrap());
    let devices = Devices {
        ring: &ring,
        site: &site,
        lifetime: LIFETIME,
    };
    let by = |agent: &str, address: &str| RequestedBy {
        user_agent: UserAgent::read(agent.as_bytes()),
        network: Network::site_of(address.parse().unwrap()),
        masked_address: address[..7].to_owned(),
    };
    let policy = policy();
    let mut account = Account::from_document(&first().document).unwrap();
    let mut token = devices.draw().unwrap();
    let made = Made {
        token: &token,
        proven: Method::Totp,
    };
    let windows =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
    let later = windows.replace("143", "151");
    let linux = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
    let home = "192.0.2.7";
    let mut audit = AuditBuffer::default();
    let mut context = RuleContext::new(at(60), &policy, &mut audit);
    let _ = devices.trust(&mut account, &made, &by(windows, home), None, &mut context);
    for (n, (agent, address, is_unusual)) in [
        (windows, home, false),
        (&later, home, false),
        (&later, "203.0.113.9", true),
        // Where it has been, it is not unusual once more.
        (&later, "203.0.113.9", false),
        (&later, home, true),
        (linux, home, true),
    ]
    .into_iter()
    .enumerate()
    {
        let now = at(3_600 * (n as u64 + 1));
        let mut audit = AuditBuffer::default();
        let mut context = RuleContext::new(now, &policy, &mut audit);
        let salt = [n as u8; 32];
        let shown = by(agent, address);
        let answer = devices.accept(&mut account, &token, &shown, salt, |_| true, &mut context);
        let Accepted::Yes(next, _) = answer else {
            panic!("{agent} {address}")
        };
        token = next;
        let said: Vec<_> = audit.events().iter().map(|it| it.unknown_network).collect();
        assert_eq!(said, [is_unusual.then_some(true)], "{agent} {address}");
    }
}

#[test]
fn whatever_anybody_does_a_device_stands_for_a_sign_ins_second_factor_exactly_while_its_rule_says_so()
 {
    let (ring, site) = (KeyRing::ephemeral().unwrap(), Site::new("site").unwrap());
    let devices = Devices {
        ring: &ring,
        site: &site,
        lifetime: LIFETIME,
    };
    let mut seen = HashSet::new();
    let mut states = vec![first()];
    let mut looked_at = 0;
    for _ in 0..DEPTH {
        let mut reached = Vec::new();
        for state in &states {
            for action in actions() {
                let next = done(state, &devices, action);
                looked_at += 1;
                let secrets: Vec<_> = next
                    .given
                    .iter()
                    .map(|it| *it.token.secret.bytes())
                    .collect();
                let is_new = seen.insert((next.document.clone(), next.now, secrets));
                if is_new {
                    reached.push(next);
                }
            }
        }
        states = reached;
    }
    assert!(looked_at > 50_000, "{looked_at}");
    assert!(states.iter().any(|it| it.given.len() >= 4));
}
