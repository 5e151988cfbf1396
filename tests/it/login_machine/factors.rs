//! The same while factors come and go: authenticator apps are enrolled beside each other and removed, backup codes are replaced and
//! removed, with a grant and without.
//!
//! The model knows what is enrolled, which proofs of which secret and set are spent, what is open and what was granted,
//! and says beforehand what each step must answer.

use std::collections::BTreeSet;

use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::account::{
    Account, AuditBuffer, Denied, GrantId, NewCodes, PendingTotp, RuleContext,
};
use twofactor::audit::Authority;
use twofactor::config::Policy;
use twofactor::crypto::code::LookupCode;
use twofactor::crypto::{HashKey, code};
use twofactor::types::{Algorithm, Method, Purpose};

use super::{START, every_lock_ends, explore, policy, time, token};

const DEPTH: u32 = 5;
/// How long a fresh proof allows changes.
const GRANT_SECONDS: u64 = 300;

/// The secret of the n-th set-up.
fn phone(n: u8) -> Totp {
    let secret = TotpSecret::new(&[n; 20]).unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

fn id(grant: Option<u8>) -> Option<GrantId> {
    grant.map(|id| GrantId::new([id; 16]))
}

/// The two codes of the n-th set.
fn texts(n: u8) -> [String; 2] {
    ["A", "B"].map(|which| format!("{which}{n:03}000000000000"))
}

fn codes(n: u8) -> Vec<LookupCode> {
    texts(n).iter().map(|t| code::read(t).unwrap()).collect()
}

#[derive(Debug, Clone, Copy)]
enum Proof {
    /// Of this moment, and of the app that was enrolled last.
    Now,
    /// The same of the app that has been enrolled for longest; of one that never was, if there is but one.
    First,
    /// The first code of the set that is kept.
    Backup,
    /// The first one of the set before.
    FormerBackup,
    Wrong(Method),
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Open(u8, Purpose),
    Answer(u8, Purpose, Proof),
    /// A change, with the grant of that challenge or without any.
    Start(Option<u8>),
    Regenerate(Option<u8>),
    Remove(Method, Option<u8>),
    /// The app that has been enrolled for longest.
    RemoveFirst(Option<u8>),
    Confirm(bool),
    Wait(u64),
    RaiseEpoch,
    Reset,
}

fn actions() -> Vec<Action> {
    use Action::*;
    use Purpose::{Login, StepUp};
    let mut all = vec![
        Open(1, Login),
        Open(2, StepUp),
        Answer(2, StepUp, Proof::Now),
        Answer(2, StepUp, Proof::Backup),
        Answer(2, Login, Proof::Now), // relabelled
        Confirm(true),
        Confirm(false),
        Wait(30),
        Wait(270),
        RaiseEpoch,
        Reset,
    ];
    for proof in [
        Proof::Now,
        Proof::First,
        Proof::Backup,
        Proof::FormerBackup,
        Proof::Wrong(Method::Totp),
        Proof::Wrong(Method::BackupCode),
    ] {
        all.push(Answer(1, Login, proof));
    }
    for grant in [None, Some(2)] {
        all.extend([
            Start(grant),
            Regenerate(grant),
            Remove(Method::Totp, grant),
            RemoveFirst(grant),
            Remove(Method::BackupCode, grant),
        ]);
    }
    all
}

/// The set-up that was begun last. Its token stays in the hands of whoever began it when it is over.
#[derive(Clone)]
struct Begun {
    secret: u8,
    started: u64,
    grant: Option<u8>,
    is_over: bool,
    token: PendingTotp,
}

impl Begun {
    const fn counts(&self, now: u64) -> bool {
        !self.is_over && now < self.started + 1800
    }
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    open: BTreeSet<(u8, bool)>,
    /// Grants, and when they were given.
    grants: Vec<(u8, u64)>,
    /// Secrets and sets that were made so far.
    secrets: u8,
    sets: u8,
    /// Which secrets are enrolled, and the last step each was accepted for.
    apps: Vec<(u8, u64)>,
    pending: Option<Begun>,
    /// Which set is kept, and whether its first code is spent.
    backup: Option<(u8, bool)>,
}

impl State {
    fn first() -> Self {
        let account = Account::new(HashKey::new([1; 32]));
        Self {
            document: account.to_document().unwrap().to_vec(),
            now: START,
            open: BTreeSet::new(),
            grants: Vec::new(),
            secrets: 0,
            sets: 0,
            apps: Vec::new(),
            pending: None,
            backup: None,
        }
    }

    fn after(&self, actions: &[Action]) -> Self {
        actions
            .iter()
            .fold(self.clone(), |state, action| state.step(*action))
    }

    fn account(&self) -> Account {
        Account::from_document(&self.document).unwrap()
    }

    /// What ends with every change of factors: all but the grant that it was made with.
    fn end_all(&mut self, grant: Option<u8>) {
        self.open.clear();
        self.grants.retain(|(id, _)| Some(*id) == grant);
        if let Some(begun) = self.pending.as_mut() {
            begun.is_over = true;
        }
    }

    fn may_change(&self, grant: Option<u8>) -> bool {
        self.apps.is_empty()
            || self
                .grants
                .iter()
                .any(|(id, given)| Some(*id) == grant && self.now < given + GRANT_SECONDS)
    }

    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        let mut account = self.account();
        let audit = &mut AuditBuffer::default();
        let (now, before) = (time(self.now), account.epoch());
        let mut raised = false;
        match action {
            Action::Wait(seconds) => next.now += seconds,
            Action::Open(id, purpose) => {
                let key = (id, purpose == Purpose::StepUp);
                if !self.apps.is_empty() && !self.open.contains(&key) {
                    account
                        .open_challenge(
                            token(id, purpose).id,
                            purpose,
                            &mut RuleContext::new(now, &Policy::default(), audit),
                        )
                        .unwrap();
                    next.open.insert(key);
                }
            }
            Action::RaiseEpoch => {
                account.end_sign_ins(
                    "host",
                    "why",
                    &mut RuleContext::new(now, &Policy::default(), audit),
                );
                next.end_all(None);
                raised = true;
            }
            Action::Reset => {
                account
                    .reset(
                        Ok(Authority::Proof),
                        "admin",
                        "why",
                        &mut RuleContext::new(now, &Policy::default(), audit),
                    )
                    .unwrap();
                next.end_all(None);
                next.apps.clear();
                next.backup = None;
                raised = true;
            }
            Action::Start(grant) => {
                if self.allowed(&account, grant) {
                    next.secrets += 1;
                    let token = account
                        .start_totp(
                            phone(next.secrets),
                            "ada",
                            None,
                            id(grant),
                            &mut RuleContext::new(now, &Policy::default(), audit),
                        )
                        .unwrap();
                    next.pending = Some(Begun {
                        secret: next.secrets,
                        started: self.now,
                        grant,
                        is_over: false,
                        token,
                    });
                }
            }
            Action::Confirm(right) => raised = self.confirm(&mut next, &mut account, right),
            Action::Regenerate(grant) => {
                // As the verifier does: not without a factor.
                if self.allowed(&account, grant) && account.is_enrolled() {
                    next.sets += 1;
                    account.regenerate_codes(
                        NewCodes::Backup(&codes(next.sets)),
                        id(grant).as_ref(),
                        &mut RuleContext::new(now, &Policy::default(), audit),
                    );
                    next.end_all(grant);
                    next.backup = Some((next.sets, false));
                    raised = true;
                    assert!(!account.disabled().contains(&Method::BackupCode));
                }
            }
            Action::Remove(method, grant) => {
                if self.allowed(&account, grant) {
                    let there = match method {
                        Method::Totp => !self.apps.is_empty(),
                        _ => self.backup.is_some(),
                    };
                    assert_eq!(
                        account.remove(
                            method,
                            id(grant).as_ref(),
                            &mut RuleContext::new(now, &Policy::default(), audit)
                        ),
                        there
                    );
                    if there {
                        next.end_all(grant);
                        next.backup = None;
                        if method == Method::Totp {
                            next.apps.clear();
                        }
                        raised = true;
                    }
                }
            }
            Action::RemoveFirst(grant) => {
                if self.allowed(&account, grant) && !self.apps.is_empty() {
                    let first = *account.factors().next().unwrap().id();
                    let policy = policy();
                    let mut context = RuleContext::new(now, &policy, audit);
                    let removed = account.remove_factor(&first, id(grant).as_ref(), &mut context);
                    assert_eq!(removed, Ok(()));
                    next.end_all(grant);
                    next.apps.remove(0);
                    if next.apps.is_empty() {
                        next.backup = None;
                    }
                    raised = true;
                }
            }
            Action::Answer(id, purpose, proof) => {
                self.answer(&mut next, &mut account, id, purpose, proof);
            }
        }
        // The epoch rises with every change of factors, and with nothing else.
        assert_eq!(account.epoch() > before, raised, "{action:?}");
        assert!(account.epoch() >= before);
        let mut methods = Vec::new();
        methods.extend(next.apps.first().map(|_| Method::Totp));
        methods.extend(next.backup.map(|_| Method::BackupCode));
        assert_eq!(account.methods(), methods, "{action:?}");
        assert_eq!(account.is_enrolled(), !next.apps.is_empty());
        let kept = account
            .factors()
            .filter(|it| it.method() == Method::Totp)
            .count();
        assert_eq!(kept, next.apps.len(), "{action:?}");
        next.document = account.to_document().unwrap().to_vec();
        next
    }

    /// Whether the rules let a change through; the model has to agree.
    fn allowed(&self, account: &Account, grant: Option<u8>) -> bool {
        let answer = account.allow_change(id(grant).as_ref(), time(self.now));
        let expected = self.may_change(grant);
        assert_eq!(answer.is_ok(), expected, "{answer:?}");
        assert!(answer.is_ok() || answer == Err(Denied::StepUpRequired));
        expected
    }

    /// Returns whether a factor was enrolled.
    fn confirm(&self, next: &mut Self, account: &mut Account, right: bool) -> bool {
        let now = time(self.now);
        let Some(begun) = &self.pending else {
            return false;
        };
        let counts = begun.counts(self.now);
        assert_eq!(account.awaits(&begun.token, now), counts);
        let text = if right {
            phone(begun.secret).at(now).to_string()
        } else {
            "000000".to_owned()
        };
        let set = self.sets + 1;
        let audit = &mut AuditBuffer::default();
        let answer = account.confirm_totp(
            &begun.token,
            &text,
            NewCodes::Backup(&codes(set)),
            &mut RuleContext::new(now, &policy(), audit),
        );
        if !right || !counts {
            assert_eq!(answer, Err(Denied::Rejected));
            return false;
        }
        let first = self.apps.is_empty();
        assert_eq!(answer, Ok(first));
        next.end_all(begun.grant);
        next.apps.push((begun.secret, self.now / 30));
        if first {
            next.sets = set;
            next.backup = Some((set, false));
        }
        // A new binding: what the old one failed is over.
        assert!(!account.disabled().contains(&Method::Totp));
        assert!(account.locks(now).iter().all(|(m, _)| *m != Method::Totp));
        true
    }

    fn answer(
        &self,
        next: &mut Self,
        account: &mut Account,
        id: u8,
        purpose: Purpose,
        proof: Proof,
    ) {
        let now = time(self.now);
        let step = self.now / 30;
        let former = |n: Option<u8>| n.unwrap_or(0).checked_sub(1).unwrap_or(99);
        let (method, text, right) = match proof {
            Proof::Now => {
                let (secret, last) = self.apps.last().copied().unwrap_or((99, 0));
                let right = !self.apps.is_empty() && last < step;
                (Method::Totp, phone(secret).at(now).to_string(), right)
            }
            Proof::First => {
                let first = self.apps.first().filter(|_| self.apps.len() > 1);
                let (secret, last) = first.copied().unwrap_or((99, u64::MAX));
                (Method::Totp, phone(secret).at(now).to_string(), last < step)
            }
            Proof::Backup => {
                let (set, spent) = self.backup.unwrap_or((99, true));
                (Method::BackupCode, texts(set)[0].clone(), !spent)
            }
            Proof::FormerBackup => {
                let set = former(self.backup.map(|(set, _)| set));
                (Method::BackupCode, texts(set)[0].clone(), false)
            }
            Proof::Wrong(Method::Totp) => (Method::Totp, "000000".to_owned(), false),
            Proof::Wrong(method) => (method, "ZZZZ-ZZZZ-ZZZZ-ZZZZ".to_owned(), false),
        };
        let key = (id, purpose == Purpose::StepUp);
        let is_open = self.open.contains(&key);
        let blocked = super::State::blocked(account, method, self.now);
        let answer = account.verify(
            &token(id, purpose),
            method,
            &text,
            Some(GrantId::new([id; 16])),
            &mut RuleContext::new(now, &policy(), &mut AuditBuffer::default()),
        );
        assert_eq!(
            answer.is_ok(),
            is_open && !blocked && right,
            "open {is_open}, blocked {blocked}, right {right}: {answer:?}"
        );
        match answer {
            Ok(accepted) => {
                next.open.remove(&key);
                match proof {
                    Proof::Backup => next.backup = self.backup.map(|(set, _)| (set, true)),
                    Proof::First => next.apps[0].1 = step,
                    _ => next.apps.last_mut().unwrap().1 = step,
                }
                assert_eq!(accepted.granted, purpose == Purpose::StepUp);
                if accepted.granted {
                    next.grants.push((id, self.now));
                }
            }
            Err(Denied::ChallengeClosed | Denied::LockedOut { .. }) => {
                assert!(!is_open || blocked);
                assert_eq!(account.to_document().unwrap().as_slice(), self.document);
            }
            Err(other) => assert_eq!(other, Denied::Rejected),
        }
    }

    fn every_lock_ends(&self) {
        let secret = self.apps.last().map_or(99, |(secret, _)| *secret);
        every_lock_ends(self.account(), &phone(secret), self.now);
    }
}

