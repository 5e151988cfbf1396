//! What a policy asks of challenges: every order of changing it, opening, proving by a mailbox or an app, setting up,
//! waiting, also past the day from which more is asked, and resetting, for a sign-in and for a step-up.

use std::collections::BTreeMap;

use twofactor::account::{
    Demand, ForChallenge, ForEnrolment, NewSecret, PendingTotp, Permit, Recipient, RequirementId,
    SentCode, SetupId,
};
use twofactor::types::Strength;

use super::*;

const MAILED: &str = "424242";
const OWN: SentCode<'_> = SentCode::Own {
    code: MAILED,
    provider: "",
};

fn app() -> Totp {
    let secret = TotpSecret::new(b"98765432109876543210").unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

fn with<T>(now: u64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = policy();
    rule(&mut RuleContext::new(
        time(now),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

/// A policy, by a number, how much it asks, and how many seconds after the start.
type Asked = Option<(u8, Option<(Strength, u64)>)>;

const POLICIES: [Asked; 5] = [
    None,
    Some((1, Some((Strength::Any, 0)))),
    Some((2, Some((Strength::NoRestricted, 0)))),
    // One that nobody has a licence for.
    Some((3, None)),
    // The day comes while challenges are open.
    Some((4, Some((Strength::NoRestricted, 50)))),
];

fn purpose_of(id: u8) -> Purpose {
    if id == 1 {
        Purpose::Login
    } else {
        Purpose::StepUp
    }
}

fn permit_of(id: u8) -> Permit {
    let challenge = token(id, purpose_of(id)).id;
    match purpose_of(id) {
        Purpose::Login => Permit::Login(challenge),
        _ => Permit::StepUp(challenge),
    }
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Policy(usize),
    Open(u8),
    Mail(u8),
    App(u8),
    Begin(u8),
    Confirm,
    Wait(u64),
    Reset,
}

const ACTIONS: [Action; 17] = [
    Action::Policy(0),
    Action::Policy(1),
    Action::Policy(2),
    Action::Policy(3),
    Action::Policy(4),
    Action::Open(1),
    Action::Open(2),
    Action::Mail(1),
    Action::Mail(2),
    Action::App(1),
    Action::App(2),
    Action::Begin(1),
    Action::Begin(2),
    Action::Confirm,
    Action::Wait(30),
    Action::Wait(2000),
    Action::Reset,
];

/// An open challenge: when it was proven by something too weak. What is asked of it is what its policy asks now.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Open {
    proven: Option<u64>,
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    policy: usize,
    setup: Option<(u8, PendingTotp)>,
    open: BTreeMap<u8, Open>,
    mail: bool,
    app: bool,
    /// Of the app.
    spent: u64,
}

impl State {
    fn seeds() -> Vec<Self> {
        let seed = |account: &Account, mail| Self {
            document: account.to_document().unwrap().to_vec(),
            now: START,
            policy: 0,
            setup: None,
            open: BTreeMap::new(),
            mail,
            app: false,
            spent: 0,
        };
        let plain = Account::new(HashKey::new([1; 32]));
        let mut mailed = Account::new(HashKey::new([1; 32]));
        let setup = SetupId::new([5; 16]);
        let recipient = Recipient {
            locale: "en".to_owned(),
            email: None,
        };
        let codes = backup_codes();
        let target = ForEnrolment {
            setup: &setup,
            codes: NewCodes::Backup(&codes),
        };
        with(START, |context| {
            let to = "ada@example.org";
            mailed.start_contact(setup, Method::Email, to, &recipient, None, context);
            mailed.record_sent(&target, &OWN, context).unwrap();
            mailed.check_code(&target, MAILED, context).unwrap();
        });
        vec![seed(&plain, false), seed(&mailed, true)]
    }

    fn key(&self) -> (Vec<u8>, u64, usize, String) {
        let setup = self.setup.as_ref();
        let setup = setup.map(|(id, it)| (*id, it.to_document().unwrap().to_vec()));
        (
            self.document.clone(),
            self.now,
            self.policy,
            format!("{setup:?}"),
        )
    }

    fn asked(&self) -> Option<Demand> {
        POLICIES[self.policy].map(|(id, asks)| Demand {
            policy: RequirementId::new([id; 16]),
            asks: asks
                .map(|(strength, due)| (strength, time(START + due)))
                .into_iter()
                .collect(),
            until: None,
        })
    }

    /// What the policy asks by a moment.
    fn needs(&self, now: u64) -> Option<Strength> {
        let (_, asks) = POLICIES[self.policy]?;
        asks.filter(|(_, due)| START + due <= now)
            .map(|(strength, _)| strength)
    }

    fn has(&self, strength: Strength) -> bool {
        self.app || self.mail && strength == Strength::Any
    }

    /// Nothing that is enrolled is strong enough for what is asked now.
    fn lacks(&self) -> bool {
        self.needs(self.now).is_some_and(|needs| !self.has(needs))
    }

    /// Whether a set-up may be begun and confirmed by that challenge.
    fn permits(&self, id: u8) -> bool {
        let Some(open) = self.open.get(&id) else {
            return false;
        };
        let is_good = match open.proven {
            Some(at) => self.now < at + 1800,
            // The password alone, where there is nothing to prove.
            None => purpose_of(id) == Purpose::Login && !self.mail && !self.app,
        };
        self.lacks() && is_good
    }

    fn account(&self) -> Account {
        let mut account = Account::from_document(&self.document).unwrap();
        account.stand_under_policy(self.asked().map(|asked| asked.policy));
        account
    }

    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        let mut account = self.account();
        match action {
            Action::Policy(policy) => {
                next.policy = policy;
                if policy != self.policy {
                    next.open.clear();
                    account.stand_under_policy(next.asked().map(|asked| asked.policy));
                }
            }
            Action::Open(id) => self.open(&mut next, &mut account, id),
            Action::Mail(id) => self.mail(&mut next, &mut account, id),
            Action::App(id) => self.app(&mut next, &mut account, id),
            Action::Begin(id) => self.begin(&mut next, &mut account, id),
            Action::Confirm => self.confirm(&mut next, &mut account),
            Action::Wait(seconds) => next.now += seconds,
            Action::Reset => {
                let reset = |context: &mut RuleContext<'_>| {
                    account.reset(Ok(Authority::Proof), "admin", "why", context)
                };
                with(self.now, reset).unwrap();
                (next.mail, next.app) = (false, false);
                next.open.clear();
            }
        }
        assert_eq!(account.is_enrolled(), next.mail || next.app, "{action:?}");
        next.document = account.to_document().unwrap().to_vec();
        next
    }

    fn open(&self, next: &mut Self, account: &mut Account, id: u8) {
        let asked = self.asked();
        let needs = self.needs(self.now);
        let is_enrolled = self.mail || self.app;
        // As the verifier does.
        let opens = is_enrolled || purpose_of(id) == Purpose::Login && needs.is_some();
        if !opens || self.open.contains_key(&id) {
            return;
        }
        let (purpose, challenge) = (purpose_of(id), token(id, purpose_of(id)));
        let methods = with(self.now, |context| {
            account.open_challenge_under(challenge.id, purpose, asked, context)
        })
        .unwrap();
        let is_asked = !(self.app && needs == Some(Strength::NoRestricted));
        assert_eq!(methods.contains(&Method::Email), self.mail && is_asked);
        next.open.insert(id, Open { proven: None });
    }

    /// A proof of a challenge was looked at.
    fn proven(&self, next: &mut Self, account: &Account, id: u8, must_enrol: bool, granted: bool) {
        let is_step_up = purpose_of(id) == Purpose::StepUp;
        // What is too weak signs nobody in and gives no grant.
        assert_eq!(must_enrol, self.lacks());
        assert_eq!(granted, is_step_up && !must_enrol);
        let grant = account.grant_until(&GrantId::new([9; 16]), time(self.now));
        if granted {
            assert!(grant.is_some());
        }
        next.open.remove(&id);
        if must_enrol {
            let proven = Some(self.now);
            next.open.insert(id, Open { proven });
        }
    }

    fn mail(&self, next: &mut Self, account: &mut Account, id: u8) {
        let challenge = token(id, purpose_of(id));
        let target = ForChallenge {
            token: &challenge,
            method: Method::Email,
            grant: Some(GrantId::new([9; 16])),
        };
        let answer = with(self.now, |context| {
            account.record_sent(&target, &OWN, context)?;
            account.verify(&challenge, Method::Email, MAILED, target.grant, context)
        });
        let open = self.open.get(&id);
        let is_looked_at = open.is_some_and(|open| {
            let is_beside_an_app = self.app && self.needs(self.now) == Some(Strength::NoRestricted);
            open.proven.is_none() && !is_beside_an_app
        });
        assert_eq!(
            answer.is_ok(),
            self.mail && is_looked_at,
            "{open:?}: {answer:?}"
        );
        if let Ok(accepted) = answer {
            self.proven(next, account, id, accepted.must_enrol, accepted.granted);
        }
    }

    fn app(&self, next: &mut Self, account: &mut Account, id: u8) {
        let challenge = token(id, purpose_of(id));
        let code = app().at(time(self.now));
        let is_blocked = super::State::blocked(account, Method::Totp, self.now);
        let answer = with(self.now, |context| {
            let grant = Some(GrantId::new([9; 16]));
            account.verify(&challenge, Method::Totp, &code, grant, context)
        });
        let is_open = self.open.get(&id).is_some_and(|open| open.proven.is_none());
        let step = self.now / 30;
        let is_right = is_open && self.app && step > self.spent && !is_blocked;
        assert_eq!(answer.is_ok(), is_right, "{answer:?}");
        if let Ok(accepted) = answer {
            next.spent = step;
            self.proven(next, account, id, accepted.must_enrol, accepted.granted);
        }
    }

    fn begin(&self, next: &mut Self, account: &mut Account, id: u8) {
        let permit = permit_of(id);
        let allowed = account.allow_set_up(&permit, time(self.now), &policy());
        assert_eq!(allowed.is_ok(), self.permits(id), "{id}: {allowed:?}");
        if allowed.is_err() {
            return;
        }
        let is_enough = self.needs(self.now) != Some(Strength::NoRestricted);
        let would_do = |method| account.would_do(&permit, method, time(self.now));
        assert_eq!(would_do(Method::Sms).is_ok(), is_enough);
        assert!(would_do(Method::Totp).is_ok());
        let secret = NewSecret::Drawn(app());
        let setup = with(self.now, |context| match permit {
            Permit::Login(by) => account
                .start_app_for_login(secret, "ada", None, by, context)
                .unwrap(),
            Permit::StepUp(by) => account
                .start_app_for_step_up(secret, "ada", None, by, context)
                .unwrap(),
            Permit::None | Permit::Password(_) | Permit::Grant(_) => {
                panic!("begun by a challenge")
            }
        });
        next.setup = Some((id, setup));
    }

    fn confirm(&self, next: &mut Self, account: &mut Account) {
        let Some((id, setup)) = &self.setup else {
            return;
        };
        let is_awaited = account.awaits(setup, time(self.now));
        let (code, codes) = (app().at(time(self.now)), backup_codes());
        let verified = account.last_verified();
        let answer = with(self.now, |context| {
            account.confirm_totp(setup, &code, NewCodes::Backup(&codes), context)
        });
        let expected = is_awaited && self.permits(*id);
        assert_eq!(answer.is_ok(), expected, "{answer:?}");
        if answer.is_err() {
            return;
        }
        // What is too weak takes no codes that are strong.
        assert_eq!(answer, Ok(!self.mail && !self.app));
        next.app = true;
        next.spent = self.now / 30;
        next.open.clear();
        let is_sign_in = purpose_of(*id) == Purpose::Login;
        let expected = if is_sign_in {
            Some(time(self.now))
        } else {
            verified
        };
        assert_eq!(account.last_verified(), expected);
    }

    /// Whatever happened: who has the password and what is enrolled signs in, with a set-up where one is asked for.
    fn nobody_is_locked_out(&self) {
        let mut account = self.account();
        let now = self.now + 4000;
        let (login, asked) = (token(99, Purpose::Login), self.asked());
        let open = |context: &mut RuleContext<'_>| {
            account.open_challenge_under(login.id, Purpose::Login, asked, context)
        };
        let methods = with(now, open).unwrap();
        if self.mail || self.app {
            let method = methods[0];
            let code = match method {
                Method::Totp => app().at(time(now)),
                Method::Email => MAILED.to_owned().into(),
                other => panic!("{other:?} is offered first"),
            };
            let target = ForChallenge {
                token: &login,
                method,
                grant: None,
            };
            let accepted = with(now, |context| {
                if method == Method::Email {
                    account.record_sent(&target, &OWN, context)?;
                }
                account.verify(&login, method, &code, None, context)
            });
            if !accepted.unwrap().must_enrol {
                return;
            }
        } else if self.needs(now).is_none() {
            return;
        }
        let permit = Permit::Login(login.id);
        assert_eq!(account.allow_set_up(&permit, time(now), &policy()), Ok(()));
        let secret = NewSecret::Drawn(app());
        let setup = with(now, |context| {
            account.start_app_for_login(secret, "ada", None, login.id, context)
        })
        .unwrap();
        let (code, codes) = (app().at(time(now)), backup_codes());
        let confirmed = with(now, |context| {
            account.confirm_totp(&setup, &code, NewCodes::Backup(&codes), context)
        });
        // Beside codes that there are no others are given.
        assert_eq!(confirmed, Ok(!self.mail));
        assert!(account.has_strength(Strength::NoRestricted));
    }
}

#[test]
fn no_rule_of_a_policy_opens_a_way_in_and_none_locks_anybody_out() {
    const DEPTH: u32 = 6;
    let (states, steps) = explore(
        State::seeds(),
        &ACTIONS,
        DEPTH,
        State::key,
        State::nobody_is_locked_out,
        |state, action| state.step(*action),
    );
    println!("{states} states, {steps} steps");
    assert!(states > 5_000, "the machine was not explored: {states}");
}
