//! What a strict profile asks of everybody: weak factors lead to a strong one, once, and shut nobody out.

use proptest::prelude::*;

use super::*;
use crate::account::enrol::NewSecret;
use crate::account::suspension::SuspendedBy;

const STRONG: Option<Strength> = Some(Strength::NoRestricted);

fn rule<T>(seconds: i64, rule: impl FnOnce(&mut RuleContext<'_>) -> T) -> T {
    let policy = Policy::default();
    rule(&mut RuleContext::new(
        at(seconds),
        &policy,
        &mut AuditBuffer::default(),
    ))
}

/// As it is read on a site with that profile.
fn under(account: &Account, least: Option<Strength>) -> Account {
    let mut account = copy(account);
    account.stand_under_profile(least);
    account
}

fn backup(n: usize) -> String {
    code::show(&codes()[n]).to_string()
}

/// What is on the telephone of its user, or comes there.
fn prove(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    seconds: i64,
) -> Result<Accepted, Denied> {
    if method.is_sent() {
        send(account, token, method, "424242", seconds)?;
        return verify(account, token, method, "424242", seconds);
    }
    verify(account, token, method, proof, seconds)
}

fn open_for(
    account: &mut Account,
    n: u8,
    purpose: Purpose,
    seconds: i64,
) -> (ChallengeToken, Vec<Method>) {
    let methods = rule(seconds, |context| {
        account.open_challenge(id(n), purpose, context)
    });
    (token(n, purpose), methods.unwrap())
}

/// Sets an app up by a challenge that led there. The answer is whether codes were given.
fn app_by(account: &mut Account, permit: Permit, app: Totp, seconds: i64) -> Result<bool, Denied> {
    account.allow_set_up(&permit, at(seconds), &Policy::default())?;
    account
        .would_do(&permit, Method::Totp, at(seconds))
        .unwrap();
    let code = app.at(at(seconds)).to_string();
    let secret = NewSecret::Drawn(app);
    let setup = rule(seconds, |context| match permit {
        Permit::Login(id) => account.start_app_for_login(secret, "ada", None, id, context),
        Permit::StepUp(id) => account.start_app_for_step_up(secret, "ada", None, id, context),
        _ => panic!("{permit:?}"),
    });
    rule(seconds, |context| {
        account.confirm_totp(&setup.unwrap(), &code, NewCodes::Backup(&codes()), context)
    })
}

fn disable(account: &mut Account, method: Method) {
    for _ in 0..50 {
        let _ = account
            .failures_of(method)
            .charge(at(0), &Policy::default());
    }
    assert!(account.disabled().contains(&method));
}

#[test]
fn who_has_a_weak_factor_alone_proves_it_sets_a_strong_one_up_and_never_passes_by_it_again() {
    for method in SENT_METHODS {
        let mut account = under(&reached_by(&[method]), STRONG);
        assert!(account.is_too_weak());
        let (login, methods) = open_for(&mut account, 1, Purpose::Login, 10);
        assert_eq!(methods, [method, Method::BackupCode]);
        let accepted = prove(&mut account, &login, method, "", 10).unwrap();
        assert!(accepted.must_enrol && !accepted.granted, "{method:?}");
        let permit = Permit::Login(id(1));
        for weak in SENT_METHODS {
            let answer = account.would_do(&permit, weak, at(11));
            assert_eq!(answer, Err(FactorError::TooWeak));
        }
        assert_eq!(app_by(&mut account, permit, totp(), 20), Ok(false));
        assert!(!account.is_too_weak());
        assert_eq!(account.backup_codes_left(), Some(3), "theirs stay");
        // It is still there, and nobody asks for it.
        let (login, methods) = open_for(&mut account, 2, Purpose::Login, 60);
        assert_eq!(methods, [Method::Totp, Method::BackupCode], "{method:?}");
        let sent = send(&mut account, &login, method, "424242", 60);
        assert_eq!(sent, Err(Denied::Rejected));
        let answer = verify(&mut account, &login, method, "424242", 60);
        assert_eq!(answer, Err(Denied::Rejected));
        assert!(account.failures_of(method).blocked_until().is_none());
        let accepted = verify(&mut account, &login, Method::Totp, &code_at(60), 60);
        assert!(!accepted.unwrap().must_enrol);
    }
}

#[test]
fn what_was_begun_under_another_profile_is_judged_by_the_one_of_now() {
    let mut before = reached_by(&[Method::Email]);
    let (login, _) = open_for(&mut before, 1, Purpose::Login, 10);
    let (step_up, _) = open_for(&mut before, 2, Purpose::StepUp, 10);
    send(&mut before, &login, Method::Email, "424242", 10).unwrap();
    // A challenge and its code.
    let mut account = under(&before, STRONG);
    let accepted = verify(&mut account, &login, Method::Email, "424242", 20).unwrap();
    assert!(accepted.must_enrol);
    // A grant.
    send(&mut before, &step_up, Method::Email, "424242", 10).unwrap();
    let accepted = verify(&mut before, &step_up, Method::Email, "424242", 20).unwrap();
    assert!(accepted.granted);
    let grant = GrantId::new([9; 16]);
    assert_eq!(before.allow_change(Some(&grant), at(21)), Ok(()));
    let account = under(&before, STRONG);
    let answer = account.allow_change(Some(&grant), at(21));
    assert_eq!(answer, Err(Denied::StepUpRequired));
    // The set-up of a telephone as a first factor.
    let mut before = plain();
    start(&mut before, Method::Sms, NUMBER, 10);
    to_contact(&mut before, Method::Sms, NUMBER, "424242", 10).unwrap();
    let mut account = under(&before, STRONG);
    let answer = try_contact(&mut account, Method::Sms, "424242", 20);
    assert_eq!(answer, Err(Denied::Rejected));
    assert!(!account.is_enrolled());
}

#[test]
fn a_first_factor_is_a_strong_one_and_takes_the_password_once_more() {
    let strict = under(&plain(), STRONG);
    let grant = Account::password_grant(Some(&strict), at(10));
    let allowed = |account: &Account, permit: Permit, seconds| {
        account.allow_set_up(&permit, at(seconds), &Policy::default())
    };
    assert_eq!(
        allowed(&strict, Permit::None, 10),
        Err(Denied::StepUpRequired)
    );
    let permit = Permit::Password(grant);
    for seconds in [-31, 310] {
        let answer = allowed(&strict, permit, seconds);
        assert_eq!(answer, Err(Denied::StepUpRequired), "{seconds}");
    }
    for seconds in [-20, 10, 309] {
        assert_eq!(allowed(&strict, permit, seconds), Ok(()));
    }
    for weak in SENT_METHODS {
        let answer = strict.would_do(&permit, weak, at(11));
        assert_eq!(answer, Err(FactorError::TooWeak));
    }
    // With a factor, or once the account was changed, it is nothing.
    let mut other = under(&plain(), STRONG);
    other.raise_epoch(None, at(11));
    for account in [&other, &under(&enrolled(), STRONG), &enrolled()] {
        let answer = allowed(account, permit, 12);
        assert_eq!(answer, Err(Denied::StepUpRequired));
    }
    // Where the profile is not strict it is as good as none.
    assert_eq!(allowed(&plain(), permit, 10), Ok(()));
    assert_eq!(allowed(&plain(), permit, 900), Ok(()));
    assert_eq!(allowed(&plain(), Permit::None, 10), Ok(()));
}

#[test]
fn where_all_that_is_strong_was_disabled_the_weak_factor_leads_to_what_takes_its_place() {
    let mut account = enrolled();
    bind(&mut account, Method::Sms, NUMBER, 1);
    disable(&mut account, Method::Totp);
    // As long as a code stands in for it, that is what is asked for.
    let mut strict = under(&account, STRONG);
    let (_, methods) = open_for(&mut strict, 1, Purpose::Login, 10);
    assert_eq!(methods, [Method::BackupCode]);
    for n in 0..3 {
        let seconds = 20 + i64::try_from(n).unwrap();
        let login = open(&mut account, 2, Purpose::Login, seconds);
        let proof = verify(
            &mut account,
            &login,
            Method::BackupCode,
            &backup(n),
            seconds,
        );
        assert!(!proof.unwrap().must_enrol);
    }
    let mut strict = under(&account, STRONG);
    let (login, methods) = open_for(&mut strict, 3, Purpose::Login, 30);
    assert_eq!(methods, [Method::Sms]);
    assert!(!strict.resets_by_phone(), "it would be all that is needed");
    let accepted = prove(&mut strict, &login, Method::Sms, "", 30).unwrap();
    assert!(accepted.must_enrol);
    let given = app_by(&mut strict, Permit::Login(id(3)), app(2), 40);
    assert_eq!(given, Ok(true), "with new codes");
    let apps = strict.factors().filter(|it| it.method() == Method::Totp);
    assert_eq!(apps.count(), 1, "in the place of the old one");
    assert!(strict.disabled().is_empty() && strict.trusted_in(at(50)) > 0);
}

#[test]
fn a_telephone_resets_the_password_only_where_it_is_not_the_factor_as_well() {
    let mut both = enrolled();
    bind(&mut both, Method::Sms, NUMBER, 1);
    let alone = reached_by(&[Method::Sms]);
    for (account, least, resets) in [
        (&alone, None, true),
        (&alone, STRONG, false),
        (&both, None, true),
        (&both, STRONG, true),
    ] {
        let account = under(account, least);
        let methods = account.methods_for(Purpose::ResetPassword);
        assert_eq!(methods == [Method::Sms], resets, "{least:?}");
        assert_eq!(
            account.methods_for(Purpose::VerifyPhone),
            [Method::Sms],
            "a number is checked all the same"
        );
    }
}

#[test]
fn nobody_is_left_with_weak_factors_alone() {
    let mut account = enrolled();
    bind(&mut account, Method::Sms, NUMBER, 1);
    let of = |account: &Account, method| {
        let mut factors = account.factors();
        *factors.find(|it| it.method() == method).unwrap().id()
    };
    let app = of(&account, Method::Totp);
    let mut strict = under(&account, STRONG);
    assert!(strict.has_to_keep(Method::Totp) && !strict.has_to_keep(Method::Sms));
    rule(10, |context| {
        assert!(!strict.remove(Method::Totp, None, context));
        let answer = strict.remove_factor(&app, None, context);
        assert_eq!(answer, Err(FactorError::LastStrong));
        assert!(account.remove(Method::Totp, None, context), "elsewhere");
        assert!(strict.remove(Method::Sms, None, context));
        assert_eq!(strict.remove_factor(&app, None, context), Ok(()));
    });
    assert!(!strict.is_enrolled());
}

#[test]
fn codes_from_before_the_profile_was_strict_are_told_apart() {
    let mut account = under(&enrolled(), STRONG);
    assert!(account.has_short_codes());
    let long = [code::read("0123456789ABCDEF01234567").unwrap()];
    rule(10, |context| {
        account.regenerate_codes(NewCodes::Backup(&long), None, context);
    });
    let mut account = under(&account, STRONG);
    assert!(!account.has_short_codes(), "also when it was stored");
    let login = open(&mut account, 1, Purpose::Login, 20);
    let typed = "0123-4567 89ab-cdef-0123-4567";
    let proof = verify(&mut account, &login, Method::BackupCode, typed, 20);
    assert!(!proof.unwrap().must_enrol);
}

/// What people do, and what is done to them.
#[derive(Debug, Clone)]
enum Deed {
    Switch(bool),
    SignIn(Method),
    StepUp(Method),
    Bind(Method),
    Remove(Method),
    Disable(Method),
    NewCodes,
    /// An operator suspends all of that method.
    Suspend(Method),
    /// An operator resumes all.
    Resume,
    /// An operator issues a temporary code, and it is used.
    Temporary,
    /// "I lost my phone", by a backup code.
    Lost,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let method = || proptest::sample::select(Method::ALL);
    let sent = || proptest::sample::select(&SENT_METHODS[..]);
    let deed = prop_oneof![
        2 => any::<bool>().prop_map(Deed::Switch),
        4 => method().prop_map(Deed::SignIn),
        2 => method().prop_map(Deed::StepUp),
        2 => sent().prop_map(Deed::Bind),
        2 => method().prop_map(Deed::Remove),
        2 => method().prop_map(Deed::Disable),
        1 => Just(Deed::NewCodes),
        3 => method().prop_map(Deed::Suspend),
        1 => Just(Deed::Resume),
        2 => Just(Deed::Temporary),
        2 => Just(Deed::Lost),
    ];
    proptest::collection::vec(deed, 1..24)
}

/// Somebody with a telephone, a mailbox, and the apps and codes that they were given.
struct Person {
    account: Account,
    app: Option<Totp>,
    apps: u8,
    codes_left: usize,
    now: i64,
    opened: u8,
}

impl Person {
    fn new() -> Self {
        Self {
            account: enrolled(),
            app: Some(totp()),
            apps: 0,
            codes_left: 3,
            now: 0,
            opened: 0,
        }
    }

    /// A day later: blocks are over, and no app shows a code twice.
    fn next(&mut self) -> u8 {
        self.now += 86_400;
        self.opened = self.opened.wrapping_add(1);
        self.opened
    }

    fn proof(&self, method: Method) -> String {
        match (method, &self.app) {
            (Method::Totp, Some(app)) => app.at(at(self.now)).to_string(),
            (Method::BackupCode, _) => backup(3 - self.codes_left.clamp(1, 3)),
            _ => String::new(),
        }
    }

    /// Proves that method, and does what it leads to. Whether that went through, and whether a set-up was part of it.
    fn go(&mut self, purpose: Purpose, method: Method) -> Option<bool> {
        let n = self.next();
        let (token, offered) = open_for(&mut self.account, n, purpose, self.now);
        if !offered.contains(&method) {
            let proof = self.proof(method);
            let answer = prove(&mut self.account, &token, method, &proof, self.now);
            assert!(answer.is_err(), "{method:?} was not asked for");
            return None;
        }
        let proof = self.proof(method);
        let accepted = prove(&mut self.account, &token, method, &proof, self.now).unwrap();
        self.codes_left -= usize::from(method == Method::BackupCode);
        let is_strong = Strength::NoRestricted.admits(method);
        if self.account.is_under_strict_profile() {
            assert!(is_strong || accepted.must_enrol, "{method:?} passed");
            assert!(is_strong || !accepted.granted);
        } else {
            assert!(!accepted.must_enrol);
        }
        if accepted.must_enrol {
            self.set_up(match purpose {
                Purpose::Login => Permit::Login(id(n)),
                _ => Permit::StepUp(id(n)),
            });
        }
        Some(accepted.must_enrol)
    }

    /// Sets up the app that a proof has led to.
    fn set_up(&mut self, permit: Permit) {
        self.apps = self.apps.wrapping_add(1);
        let new = app(self.apps);
        self.now += 30;
        if app_by(&mut self.account, permit, new.clone(), self.now).unwrap() {
            self.codes_left = 3;
        }
        self.app = Some(new);
    }

    /// An operator suspends, or resumes, each factor that is meant.
    fn operate(&mut self, suspends: bool, is_meant: impl Fn(Method) -> bool) {
        self.next();
        let meant = self.account.factors().filter(|it| is_meant(it.method()));
        let ids: Vec<_> = meant.map(|it| *it.id()).collect();
        let by = SuspendedBy::Operator {
            by: "bob",
            why: "lost",
            authority: Authority::Proof,
        };
        for id in ids {
            let account = &mut self.account;
            rule(self.now, |context| {
                if suspends {
                    account.suspend_factor(&id, by, context)
                } else {
                    account.resume_factor(&id, by, context)
                }
            })
            .unwrap();
        }
    }

    /// Signs in by a temporary code, whatever counts of what there is, and has a strong factor then.
    fn by_temporary_code(&mut self) {
        const CODE: &str = "7123-4567-89AB-CDEF";
        let n = self.next();
        let issued = code::read(CODE).unwrap();
        let account = &mut self.account;
        let is_issued = rule(self.now, |context| {
            account.issue_temporary_code(&issued, 900, Authority::Proof, "bob", "lost", context)
        });
        assert_eq!(is_issued, self.account.is_enrolled());
        if !is_issued {
            return;
        }
        let (token, offered) = open_for(&mut self.account, n, Purpose::Login, self.now);
        assert!(!offered.contains(&Method::TemporaryCode));
        let method = Method::TemporaryCode;
        let accepted = verify(&mut self.account, &token, method, CODE, self.now).unwrap();
        assert!(accepted.must_enrol && !accepted.granted);
        self.set_up(Permit::Login(id(n)));
        assert!(self.account.has_strength(Strength::NoRestricted));
        assert!(self.usable().contains(&Method::Totp));
    }

    /// Signs in by a backup code and says that the telephone is lost.
    fn lose(&mut self) {
        let n = self.next();
        let (token, offered) = open_for(&mut self.account, n, Purpose::Login, self.now);
        if !offered.contains(&Method::BackupCode) {
            return;
        }
        let method = Method::BackupCode;
        let proof = self.proof(method);
        let accepted = verify(&mut self.account, &token, method, &proof, self.now).unwrap();
        self.codes_left -= 1;
        let account = &mut self.account;
        let accepted = rule(self.now, |context| {
            account.suspend_phone(&token, accepted, context)
        });
        if accepted.must_enrol {
            self.set_up(Permit::Login(id(n)));
        }
        let left = self.usable();
        assert!(!left.iter().any(|it| it.is_phone()), "{left:?}");
    }

    fn usable(&self) -> Vec<Method> {
        let disabled = self.account.disabled();
        let mut methods = self.account.methods();
        methods.retain(|method| !disabled.contains(method));
        methods
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is enrolled, disabled, suspended and used up, whoever was given a temporary code, and however often the profile
    /// changes: who can prove anything gets in, at once or by way of a set-up, who can prove something strong by that, and
    /// nobody by something weak where something strong can be proven.
    #[test]
    fn no_switch_of_the_profile_shuts_out_whoever_can_prove_something_and_nothing_weak_passes_twice(
        deeds in deeds(),
    ) {
        let mut it = Person::new();
        for deed in deeds {
            let was_strong = it.account.has_strength(Strength::NoRestricted);
            match deed {
                Deed::Switch(to_strict) => {
                    it.account = under(&it.account, STRONG.filter(|_| to_strict));
                }
                Deed::SignIn(method) => {
                    it.go(Purpose::Login, method);
                }
                Deed::StepUp(method) => {
                    if it.account.is_enrolled() {
                        it.go(Purpose::StepUp, method);
                    }
                }
                Deed::Bind(method) => {
                    let n = it.next();
                    let least = it.account.least;
                    if it.account.would_do(&Permit::None, method, at(it.now)).is_ok() {
                        let confirmed = bind(&mut it.account, method, place(method), it.now);
                        if confirmed.has_codes {
                            it.codes_left = 3;
                        }
                    } else {
                        prop_assert!(least.is_some() && !was_strong, "{n}");
                    }
                }
                Deed::Remove(method) => {
                    let now = it.next();
                    let account = &mut it.account;
                    if !method.is_lookup() {
                        rule(i64::from(now), |context| account.remove(method, None, context));
                    }
                    if !it.account.has(Method::Totp) {
                        it.app = None;
                    }
                    it.codes_left = it.account.backup_codes_left().unwrap_or(0);
                }
                Deed::Disable(method) => {
                    if it.account.has(method) && !method.is_lookup() {
                        disable(&mut it.account, method);
                    }
                }
                Deed::NewCodes => {
                    it.next();
                    if it.account.is_enrolled() {
                        let seconds = it.now;
                        rule(seconds, |context| {
                            let codes = codes();
                            it.account.regenerate_codes(NewCodes::Backup(&codes), None, context);
                        });
                        it.codes_left = 3;
                    }
                }
                Deed::Suspend(method) => it.operate(true, |it| it == method),
                Deed::Resume => it.operate(false, |_| true),
                Deed::Temporary => it.by_temporary_code(),
                Deed::Lost => it.lose(),
            }
            let account = &it.account;
            if account.is_under_strict_profile() && was_strong && account.is_enrolled() {
                prop_assert!(account.has_strength(Strength::NoRestricted), "weak ones alone");
            }
            // Whoever can prove anything gets in: by each way that is offered, and there is one.
            let usable = it.usable();
            let n = 250;
            let (_, offered) = open_for(&mut copy_under(account), n, Purpose::Login, it.now + 86_400);
            prop_assert_eq!(offered.is_empty(), usable.is_empty(), "{:?} of {:?}", offered, usable);
            let strong = |method: &&Method| Strength::NoRestricted.admits(**method);
            for method in usable.iter().filter(strong) {
                prop_assert!(offered.contains(method), "{:?} is shut out: {:?}", method, offered);
            }
            for method in offered {
                let mut other = Person { account: copy_under(&it.account), app: it.app.clone(), ..it };
                let led = other.go(Purpose::Login, method).unwrap();
                if other.account.is_under_strict_profile() {
                    prop_assert!(!other.account.is_too_weak());
                    // And then by nothing weak.
                    let (_, then) = open_for(&mut other.account, 251, Purpose::Login, other.now + 86_400);
                    let is_strong = |method: &Method| Strength::NoRestricted.admits(*method);
                    prop_assert!(
                        then.iter().all(is_strong) || !led && !then.iter().any(is_strong),
                        "{:?} after {:?}",
                        then,
                        method
                    );
                }
            }
        }
    }
}

/// Of an account as it is read once more on the same site.
fn copy_under(account: &Account) -> Account {
    under(account, account.least)
}
