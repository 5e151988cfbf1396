//! `twofactor import`: takes users over from other software. What a file has is read by [`crate::import`], and what becomes
//! of it is decided by the rule of each account; here is asked, counted and said.
//!
//! ```text
//!   file ─▶ candidates ─▶ --users: whose ids ─▶ looked at, one by one ─▶ --dry-run: said, and nothing done
//!                                                                     └▶ --yes, or asked ─▶ one change each ─▶ said
//! ```
//!
//! One account is one change: who stops it, or finds the disk full, has some taken over and the others not, and runs it once
//! more. Nothing of a secret is shown, whatever is wrong with it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Run;
use super::change::Act;
use super::failure::Failure;
use super::output::counted;
use super::session::{Session, now};
use super::terminal;
use crate::account::{Denied, Imported, ImportedFactors, NotImported};
use crate::clock::UnixTime;
use crate::import::{self, Candidates, Keys, MOST_BYTES, NotRead};
use crate::types::{Method, UserId};
use crate::verifier::{Error, Verifier};

/// Longest file with a key.
const MOST_KEY_BYTES: u64 = 4096;
/// Lines that are shown before a question; all of them with --dry-run, and afterwards.
const MOST_LINES: usize = 20;
/// A day, in seconds.
const DAY: u64 = 86_400;

/// Which form a file has; docs/cli.md says how each is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table with a header: user, uri or secret, and more
    Csv,
    /// A list of objects with the same names, or of otpauth:// URIs
    Json,
    /// RFC 6030
    Pskc,
    /// User meta of WordPress, of the plugin Two Factor
    Wordpress,
    /// The table of Nextcloud's app twofactor_totp
    Nextcloud,
    /// The table of CMS Made Simple's module TwoFactor 3
    Cmsms3,
}

impl Format {
    const fn of_import(self) -> import::Format {
        match self {
            Self::Csv => import::Format::Csv,
            Self::Json => import::Format::Json,
            Self::Pskc => import::Format::Pskc,
            Self::Wordpress => import::Format::Wordpress,
            Self::Nextcloud => import::Format::Nextcloud,
            Self::Cmsms3 => import::Format::Cmsms3,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Which form the file has
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Format,
    /// The file. It has the secrets of everybody: let nobody else read it, and delete it afterwards
    file: PathBuf,
    /// A CSV file with the columns login and id: what the file calls somebody, and the id that the site knows them by.
    /// Without it the one is the other
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Takes over secrets of 10 to 15 bytes, too: whoever has one has to set up anew
    #[arg(long)]
    accept_weak: bool,
    /// After how many days they have to
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=366))]
    weak_days: u64,
    /// PSKC: a file with the pre-shared key in hexadecimal digits, or the password
    #[arg(long, value_name = "FILE")]
    pskc_key_file: Option<PathBuf>,
    /// Nextcloud: a file with the value of secret in its config.php
    #[arg(long, value_name = "FILE")]
    nextcloud_secret_file: Option<PathBuf>,
    #[command(flatten)]
    act: Act,
}

/// Something that is not taken over.
#[derive(Debug, Clone, Serialize)]
struct LeftShown {
    /// The method, or `account`, `passkey`, `other`.
    what: &'static str,
    /// In a word; `unreadable` of what the file has.
    reason: &'static str,
    why: String,
}

/// One user.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserTaken {
    /// What the file calls them.
    name: String,
    /// `null`: nobody here.
    user_id: Option<String>,
    taken: Vec<&'static str>,
    left: Vec<LeftShown>,
    /// They have no second factor here, although the file has something of one.
    without: bool,
    set_up_anew_from: Option<String>,
}

/// What came of it, or would.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    users: usize,
    taken_over: usize,
    unchanged: usize,
    not_whole: usize,
    without_factor: usize,
    weak: usize,
    accounts: Vec<UserTaken>,
}

impl Report {
    fn add(&mut self, user: UserTaken) {
        self.users = self.users.saturating_add(1);
        let counters = [
            (&mut self.taken_over, !user.taken.is_empty()),
            (
                &mut self.unchanged,
                user.taken.is_empty() && user.left.is_empty(),
            ),
            (&mut self.not_whole, !user.left.is_empty()),
            (&mut self.without_factor, user.without),
            (&mut self.weak, user.set_up_anew_from.is_some()),
        ];
        for (counter, counts) in counters {
            *counter = counter.saturating_add(usize::from(counts));
        }
        self.accounts.push(user);
    }

