//! `twofactor store`: bringing the store up to date, moving it, and copies of it that can be relied on.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use zeroize::Zeroizing;

use super::audit::broken_chains;
use super::change::Act;
use super::failure::Failure;
use super::given::holds_password;
use super::output::{Show, Text, Tone, counted};
use super::scratch::{Scratch, beside, copy_into_new, is_free, open_plain, publish};
use super::session::{Session, now, open_with};
use super::{Run, terminal};
use crate::store::{
    Differences, StoreError, StoreUrl, Transfer, copy, damage, finish, finish_if_same,
    is_unfinished, open_target, open_transfer, rows_of, rows_of_site,
};
use crate::types::UserId;
use crate::verifier::{Verifier, key_file_of};

/// Accounts that are read at once.
const PAGE: u32 = 500;

/// Ids that are named.
const MOST_NAMED: usize = 10;

/// The table of what is everybody's.
const SHARED_ROW: &str = "shared_row";
/// That of who has which number.
const PHONE: &str = "phone";

#[derive(Debug, Args)]
pub(super) struct Store {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Brings the tables up to date, as opening the store always does, and says that they are. None of these commands writes
    /// an event
    Migrate(Migrate),
    /// Writes everything of the store into a new SQLite file, also of a store in MySQL or MariaDB, and compares the two.
    /// Without the key file nobody can read it, and with it everybody: keep them apart
    Backup(Backup),
    /// Looks whether a copy of a store works with the keys there are
    Restore(Restore),
    /// Copies everything of a store into an empty one, and compares the two. One that was interrupted goes on where it
    /// stopped
    Copy(Copy),
}

#[derive(Debug, Args)]
struct Migrate {
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Args)]
struct Backup {
    /// The file; there must be none
    file: PathBuf,
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Args)]
struct Restore {
    /// Looks at a copy and changes nothing: a SQLite file, or the address of a database (mysql://…) that a dump was read into.
    /// To put one back, name it in "store copy --from"
    #[arg(long, value_name = "FILE", required = true)]
    check: String,
}

#[derive(Debug, Args)]
struct Copy {
    /// The store that is read [default: the site's]
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// The store that is written: an empty one. A password does not belong here: say password_file=… in it, or "-" and the
    /// address in the environment variable TWOFACTOR_COPY_TO
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    #[command(flatten)]
    act: Act,
}

impl Run for Store {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        match self.command {
            Command::Migrate(asked) => migrate(session, &asked),
            Command::Backup(asked) => backup(session, &asked),
            Command::Restore(asked) => restore(session, &asked.check),
            Command::Copy(asked) => transfer(session, &asked),
        }
    }
}

#[derive(Debug, Serialize)]
struct Migrated {
    schema: u32,
}

fn migrate(session: &mut Session, asked: &Migrate) -> Result<(), Failure> {
    let signed = asked.act.unrecorded()?;
    let site = session.clear_site()?;
    let act = (
        "store.migrate",
        "The tables of the store are brought up to date.",
    );
    let about = Migrated { schema: 0 };
    asked.act.make(&mut session.out, act, &signed, about, |_| {
        let verifier = site.open()?;
        let (found, today) = verifier.schema()?;
        debug_assert_eq!(found, today);
        let said = format!("The tables are those of schema {found}, which is today's.");
        Ok((Migrated { schema: found }, said))
    })
}

/// What a copy came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Copied {
    /// Where to, without a password.
    to: String,
    rows: u64,
    /// How many had to be written: fewer where an interrupted copy went on.
    written: u64,
    /// That the two are the same was looked at afterwards.
    verified: bool,
}

fn store_of(text: &str) -> Result<StoreUrl, Failure> {
    StoreUrl::parse(text).map_err(|why| Failure::usage(why.to_string()))
}

/// A store that is read: it has to be there.
fn source(url: &StoreUrl) -> Result<Box<dyn Transfer>, Failure> {
    match url {
        StoreUrl::Sqlite(path) => {
            if let Err(why) = fs::metadata(path) {
                let path = path.display();
                return Err(Failure::NotFound(format!("the store {path}: {why}")));
            }
        }
        StoreUrl::Memory => return Err(Failure::usage("a store in memory holds nothing to copy")),
        StoreUrl::Mysql(_) => {}
    }
    open_transfer(url).map_err(|why| Failure::Unusable(why.to_string()))
}

