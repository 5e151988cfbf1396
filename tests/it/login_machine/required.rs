//! Required enrolment: every order of requiring, waiving, signing in, setting up and waiting, by the user with the old
//! app and by somebody who has the password alone.

use std::collections::BTreeMap;

use twofactor::account::{NewSecret, PendingTotp, Permit};

use super::*;

/// What a set-up is confirmed with; no secret is enrolled twice.
fn another() -> Totp {
    let secret = TotpSecret::new(b"98765432109876543210").unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Require(u64),
    Waive,
    Open(u8),
    /// The old app's code.
    Prove(u8),
    /// Begins a set-up by that challenge, or with nothing.
    Begin(Option<u8>),
    /// Confirms what was begun last.
    Confirm,
    Wait(u64),
    Reset,
    RaiseEpoch,
}

const ACTIONS: [Action; 15] = [
    Action::Require(0),
    Action::Require(60),
    Action::Waive,
    Action::Open(1),
    Action::Open(2),
    Action::Prove(1),
    Action::Prove(2),
    Action::Begin(Some(1)),
    Action::Begin(Some(2)),
    Action::Begin(None),
    Action::Confirm,
    Action::Wait(30),
    Action::Wait(2000),
    Action::Reset,
    Action::RaiseEpoch,
];

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    /// What was begun last.
    setup: Option<PendingTotp>,
    /// From when an enrolment is due.
    due: Option<u64>,
    /// Open challenges, and when the old app was proven for them.
    open: BTreeMap<u8, Option<u64>>,
    /// The old app is enrolled, or a new one.
    has: [bool; 2],
    /// Of the old app.
    spent: u64,
}

