//! The same for codes that are sent: ours, which the account checks, and those of a provider, which is
//! asked and may answer late, never, or about something else by then.
//!
//! The model knows every code, every check it has left, every counter and every check on its way,
//! and says beforehand what each step must answer, to the second.

use std::hash::{DefaultHasher, Hash, Hasher};

use twofactor::account::{
    Account, AuditBuffer, ChallengeId, ChallengeToken, Charged, Checked, Denied, ForChallenge,
    ForEnrolment, GrantId, NewCodes, Recipient, RemoteCheck, RuleContext, SentCode, SetupId, Step,
};
use twofactor::audit::Authority;
use twofactor::clock::UnixTime;
use twofactor::config::Policy;
use twofactor::crypto::HashKey;
use twofactor::types::{Method, Purpose, UserId};

use super::{START, backup_codes, explore, time};

const NUMBERS: [&str; 2] = ["+4915112345678", "+4915187654321"];
const PENDING: &str = "+4915100000000";
/// The set-up that it waits in.
const BEGUN: SetupId = SetupId::new([1; 16]);
const ADDRESS: &str = "ada@example.org";
const DEPTH: u32 = 4;

/// Small numbers, so that every edge is within reach: a code outlives a block, its two checks do not.
fn policy() -> Policy {
    Policy {
        max_attempts: 2,
        lockout_seconds: 30,
        lockout_growth: 2,
        lockout_max_seconds: 60,
        disable_after: 3,
        code_checks: 2,
        code_login_seconds: 90,
        code_verify_seconds: 120,
        ..Policy::default()
    }
}

/// What the sandglass of a provider's code shows.
const THEIR_SECONDS: u64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Typed {
    /// The code that was sent last for this challenge by this method.
    Newest,
    /// The first one.
    Oldest,
    /// The last one for that other challenge and method.
    Foreign(u8, Method),
    /// What the provider sent.
    Theirs,
    /// What nobody sent.
    Wrong,
    /// No code at all.
    Garbage,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Open(u8),
    Send(u8, Method),
    SendTheirs(u8, u8),
    Type(u8, Method, Typed),
    /// The same id under another purpose.
    Relabelled(u8, Purpose),
    /// The answer to the check of that place: yes, if what was typed is what they sent.
    Yes(usize),
    /// They know nothing of it any more.
    Over(usize),
    Wait(u64),
    Begin,
    NewNumber,
    RemoveSms,
    RaiseEpoch,
    Unlock,
}

fn purpose_of(challenge: u8) -> Purpose {
    match challenge {
        3 => Purpose::StepUp,
        4 => Purpose::ResetPassword,
        _ => Purpose::Login,
    }
}

