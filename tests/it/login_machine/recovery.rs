//! The same with secrets that are derived: a list of recovery codes of which later ones are used first, its last one,
//! new lists, new secrets, and the old ones that somebody still has.
//!
//! The model knows which code was used last, which secret counts, what is pending and what was granted, and says
//! beforehand what each step must answer. Of everything that was ever shown to anybody it keeps a list: nothing is
//! shown twice.

use std::collections::BTreeSet;

use twofactor::account::{
    Account, AuditBuffer, Denied, GrantId, NewCodes, NewSecret, PendingTotp, Permit, RuleContext,
};
use twofactor::audit::Authority;
use twofactor::crypto::recovery_code::{self, RecoveryLength};
use twofactor::crypto::{Deriver, HashKey, KeyId, KeyRing, code};
use twofactor::types::{Algorithm, Method, Purpose};

use super::{START, explore, policy, time, token};

const DEPTH: u32 = 4;
const COUNT: u8 = 3;
const GRANT_SECONDS: u64 = 300;

thread_local! {
    static RING: KeyRing =
        KeyRing::parse("k = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
}

/// Runs a rule with the key within reach.
fn ruled<T>(now: u64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    RING.with(|ring| {
        let (policy, mut audit) = (policy(), AuditBuffer::default());
        let context = RuleContext::new(time(now), &policy, &mut audit);
        rule(&mut context.deriving(Deriver::new(ring, "site", "7")))
    })
}

fn shown(setup: &PendingTotp, now: u64) -> String {
    RING.with(|ring| {
        let totp = setup.totp(&Deriver::new(ring, "site", "7")).unwrap();
        totp.at(time(now)).to_string()
    })
}

fn printed(account: &Account) -> Vec<String> {
    RING.with(|ring| {
        let codes = account.recovery_codes(&Deriver::new(ring, "site", "7"));
        codes.iter().map(|it| code::show(it).to_string()).collect()
    })
}

fn with_codes<T>(then: impl FnOnce(NewCodes<'_>) -> T) -> T {
    let key = KeyId::read("k").unwrap();
    then(NewCodes::Recovery {
        key: &key,
        count: COUNT,
        length: RecoveryLength::Standard,
    })
}

fn secret() -> NewSecret {
    NewSecret::Derived {
        key: KeyId::read("k").unwrap(),
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
    }
}

fn id(grant: Option<u8>) -> Option<GrantId> {
    grant.map(|id| GrantId::new([id; 16]))
}

#[derive(Debug, Clone, Copy)]
enum Proof {
    /// What the app shows.
    App,
    /// What the app before it shows.
    FormerApp,
    /// The n-th code of the list that counts.
    Code(usize),
    /// The last one of the list before.
    FormerCode,
    /// One that is whole and none of theirs.
    Foreign,
    /// One that is not whole.
    Mistyped,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Open(u8, Purpose),
    Answer(u8, Purpose, Proof),
    /// A set-up of a first app.
    Start,
    /// One by the challenge of a sign-in, with the password alone.
    StartBy(u8),
    /// One in the place of the app.
    Rotate(Option<u8>),
    Confirm(bool),
    Regenerate(Option<u8>),
    Wait(u64),
    RaiseEpoch,
    Reset,
    /// An operator requires that they enrol anew.
    Require,
}

fn actions() -> Vec<Action> {
    use Action::*;
    use Purpose::{Login, StepUp};
    let mut all = vec![
        Open(1, Login),
        Open(2, StepUp),
        Answer(2, StepUp, Proof::App),
        Answer(2, StepUp, Proof::Code(0)),
        Answer(2, StepUp, Proof::Code(2)),
        Answer(2, Login, Proof::Code(0)), // relabelled
        Start,
        StartBy(1),
        Rotate(None),
        Rotate(Some(2)),
        Confirm(true),
        Confirm(false),
        Regenerate(None),
        Regenerate(Some(2)),
        Wait(30),
        Wait(270),
        RaiseEpoch,
        Reset,
        Require,
    ];
    for proof in [
        Proof::App,
        Proof::FormerApp,
        Proof::Code(0),
        Proof::Code(1),
        Proof::Code(2),
        Proof::FormerCode,
        Proof::Foreign,
        Proof::Mistyped,
    ] {
        all.push(Answer(1, Login, proof));
    }
    all
}

#[derive(Clone)]
struct Begun {
    token: PendingTotp,
    started: u64,
    grant: Option<u8>,
    is_over: bool,
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    open: BTreeSet<(u8, bool)>,
    /// Of those sign-ins that were proven, and wait for their set-up.
    proven: BTreeSet<u8>,
    grants: Vec<(u8, u64)>,
    pending: Option<Begun>,
    /// The secret that counts, and the last step it was accepted for.
    app: Option<(PendingTotp, u64)>,
    former_app: Option<PendingTotp>,
    /// The list that counts, and how many of it are spent.
    codes: Vec<String>,
    used: usize,
    former_codes: Vec<String>,
    /// It was required, or the last code was used, and nothing is enrolled since.
    is_due: bool,
    /// Everything that was ever shown: the first code of a list, and what a secret shows at one moment.
    given: BTreeSet<String>,
}

impl State {
    fn first() -> Self {
        let account = Account::new(HashKey::new([1; 32]));
        Self {
            document: account.to_document().unwrap().to_vec(),
            now: START,
            open: BTreeSet::new(),
            proven: BTreeSet::new(),
            grants: Vec::new(),
            pending: None,
            app: None,
            former_app: None,
            codes: Vec::new(),
            used: 0,
            former_codes: Vec::new(),
            is_due: false,
            given: BTreeSet::new(),
        }
    }

    fn after(&self, actions: &[Action]) -> Self {
        let steps = actions.iter();
        steps.fold(self.clone(), |state, action| state.step(*action))
    }

    fn account(&self) -> Account {
        Account::from_document(&self.document).unwrap()
    }

    fn end_all(&mut self, grant: Option<u8>) {
        self.open.clear();
        self.proven.clear();
        self.grants.retain(|(id, _)| Some(*id) == grant);
        if let Some(begun) = self.pending.as_mut() {
            begun.is_over = true;
        }
    }

    /// There is nothing any more that signs in.
    fn end_factors(&mut self) {
        self.former_app = self
            .app
            .take()
            .map(|(setup, _)| setup)
            .or(self.former_app.take());
        self.former_codes = std::mem::take(&mut self.codes);
        self.used = 0;
    }

    fn new_codes(&mut self, account: &Account) {
        if !self.codes.is_empty() {
            self.former_codes = std::mem::take(&mut self.codes);
        }
        self.codes = printed(account);
        self.used = 0;
        assert_eq!(self.codes.len(), usize::from(COUNT));
        assert!(
            self.given.insert(self.codes[0].clone()),
            "no list is given twice"
        );
    }

    fn may_change(&self, account: &Account, grant: Option<u8>) -> bool {
        let may = account
            .has_proven(id(grant).as_ref(), time(self.now))
            .is_ok();
        let mut grants = self.grants.iter();
        let holds =
            grants.any(|(id, given)| Some(*id) == grant && self.now < given + GRANT_SECONDS);
        assert_eq!(may, self.app.is_some() && holds);
        may
    }

    fn begun(&mut self, token: PendingTotp, grant: Option<u8>) {
        // At a moment that nobody comes to: what it shows names the secret.
        let fingerprint = format!("app {}", shown(&token, START + 86_400));
        assert!(self.given.insert(fingerprint), "no secret is given twice");
        self.pending = Some(Begun {
            token,
            started: self.now,
            grant,
            is_over: false,
        });
    }

    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        let mut account = self.account();
        let before = account.epoch();
        let mut raised = false;
        match action {
            Action::Wait(seconds) => next.now += seconds,
            Action::Open(id, purpose) => {
                let key = (id, purpose == Purpose::StepUp);
                // As the verifier does.
                let is_login = purpose == Purpose::Login;
                let has_reason = self.app.is_some() || is_login && self.is_due;
                let is_there = self.open.contains(&key) || is_login && self.proven.contains(&id);
                if has_reason && !is_there {
                    let id = token(id, purpose).id;
                    ruled(self.now, |context| {
                        account.open_challenge(id, purpose, context)
                    })
                    .unwrap();
                    next.open.insert(key);
                }
            }
            Action::RaiseEpoch => {
                ruled(self.now, |context| {
                    account.end_sign_ins("host", "why", context)
                });
                next.end_all(None);
                raised = true;
            }
            Action::Reset => {
                ruled(self.now, |context| {
                    account.reset(Ok(Authority::Proof), "admin", "why", context)
                })
                .unwrap();
                next.end_all(None);
                next.end_factors();
                raised = true;
            }
            Action::Start => {
                let answer = ruled(self.now, |context| {
                    account.allow_change(None, context.now)?;
                    Ok(account.start_app(secret(), "ada", None, None, context))
                });
                match (answer, self.app.is_some()) {
                    (Ok(Ok(token)), false) => next.begun(token, None),
                    (Err(Denied::StepUpRequired), true) => {}
                    (other, _) => panic!("{other:?}"),
                }
            }
            Action::StartBy(id) => {
                let permit = Permit::Login(token(id, Purpose::Login).id);
                let may = account.allow_set_up(&permit, time(self.now), &policy());
                // Where something is enrolled the password alone is not enough.
                let is_open = self.open.contains(&(id, false)) && self.app.is_none();
                let is_good = is_open || self.proven.contains(&id);
                assert_eq!(may.is_ok(), self.is_due && is_good, "{may:?}");
                if may.is_ok() {
                    let id = token(id, Purpose::Login).id;
                    let token = ruled(self.now, |context| {
                        account.start_app_for_login(secret(), "ada", None, id, context)
                    })
                    .unwrap();
                    next.begun(token, None);
                }
            }
            Action::Rotate(grant) => {
                if self.may_change(&account, grant) {
                    let token = ruled(self.now, |context| {
                        account.rotate_app(secret(), "ada", id(grant), context)
                    });
                    next.begun(token, grant);
                }
            }
            Action::Regenerate(grant) => {
                if self.may_change(&account, grant) {
                    ruled(self.now, |context| {
                        with_codes(|codes| {
                            account.regenerate_codes(codes, id(grant).as_ref(), context);
                        });
                    });
                    next.new_codes(&account);
                    next.end_all(grant);
                    raised = true;
                }
            }
            Action::Require => {
                ruled(self.now, |context| {
                    let due = time(self.now);
                    account.require_enrolment(due, Authority::Proof, "admin", "why", context);
                });
                next.is_due = true;
            }
            Action::Confirm(right) => raised = self.confirm(&mut next, &mut account, right),
            Action::Answer(id, purpose, proof) => {
                raised = self.answer(&mut next, &mut account, id, purpose, proof);
            }
        }
        assert_eq!(account.epoch() > before, raised, "{action:?}");
        assert!(account.epoch() >= before);
        assert_eq!(account.is_enrolled(), next.app.is_some(), "{action:?}");
        assert_eq!(
            account.must_enrol(time(next.now)),
            next.is_due,
            "{action:?}"
        );
        let mut methods = Vec::new();
        if next.app.is_some() {
            methods.extend([Method::Totp, Method::RecoveryCode]);
            assert_eq!(
                account.recovery_codes_left(),
                Some(next.codes.len() - next.used)
            );
            assert_eq!(
                account.next_recovery_code().map(usize::from),
                Some(next.used + 1)
            );
            assert_eq!(printed(&account), next.codes);
        }
        assert_eq!(account.methods(), methods, "{action:?}");
        assert!(!account.disabled().contains(&Method::RecoveryCode));
        next.document = account.to_document().unwrap().to_vec();
        next
    }

    fn confirm(&self, next: &mut Self, account: &mut Account, right: bool) -> bool {
        let Some(begun) = &self.pending else {
            return false;
        };
        let counts = !begun.is_over && self.now < begun.started + 1800;
        let text = if right {
            shown(&begun.token, self.now)
        } else {
            "000000".to_owned()
        };
        let answer = ruled(self.now, |context| {
            with_codes(|codes| account.confirm_totp(&begun.token, &text, codes, context))
        });
        if !right || !counts {
            assert_eq!(answer, Err(Denied::Rejected));
            return false;
        }
        assert_eq!(answer, Ok(true), "codes come with it");
        next.former_app = self
            .app
            .clone()
            .map(|(setup, _)| setup)
            .or(self.former_app.clone());
        next.app = Some((begun.token.clone(), self.now / 30));
        next.new_codes(account);
        next.end_all(begun.grant);
        next.is_due = false;
        assert!(account.disabled().is_empty() && account.locks(time(self.now)).is_empty());
        true
    }

    /// Returns whether it was the last code.
    fn answer(
        &self,
        next: &mut Self,
        account: &mut Account,
        id: u8,
        purpose: Purpose,
        proof: Proof,
    ) -> bool {
        let step = self.now / 30;
        let foreign = code::show(&recovery_code::of(&[9; 32], RecoveryLength::Standard));
        let of = |codes: &[String], place: usize| {
            codes
                .get(place)
                .map_or_else(|| foreign.to_string(), Clone::clone)
        };
        let (method, text, right) = match proof {
            Proof::App => {
                let app = self.app.as_ref();
                let text = app.map_or("000000".to_owned(), |(it, _)| shown(it, self.now));
                (
                    Method::Totp,
                    text,
                    app.is_some_and(|(_, last)| *last < step),
                )
            }
            Proof::FormerApp => {
                let app = self.former_app.as_ref();
                let text = app.map_or("000000".to_owned(), |it| shown(it, self.now));
                (Method::Totp, text, false)
            }
            Proof::Code(place) => {
                let right = place >= self.used && place < self.codes.len();
                (Method::RecoveryCode, of(&self.codes, place), right)
            }
            Proof::FormerCode => (Method::RecoveryCode, of(&self.former_codes, 2), false),
            Proof::Foreign => (Method::RecoveryCode, foreign.to_string(), false),
            Proof::Mistyped => (Method::RecoveryCode, "ABCD-EFGH".to_owned(), false),
        };
        let key = (id, purpose == Purpose::StepUp);
        let is_open = self.open.contains(&key);
        let blocked = super::State::blocked(account, method, self.now);
        let answer = ruled(self.now, |context| {
            let grant = Some(GrantId::new([id; 16]));
            account.verify(&token(id, purpose), method, &text, grant, context)
        });
        assert_eq!(
            answer.is_ok(),
            is_open && !blocked && right,
            "{proof:?}, open {is_open}, blocked {blocked}: {answer:?}"
        );
        let is_as_it_was = |account: &Account| {
            assert_eq!(account.to_document().unwrap().as_slice(), self.document);
        };
        let accepted = match answer {
            Ok(accepted) => accepted,
            Err(Denied::ChallengeClosed | Denied::LockedOut { .. }) => {
                assert!(!is_open || blocked);
                is_as_it_was(account);
                return false;
            }
            Err(Denied::Mistyped) => {
                assert!(matches!(proof, Proof::Mistyped) && is_open && !blocked);
                is_as_it_was(account);
                return false;
            }
            Err(other) => {
                assert_eq!(other, Denied::Rejected);
                assert!(!matches!(proof, Proof::Mistyped) || self.app.is_none());
                return false;
            }
        };
        next.open.remove(&key);
        assert_eq!(accepted.granted, purpose == Purpose::StepUp);
        let must_enrol = self.is_due && purpose == Purpose::Login;
        assert_eq!(accepted.must_enrol, must_enrol);
        if must_enrol {
            next.proven.insert(id);
        }
        if accepted.granted {
            next.grants.push((id, self.now));
        }
        let mut is_last = false;
        match proof {
            Proof::Code(place) => {
                // Where a set-up has to follow the last one is spent by that.
                let most = self.codes.len() - usize::from(must_enrol);
                next.used = (place + 1).min(most);
                is_last = next.used == self.codes.len();
            }
            _ => next.app.as_mut().unwrap().1 = step,
        }
        assert_eq!(accepted.switched_off, is_last);
        if is_last {
            next.end_all(accepted.granted.then_some(id));
            next.end_factors();
            next.is_due = true;
        }
        is_last
    }

    /// After the last code the password is enough for a set-up, and that ends the sign-in.
    fn signs_in_by_a_set_up(account: &mut Account, now: u64) {
        let id = token(99, Purpose::Login).id;
        let confirmed = ruled(now, |context| {
            account.open_challenge(id, Purpose::Login, context).unwrap();
            account.allow_set_up(&Permit::Login(id), time(now), &policy())?;
            let setup = account.start_app_for_login(secret(), "ada", None, id, context);
            let setup = setup.unwrap();
            with_codes(|codes| account.confirm_totp(&setup, &shown(&setup, now), codes, context))
        });
        assert_eq!(confirmed, Ok(true));
        assert!(account.is_enrolled() && !account.must_enrol(time(now)));
    }

    /// Whatever happened: every block ends, and then the next code of the list lets its owner in, or there is nothing to
    /// prove.
    fn nobody_is_locked_out(&self) {
        let later = self.now + 150;
        let mut account = self.account();
        if self.app.is_none() {
            assert!(!account.is_enrolled() && account.allow_change(None, time(later)).is_ok());
            if self.is_due {
                Self::signs_in_by_a_set_up(&mut account, later);
            }
            return;
        }
        let fresh = token(99, Purpose::Login);
        let answer = ruled(later, |context| {
            account
                .open_challenge(fresh.id, Purpose::Login, context)
                .unwrap();
            account.verify(
                &fresh,
                Method::RecoveryCode,
                &self.codes[self.used],
                None,
                context,
            )
        });
        assert!(answer.is_ok(), "{answer:?}");
        if self.is_due {
            let setup = ruled(later, |context| {
                account.start_app_for_login(secret(), "ada", None, fresh.id, context)
            })
            .unwrap();
            let confirmed = ruled(later, |context| {
                with_codes(|codes| {
                    account.confirm_totp(&setup, &shown(&setup, later), codes, context)
                })
            });
            assert_eq!(confirmed, Ok(true));
            assert!(!account.must_enrol(time(later)));
        }
        // And of those that are spent none does.
        if let Some(spent) = self.used.checked_sub(1) {
            let mut account = self.account();
            let answer = ruled(later, |context| {
                account
                    .open_challenge(fresh.id, Purpose::Login, context)
                    .unwrap();
                account.verify(
                    &fresh,
                    Method::RecoveryCode,
                    &self.codes[spent],
                    None,
                    context,
                )
            });
            assert_eq!(answer, Err(Denied::Rejected));
        }
    }
}

#[test]
fn recovery_codes_go_forward_alone_the_last_one_ends_all_and_no_generation_comes_twice() {
    use Action::*;
    use Purpose::{Login, StepUp};
    let none = State::first();
    let enrolled = none.after(&[Start, Confirm(true), Wait(30)]);
    let open = enrolled.after(&[Open(1, Login), Open(2, StepUp)]);
    let granted = open.after(&[Answer(2, StepUp, Proof::App)]);
    let jumped = open.after(&[Answer(1, Login, Proof::Code(1)), Open(1, Login)]);
    let rotating = granted.after(&[Rotate(Some(2))]);
    let rotated = rotating.after(&[Confirm(true), Wait(30), Open(1, Login)]);
    let regenerated = granted.after(&[Regenerate(Some(2)), Open(1, Login)]);
    let off = open.after(&[Answer(1, Login, Proof::Code(2))]);
    assert!(off.app.is_none() && jumped.used == 2);
    let again = off.after(&[Start, Confirm(true), Wait(30), Open(1, Login)]);
    let blocked = open.after(&[
        Answer(1, Login, Proof::Foreign),
        Answer(1, Login, Proof::Foreign),
    ]);
    let due = open.after(&[Require]);
    let proven = due.after(&[Answer(1, Login, Proof::Code(2))]);
    assert!(proven.app.is_some() && proven.used == 2 && proven.proven.contains(&1));
    let seeds = vec![
        none,
        enrolled,
        open,
        granted,
        jumped,
        rotating,
        rotated,
        regenerated,
        off,
        again,
        blocked,
        due,
        proven,
    ];
    let (states, steps) = explore(
        seeds,
        &actions(),
        DEPTH,
        |state| {
            let begun = state.pending.as_ref().map(|begun| {
                let token = begun.token.to_document().unwrap().to_vec();
                (token, begun.is_over)
            });
            let former = state.former_app.as_ref();
            let former = former.map(|it| it.to_document().unwrap().to_vec());
            let app = state.app.as_ref().map(|(_, last)| *last);
            (
                state.document.clone(),
                state.now,
                begun,
                former,
                app,
                state.former_codes.clone(),
            )
        },
        State::nobody_is_locked_out,
        |state, action| state.step(*action),
    );
    println!("{states} states, {steps} steps");
    assert!(states > 10_000, "the machine was not explored: {states}");
}