/// Copies, and compares with what the source is then. Only where the two are the same is the target a store to others.
fn copy_and_compare(
    source: &mut dyn Transfer,
    target: &mut dyn Transfer,
) -> Result<(Differences, Differences), Failure> {
    let down = |why: StoreError| Failure::Unusable(why.to_string());
    let length = rows_of(source).map_err(down)?;
    let bar = terminal::progress("copied and compared", Some(length.saturating_mul(2)));
    let written = copy(source, target, &mut |rows| bar.inc(rows));
    bar.finish_and_clear();
    let written = written.map_err(|why| Failure::Unusable(why.to_string()))?;
    let bar = terminal::progress("compared with what is there now", Some(length));
    let differ = finish_if_same(source, target, &mut |rows| bar.inc(rows));
    bar.finish_and_clear();
    Ok((written, differ.map_err(down)?))
}

fn copied(to: String, written: &Differences, differ: &Differences) -> Result<Copied, Failure> {
    if !differ.is_none() {
        let changed = differ
            .missing
            .saturating_add(differ.other)
            .saturating_add(differ.besides);
        return Err(Failure::Refused(format!(
            "the source has changed meanwhile, and {changed} rows are not the same: stop what writes to it, and copy again, which goes on; until then the target is used by nobody"
        )));
    }
    Ok(Copied {
        to,
        rows: differ.same,
        written: written.missing.saturating_add(written.other),
        verified: true,
    })
}

fn said(copied: &Copied) -> String {
    let (rows, written, to) = (copied.rows, copied.written, &copied.to);
    format!(
        "{to} has all {rows} rows, {written} of them written now; they were compared one by one."
    )
}

fn backup(session: &mut Session, asked: &Backup) -> Result<(), Failure> {
    let signed = asked.act.unrecorded()?;
    let site = session.clear_site()?;
    let config = site.config()?;
    let file = std::path::absolute(&asked.file)?;
    let shown = file.display().to_string();
    store_of(&format!("sqlite:{shown}"))?;
    is_free(&file)?;
    let would = format!("Everything of the store is written into the new file {shown}.");
    let about = Copied {
        to: shown.clone(),
        rows: 0,
        written: 0,
        verified: false,
    };
    let act = ("store.backup", would.as_str());
    asked.act.make(&mut session.out, act, &signed, about, |_| {
        let mut from = source(config.store())?;
        // What is not whole must not be taken for a copy: it gets its name when it is.
        let scratch = Scratch::new(file.parent().unwrap_or(Path::new("/")))?;
        let unfinished = scratch.store();
        let part = store_of(&format!("sqlite:{}", unfinished.display()))?;
        let written = copy_into(&mut *from, &part)?;
        // Closed by now. What is not in the one file would be lost with the log.
        let log = fs::metadata(beside(&unfinished, "-wal"));
        if log.is_ok_and(|log| log.len() > 0) {
            let why = format!("{} could not be finished", unfinished.display());
            return Err(Failure::Unusable(why));
        }
        // That may have taken a while.
        is_free(&file)?;
        publish(&unfinished, &file)?;
        let copied = Copied {
            to: shown,
            rows: written.missing,
            written: written.missing,
            verified: true,
        };
        let said = format!(
            "{} has all {} rows. \"twofactor store restore --check {}\" says whether they can be used.",
            copied.to, copied.rows, copied.to
        );
        Ok((copied, said))
    })
}

/// Copies into a store that is closed then. What the source has may be newer by now: a copy is of one moment.
fn copy_into(from: &mut dyn Transfer, to: &StoreUrl) -> Result<Differences, Failure> {
    let down = |why: StoreError| Failure::Unusable(why.to_string());
    let mut target = open_target(to).map_err(down)?;
    let length = rows_of(from).map(|rows| rows.saturating_mul(2));
    let bar = terminal::progress("copied and compared", length.ok());
    let written = copy(from, &mut *target, &mut |rows| bar.inc(rows));
    bar.finish_and_clear();
    let written = written.map_err(|why| Failure::Unusable(why.to_string()))?;
    finish(&mut *target).map_err(down)?;
    Ok(written)
}