fn with<T>(now: u64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = policy();
    rule(&mut RuleContext::new(
        time(now),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

impl State {
    fn seeds() -> Vec<Self> {
        let enrolled = super::State::first();
        let plain = Account::new(HashKey::new([1; 32]));
        let seed = |document: Vec<u8>, has_old| Self {
            document,
            now: START,
            setup: None,
            due: None,
            open: BTreeMap::new(),
            has: [has_old, false],
            spent: START / 30,
        };
        vec![
            seed(enrolled.document, true),
            seed(plain.to_document().unwrap().to_vec(), false),
        ]
    }

    fn key(&self) -> (Vec<u8>, u64, String) {
        let setup = self.setup.as_ref().and_then(|it| it.to_document().ok());
        (
            self.document.clone(),
            self.now,
            format!("{:?}", setup.as_deref()),
        )
    }

    fn must_enrol(&self) -> bool {
        self.due.is_some_and(|due| due <= self.now)
    }

    fn is_enrolled(&self) -> bool {
        self.has.contains(&true)
    }

    /// Whether a set-up may be begun and confirmed by that challenge.
    fn permits(&self, id: u8) -> bool {
        // What was proven is good for half an hour; the policy here ends nothing else.
        let is_good = match self.open.get(&id) {
            None => false,
            Some(None) => !self.is_enrolled(),
            Some(Some(at)) => self.now < at + 1800,
        };
        self.must_enrol() && is_good
    }

    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        let mut account = Account::from_document(&self.document).unwrap();
        let now = self.now;
        assert_eq!(account.must_enrol(time(now)), self.must_enrol());
        match action {
            Action::Require(grace) => {
                with(now, |context| {
                    let due = time(now + grace);
                    account.require_enrolment(due, Authority::Proof, "admin", "why", context);
                });
                next.due = Some(now + grace);
            }
            Action::Waive => {
                with(now, |context| {
                    account.waive_enrolment(Authority::Proof, "admin", "why", context)
                });
                next.due = None;
            }
            Action::Open(id) => {
                // As the verifier does.
                let is_due = account.is_enrolled() || account.must_enrol(time(now));
                if is_due && !self.open.contains_key(&id) {
                    let login = token(id, Purpose::Login);
                    with(now, |context| {
                        account.open_challenge(login.id, Purpose::Login, context)
                    })
                    .unwrap();
                    next.open.insert(id, None);
                }
            }
            Action::Prove(id) => self.prove(&mut next, &mut account, id),
            Action::Begin(by) => self.begin(&mut next, &mut account, by),
            Action::Confirm => self.confirm(&mut next, &mut account),
            Action::Wait(seconds) => next.now += seconds,
            Action::Reset => {
                with(now, |context| {
                    account.reset(Ok(Authority::Proof), "admin", "why", context)
                })
                .unwrap();
                (next.has, next.open) = ([false; 2], BTreeMap::new());
            }
            Action::RaiseEpoch => {
                with(now, |context| account.end_sign_ins("host", "why", context));
                next.open.clear();
            }
        }
        assert_eq!(account.is_enrolled(), next.is_enrolled(), "{action:?}");
        assert_eq!(
            account.enrolment_due(),
            next.due.map(time),
            "{action:?} of {:?}",
            self.has
        );
        next.document = account.to_document().unwrap().to_vec();
        next
    }

    fn prove(&self, next: &mut Self, account: &mut Account, id: u8) {
        let login = token(id, Purpose::Login);
        let code = totp().at(time(self.now));
        let answer = with(self.now, |context| {
            account.verify(&login, Method::Totp, &code, None, context)
        });
        let step = self.now / 30;
        let blocked = super::State::blocked(
            &Account::from_document(&self.document).unwrap(),
            Method::Totp,
            self.now,
        );
        let is_right =
            self.open.get(&id) == Some(&None) && self.has[0] && step > self.spent && !blocked;
        assert_eq!(answer.is_ok(), is_right, "{answer:?}");
        let Ok(accepted) = answer else { return };
        next.spent = step;
        next.open.remove(&id);
        // No sign-in ends while an enrolment is due.
        assert_eq!(accepted.must_enrol, self.must_enrol());
        if accepted.must_enrol {
            next.open.insert(id, Some(self.now));
        }
    }

    fn begin(&self, next: &mut Self, account: &mut Account, by: Option<u8>) {
        let permit = by.map_or(Permit::None, |id| {
            Permit::Login(token(id, Purpose::Login).id)
        });
        let allowed = account.allow_set_up(&permit, time(self.now), &policy());
        let expected = by.map_or(!self.is_enrolled(), |id| self.permits(id));
        assert_eq!(allowed.is_ok(), expected, "{by:?}: {allowed:?}");
        if allowed.is_err() {
            return;
        }
        let secret = NewSecret::Drawn(another());
        next.setup = Some(with(self.now, |context| match permit {
            Permit::Login(id) => account
                .start_app_for_login(secret, "ada", None, id, context)
                .unwrap(),
            _ => account
                .start_app(secret, "ada", None, None, context)
                .unwrap(),
        }));
    }

    fn confirm(&self, next: &mut Self, account: &mut Account) {
        let Some(setup) = &self.setup else { return };
        let code = another().at(time(self.now));
        let codes = backup_codes();
        let is_awaited = account.awaits(setup, time(self.now));
        let answer = with(self.now, |context| {
            account.confirm_totp(setup, &code, NewCodes::Backup(&codes), context)
        });
        let by = match setup.permit() {
            Permit::Login(id) => (1..=2).find(|n| token(*n, Purpose::Login).id == *id),
            _ => None,
        };
        // The same secret once more is none.
        let expected = is_awaited && !self.has[1] && by.is_none_or(|id| self.permits(id));
        assert_eq!(answer.is_ok(), expected, "{by:?}: {answer:?}");
        if answer.is_err() {
            return;
        }
        next.open.clear();
        let replaces = by.is_some();
        next.has = [self.has[0] && !replaces, true];
        // What was there before is gone, or there was nothing.
        if !next.has[0] {
            next.due = None;
        }
        if replaces {
            assert_eq!(account.last_verified(), Some(time(self.now)));
            assert_eq!(account.backup_codes_left(), Some(BACKUP.len()));
        }
    }

    /// However the account came to be so, its user signs in: by what is enrolled, and a set-up where one is due.
    fn nobody_is_locked_out(&self) {
        let mut account = Account::from_document(&self.document).unwrap();
        let now = self.now + 4000;
        let login = token(99, Purpose::Login);
        with(now, |context| {
            account.open_challenge(login.id, Purpose::Login, context)
        })
        .unwrap();
        if self.is_enrolled() {
            let phone = if self.has[0] { totp() } else { another() };
            let code = phone.at(time(now));
            let answer = with(now, |context| {
                account.verify(&login, Method::Totp, &code, None, context)
            });
            if !answer.unwrap().must_enrol {
                return;
            }
        } else if !account.must_enrol(time(now)) {
            return;
        }
        let fresh = Totp::new(TotpSecret::new(&[3; 20]).unwrap(), Algorithm::Sha1, 6, 30).unwrap();
        let permit = Permit::Login(login.id);
        assert_eq!(account.allow_set_up(&permit, time(now), &policy()), Ok(()));
        let secret = NewSecret::Drawn(fresh.clone());
        let setup = with(now, |context| {
            account.start_app_for_login(secret, "ada", None, login.id, context)
        })
        .unwrap();
        let codes = backup_codes();
        let confirmed = with(now, |context| {
            let code = fresh.at(time(now));
            account.confirm_totp(&setup, &code, NewCodes::Backup(&codes), context)
        });
        assert_eq!(confirmed, Ok(true));
        assert!(!account.must_enrol(time(now)));
    }
}

#[test]
fn no_order_of_requiring_and_signing_in_enrols_by_a_password_alone_what_needs_a_proof() {
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
    assert!(states > 10_000, "the machine was not explored: {states}");
}
