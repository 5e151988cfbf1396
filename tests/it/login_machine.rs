//! The login machine, explored exhaustively: every sequence of what a user, a second tab, an
//! attacker, an operator and the clock can do, up to a depth, over the real rules.
//!
//! Beside the account a model keeps what must be true: which challenges are open, which proofs are
//! spent. After every step the two are held against each other. States are recognised by the
//! account's own document, so that no path is walked twice.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::hash::Hash;

use twofactor::account::totp::{Totp, TotpSecret};
use twofactor::account::{
    Account, AuditBuffer, ChallengeId, ChallengeToken, Denied, GrantId, NewCodes, RuleContext,
};
use twofactor::audit::Authority;
use twofactor::clock::UnixTime;
use twofactor::config::Policy;
use twofactor::crypto::code::LookupCode;
use twofactor::crypto::{HashKey, code};
use twofactor::types::{Algorithm, Method, Purpose, UserId};

mod enforcement;
mod factors;
mod lost;
mod recovery;
mod required;
mod sent;

const START: u64 = 1_700_000_010;
const DEPTH: u32 = 6;
const BACKUP: [&str; 2] = ["0123456789ABCDEF", "1123456789ABCDEF"];

/// Small numbers, so that every edge is within reach.
fn policy() -> Policy {
    Policy {
        max_attempts: 2,
        lockout_seconds: 60,
        lockout_growth: 2,
        lockout_max_seconds: 120,
        disable_after: 3,
        ..Policy::default()
    }
}

fn time(seconds: u64) -> UnixTime {
    UnixTime::new(i64::try_from(seconds).unwrap()).unwrap()
}

fn totp() -> Totp {
    Totp::new(
        TotpSecret::new(b"12345678901234567890").unwrap(),
        Algorithm::Sha1,
        6,
        30,
    )
    .unwrap()
}

fn backup_codes() -> Vec<LookupCode> {
    BACKUP
        .iter()
        .map(|text| code::read(text).unwrap())
        .collect()
}

