//! `twofactor user`: what users have, and help for whoever is locked out.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Run;
use super::change::{Act, Signed};
use super::failure::Failure;
use super::output::{Show, Text, Tone, counted};
use super::session::{Session, now, user_id};
use crate::clock::UnixTime;
use crate::session;
use crate::types::{Method, UserId};
use crate::verifier::{AccountView, Error, FactorView, Verifier};

/// Accounts that are read at once.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows what a user has set up, what is blocked, and where they are signed in
    Show {
        /// The id that the site knows them by, not the name
        user: String,
    },
    /// Lists everybody who has an account here
    List(List),
    /// Ends the blocks of a user
    Unlock(Whom),
    /// Removes every factor of a user, also of an account that cannot be read: they sign in with the password alone until
    /// they have set one up
    Reset(Whom),
    /// Ends the sign-ins of a user and the browsers that they trust, everywhere; their factors stay
    EndSignIns(Whom),
    /// Issues a code to whoever has lost everything: with the password it leads to setting up a new factor, once
    TempCode(TempCode),
    /// Has what is on a lost telephone prove nothing until it is resumed: the apps and the number
    Suspend(Suspend),
    /// Has what was suspended count again
    Resume(Suspend),
    /// Ends the hold that "this was not me" began: the user's factors may be changed again
    Release(Whom),
}

#[derive(Debug, Args)]
struct Whom {
    /// The id that the site knows them by, not the name
    user: String,
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Args)]
struct TempCode {
    #[command(flatten)]
    whom: Whom,
    /// For how many minutes it is good
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    minutes: u64,
}

#[derive(Debug, Args)]
struct Suspend {
    #[command(flatten)]
    whom: Whom,
    /// One factor alone, by the id that "user show" has for it
    #[arg(long, value_name = "ID")]
    factor: Option<String>,
}

#[derive(Debug, Args)]
struct List {
    /// Only ids with this in them
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    search: String,
    /// Only those of whom something needs attention: blocked, disabled, on hold, or not to be read
    #[arg(long)]
    attention: bool,
    /// Only those who have to set up anew
    #[arg(long)]
    owing: bool,
    /// Only those behind this id, in the order of ids
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// At most so many [default: all]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    limit: Option<u64>,
}

impl Run for User {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::Show { user } => show(session, &user),
            Command::List(list) => list.run(session),
            Command::Unlock(whom) => unlock(session, &whom),
            Command::Reset(whom) => reset(session, &whom),
            Command::EndSignIns(whom) => end_sign_ins(session, &whom),
            Command::TempCode(asked) => temp_code(session, &asked),
            Command::Suspend(asked) => suspend(session, &asked, true),
            Command::Resume(asked) => suspend(session, &asked, false),
            Command::Release(whom) => release(session, &whom),
        }
    }
}

/// A factor, as `TwoFactor\Factor` says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FactorShown {
    id: String,
    method: &'static str,
    label: String,
    enrolled_at: String,
    last_used_at: Option<String>,
    disabled: bool,
    suspended: bool,
    #[serde(skip)]
    unproven: bool,
    masked_destination: Option<String>,
}

impl From<&FactorView> for FactorShown {
    fn from(view: &FactorView) -> Self {
        Self {
            id: view.id.clone(),
            method: view.method.as_str(),
            label: view.label.clone(),
            enrolled_at: date(view.enrolled_at),
            last_used_at: view.last_used_at.map(date),
            disabled: view.disabled,
            suspended: view.suspended,
            unproven: view.unproven,
            masked_destination: view.masked.clone(),
        }
    }
}

/// An account, as `TwoFactor\Account` says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountShown {
    user_id: String,
    enrolled: bool,
    readable: bool,
    methods: Vec<&'static str>,
    disabled_methods: Vec<&'static str>,
    primary: Option<&'static str>,
    factors: Vec<FactorShown>,
    backup_codes_left: usize,
    #[serde(skip)]
    codes_until: Option<String>,
    recovery_codes_left: usize,
    next_recovery_code: Option<u8>,
    locked_until: Option<String>,
    last_verified_at: Option<String>,
    totp_drift: Option<i64>,
    epoch: u64,
    enrolment_due: Option<String>,
    held_since: Option<String>,
    masked_phone: Option<String>,
    masked_email: Option<String>,
}