fn actions() -> Vec<Action> {
    use Action::*;
    let mut all = vec![
        Open(1),
        Open(2),
        Open(3),
        Open(4),
        Send(1, Method::Sms),
        Send(1, Method::Voice),
        Send(1, Method::Email),
        Send(2, Method::Sms),
        Send(3, Method::Sms),
        Send(4, Method::Sms),
        Send(4, Method::Email),
        SendTheirs(1, 1),
        SendTheirs(1, 2),
        SendTheirs(2, 1),
        SendTheirs(4, 1),
        Relabelled(1, Purpose::StepUp),
        Relabelled(1, Purpose::ResetPassword),
        Relabelled(4, Purpose::Login),
        Yes(0),
        Yes(1),
        Over(0),
        Wait(30),
        Wait(60),
        Begin,
        NewNumber,
        RemoveSms,
        RaiseEpoch,
        Unlock,
    ];
    for (challenge, method, typed) in [
        (1, Method::Sms, Typed::Newest),
        (1, Method::Sms, Typed::Oldest),
        (1, Method::Sms, Typed::Foreign(2, Method::Sms)),
        (1, Method::Sms, Typed::Theirs),
        (1, Method::Sms, Typed::Wrong),
        (1, Method::Sms, Typed::Garbage),
        (1, Method::Voice, Typed::Newest),
        (1, Method::Voice, Typed::Wrong),
        (1, Method::Voice, Typed::Foreign(1, Method::Sms)),
        (1, Method::Email, Typed::Newest),
        (1, Method::Email, Typed::Wrong),
        (2, Method::Sms, Typed::Newest),
        (2, Method::Sms, Typed::Foreign(4, Method::Sms)),
        (2, Method::Sms, Typed::Theirs),
        (3, Method::Sms, Typed::Newest),
        (4, Method::Sms, Typed::Newest),
        (4, Method::Sms, Typed::Foreign(1, Method::Sms)),
        (4, Method::Sms, Typed::Theirs),
        (4, Method::Sms, Typed::Wrong),
        (4, Method::Email, Typed::Wrong),
    ] {
        all.push(Type(challenge, method, typed));
    }
    all
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Code {
    challenge: u8,
    method: Method,
    text: String,
    until: u64,
    checks: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Theirs {
    challenge: u8,
    reference: u8,
    from: u64,
    until: u64,
    checks: u8,
}

/// A check on its way, and what the model knows of it.
#[derive(Debug, Clone)]
struct Asked {
    check: RemoteCheck,
    token: ChallengeToken,
    challenge: u8,
    reference: u8,
    number: usize,
    right: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Counter {
    row: u32,
    all: u32,
    blocked: u64,
    disabled: bool,
}

impl Counter {
    fn charge(&mut self, now: u64) -> Charged {
        self.row += 1;
        self.all += 1;
        if self.all >= 3 {
            self.disabled = true;
            return Charged::Disabled;
        }
        if self.row >= 2 {
            self.blocked = now + 30;
            return Charged::Blocked;
        }
        Charged::Free
    }

    fn forgive(&mut self) {
        self.row = 0;
        self.blocked = 0;
    }

    fn lock(&self, now: u64) -> Option<Denied> {
        (self.disabled || self.blocked > now).then_some(Denied::LockedOut {
            retry_after: if self.disabled {
                0
            } else {
                self.blocked.saturating_sub(now)
            },
            disabled: self.disabled,
        })
    }
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    epoch: u64,
    number: usize,
    methods: Vec<Method>,
    /// How often a challenge was opened; an id is never used again.
    opened: [u8; 5],
    open: [bool; 5],
    codes: Vec<Code>,
    theirs: Vec<Theirs>,
    asked: Vec<Asked>,
    phone: Counter,
    email: Counter,
    reset: Counter,
    /// Codes that let somebody in.
    spent: Vec<String>,
}

impl State {
    fn first() -> Self {
        let mut account = Account::new(HashKey::new([1; 32]));
        for (method, to) in [
            (Method::Sms, NUMBERS[0]),
            (Method::Voice, NUMBERS[0]),
            (Method::Email, ADDRESS),
        ] {
            bind(&mut account, method, to, START);
        }
        Self {
            document: account.to_document().unwrap().to_vec(),
            now: START,
            epoch: account.epoch(),
            number: 0,
            methods: vec![Method::Sms, Method::Voice],
            opened: [0; 5],
            open: [false; 5],
            codes: Vec::new(),
            theirs: Vec::new(),
            asked: Vec::new(),
            phone: Counter::default(),
            email: Counter::default(),
            reset: Counter::default(),
            spent: Vec::new(),
        }
    }

    fn after(self, actions: &[Action]) -> Self {
        actions
            .iter()
            .fold(self, |state, action| state.step(*action))
    }

    fn key(&self) -> u128 {
        let mut key = 0;
        for salt in [1u8, 2] {
            let mut hasher = DefaultHasher::new();
            (salt, &self.document, self.now, &self.codes, self.opened).hash(&mut hasher);
            for asked in &self.asked {
                (&asked.token.id, asked.reference, asked.number).hash(&mut hasher);
                (asked.right, asked.check.at).hash(&mut hasher);
                (asked.check.charged == Charged::Disabled).hash(&mut hasher);
            }
            key = (key << 64) | u128::from(hasher.finish());
        }
        key
    }

    fn account(&self) -> Account {
        Account::from_document(&self.document).unwrap()
    }

    fn token(&self, challenge: u8, purpose: Purpose) -> ChallengeToken {
        let opened = self.opened[usize::from(challenge)];
        ChallengeToken {
            user: UserId::new("7").unwrap(),
            purpose,
            id: ChallengeId::new([challenge * 16 + opened; 16]),
        }
    }

    fn counter(&mut self, purpose: Purpose, method: Method) -> &mut Counter {
        match (purpose, method) {
            (Purpose::ResetPassword, _) => &mut self.reset,
            (_, Method::Email) => &mut self.email,
            _ => &mut self.phone,
        }
    }

    /// Why nothing is looked at, if so.
    fn refusal(&self, challenge: u8, method: Method) -> Option<Denied> {
        let reset = purpose_of(challenge) == Purpose::ResetPassword;
        if !self.open[usize::from(challenge)] {
            return Some(Denied::ChallengeClosed);
        }
        let enrolled = match method {
            Method::Email => !reset,
            method => self.methods.contains(&method),
        };
        if !enrolled {
            return Some(Denied::Rejected);
        }
        match (reset, method) {
            (true, _) if self.phone.disabled => self.phone.lock(self.now),
            (true, _) => self.reset.lock(self.now),
            (false, Method::Email) => self.email.lock(self.now),
            (false, _) => self.phone.lock(self.now),
        }
    }

    fn close(&mut self, challenge: u8) {
        self.open[usize::from(challenge)] = false;
        self.codes.retain(|code| code.challenge != challenge);
        self.theirs.retain(|code| code.challenge != challenge);
    }

    fn close_all(&mut self) {
        (1..=4).for_each(|challenge| self.close(challenge));
    }

    /// There is nothing to do, so the state is this one.
    fn idle(&self, action: Action) -> bool {
        match action {
            Action::Open(challenge) => self.open[usize::from(challenge)],
            Action::Yes(place) => self.asked.get(place).is_none_or(|asked| !asked.right),
            Action::Over(place) => place >= self.asked.len(),
            Action::Type(challenge, method, typed) => self.text(challenge, method, typed).is_none(),
            _ => false,
        }
    }

    /// One step of the real rules, held against the model.
    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        if self.idle(action) {
            return next;
        }
        let mut account = self.account();
        let mut audit = AuditBuffer::default();
        let now = time(self.now);
        let mut may_raise = false;
        match action {
            Action::Wait(seconds) => next.now += seconds,
            Action::Open(challenge) => {
                let place = usize::from(challenge);
                next.opened[place] += 1;
                next.open[place] = true;
                let purpose = purpose_of(challenge);
                let token = next.token(challenge, purpose);
                account
                    .open_challenge(
                        token.id,
                        purpose,
                        &mut RuleContext::new(now, &Policy::default(), &mut audit),
                    )
                    .unwrap();
            }
            Action::Send(challenge, method) => {
                next.send(&mut account, challenge, method);
            }
            Action::SendTheirs(challenge, reference) => {
                next.send_theirs(&mut account, challenge, reference);
            }
            Action::Type(challenge, method, typed) => {
                next.typed(&mut account, challenge, method, typed);
            }
            Action::Relabelled(challenge, purpose) => {
                let text = self.newest(challenge, Method::Sms).unwrap_or_default();
                let token = self.token(challenge, purpose);
                let answer = answer(&mut account, &token, Method::Sms, &text, self.now);
                assert_eq!(answer, Err(Denied::ChallengeClosed));
            }
            Action::Yes(place) => next.yes(&mut account, place),
            Action::Over(place) => next.over(&mut account, place),
            Action::Begin => {
                if account.waiting(&BEGUN, now).is_none() {
                    account.start_contact(
                        BEGUN,
                        Method::Voice,
                        PENDING,
                        &Recipient::default(),
                        None,
                        &mut RuleContext::new(now, &Policy::default(), &mut audit),
                    );
                    account
                        .record_sent(
                            &ForEnrolment {
                                setup: &BEGUN,
                                codes: NewCodes::NONE,
                            },
                            &SentCode::Own {
                                code: "000000",
                                provider: "carrier",
                            },
                            &mut RuleContext::new(now, &policy(), &mut audit),
                        )
                        .unwrap();
                }
            }
            Action::NewNumber => {
                may_raise = true;
                next.number = 1 - self.number;
                bind(&mut account, Method::Sms, NUMBERS[next.number], self.now);
                next.methods = vec![Method::Sms];
                next.phone = Counter::default();
                next.reset = Counter::default();
                next.close_all();
            }
            Action::RemoveSms => {
                let removed = account.remove(
                    Method::Sms,
                    None,
                    &mut RuleContext::new(now, &Policy::default(), &mut audit),
                );
                assert_eq!(removed, self.methods.contains(&Method::Sms));
                if removed {
                    may_raise = true;
                    next.methods.retain(|method| *method != Method::Sms);
                    next.close_all();
                }
            }
            Action::RaiseEpoch => {
                may_raise = true;
                account.end_sign_ins(
                    "host",
                    "why",
                    &mut RuleContext::new(now, &Policy::default(), &mut audit),
                );
                next.close_all();
            }
            Action::Unlock => {
                account
                    .unlock(
                        Ok(Authority::Proof),
                        "admin",
                        "why",
                        &mut RuleContext::new(UnixTime::START, &Policy::default(), &mut audit),
                    )
                    .unwrap();
                next.phone.forgive();
                next.email.forgive();
                // Anybody can cause those of resets: none of them is remembered.
                next.reset = Counter::default();
            }
        }
        assert_eq!(account.epoch() > self.epoch, may_raise);
        next.epoch = account.epoch();
        next.document = account.to_document().unwrap().to_vec();
        next
    }

    /// What is true of every state.
    fn holds(&self) {
        let account = &mut self.account();
        let now = time(self.now);
        // Attack 34: a code goes to the proven number, whatever is pending.
        for challenge in 1..=4 {
            for method in [Method::Sms, Method::Voice, Method::Email] {
                let token = self.token(challenge, purpose_of(challenge));
                let found = account.destination(&token, method, now, &policy());
                match self.refusal(challenge, method) {
                    Some(denied) => assert_eq!(found, Err(denied)),
                    None if method == Method::Email => assert_eq!(found.unwrap().to, ADDRESS),
                    None => assert_eq!(found.unwrap().to, NUMBERS[self.number]),
                }
            }
            // Two tabs never harm each other: what the model holds open is open, and nothing else.
            let token = self.token(challenge, purpose_of(challenge));
            let expected = if self.open[usize::from(challenge)] {
                Denied::Rejected
            } else {
                Denied::ChallengeClosed
            };
            let probe = answer(account, &token, Method::Passkey, "1", self.now);
            assert_eq!(probe, Err(expected));
        }
        let locked = |counter: &Counter, method: Method| {
            let until = account
                .locks(now)
                .iter()
                .any(|(locked, until)| *locked == method && *until == time(counter.blocked));
            assert_eq!(until, counter.blocked > self.now);
            assert_eq!(account.disabled().contains(&method), counter.disabled);
        };
        locked(&self.email, Method::Email);
        for method in &self.methods {
            locked(&self.phone, *method);
        }
        assert!(account.is_enrolled());
    }

    fn send(&mut self, account: &mut Account, challenge: u8, method: Method) {
        let purpose = purpose_of(challenge);
        let lifetime = if purpose == Purpose::ResetPassword {
            120
        } else {
            90
        };
        let sent = self
            .codes
            .iter()
            .filter(|code| code.challenge == challenge && code.method == method)
            .count();
        let minute = (self.now - START) / 30;
        let opened = self.opened[usize::from(challenge)];
        let text = format!("{challenge}{opened}{}{sent}{minute:03}", method as u8);
        let until = account.record_sent(
            &ForChallenge {
                token: &self.token(challenge, purpose),
                method,
                grant: None,
            },
            &SentCode::Own {
                code: &text,
                provider: "carrier",
            },
            &mut RuleContext::new(time(self.now), &policy(), &mut AuditBuffer::default()),
        );
        if let Some(denied) = self.refusal(challenge, method) {
            assert_eq!(until, Err(denied));
            return;
        }
        assert_eq!(until, Ok(time(self.now + lifetime)));
        assert!(sent < 5, "as many as are remembered");
        self.codes.push(Code {
            challenge,
            method,
            text,
            until: self.now + lifetime,
            checks: 2,
        });
    }

    fn send_theirs(&mut self, account: &mut Account, challenge: u8, reference: u8) {
        let purpose = purpose_of(challenge);
        let lifetime = if purpose == Purpose::ResetPassword {
            120
        } else {
            90
        };
        let until = account.record_sent(
            &ForChallenge {
                token: &self.token(challenge, purpose),
                method: Method::Sms,
                grant: None,
            },
            &SentCode::Remote {
                provider: "checker",
                reference: &reference.to_string(),
                seconds: THEIR_SECONDS,
            },
            &mut RuleContext::new(time(self.now), &policy(), &mut AuditBuffer::default()),
        );
        if let Some(denied) = self.refusal(challenge, Method::Sms) {
            assert_eq!(until, Err(denied));
            return;
        }
        let old = self
            .theirs
            .iter()
            .find(|code| (code.challenge, code.reference) == (challenge, reference));
        let (from, checks) = old.map_or((self.now, 2), |old| (old.from, old.checks));
        let good_until = (self.now + lifetime).min(from + 600);
        assert_eq!(until, Ok(time(good_until)));
        self.theirs.retain(|code| code.challenge != challenge);
        self.theirs.push(Theirs {
            challenge,
            reference,
            from,
            until: good_until,
            checks,
        });
        self.theirs.sort_by_key(|code| code.challenge);
    }

    fn newest(&self, challenge: u8, method: Method) -> Option<String> {
        let mut codes = self.codes.iter();
        codes
            .rfind(|code| (code.challenge, code.method) == (challenge, method))
            .map(|code| code.text.clone())
    }

    /// What is typed; `None` for a code that was never sent.
    fn text(&self, challenge: u8, method: Method, typed: Typed) -> Option<String> {
        let mut codes = self.codes.iter();
        match typed {
            Typed::Newest => self.newest(challenge, method),
            Typed::Oldest => codes
                .find(|code| (code.challenge, code.method) == (challenge, method))
                .map(|code| code.text.clone()),
            Typed::Foreign(other, by) => self.newest(other, by),
            Typed::Theirs => Some("777777".to_owned()),
            Typed::Wrong => Some("999999".to_owned()),
            Typed::Garbage => Some("12".to_owned()),
        }
    }

    fn typed(&mut self, account: &mut Account, challenge: u8, method: Method, typed: Typed) {
        let purpose = purpose_of(challenge);
        let now = self.now;
        let text = self.text(challenge, method, typed).unwrap();
        let token = self.token(challenge, purpose);
        let before = account.to_document().unwrap();
        let grant = Some(GrantId::new([challenge; 16]));
        let step = account.step(
            &ForChallenge {
                token: &token,
                method,
                grant,
            },
            &text,
            &mut RuleContext::new(time(now), &policy(), &mut AuditBuffer::default()),
        );
        if let Some(denied) = self.refusal(challenge, method) {
            assert_eq!(step, Err(denied));
            assert_eq!(
                account.to_document().unwrap(),
                before,
                "no counter moves, nothing is looked at"
            );
            return;
        }
        let mut live: Vec<&mut Code> = self
            .codes
            .iter_mut()
            .filter(|code| (code.challenge, code.method) == (challenge, method))
            .filter(|code| now < code.until && code.checks > 0)
            .collect();
        if live.iter().any(|code| code.text == text) {
            let Ok(Step::Done(accepted)) = step else {
                panic!("{step:?}");
            };
            assert_eq!(accepted.purpose, purpose);
            assert_eq!(accepted.granted, purpose == Purpose::StepUp);
            assert!(!self.spent.contains(&text), "a code was accepted twice");
            self.spent.push(text);
            self.counter(purpose, method).forgive();
            self.close(challenge);
            return;
        }
        live.iter_mut().for_each(|code| code.checks -= 1);
        let theirs = self
            .theirs
            .iter_mut()
            .find(|code| code.challenge == challenge)
            .filter(|code| now < code.until && code.checks > 0)
            .filter(|_| method == Method::Sms && typed != Typed::Garbage);
        let reference = theirs.map(|code| {
            code.checks -= 1;
            code.reference
        });
        let charged = self.counter(purpose, method).charge(now);
        let Some(reference) = reference else {
            assert_eq!(step, Err(Denied::Rejected));
            return;
        };
        let Ok(Step::Ask(check)) = step else {
            panic!("{step:?}");
        };
        assert_eq!(check.charged, charged, "charged before they are asked");
        assert_eq!(check.verification.reference, reference.to_string());
        assert_eq!(check.to, NUMBERS[self.number]);
        // More than two on their way are answered by nobody.
        if self.asked.len() == 2 {
            self.asked.remove(0);
        }
        self.asked.push(Asked {
            check,
            token,
            challenge,
            reference,
            number: self.number,
            right: typed == Typed::Theirs,
        });
    }

    fn yes(&mut self, account: &mut Account, place: usize) {
        let asked = self.asked.remove(place);
        let purpose = asked.token.purpose;
        let answer = account.settle(
            &ForChallenge {
                token: &asked.token,
                method: Method::Sms,
                grant: Some(GrantId::new([asked.challenge; 16])),
            },
            &asked.check,
            Checked::Right,
            &mut RuleContext::new(time(self.now), &policy(), &mut AuditBuffer::default()),
        );
        let is_open = self.open[usize::from(asked.challenge)]
            && self.token(asked.challenge, purpose) == asked.token;
        if !is_open {
            assert_eq!(answer, Err(Denied::ChallengeClosed));
            return;
        }
        let same = self.number == asked.number
            && self.methods.contains(&Method::Sms)
            && self
                .theirs
                .iter()
                .any(|code| (code.challenge, code.reference) == (asked.challenge, asked.reference));
        if !same {
            assert_eq!(answer, Err(Denied::Rejected));
            return;
        }
        assert_eq!(answer.map(|accepted| accepted.purpose), Ok(purpose));
        let counter = self.counter(purpose, Method::Sms);
        // An operator may have ended it meanwhile.
        counter.all = counter.all.saturating_sub(1);
        counter.forgive();
        if asked.check.charged == Charged::Disabled {
            counter.disabled = false;
        }
        self.close(asked.challenge);
    }

    fn over(&mut self, account: &mut Account, place: usize) {
        let asked = self.asked.remove(place);
        let answer = account.settle(
            &ForChallenge {
                token: &asked.token,
                method: Method::Sms,
                grant: None,
            },
            &asked.check,
            Checked::Over,
            &mut RuleContext::new(time(self.now), &policy(), &mut AuditBuffer::default()),
        );
        assert_eq!(answer, Err(Denied::Rejected));
        let purpose = asked.token.purpose;
        if self.token(asked.challenge, purpose) == asked.token {
            let names = (asked.challenge, asked.reference);
            self.theirs
                .iter_mut()
                .filter(|code| (code.challenge, code.reference) == names)
                .for_each(|code| code.checks = 0);
        }
    }

    /// Whatever happened: every block ends by itself, and then a code that is sent lets its user in.
    fn every_lock_ends(&self) {
        let later = self.now + 60;
        let (mut account, mut id) = (self.account(), 250);
        for (method, purpose) in [
            (Method::Sms, Purpose::Login),
            (Method::Voice, Purpose::StepUp),
            (Method::Email, Purpose::Login),
            (Method::Sms, Purpose::ResetPassword),
        ] {
            let gone = match method {
                Method::Email => self.email.disabled,
                _ => self.phone.disabled || !self.methods.contains(&method),
            };
            if gone || purpose == Purpose::ResetPassword && self.reset.disabled {
                continue;
            }
            id += 1;
            let token = ChallengeToken {
                user: UserId::new("7").unwrap(),
                purpose,
                id: ChallengeId::new([id; 16]),
            };
            let mut audit = AuditBuffer::default();
            account
                .open_challenge(
                    token.id,
                    purpose,
                    &mut RuleContext::new(time(later), &Policy::default(), &mut audit),
                )
                .unwrap();
            account
                .record_sent(
                    &ForChallenge {
                        token: &token,
                        method,
                        grant: None,
                    },
                    &SentCode::Own {
                        code: "4711",
                        provider: "carrier",
                    },
                    &mut RuleContext::new(time(later), &policy(), &mut audit),
                )
                .unwrap();
            let answer = answer(&mut account, &token, method, "4711", later);
            assert!(matches!(answer, Ok(Step::Done(_))), "{answer:?}");
        }
    }
}

fn answer(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    text: &str,
    now: u64,
) -> Result<Step<twofactor::account::Accepted>, Denied> {
    account.step(
        &ForChallenge {
            token,
            method,
            grant: Some(GrantId::new([0; 16])),
        },
        text,
        &mut RuleContext::new(time(now), &policy(), &mut AuditBuffer::default()),
    )
}

fn bind(account: &mut Account, method: Method, to: &str, now: u64) {
    let (now, mut audit) = (time(now), AuditBuffer::default());
    let setup = SetupId::new([2; 16]);
    let recipient = Recipient::default();
    account.start_contact(
        setup,
        method,
        to,
        &recipient,
        None,
        &mut RuleContext::new(now, &Policy::default(), &mut audit),
    );
    account
        .record_sent(
            &ForEnrolment {
                setup: &setup,
                codes: NewCodes::NONE,
            },
            &SentCode::Own {
                code: "424242",
                provider: "carrier",
            },
            &mut RuleContext::new(now, &policy(), &mut audit),
        )
        .unwrap();
    let confirmed = account.check_code(
        &ForEnrolment {
            setup: &setup,
            codes: NewCodes::Backup(&backup_codes()),
        },
        "424242",
        &mut RuleContext::new(now, &Policy::default(), &mut audit),
    );
    assert!(matches!(confirmed, Ok(Step::Done(_))), "{confirmed:?}");
}

#[test]
fn no_path_to_verified_without_a_code_that_was_sent_or_a_yes_that_was_asked_for() {
    use Action::*;
    let seeds: [&[Action]; 5] = [
        &[],
        // Two tabs and a reset, each with a code of ours.
        &[
            Open(1),
            Open(2),
            Open(4),
            Send(1, Method::Sms),
            Send(2, Method::Sms),
            Send(4, Method::Sms),
        ],
        // Two tabs that wait for the same code of a provider's, and a reset that does, too.
        &[
            Open(1),
            Open(2),
            Open(4),
            SendTheirs(1, 1),
            SendTheirs(2, 1),
            SendTheirs(4, 1),
        ],
        // Both kinds on their way, and the right answer to a check, too.
        &[
            Open(1),
            SendTheirs(1, 1),
            Send(1, Method::Sms),
            Type(1, Method::Sms, Typed::Theirs),
        ],
        // One guess before the telephone is disabled.
        &[
            Open(1),
            Open(4),
            SendTheirs(1, 1),
            Type(1, Method::Voice, Typed::Wrong),
            Type(1, Method::Voice, Typed::Wrong),
            Wait(30),
            Send(1, Method::Sms),
            Send(4, Method::Sms),
        ],
    ];
    let seeds = seeds
        .iter()
        .map(|actions| State::first().after(actions))
        .collect();
    let (states, steps) = explore(
        seeds,
        &actions(),
        DEPTH,
        State::key,
        |state| {
            state.holds();
            state.every_lock_ends();
        },
        |state, action| state.step(*action),
    );
    println!("{states} states, {steps} steps");
    assert!(states > 10_000, "the machine was not explored");
}
