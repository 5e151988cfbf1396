//! Lost telephones: every order of issuing temporary codes, trying them, suspending and resuming, by an operator, by the
//! user with app and backup codes, and by somebody who has the password alone.

use std::collections::BTreeMap;

use twofactor::account::{FactorError, FactorId, NewSecret, PendingTotp, Permit, SuspendedBy};

use super::*;

/// What is set up in the place of what was lost.
fn another() -> Totp {
    let secret = TotpSecret::new(b"98765432109876543210").unwrap();
    Totp::new(secret, Algorithm::Sha1, 6, 30).unwrap()
}

/// The n-th code that was issued.
fn issued(n: u64) -> LookupCode {
    code::read(&format!("7{n:0>15}")).unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Latest,
    Former,
    Wrong,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Issue,
    Open(u8, Purpose),
    /// The old app's code.
    Prove(u8, Purpose),
    Temporary(u8, Purpose, Which),
    /// A backup code, and whether the telephone is lost.
    Backup(u8, Purpose, bool),
    /// The old app, by an operator, or by its user with a grant.
    Suspend(bool),
    Resume(bool),
    /// Begins a set-up by the challenge of a sign-in, or with nothing.
    Begin(Option<u8>),
    Confirm,
    Wait(u64),
    RaiseEpoch,
}

fn actions() -> Vec<Action> {
    use self::Action::*;
    use Purpose::{Login, StepUp};
    vec![
        Issue,
        Open(1, Login),
        Open(2, Login),
        Open(3, StepUp),
        Prove(1, Login),
        Prove(3, StepUp),
        Temporary(1, Login, Which::Latest),
        Temporary(2, Login, Which::Latest),
        Temporary(1, Login, Which::Former),
        Temporary(1, Login, Which::Wrong),
        Temporary(3, StepUp, Which::Latest),
        Temporary(1, StepUp, Which::Latest), // relabelled
        Backup(1, Login, false),
        Backup(1, Login, true),
        Backup(3, StepUp, false),
        Suspend(false),
        Suspend(true),
        Resume(false),
        Resume(true),
        Begin(Some(1)),
        Begin(Some(2)),
        Begin(None),
        Confirm,
        Wait(30),
        Wait(900),
        RaiseEpoch,
    ]
}

/// A challenge that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// And so many temporary codes were wrong for it.
    Asked(u8),
    /// And proven by a temporary code then.
    Proven(u64),
}

#[derive(Clone)]
struct State {
    document: Vec<u8>,
    now: u64,
    setup: Option<PendingTotp>,
    open: BTreeMap<(u8, bool), Open>,
    /// How many codes were issued, and until when the last is good.
    issued: u64,
    until: Option<u64>,
    /// Whether each is enrolled and suspended: the old app, and the new one.
    apps: [Option<bool>; 2],
    /// Of the old app.
    spent: u64,
    /// How many of them are.
    backup_spent: usize,
    /// When it was given, and by what.
    grant: Option<(u64, Method)>,
}