impl From<&AccountView> for AccountShown {
    fn from(view: &AccountView) -> Self {
        let names = |methods: &[Method]| methods.iter().map(|it| it.as_str()).collect();
        Self {
            user_id: view.user.as_str().to_owned(),
            enrolled: view.enrolled,
            readable: view.readable,
            methods: names(&view.methods),
            disabled_methods: names(&view.disabled),
            primary: view.primary.map(Method::as_str),
            factors: view.factors.iter().map(Into::into).collect(),
            backup_codes_left: view.backup_codes_left,
            codes_until: view.codes_until.map(date),
            recovery_codes_left: view.recovery_codes_left,
            next_recovery_code: view.next_recovery_code,
            locked_until: view.locked_until(None).map(date),
            last_verified_at: view.last_verified.map(date),
            totp_drift: view.totp_drift,
            epoch: view.epoch,
            enrolment_due: view.enrolment_due.map(date),
            held_since: view.held_since.map(date),
            masked_phone: view.masked_phone.clone(),
            masked_email: view.masked_email.clone(),
        }
    }
}

impl AccountShown {
    /// One of which nothing is known but that it is there.
    fn unreadable(user: &UserId) -> Self {
        Self {
            user_id: user.as_str().to_owned(),
            enrolled: true,
            readable: false,
            methods: Vec::new(),
            disabled_methods: Vec::new(),
            primary: None,
            factors: Vec::new(),
            backup_codes_left: 0,
            codes_until: None,
            recovery_codes_left: 0,
            next_recovery_code: None,
            locked_until: None,
            last_verified_at: None,
            totp_drift: None,
            epoch: i64::MAX.unsigned_abs(),
            enrolment_due: None,
            held_since: None,
            masked_phone: None,
            masked_email: None,
        }
    }

    /// Whether somebody should look at it.
    fn needs_attention(&self) -> bool {
        !self.readable
            || self.locked_until.is_some()
            || !self.disabled_methods.is_empty()
            || self.held_since.is_some()
    }

    /// How it stands, in a line.
    fn state(&self) -> (Tone, String) {
        if !self.readable {
            let said = "cannot be read with the keys there are: restore it, or reset it";
            return (Tone::Bad, said.to_owned());
        }
        let mut said = Vec::new();
        if let Some(since) = &self.held_since {
            said.push(format!("changes on hold since {since}"));
        }
        if let Some(until) = &self.locked_until {
            said.push(format!("blocked until {until}"));
        }
        if !self.disabled_methods.is_empty() {
            let disabled = self.disabled_methods.join(", ");
            said.push(format!("failed too often, to be set up anew: {disabled}"));
        }
        if let Some(due) = &self.enrolment_due {
            said.push(format!("has to set up anew from {due} on"));
        }
        let tone = if said.is_empty() {
            Tone::Good
        } else {
            Tone::Warning
        };
        let has = match (self.enrolled, self.methods.is_empty()) {
            (false, _) => "no second factor".to_owned(),
            (true, true) => "everything is suspended".to_owned(),
            (true, false) => self.methods.join(", "),
        };
        said.insert(0, has);
        (tone, said.join("; "))
    }
}

/// A sign-in that goes on, as `TwoFactor\Session` says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignInShown {
    id: String,
    created_at: String,
    last_seen_at: String,
    method: Option<&'static str>,
    masked_address: String,
    browser: Option<String>,
}