#[test]
fn factors_that_come_and_go_open_no_way_around_a_proof_and_leave_nobody_locked_out() {
    use Action::*;
    let none = State::first();
    let enrolled = none.after(&[Start(None), Confirm(true), Wait(30)]);
    let granted = enrolled.after(&[
        Open(2, Purpose::StepUp),
        Answer(2, Purpose::StepUp, Proof::Now),
    ]);
    let replacing = granted.after(&[Start(Some(2)), Open(1, Purpose::Login)]);
    let both = replacing.after(&[Confirm(true), Wait(30), Open(1, Purpose::Login)]);
    let replaced = both.after(&[RemoveFirst(Some(2)), Open(1, Purpose::Login)]);
    assert_eq!((both.apps.len(), replaced.apps.len()), (2, 1));
    let regenerated = granted.after(&[Regenerate(Some(2)), Wait(30), Open(1, Purpose::Login)]);
    // Three failures disable an authenticator; a step-up with a backup code leads to a new one.
    let failed = Answer(1, Purpose::Login, Proof::Wrong(Method::Totp));
    let disabled = enrolled.after(&[
        Open(1, Purpose::Login),
        failed,
        failed,
        Wait(270),
        failed,
        Open(2, Purpose::StepUp),
    ]);
    assert!(disabled.account().disabled().contains(&Method::Totp));
    let seeds = vec![
        none,
        enrolled,
        granted,
        replacing,
        both,
        replaced,
        regenerated,
        disabled,
    ];
    let (states, steps) = explore(
        seeds,
        &actions(),
        DEPTH,
        |state| {
            let begun = state.pending.as_ref();
            let begun =
                begun.map(|begun| (begun.secret, begun.started, begun.grant, begun.is_over));
            (state.document.clone(), state.now, begun)
        },
        State::every_lock_ends,
        |state, action| state.step(*action),
    );
    println!("{states} states, {steps} steps");
    assert!(states > 10_000, "the machine was not explored: {states}");
}