    /// For people: how many, and of whom not all was taken over.
    fn told(&self, will: bool, most: usize) -> String {
        let taken = if will {
            "would be taken over"
        } else {
            "taken over"
        };
        let mut lines = vec![format!(
            "{}: {} {taken}, {} as they are already, {} not or not whole.",
            counted(self.users, "user"),
            self.taken_over,
            self.unchanged,
            self.not_whole,
        )];
        if self.weak > 0 {
            lines.push(format!(
                "{} with a short secret, to set up anew.",
                counted(self.weak, "user")
            ));
        }
        if self.without_factor > 0 {
            lines.push(format!(
                "{} without a second factor here: the password alone is enough for them until they have set one up.",
                counted(self.without_factor, "user")
            ));
        }
        let left = self.accounts.iter().filter(|it| !it.left.is_empty());
        let mut left = left.flat_map(|user| {
            let of = |it: &LeftShown| format!("  {}: {}: {}", user.name, it.what, it.why);
            user.left.iter().map(of).collect::<Vec<_>>()
        });
        lines.extend(left.by_ref().take(most));
        let more = left.count();
        if more > 0 {
            lines.push(format!("  … and {more} more: --dry-run says all of them"));
        }
        lines.join("\n")
    }
}

/// A file, if it is not too long.
fn content(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let shown = path.display();
    let unreadable = |why| Failure::NotFound(format!("{shown}: {why}"));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Zeroizing::new(Vec::new());
    let mut limited = file.take(most.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        let why = format!("{shown} has more than {most} bytes");
        return Err(Failure::usage(why));
    }
    Ok(bytes)
}

/// Somebody of the file, and whose account that is.
struct Wanted {
    name: String,
    user: Result<UserId, LeftShown>,
    factors: ImportedFactors,
    left: Vec<NotRead>,
}

fn nobody(why: impl Into<String>) -> LeftShown {
    LeftShown {
        what: "account",
        reason: "nobody",
        why: why.into(),
    }
}

/// Whose account each of the file is.
fn wanted(all: Candidates, ids: Option<&BTreeMap<String, String>>) -> Vec<Wanted> {
    let of = |name: &str| {
        let id = match ids {
            None => name,
            Some(ids) => {
                let id = ids.get(name).map(String::as_str);
                id.ok_or_else(|| nobody("--users has nobody of that name"))?
            }
        };
        UserId::new(id).map_err(|why| nobody(format!("the id {why}")))
    };
    let all = all.0.into_iter();
    all.map(|(name, candidate)| Wanted {
        user: of(&name),
        name,
        factors: candidate.factors,
        left: candidate.left,
    })
    .collect()
}

const fn is_there(why: NotImported) -> bool {
    matches!(why, NotImported::HasFactors | NotImported::ImportedBefore)
}

/// Goes through all of them. What one account alone refuses is said of it, and the others go on.
fn each(
    all: &[Wanted],
    bar: &ProgressBar,
    mut act: impl FnMut(&UserId, &ImportedFactors) -> Result<Imported, Failure>,
) -> Result<Report, Failure> {
    let mut report = Report::default();
    for wanted in all {
        let read = wanted.left.iter().map(|it| LeftShown {
            what: it.what,
            reason: "unreadable",
            why: it.why.clone(),
        });
        let mut left: Vec<LeftShown> = read.collect();
        let mut imported = Imported::default();
        let mut has_one = false;
        match &wanted.user {
            Err(why) => left.push(why.clone()),
            Ok(_) if wanted.factors.methods().is_empty() => {}
            Ok(user) => match act(user, &wanted.factors) {
                Ok(done) => {
                    has_one = done.is_unchanged() || done.left.iter().any(|(_, it)| is_there(*it));
                    imported = done;
                }
                Err(Failure::Verifier(Error::Denied(Denied::Throttled { .. }))) => {
                    left.push(LeftShown {
                        what: "sms",
                        reason: "busy",
                        why: "the number is being confirmed by somebody: run this once more"
                            .to_owned(),
                    })
                }
                Err(Failure::Verifier(error)) if error.is_of_one_account() => {
                    has_one = true;
                    left.push(LeftShown {
                        what: "account",
                        reason: "unavailable",
                        why: error.to_string(),
                    });
                }
                Err(failure) => return Err(failure),
            },
        }
        left.extend(imported.left.iter().map(|(method, why)| LeftShown {
            what: method.as_str(),
            reason: why.reason(),
            why: why.to_string(),
        }));
        report.add(UserTaken {
            name: wanted.name.clone(),
            user_id: wanted.user.as_ref().ok().map(|it| it.as_str().to_owned()),
            without: imported.taken.is_empty() && !has_one,
            taken: imported.taken.iter().copied().map(Method::as_str).collect(),
            left,
            set_up_anew_from: imported.due.map(|at| at.utc().rfc3339()),
        });
        bar.inc(1);
    }
    Ok(report)
}