fn with<T>(now: u64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = policy();
    rule(&mut RuleContext::new(
        time(now),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

fn grant() -> GrantId {
    GrantId::new([3; 16])
}

fn key_of(id: u8, purpose: Purpose) -> (u8, bool) {
    (id, purpose == Purpose::StepUp)
}

impl State {
    fn first() -> Self {
        let enrolled = super::State::first();
        Self {
            document: enrolled.document,
            now: START + 30,
            setup: None,
            open: BTreeMap::new(),
            issued: 0,
            until: None,
            apps: [Some(false), None],
            spent: START / 30,
            backup_spent: 0,
            grant: None,
        }
    }

    fn after(&self, actions: &[Action]) -> Self {
        let step = |state: Self, action: &Action| state.step(*action);
        actions.iter().fold(self.clone(), step)
    }

    fn account(&self) -> Account {
        Account::from_document(&self.document).unwrap()
    }

    fn key(&self) -> (Vec<u8>, u64, String) {
        let setup = self.setup.as_ref().and_then(|it| it.to_document().ok());
        let setup = format!("{:?}", setup.as_deref());
        (self.document.clone(), self.now, setup)
    }

    fn is_good(&self) -> bool {
        self.until.is_some_and(|until| self.now < until)
    }

    fn has_grant(&self) -> bool {
        self.grant.is_some_and(|(at, _)| self.now < at + 300)
    }

    fn has_active_app(&self) -> bool {
        self.apps.contains(&Some(false))
    }

    /// Whether anything but the old app could be proven.
    fn has_another(&self) -> bool {
        self.apps[1] == Some(false) || self.backup_spent < BACKUP.len()
    }

    /// What ends with every change of factors.
    fn end_all(&mut self) {
        self.open.clear();
        self.grant = None;
        self.until = None;
    }

    fn old(account: &Account) -> FactorId {
        *account.factors().next().unwrap().id()
    }

    fn step(&self, action: Action) -> Self {
        let mut next = self.clone();
        let mut account = self.account();
        let before = account.epoch();
        let now = self.now;
        let mut raised = false;
        match action {
            Action::Wait(seconds) => next.now += seconds,
            Action::Issue => {
                next.issued += 1;
                next.until = Some(now + 900);
                let is_issued = with(now, |context| {
                    let (code, by) = (issued(next.issued), Authority::Proof);
                    account.issue_temporary_code(&code, 900, by, "admin", "why", context)
                });
                assert!(is_issued);
            }
            Action::Open(id, purpose) => {
                if !self.open.contains_key(&key_of(id, purpose)) {
                    let challenge = token(id, purpose);
                    let methods = with(now, |context| {
                        account.open_challenge(challenge.id, purpose, context)
                    });
                    let offered = methods.unwrap();
                    assert!(
                        !offered.contains(&Method::TemporaryCode),
                        "it is told to nobody"
                    );
                    // A method that is disabled is not offered, either.
                    let is_usable =
                        self.has_active_app() && !account.disabled().contains(&Method::Totp);
                    assert_eq!(offered.contains(&Method::Totp), is_usable);
                    next.open.insert(key_of(id, purpose), Open::Asked(0));
                }
            }
            Action::Prove(id, purpose) => self.prove(&mut next, &mut account, id, purpose),
            Action::Temporary(id, purpose, which) => {
                self.try_temporary(&mut next, &mut account, id, purpose, which);
            }
            Action::Backup(id, purpose, is_lost) => {
                raised = self.back_up(&mut next, &mut account, id, purpose, is_lost);
            }
            Action::Suspend(is_own) => {
                raised = self.suspend(&mut next, &mut account, is_own, true);
            }
            Action::Resume(is_own) => {
                raised = self.suspend(&mut next, &mut account, is_own, false);
            }
            Action::Begin(by) => self.begin(&mut next, &mut account, by),
            Action::Confirm => raised = self.confirm(&mut next, &mut account),
            Action::RaiseEpoch => {
                with(now, |context| account.end_sign_ins("host", "why", context));
                next.end_all();
                raised = true;
            }
        }
        assert!(
            account.is_enrolled(),
            "no order makes it look as if there was no second factor"
        );
        assert!(account.allow_change(None, time(now)).is_err());
        assert_eq!(account.epoch() > before, raised, "{action:?}");
        let suspended: Vec<_> = account
            .factors()
            .filter(|it| it.method() == Method::Totp)
            .map(|it| it.is_suspended())
            .collect();
        let expected: Vec<_> = next.apps.iter().flatten().copied().collect();
        assert_eq!(suspended, expected, "{action:?}");
        assert_eq!(
            account.methods().contains(&Method::Totp),
            next.has_active_app()
        );
        next.document = account.to_document().unwrap().to_vec();
        assert_eq!(
            Account::from_document(&next.document)
                .unwrap()
                .to_document()
                .unwrap()
                .to_vec(),
            next.document
        );
        next
    }

    fn is_asked(&self, id: u8, purpose: Purpose) -> bool {
        let open = self.open.get(&key_of(id, purpose));
        matches!(open, Some(Open::Asked(_)))
    }

    fn prove(&self, next: &mut Self, account: &mut Account, id: u8, purpose: Purpose) {
        let code = totp().at(time(self.now));
        let blocked = super::State::blocked(account, Method::Totp, self.now);
        let answer = with(self.now, |context| {
            account.verify(
                &token(id, purpose),
                Method::Totp,
                &code,
                Some(grant()),
                context,
            )
        });
        let step = self.now / 30;
        let is_open = self.is_asked(id, purpose);
        let counts = self.apps[0] == Some(false);
        let is_right = is_open && counts && step > self.spent && !blocked;
        assert_eq!(answer.is_ok(), is_right, "{answer:?}");
        if is_open && !self.has_active_app() {
            // As if it were not enrolled: refused, and nothing charged.
            assert_eq!(answer, Err(Denied::Rejected));
            assert_eq!(account.to_document().unwrap().as_slice(), self.document);
        }
        if is_right {
            next.spent = step;
            self.accepted(next, id, purpose, Method::Totp);
        }
    }

    fn accepted(&self, next: &mut Self, id: u8, purpose: Purpose, method: Method) {
        next.open.remove(&key_of(id, purpose));
        if purpose == Purpose::Login {
            // Who signs in otherwise needs none.
            next.until = None;
        } else {
            next.grant = Some((self.now, method));
        }
    }

    fn try_temporary(
        &self,
        next: &mut Self,
        account: &mut Account,
        id: u8,
        purpose: Purpose,
        which: Which,
    ) {
        let code = match which {
            Which::Latest => issued(self.issued),
            Which::Former => issued(self.issued.saturating_sub(1)),
            Which::Wrong => issued(99),
        };
        let text = code::show(&code);
        let locks = account.locks(time(self.now));
        let answer = with(self.now, |context| {
            let method = Method::TemporaryCode;
            account.verify(&token(id, purpose), method, &text, Some(grant()), context)
        });
        let key = key_of(id, purpose);
        let is_login = purpose == Purpose::Login;
        let is_right =
            self.is_asked(id, purpose) && is_login && which == Which::Latest && self.is_good();
        assert_eq!(answer.is_ok(), is_right, "{which:?}: {answer:?}");
        assert_eq!(account.locks(time(self.now)), locks, "it blocks nobody");
        match answer {
            Ok(accepted) => {
                assert!(
                    accepted.must_enrol && !accepted.granted,
                    "a set-up and no more"
                );
                next.until = None;
                next.open.insert(key, Open::Proven(self.now));
            }
            Err(Denied::Rejected) => {
                assert!(self.is_asked(id, purpose));
                if is_login && let Some(Open::Asked(wrong)) = self.open.get(&key) {
                    next.open.insert(key, Open::Asked(wrong + 1));
                    if *wrong == 4 {
                        next.open.remove(&key);
                    }
                }
            }
            Err(other) => {
                assert_eq!(other, Denied::ChallengeClosed);
                assert!(!self.is_asked(id, purpose));
            }
        }
    }

    fn back_up(
        &self,
        next: &mut Self,
        account: &mut Account,
        id: u8,
        purpose: Purpose,
        is_lost: bool,
    ) -> bool {
        let text = BACKUP.get(self.backup_spent).copied().unwrap_or("wrong");
        let blocked = super::State::blocked(account, Method::BackupCode, self.now);
        let challenge = token(id, purpose);
        let answer = with(self.now, |context| {
            let method = Method::BackupCode;
            let accepted = account.verify(&challenge, method, text, Some(grant()), context)?;
            Ok::<_, Denied>(if is_lost {
                account.suspend_phone(&challenge, accepted, context)
            } else {
                accepted
            })
        });
        let is_right = self.is_asked(id, purpose) && self.backup_spent < BACKUP.len() && !blocked;
        assert_eq!(answer.is_ok(), is_right, "{answer:?}");
        let Ok(accepted) = answer else { return false };
        assert_eq!(accepted.epoch, account.epoch());
        next.backup_spent += 1;
        self.accepted(next, id, purpose, Method::BackupCode);
        let suspends = is_lost && self.has_active_app();
        if suspends {
            next.apps = self.apps.map(|app| app.map(|_| true));
            next.end_all();
        }
        suspends
    }

    fn suspend(
        &self,
        next: &mut Self,
        account: &mut Account,
        is_own: bool,
        is_suspended: bool,
    ) -> bool {
        let now = time(self.now);
        let by = if is_own {
            let allowed = account.allow_change(Some(&grant()), now);
            assert_eq!(allowed.is_ok(), self.has_grant(), "{allowed:?}");
            if allowed.is_err() {
                return false;
            }
            SuspendedBy::Owner {
                grant: grant(),
                why: "lost",
            }
        } else {
            SuspendedBy::Operator {
                by: "admin",
                why: "lost",
                authority: Authority::Proof,
            }
        };
        let id = Self::old(account);
        let done = with(self.now, |context| match is_suspended {
            true => account.suspend_factor(&id, by, context),
            false => account.resume_factor(&id, by, context),
        });
        if self.apps[0] == Some(is_suspended) {
            assert_eq!(done, Ok(()));
            return false;
        }
        if is_own && is_suspended && !self.has_another() {
            assert_eq!(done, Err(FactorError::Last));
            return false;
        }
        assert_eq!(done, Ok(()));
        let kept = self
            .grant
            .filter(|(_, method)| is_own && *method != Method::Totp);
        let until = self.until.filter(|_| !is_own);
        next.end_all();
        (next.grant, next.until) = (kept.filter(|_| self.has_grant()), until);
        next.apps[0] = Some(is_suspended);
        true
    }

    /// Whether a set-up may be begun and confirmed by that challenge: by nothing else.
    fn permits(&self, id: u8) -> bool {
        let open = self.open.get(&(id, false));
        matches!(open, Some(Open::Proven(at)) if self.now < at + 1800)
    }

    fn begin(&self, next: &mut Self, account: &mut Account, by: Option<u8>) {
        let permit = by.map_or(Permit::None, |id| {
            Permit::Login(token(id, Purpose::Login).id)
        });
        let allowed = account.allow_set_up(&permit, time(self.now), &policy());
        let expected = by.is_some_and(|id| self.permits(id));
        assert_eq!(allowed.is_ok(), expected, "{by:?}: {allowed:?}");
        let (Ok(()), Permit::Login(id)) = (allowed, permit) else {
            return;
        };
        let secret = NewSecret::Drawn(another());
        let begun = with(self.now, |context| {
            account.start_app_for_login(secret, "ada", None, id, context)
        });
        next.setup = Some(begun.unwrap());
    }

    fn confirm(&self, next: &mut Self, account: &mut Account) -> bool {
        let Some(setup) = &self.setup else {
            return false;
        };
        let Permit::Login(by) = setup.permit() else {
            panic!("nothing else permits one")
        };
        let id = (1..=2).find(|n| token(*n, Purpose::Login).id == *by);
        let code = another().at(time(self.now));
        let codes = backup_codes();
        let is_awaited = account.awaits(setup, time(self.now));
        let answer = with(self.now, |context| {
            account.confirm_totp(setup, &code, NewCodes::Backup(&codes), context)
        });
        let is_permitted = id.is_some_and(|id| self.permits(id));
        let expected = is_awaited && is_permitted && self.apps[1].is_none();
        assert_eq!(answer.is_ok(), expected, "{answer:?}");
        if answer.is_err() {
            return false;
        }
        assert_eq!(answer, Ok(true), "codes are given anew");
        assert!(account.trusted_in(time(self.now)) > 0);
        next.end_all();
        next.apps = [Some(true), Some(false)];
        next.backup_spent = 0;
        true
    }

    /// However the account came to be so, an operator's code and the password lead its user to a set-up and in.
    fn nobody_is_locked_out(&self) {
        let mut account = self.account();
        let now = self.now + 4000;
        let login = token(99, Purpose::Login);
        with(now, |context| {
            account.open_challenge(login.id, Purpose::Login, context)
        })
        .unwrap();
        let code = issued(1000);
        let answer = with(now, |context| {
            let by = Authority::Proof;
            account.issue_temporary_code(&code, 900, by, "admin", "why", context);
            let (method, text) = (Method::TemporaryCode, code::show(&code));
            account.verify(&login, method, &text, None, context)
        });
        assert!(answer.unwrap().must_enrol);
        let fresh = Totp::new(TotpSecret::new(&[3; 20]).unwrap(), Algorithm::Sha1, 6, 30).unwrap();
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
        let left: Vec<_> = account
            .factors()
            .filter(|it| it.method() == Method::Totp && !it.is_suspended())
            .collect();
        assert_eq!(left.len(), 1, "what was lost proves nothing any more");
    }
}

#[test]
fn a_temporary_code_leads_to_one_set_up_and_nobody_suspends_anything_with_a_password() {
    use self::Action::*;
    const DEPTH: u32 = 4;
    let (login, step_up) = (Purpose::Login, Purpose::StepUp);
    let first = State::first();
    let issued = first.after(&[Issue, Open(1, login)]);
    let guessed = issued.after(&[Temporary(1, login, Which::Wrong); 4]);
    let used = issued.after(&[Temporary(1, login, Which::Latest)]);
    let begun = used.after(&[Begin(Some(1)), Open(2, login)]);
    let set_up = begun.after(&[Confirm, Open(1, login)]);
    let granted = first.after(&[Open(3, step_up), Backup(3, step_up, false)]);
    let suspended = granted.after(&[Suspend(true), Open(1, login)]);
    let lost = first.after(&[Open(1, login), Backup(1, login, true), Open(1, login)]);
    let nothing = lost.after(&[Backup(1, login, true), Open(1, login), Issue]);
    assert_eq!(set_up.apps, [Some(true), Some(false)]);
    assert_eq!(
        (suspended.apps[0], nothing.apps[0]),
        (Some(true), Some(true))
    );
    let seeds = vec![
        first, issued, guessed, used, begun, set_up, granted, suspended, lost, nothing,
    ];
    let (states, steps) = explore(
        seeds,
        &actions(),
        DEPTH,
        State::key,
        State::nobody_is_locked_out,
        |state, action| state.step(*action),
    );
    println!("{states} states, {steps} steps");
    assert!(states > 10_000, "the machine was not explored: {states}");
}