impl From<&session::Session> for SignInShown {
    fn from(it: &session::Session) -> Self {
        Self {
            id: it.id.to_string(),
            created_at: date(it.created),
            last_seen_at: date(it.seen),
            method: it.by.method().map(Method::as_str),
            masked_address: it.masked_address.clone(),
            browser: it.device.words(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserShown {
    account: AccountShown,
    sign_ins: Vec<SignInShown>,
}

impl Show for UserShown {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        let account = &self.account;
        let (tone, state) = account.state();
        to.marked(tone, &account.user_id, state)?;
        for factor in &account.factors {
            let mut said = factor.method.to_owned();
            for part in [
                &factor.label,
                factor.masked_destination.as_deref().unwrap_or(""),
            ] {
                if !part.is_empty() {
                    said.push(' ');
                    said.push_str(part);
                }
            }
            let used = match &factor.last_used_at {
                Some(at) => format!("last used {at}"),
                None => "never used".to_owned(),
            };
            let state = match (factor.suspended, factor.disabled, factor.unproven) {
                (true, ..) => ", SUSPENDED",
                (false, true, _) => ", DISABLED",
                (false, false, true) => ", taken over and not proven yet",
                (false, false, false) => "",
            };
            let (id, since) = (&factor.id, &factor.enrolled_at);
            to.line(format!(
                "  factor  {said}: set up {since}, {used}{state} ({id})"
            ))?;
        }
        if account.backup_codes_left > 0 {
            let until = account.codes_until.as_deref();
            let until = until.map_or(String::new(), |at| {
                format!(", of other software: they end {at}")
            });
            to.line(format!(
                "  codes   {} backup codes left{until}",
                account.backup_codes_left
            ))?;
        }
        if account.recovery_codes_left > 0 {
            let left = account.recovery_codes_left;
            to.line(format!("  codes   {left} recovery codes left"))?;
        }
        if let Some(drift) = account.totp_drift.filter(|drift| *drift != 0) {
            to.line(format!(
                "  clock   the app's is {drift} s from this server's"
            ))?;
        }
        for it in &self.sign_ins {
            let by = it.method.unwrap_or("password alone");
            to.line(format!(
                "  signed in {} by {by}, {}, from {}, last seen {}",
                it.created_at,
                it.browser.as_deref().unwrap_or("an unknown browser"),
                it.masked_address,
                it.last_seen_at
            ))?;
        }
        Ok(())
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    accounts: Vec<AccountShown>,
    /// The id to go on after, if there may be more.
    next: Option<String>,
}

impl Show for Listed {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        for account in &self.accounts {
            let (tone, state) = account.state();
            to.marked(tone, &account.user_id, state)?;
        }
        match &self.next {
            Some(last) => to.note(format!("There may be more: --after {last}")),
            None if self.accounts.is_empty() => to.note("nobody"),
            None => Ok(()),
        }
    }
}

fn date(at: UnixTime) -> String {
    at.utc().rfc3339()
}

/// A user's account. One that cannot be read is there.
fn account(verifier: &Verifier, now: UnixTime, user: &UserId) -> Result<AccountShown, Failure> {
    match verifier.account(now, user) {
        Ok(view) => Ok((&view).into()),
        Err(error @ Error::Unavailable(_)) => {
            // It is there all the same, unless it is the store that is away.
            let is_of_account = verifier.store_id().is_ok();
            is_of_account
                .then(|| AccountShown::unreadable(user))
                .ok_or_else(|| error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Why nothing can be done for them: they are not known, or have no factor any more.
fn nobody(user: &UserId, account: &AccountShown) -> Failure {
    Failure::NotFound(match account.epoch {
        0 => format!(
            "nothing is known about user {user}. This wants the user's id (in CMS Made Simple the number), not the name: \
             \"twofactor user list\" has the ids. Are these the store and the site that the site itself uses?"
        ),
        _ => format!(
            "user {user} has no second factor: there is nothing to do, and the password alone signs in"
        ),
    })
}

fn show(session: &mut Session, user: &str) -> Result<(), Failure> {
    let user = user_id(user)?;
    let verifier = session.look()?;
    let now = now()?;
    let account = account(&verifier, now, &user)?;
    let signed_in = if account.readable {
        verifier.sessions(now, &user, None)?
    } else {
        Vec::new()
    };
    if !account.enrolled && account.epoch == 0 && signed_in.is_empty() {
        return Err(nobody(&user, &account));
    }
    session.out.say(&UserShown {
        account,
        sign_ins: signed_in.iter().map(Into::into).collect(),
    })
}

impl List {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let verifier = session.look()?;
        let now = now()?;
        let most = usize::try_from(self.limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let owing: Option<Vec<UserId>> = match self.owing {
            true => Some(verifier.enrolled_users(now, true)?),
            false => None,
        };
        let mut accounts = Vec::new();
        let (mut after, mut is_all) = (self.after, false);
        while accounts.len() < most && !is_all {
            let page = verifier.accounts(now, &self.search, PAGE, after.as_deref())?;
            is_all = u32::try_from(page.len()).unwrap_or(PAGE) < PAGE;
            for view in &page {
                if accounts.len() == most {
                    is_all = false;
                    break;
                }
                after = Some(view.user.as_str().to_owned());
                let shown = AccountShown::from(view);
                let is_wanted = (!self.attention || shown.needs_attention())
                    && owing.as_ref().is_none_or(|them| them.contains(&view.user));
                if is_wanted {
                    accounts.push(shown);
                }
            }
        }
        let next = after.filter(|_| !is_all);
        session.out.say(&Listed { accounts, next })
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct About {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    factors: Option<Vec<String>>,
}

impl About {
    fn user(user: &UserId) -> Self {
        Self {
            user_id: user.as_str().to_owned(),
            epoch: None,
            code: None,
            valid_seconds: None,
            factors: None,
        }
    }
}

/// Whom a change is about, and by whom it is made.
struct Target {
    user: UserId,
    signed: Signed,
    verifier: Verifier,
    now: UnixTime,
    account: AccountShown,
}

impl Target {
    /// Finds them. `must` says of which accounts it can be done, and is otherwise answered with "not found".
    fn find(
        session: &Session,
        whom: &Whom,
        must: impl FnOnce(&AccountShown) -> bool,
    ) -> Result<Self, Failure> {
        let user = user_id(&whom.user)?;
        whom.act.check()?;
        let verifier = session.change()?;
        let now = now()?;
        let account = account(&verifier, now, &user)?;
        if !must(&account) {
            return Err(nobody(&user, &account));
        }
        let signed = whom.act.signed()?;
        Ok(Self {
            user,
            signed,
            verifier,
            now,
            account,
        })
    }
}

fn unlock(session: &mut Session, whom: &Whom) -> Result<(), Failure> {
    let it = Target::find(session, whom, |account| account.enrolled)?;
    let user = &it.user;
    let would = format!("The blocks of user {user} end.");
    let mut said = match it.account.locked_until {
        Some(_) => format!("The blocks of user {user} have ended."),
        // Those of password resets do not show.
        None => format!(
            "User {user} was not blocked from signing in. Blocks of password resets have ended, if there were any."
        ),
    };
    if !it.account.disabled_methods.is_empty() {
        let disabled = it.account.disabled_methods.join(", ");
        said.push_str(&format!(
            "\nWhat failed too often stays disabled ({disabled}): unlocking does not bring it back. A new set-up does: twofactor \
             user temp-code {user}"
        ));
    }
    let about = About::user(user);
    let act = ("user.unlock", would.as_str());
    whom.act
        .make(&mut session.out, act, &it.signed, about, |about| {
            let operator = it.signed.operator();
            it.verifier
                .unlock(it.now, user, &operator, &it.signed.reason)?;
            Ok((about, said))
        })
}

fn reset(session: &mut Session, whom: &Whom) -> Result<(), Failure> {
    let it = Target::find(session, whom, |account| account.enrolled)?;
    let user = &it.user;
    let would = format!(
        "Every factor of user {user} is removed: until one is set up anew, the password alone lets them in, and whoever knows it."
    );
    let said = format!(
        "User {user} has no second factor any more, and signs in with the password alone until one is set up."
    );
    let about = About::user(user);
    let act = ("user.reset", would.as_str());
    whom.act
        .make(&mut session.out, act, &it.signed, about, |mut about| {
            let operator = it.signed.operator();
            let epoch = it
                .verifier
                .reset(it.now, user, &operator, &it.signed.reason)?;
            about.epoch = Some(epoch);
            Ok((about, said))
        })
}

fn end_sign_ins(session: &mut Session, whom: &Whom) -> Result<(), Failure> {
    // Also of somebody without a factor, who is signed in by the password alone.
    let it = Target::find(session, whom, |_| true)?;
    let user = &it.user;
    let would =
        format!("All sign-ins of user {user} end, and no browser of theirs is trusted any more.");
    let said = format!(
        "User {user} is signed out everywhere, and asked for a second factor in every browser."
    );
    let about = About::user(user);
    let act = ("user.end-sign-ins", would.as_str());
    whom.act
        .make(&mut session.out, act, &it.signed, about, |about| {
            let operator = it.signed.operator();
            it.verifier
                .end_sessions(it.now, user, None, &operator, &it.signed.reason)?;
            Ok((about, said))
        })
}

fn temp_code(session: &mut Session, asked: &TempCode) -> Result<(), Failure> {
    let it = Target::find(session, &asked.whom, |account| account.enrolled)?;
    let (user, minutes) = (&it.user, asked.minutes);
    let seconds = minutes.saturating_mul(60);
    let would = format!(
        "User {user} gets a code that is good once within {minutes} minutes: with the password it leads to setting up a new factor."
    );
    let about = About {
        valid_seconds: Some(seconds),
        ..About::user(user)
    };
    let act = ("user.temp-code", would.as_str());
    let at_terminal = session.out.at_terminal();
    let act_of = &asked.whom.act;
    act_of.make(&mut session.out, act, &it.signed, about, |mut about| {
        let operator = it.signed.operator();
        let reason = &it.signed.reason;
        let code = it
            .verifier
            .issue_temporary_code(it.now, user, &operator, reason, seconds)?;
        let code = code.as_str().to_owned();
        about.code = Some(code.clone());
        if !at_terminal {
            return Ok((about, code));
        }
        let until = date(it.now.plus(seconds));
        let said = format!(
            "{code}\nFor user {user}, once, until {until}. After the password they choose \"I have a code from an administrator\". \
             An earlier code no longer counts."
        );
        Ok((about, said))
    })
}

/// What is on a telephone.
fn is_on_telephone(factor: &FactorShown) -> bool {
    let method = Method::from_name(factor.method);
    method.is_some_and(|it| it == Method::Totp || it.is_phone())
}

fn suspend(session: &mut Session, asked: &Suspend, suspends: bool) -> Result<(), Failure> {
    let it = Target::find(session, &asked.whom, |account| account.enrolled)?;
    let user = &it.user;
    if !it.account.readable {
        let why = format!("the account of user {user} cannot be read");
        return Err(Failure::Unusable(why));
    }
    let is_meant = |factor: &&FactorShown| match &asked.factor {
        Some(id) => factor.id == *id,
        None if suspends => is_on_telephone(factor),
        None => true,
    };
    let factors = it.account.factors.iter();
    let ids: Vec<String> = factors
        .filter(|factor| factor.suspended != suspends)
        .filter(is_meant)
        .map(|factor| factor.id.clone())
        .collect();
    if ids.is_empty() {
        let what = if suspends { "can be" } else { "is" };
        return Err(Failure::NotFound(format!(
            "nothing of user {user} {what} suspended; \"twofactor user show {user}\" lists what there is"
        )));
    }
    let which = counted(ids.len(), "factor");
    let (action, would, said) = if suspends {
        let would = format!("User {user}: {which} will not be accepted until resumed.");
        let said = format!(
            "User {user}: {which} suspended; not accepted until resumed. Backup codes still count."
        );
        ("user.suspend", would, said)
    } else {
        let would = format!("User {user}: {which} will be accepted again.");
        let said = format!("User {user}: {which} resumed.");
        ("user.resume", would, said)
    };
    let about = About {
        factors: Some(ids.clone()),
        ..About::user(user)
    };
    let act = (action, would.as_str());
    let act_of = &asked.whom.act;
    act_of.make(&mut session.out, act, &it.signed, about, |mut about| {
        let (operator, reason) = (it.signed.operator(), &it.signed.reason);
        let change = if suspends {
            Verifier::suspend_factor
        } else {
            Verifier::resume_factor
        };
        for id in &ids {
            let epoch = change(&it.verifier, it.now, user, id, &operator, reason)?;
            about.epoch = Some(epoch);
        }
        Ok((about, said))
    })
}

fn release(session: &mut Session, whom: &Whom) -> Result<(), Failure> {
    // Whoever was reset while changes were on hold has no factor.
    let it = Target::find(session, whom, |_| true)?;
    let user = &it.user;
    let Some(since) = &it.account.held_since else {
        return Err(Failure::NotFound(format!(
            "nothing of user {user} is on hold"
        )));
    };
    let would =
        format!("The second factors of user {user}, on hold since {since}, may be changed again.");
    let said = format!("The second factors of user {user} may be changed again.");
    let about = About::user(user);
    let act = ("user.release", would.as_str());
    whom.act
        .make(&mut session.out, act, &it.signed, about, |about| {
            let operator = it.signed.operator();
            it.verifier
                .release_hold(it.now, user, &operator, &it.signed.reason)?;
            Ok((about, said))
        })
}