impl Import {
    fn candidates(&self) -> Result<Candidates, Failure> {
        let bytes = content(&self.file, MOST_BYTES)?;
        let key = |path: &Option<PathBuf>| {
            let path = path.as_deref();
            path.map(|it| content(it, MOST_KEY_BYTES)).transpose()
        };
        let (pskc, nextcloud) = (key(&self.pskc_key_file)?, key(&self.nextcloud_secret_file)?);
        let keys = Keys {
            pskc: pskc.as_ref().map(|it| it.as_slice()),
            nextcloud: nextcloud.as_ref().map(|it| it.as_slice()),
        };
        let read = import::read(self.format.of_import(), &bytes, keys);
        read.map_err(|why| Failure::usage(format!("{}: {why}", self.file.display())))
    }

    fn ids(&self) -> Result<Option<BTreeMap<String, String>>, Failure> {
        let Some(path) = &self.users else {
            return Ok(None);
        };
        let bytes = content(path, MOST_BYTES)?;
        let ids = import::users(&bytes);
        let ids = ids.map_err(|why| Failure::usage(format!("{}: {why}", path.display())))?;
        Ok(Some(ids))
    }

    /// Whether short secrets are taken, and from when on they have to be set up anew.
    fn terms(&self, at: UnixTime) -> (bool, UnixTime) {
        let days = self.weak_days.saturating_mul(DAY);
        (self.accept_weak, at.plus(days))
    }

    fn look(&self, verifier: &Verifier, all: &[Wanted]) -> Result<Report, Failure> {
        let at = now()?;
        let bar = progress("users looked at", all);
        let report = each(all, &bar, |user, factors| {
            Ok(verifier.would_import(at, user, factors, self.terms(at))?)
        });
        bar.finish_and_clear();
        report
    }
}

fn progress(what: &'static str, all: &[Wanted]) -> ProgressBar {
    terminal::progress(what, u64::try_from(all.len()).ok())
}

impl Run for Import {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let ids = self.ids()?;
        let all = wanted(self.candidates()?, ids.as_ref());
        if all.is_empty() {
            let file = self.file.display();
            return Err(Failure::NotFound(format!(
                "{file} has nobody's second factor"
            )));
        }
        let signed = self.act.signed()?;
        let verifier = session.change()?;
        let look = self.look(&verifier, &all)?;
        let most = match self.act.is_dry_run() {
            true => usize::MAX,
            false => MOST_LINES,
        };
        let would = look.told(true, most);
        let act = ("import", would.as_str());
        self.act.make(&mut session.out, act, &signed, look, |_| {
            let (operator, reason) = (signed.operator(), signed.reason.as_str());
            let bar = progress("users taken over", &all);
            let report = each(&all, &bar, |user, factors| {
                let at = now()?;
                let terms = self.terms(at);
                Ok(verifier.import(at, user, factors, terms, &operator, reason)?)
            });
            bar.finish_and_clear();
            let report = report?;
            let file = self.file.display();
            let said = format!(
                "{}\n{file} has the secrets of everybody in it: delete it.",
                report.told(false, usize::MAX)
            );
            Ok((report, said))
        })
    }
}