fn token(id: u8, purpose: Purpose) -> ChallengeToken {
    ChallengeToken {
        user: UserId::new("7").unwrap(),
        purpose,
        id: ChallengeId::new([id; 16]),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Proof {
    /// The code of the current time step plus this.
    Step(i64),
    Backup(usize),
    Wrong(Method),
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Open(u8, Purpose),
    Answer(u8, Purpose, Proof),
    Wait(u64),
    Unlock,
    RaiseEpoch,
    Reset,
}

fn actions() -> Vec<Action> {
    let mut all = vec![
        Action::Open(1, Purpose::Login),
        Action::Open(2, Purpose::Login),
        Action::Open(3, Purpose::StepUp),
        Action::Wait(30),
        Action::Wait(120),
        Action::Unlock,
        Action::RaiseEpoch,
        Action::Reset,
    ];
    for (id, purpose) in [
        (1, Purpose::Login),
        (2, Purpose::Login),
        (3, Purpose::StepUp),
        (1, Purpose::StepUp), // relabelled
    ] {
        for proof in [
            Proof::Step(0),
            Proof::Step(1),
            Proof::Backup(0),
            Proof::Wrong(Method::Totp),
            Proof::Wrong(Method::BackupCode),
        ] {
            all.push(Action::Answer(id, purpose, proof));
        }
    }
    all
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    open: BTreeSet<(u8, bool)>,
    spent: BTreeSet<(bool, u64)>, // (is a backup code, which code or step)
    epoch: u64,
}

impl State {
    fn first() -> Self {
        let mut account = Account::new(HashKey::new([1; 32]));
        let mut audit = AuditBuffer::default();
        let now = time(START);
        let setup = account
            .start_totp(
                totp(),
                "ada",
                None,
                None,
                &mut RuleContext::new(now, &Policy::default(), &mut audit),
            )
            .unwrap();
        let codes = backup_codes();
        let confirmed = account.confirm_totp(
            &setup,
            &totp().at(now),
            NewCodes::Backup(&codes),
            &mut RuleContext::new(now, &policy(), &mut audit),
        );
        assert_eq!(confirmed, Ok(true));
        Self {
            document: account.to_document().unwrap().to_vec(),
            now: START,
            open: BTreeSet::new(),
            spent: BTreeSet::from([(false, START / 30)]),
            epoch: account.epoch(),
        }
    }

    fn account(&self) -> Account {
        Account::from_document(&self.document).unwrap()
    }

    fn key(&self) -> (Vec<u8>, u64) {
        (self.document.clone(), self.now)
    }

    fn blocked(account: &Account, method: Method, now: u64) -> bool {
        account.disabled().contains(&method)
            || account
                .locks(time(now))
                .iter()
                .any(|(locked, _)| *locked == method)
    }

    /// One step of the real rules, held against the model.
    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        let mut account = self.account();
        let mut audit = AuditBuffer::default();
        match action {
            Action::Wait(seconds) => next.now += seconds,
            Action::Open(id, purpose) => {
                // As the verifier does: no challenge without a factor.
                if account.is_enrolled() && !self.open.contains(&(id, purpose == Purpose::StepUp)) {
                    account
                        .open_challenge(
                            token(id, purpose).id,
                            purpose,
                            &mut RuleContext::new(time(self.now), &Policy::default(), &mut audit),
                        )
                        .unwrap();
                    next.open.insert((id, purpose == Purpose::StepUp));
                }
            }
            Action::Unlock => account
                .unlock(
                    Ok(Authority::Proof),
                    "admin",
                    "why",
                    &mut RuleContext::new(UnixTime::START, &Policy::default(), &mut audit),
                )
                .unwrap(),
            Action::RaiseEpoch => {
                account.end_sign_ins(
                    "host",
                    "why",
                    &mut RuleContext::new(time(self.now), &Policy::default(), &mut audit),
                );
                next.open.clear();
            }
            Action::Reset => {
                account
                    .reset(
                        Ok(Authority::Proof),
                        "admin",
                        "why",
                        &mut RuleContext::new(time(self.now), &Policy::default(), &mut audit),
                    )
                    .unwrap();
                next.open.clear();
            }
            Action::Answer(id, purpose, proof) => {
                self.answer(&mut next, &mut account, id, purpose, proof)
            }
        }
        assert!(account.epoch() >= self.epoch, "the epoch never falls");
        if !matches!(action, Action::RaiseEpoch | Action::Reset) {
            assert_eq!(account.epoch(), self.epoch);
        }
        next.epoch = account.epoch();
        next.document = account.to_document().unwrap().to_vec();
        next
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
        let (method, text, fingerprint) = match proof {
            Proof::Step(offset) => {
                let at = self.now.checked_add_signed(offset * 30).unwrap();
                (
                    Method::Totp,
                    totp().at(time(at)).to_string(),
                    Some((false, at / 30)),
                )
            }
            Proof::Backup(which) => (
                Method::BackupCode,
                BACKUP[which].to_owned(),
                Some((true, which as u64)),
            ),
            Proof::Wrong(Method::Totp) => (Method::Totp, "000000".to_owned(), None),
            Proof::Wrong(method) => (method, "ZZZZ-ZZZZ-ZZZZ-ZZZZ".to_owned(), None),
        };
        let key = (id, purpose == Purpose::StepUp);
        let is_open = self.open.contains(&key);
        let enrolled = account.methods().contains(&method);
        let blocked = Self::blocked(account, method, self.now);
        let unspent = fingerprint.is_some_and(|f| match f {
            // A step counts only when it is later than every one accepted before.
            (false, step) => self.spent.iter().all(|(backup, s)| *backup || *s < step),
            backup => !self.spent.contains(&backup),
        });
        let disabled = account.disabled();
        assert!(
            !disabled.contains(&Method::BackupCode),
            "a code of 80 bits is slowed down and never disabled"
        );
        let others: Vec<_> = self
            .open
            .iter()
            .filter(|other| **other != key)
            .copied()
            .collect();

        let answer = account.verify(
            &token(id, purpose),
            method,
            &text,
            Some(GrantId::new([id; 16])),
            &mut RuleContext::new(now, &policy(), &mut AuditBuffer::default()),
        );
        let expected = is_open && enrolled && !blocked && unspent;
        assert_eq!(
            answer.is_ok(),
            expected,
            "open {is_open}, enrolled {enrolled}, blocked {blocked}, unspent {unspent}: {answer:?}"
        );
        match answer {
            Ok(accepted) => {
                next.spent.insert(fingerprint.unwrap());
                next.open.remove(&key);
                assert_eq!(accepted.granted, purpose == Purpose::StepUp);
            }
            Err(Denied::ChallengeClosed) => {
                assert!(!is_open);
                assert_eq!(
                    account.to_document().unwrap().as_slice(),
                    self.document,
                    "no counter moves"
                );
            }
            Err(Denied::LockedOut { .. }) => {
                assert!(blocked);
                assert_eq!(
                    account.to_document().unwrap().as_slice(),
                    self.document,
                    "nothing is looked at"
                );
            }
            Err(Denied::Rejected) => assert!(is_open && !blocked),
            Err(
                Denied::StepUpRequired
                | Denied::EnrolmentRequired
                | Denied::Mistyped
                | Denied::OnHold
                | Denied::LinkOver
                | Denied::TooRecent { .. }
                | Denied::Throttled { .. }
                | Denied::NotSent { .. },
            ) => {
                panic!("not an answer to a proof")
            }
        }
        // Two tabs never harm each other: whatever happened here, the others are as open as before.
        for (other, step_up) in others {
            let purpose = if step_up {
                Purpose::StepUp
            } else {
                Purpose::Login
            };
            let mut probe = Account::from_document(&account.to_document().unwrap()).unwrap();
            let answer = probe.verify(
                &token(other, purpose),
                Method::Sms,
                "x",
                Some(GrantId::new([0; 16])),
                &mut RuleContext::new(now, &policy(), &mut AuditBuffer::default()),
            );
            assert_eq!(
                answer,
                Err(Denied::Rejected),
                "challenge {other} was closed by another"
            );
        }
    }

    /// Whoever has an unspent backup code waits for one block at most.
    fn backup_codes_are_never_disabled(&self) {
        let later = time(self.now + 120);
        for (place, code) in BACKUP.iter().enumerate() {
            let mut account = self.account();
            let has_it = account.backup_codes_left().is_some()
                && !self.spent.contains(&(true, place as u64));
            let fresh = token(98, Purpose::Login);
            account
                .open_challenge(
                    fresh.id,
                    Purpose::Login,
                    &mut RuleContext::new(later, &Policy::default(), &mut AuditBuffer::default()),
                )
                .unwrap();
            let answer = account.verify(
                &fresh,
                Method::BackupCode,
                code,
                None,
                &mut RuleContext::new(later, &policy(), &mut AuditBuffer::default()),
            );
            assert_eq!(answer.is_ok(), has_it, "{answer:?}");
        }
    }

    /// Whatever happened: every block ends by itself, and then the right code lets its user in.
    fn every_lock_ends(&self) {
        self.backup_codes_are_never_disabled();
        every_lock_ends(self.account(), &totp(), self.now);
    }
}

/// Every block ends by itself, and then the right code of `phone` lets its user in. Who has nothing enrolled may
/// enrol. What is disabled stays so, however long one waits, until somebody resets it and it is enrolled anew.
fn every_lock_ends(mut account: Account, phone: &Totp, now: u64) {
    let audit = &mut AuditBuffer::default();
    for (_, until) in account.locks(time(now)) {
        assert!(time(now).until(until) <= 120);
    }
    let fresh = token(99, Purpose::Login);
    let sign_in = |account: &mut Account, phone: &Totp, now: UnixTime| {
        account
            .open_challenge(
                fresh.id,
                Purpose::Login,
                &mut RuleContext::new(now, &Policy::default(), &mut AuditBuffer::default()),
            )
            .unwrap();
        account.verify(
            &fresh,
            Method::Totp,
            &phone.at(now),
            Some(GrantId::new([0; 16])),
            &mut RuleContext::new(now, &policy(), &mut AuditBuffer::default()),
        )
    };
    let later = time(now + 150);
    let enrolled = account.methods().contains(&Method::Totp);
    if enrolled && account.disabled().contains(&Method::Totp) {
        for wait in [150, 365 * 86_400] {
            let disabled = Denied::LockedOut {
                retry_after: 0,
                disabled: true,
            };
            let answer = sign_in(&mut account, phone, time(now + wait));
            assert_eq!(answer, Err(disabled));
        }
        account
            .reset(
                Ok(Authority::Proof),
                "admin",
                "why",
                &mut RuleContext::new(later, &Policy::default(), audit),
            )
            .unwrap();
    }
    if account.methods().contains(&Method::Totp) {
        let answer = sign_in(&mut account, phone, later);
        assert!(answer.is_ok(), "{answer:?}");
        return;
    }
    assert!(!account.is_enrolled() && account.allow_change(None, later).is_ok());
    let another = Totp::new(
        TotpSecret::new(b"98765432109876543210").unwrap(),
        Algorithm::Sha1,
        6,
        30,
    )
    .unwrap();
    let setup = account
        .start_totp(
            another.clone(),
            "ada",
            None,
            None,
            &mut RuleContext::new(later, &Policy::default(), audit),
        )
        .unwrap();
    let confirmed = account.confirm_totp(
        &setup,
        &another.at(later),
        NewCodes::Backup(&backup_codes()),
        &mut RuleContext::new(later, &policy(), audit),
    );
    assert_eq!(confirmed, Ok(true));
    let answer = sign_in(&mut account, &another, time(now + 180));
    assert!(answer.is_ok(), "{answer:?}");
}

/// Walks every sequence of actions up to a depth, no state twice; says how many states there were and
/// how many steps were taken.
fn explore<S, A, K: Eq + Hash>(
    seeds: Vec<S>,
    actions: &[A],
    depth: u32,
    key: impl Fn(&S) -> K,
    check: impl Fn(&S),
    step: impl Fn(&S, &A) -> S,
) -> (usize, u64) {
    let mut seen: HashSet<K> = seeds.iter().map(&key).collect();
    let mut queue: VecDeque<_> = seeds.into_iter().map(|seed| (seed, 0)).collect();
    let mut steps = 0u64;
    while let Some((state, walked)) = queue.pop_front() {
        check(&state);
        if walked == depth {
            continue;
        }
        for action in actions {
            let next = step(&state, action);
            steps += 1;
            if seen.insert(key(&next)) {
                queue.push_back((next, walked + 1));
            }
        }
    }
    (seen.len(), steps)
}

#[test]
fn no_path_to_verified_without_a_spent_proof_every_lock_ends_and_tabs_do_not_harm_each_other() {
    let (states, steps) = explore(
        vec![State::first()],
        &actions(),
        DEPTH,
        State::key,
        State::every_lock_ends,
        |state, action| state.step(*action),
    );
    println!("{states} states, {steps} steps");
    assert!(states > 10_000, "the machine was not explored");
}