fn transfer(session: &mut Session, asked: &Copy) -> Result<(), Failure> {
    let given = match asked.to.as_str() {
        "-" => std::env::var("TWOFACTOR_COPY_TO").map_or_else(
            |_| {
                Err(Failure::usage(
                    "--to -: the environment variable TWOFACTOR_COPY_TO is not there",
                ))
            },
            Ok,
        )?,
        to => to.to_owned(),
    };
    let given = Zeroizing::new(given);
    let from = asked.from.as_deref().unwrap_or_default();
    if holds_password(from) || (asked.to != "-" && holds_password(&given)) {
        return Err(Failure::usage(
            "an address with a password can be seen by every user of this machine: say password_file=… in it, or \
             --to - and the address in TWOFACTOR_COPY_TO",
        ));
    }
    let to = store_of(&given)?;
    if matches!(to, StoreUrl::Memory) {
        return Err(Failure::usage(
            "--to: a store in memory ends with this program",
        ));
    }
    let signed = asked.act.unrecorded()?;
    let from = match &asked.from {
        Some(from) => store_of(from)?,
        None => session.clear_site()?.config()?.store().clone(),
    };
    if from == to {
        return Err(Failure::usage("--from and --to are the same store"));
    }
    let (from_shown, to_shown) = (from.to_string(), to.to_string());
    let would = format!(
        "Everything of {from_shown} is copied into {to_shown}. Stop what writes to the first one before."
    );
    let about = Copied {
        to: to_shown.clone(),
        rows: 0,
        written: 0,
        verified: false,
    };
    let act = ("store.copy", would.as_str());
    asked.act.make(&mut session.out, act, &signed, about, |_| {
        let mut from = source(&from)?;
        let mut target = open_target(&to).map_err(|why| Failure::Unusable(why.to_string()))?;
        let (written, differ) = copy_and_compare(&mut *from, &mut *target)?;
        let copied = copied(to_shown, &written, &differ)?;
        let said = said(&copied);
        Ok((copied, said))
    })
}

/// What a copy is worth.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    usable: bool,
    /// It has no account and no event: a copy of nothing.
    empty: bool,
    accounts: usize,
    /// Ids of accounts that do not open with the keys there are, ten at most.
    unreadable: Vec<String>,
    unreadable_count: usize,
    /// Chains of events that are not whole.
    broken_chains: usize,
    /// Keys that an account needs and that are not in the key file.
    missing_keys: Vec<String>,
    /// Tables without rows that must be there.
    missing_rows: Vec<&'static str>,
    /// The newest event: codes that were spent after it would be good again.
    newest_event: Option<String>,
}

impl Show for Judged {
    fn show(&self, to: &mut Text<'_>) -> Result<(), Failure> {
        let accounts = counted(self.accounts, "account");
        if self.usable {
            to.marked(
                Tone::Good,
                "usable",
                format!("{accounts}, all of them open"),
            )?;
        } else {
            to.marked(Tone::Bad, "NOT USABLE", &accounts)?;
        }
        if self.empty {
            to.line("  this copy is empty: there is no account and no event in it")?;
        }
        if self.unreadable_count > 0 {
            let named = self.unreadable.join(", ");
            to.line(format!(
                "  {} cannot be opened: {named}",
                counted(self.unreadable_count, "account")
            ))?;
        }
        if !self.missing_keys.is_empty() {
            let keys = self.missing_keys.join(", ");
            to.line(format!("  not in the key file: {keys}"))?;
        }
        for table in &self.missing_rows {
            let what = match *table {
                SHARED_ROW => "providers, rules, licence, and what the site knows its store by",
                _ => "which numbers are whose",
            };
            to.line(format!(
                "  the table {table} lacks rows: {what}. The copy is not whole"
            ))?;
        }
        if self.broken_chains > 0 {
            let chains = counted(self.broken_chains, "chain");
            to.line(format!("  {chains} of events not whole"))?;
        }
        if let Some(at) = &self.newest_event {
            to.line(format!(
                "  newest event {at}: backup codes spent after it are good again once it is put back, codes of an app or \
                 by SMS only while their time lasts, and what was set up or removed after it is as before"
            ))?;
        }
        Ok(())
    }
}

/// A copy of the copy, which may be opened: opening a store writes to it. It goes with the folder.
fn copy_of(check: &str) -> Result<(Scratch, PathBuf), Failure> {
    if check.starts_with("mysql:") {
        if holds_password(check) {
            return Err(Failure::usage(
                "an address with a password can be seen by every user of this machine: say password_file=… in it",
            ));
        }
        let url = store_of(check)?;
        let down = |why: StoreError| Failure::Unusable(why.to_string());
        let mut from = open_target(&url).map_err(down)?;
        whole(check, &mut *from, down)?;
        let scratch = Scratch::new(&std::env::temp_dir())?;
        let looked_at = scratch.store();
        let to = store_of(&format!("sqlite:{}", looked_at.display()))?;
        copy_into(&mut *from, &to)?;
        return Ok((scratch, looked_at));
    }
    let file = std::path::absolute(check)?;
    let shown = file.display();
    let mut opened = open_plain(&file)?;
    let log = beside(&file, "-wal");
    if fs::symlink_metadata(&log).is_ok_and(|it| it.len() > 0) {
        return Err(Failure::Refused(format!(
            "{} has changes that are not in {shown}, which is a store in use, or was copied without its log: make copies \
             with \"twofactor store backup\"",
            log.display()
        )));
    }
    let scratch = Scratch::new(file.parent().unwrap_or(Path::new("/")))?;
    let looked_at = scratch.store();
    copy_into_new(&mut opened, &looked_at)
        .map_err(|why| Failure::Unusable(format!("{shown} cannot be copied: {why}")))?;
    Ok((scratch, looked_at))
}

/// Whether no copy into it was interrupted.
fn whole(
    check: &str,
    rows: &mut dyn Transfer,
    failed: impl FnOnce(StoreError) -> Failure,
) -> Result<(), Failure> {
    if is_unfinished(rows).map_err(failed)? {
        return Err(Failure::Refused(format!(
            "{check} is not whole: a copy into it was interrupted. Go on with \"twofactor store copy\" into it, or make a \
             new one"
        )));
    }
    Ok(())
}

fn restore(session: &mut Session, check: &str) -> Result<(), Failure> {
    let site = session.site()?;
    let (_scratch, looked_at) = copy_of(check)?;
    let not_whole = |why: StoreError| {
        Failure::Unusable(format!(
            "{check} is no store, or not a whole copy of one, with tables missing or damaged: {why}"
        ))
    };
    let mut settings = site.found.settings.clone();
    let store = format!("sqlite:{}", looked_at.display());
    settings.set("store", Zeroizing::new(store.clone()));
    let config = site.config()?;
    if site.found.settings.path("key_file").is_empty() && !site.snapshot.names_key("") {
        // The key lies beside the store, which the copy is not.
        let key = key_file_of(&config).filter(|it| it.exists());
        let key = key.ok_or_else(|| {
            Failure::Unusable(
                "which key file opens the copy is not said: name it with --key-file".to_owned(),
            )
        })?;
        let key = key.display().to_string();
        settings.set("key_file", Zeroizing::new(key));
    }
    if let Some(what) = damage(&looked_at).map_err(not_whole)? {
        return Err(Failure::Refused(format!(
            "{check} is damaged: {what}. Look at an older copy"
        )));
    }
    let mut rows = open_target(&store_of(&store)?).map_err(not_whole)?;
    whole(check, &mut *rows, not_whole)?;
    // Asks every table.
    rows_of(&mut *rows).map_err(not_whole)?;
    let mut count =
        |table| rows_of_site(&mut *rows, table, config.site().as_str()).map_err(not_whole);
    let (shared, numbers) = (count(SHARED_ROW)?, count(PHONE)?);
    drop(rows);
    let verifier = open_with(&settings, &site.snapshot)?;
    let judged = judge(&verifier, shared, numbers)?;
    session.out.say(&judged)?;
    if judged.usable {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

/// `shared`, `numbers`: how many rows of these there were before the copy was opened, which makes some anew.
fn judge(verifier: &Verifier, shared: u64, numbers: u64) -> Result<Judged, Failure> {
    let now = now()?;
    let bar = terminal::progress("accounts", None);
    let (mut users, mut unreadable) = (Vec::<UserId>::new(), Vec::new());
    let (mut after, mut with_number) = (None, 0_u64);
    loop {
        let page = verifier.accounts(now, "", PAGE, after.as_deref())?;
        let Some(last) = page.last() else { break };
        after = Some(last.user.as_str().to_owned());
        for account in page {
            if !account.readable {
                unreadable.push(account.user.as_str().to_owned());
            }
            if account.masked_phone.is_some() {
                with_number = with_number.saturating_add(1);
            }
            users.push(account.user);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let (_, broken) = broken_chains(verifier, now)?;
    let keys = verifier.key_use()?.into_iter();
    let missing = keys.filter(|it| !it.present && (it.sealed > 0 || it.derived > 0));
    let missing_keys: Vec<String> = missing.map(|it| it.key).collect();
    let newest = verifier.audit(None, 1, None)?.pop();
    let lacks = [(SHARED_ROW, shared == 0), (PHONE, numbers < with_number)];
    let lacks = lacks.into_iter().filter(|(_, is_so)| *is_so);
    let missing_rows: Vec<_> = lacks.map(|(table, _)| table).collect();
    let unreadable_count = unreadable.len();
    unreadable.truncate(MOST_NAMED);
    let is_whole = broken.is_empty() && missing_keys.is_empty() && missing_rows.is_empty();
    let is_empty = users.is_empty() && newest.is_none();
    Ok(Judged {
        usable: unreadable_count == 0 && is_whole && !is_empty,
        empty: is_empty,
        accounts: users.len(),
        unreadable,
        unreadable_count,
        broken_chains: broken.len(),
        missing_keys,
        missing_rows,
        newest_event: newest.map(|event| event.at.utc().rfc3339()),
    })
}
