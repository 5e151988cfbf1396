//! What a command works with: the settings that count, the verifier that is opened with them, the time, and where answers go.

use std::io::ErrorKind;
use std::path::Path;

use super::failure::Failure;
use super::given::{Found, Given};
use super::output::{Output, to_stderr};
use crate::clock::{self, UnixTime};
use crate::config::Config;
use crate::startup::{Environment, PreloadedKeys, Settings, Snapshot};
use crate::store::StoreUrl;
use crate::types::UserId;
use crate::verifier::Verifier;

/// One run of the program.
#[derive(Debug)]
pub(super) struct Session {
    given: Given,
    /// Where answers go.
    pub(super) out: Output,
}

/// The settings that count, with the keys and providers that they name.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) found: Found,
    pub(super) snapshot: Snapshot,
}

impl Site {
    /// The settings, checked.
    ///
    /// # Errors
    /// [`Failure::Unusable`]
    pub(super) fn config(&self) -> Result<Config, Failure> {
        checked(&self.found.settings, &self.snapshot)
    }

    /// Opens the store that is there. None is made: whoever named a wrong one would be told that nobody has a factor.
    ///
    /// # Errors
    /// [`Failure::Unusable`], [`Failure::Verifier`]
    pub(super) fn open(&self) -> Result<Verifier, Failure> {
        open_with(&self.found.settings, &self.snapshot)
    }
}

/// The settings, checked.
fn checked(settings: &Settings, snapshot: &Snapshot) -> Result<Config, Failure> {
    let of_request = snapshot.environment().of_request();
    Ok(settings.config(of_request.map(str::to_owned))?)
}

/// Opens the store that settings name, with the keys and providers of the process.
///
/// # Errors
/// As [`Site::open`].
pub(super) fn open_with(settings: &Settings, snapshot: &Snapshot) -> Result<Verifier, Failure> {
    let config = checked(settings, snapshot)?;
    match config.store() {
        StoreUrl::Memory => {
            return Err(Failure::Unusable(
                "the store memory: keeps nothing: name the site's with --store or --ini".to_owned(),
            ));
        }
        StoreUrl::Sqlite(path) => is_there(path)?,
        StoreUrl::Mysql(_) => {}
    }
    let keys = match settings.keys(snapshot) {
        PreloadedKeys::Ring(ring) => Some(ring),
        PreloadedKeys::Unusable(why) => return Err(Failure::Unusable(why.to_string())),
        PreloadedKeys::Nothing => None,
    };
    let providers = settings.providers(snapshot);
    Ok(Verifier::open_with(config, keys, providers, false)?)
}

fn is_there(path: &Path) -> Result<(), Failure> {
    match path.metadata() {
        Ok(_) => Ok(()),
        Err(why) => {
            let advice = match why.kind() {
                ErrorKind::PermissionDenied => {
                    "run this as root (sudo), or as the user that runs PHP"
                }
                _ => {
                    "PHP makes it with the first sign-in. If there was one before, name the site's with --store, or the php.ini \
                     that does with --ini"
                }
            };
            let path = path.display();
            Err(Failure::Unusable(format!(
                "the store {path} cannot be used ({why}): {advice}"
            )))
        }
    }
}

impl Session {
    pub(super) const fn new(given: Given, out: Output) -> Self {
        Self { given, out }
    }

    /// The options that say where everything is.
    pub(super) const fn given(&self) -> &Given {
        &self.given
    }

    /// The settings that count.
    ///
    /// # Errors
    /// [`Failure::Usage`], [`Failure::NotFound`]
    pub(super) fn site(&self) -> Result<Site, Failure> {
        let environment = Environment::of_process();
        let found = self.given.find(&environment)?;
        let (key_file, providers_file) = (
            found.settings.path("key_file").to_owned(),
            found.settings.path("providers_file").to_owned(),
        );
        let snapshot = Snapshot::take(environment, &key_file, &providers_file);
        Ok(Site { found, snapshot })
    }

    /// Opens the site to look at it. That its settings are in doubt is said.
    ///
    /// # Errors
    /// As [`Session::site`] and [`Site::open`].
    pub(super) fn look(&self) -> Result<Verifier, Failure> {
        self.looked_site()?.open()
    }

    /// The settings that count, to look with them. That they are in doubt is said.
    ///
    /// # Errors
    /// As [`Session::site`].
    pub(super) fn looked_site(&self) -> Result<Site, Failure> {
        let site = self.site()?;
        if let (Some(chosen), false) = (&site.found.chosen, site.found.doubts.is_empty()) {
            for doubt in &site.found.doubts {
                to_stderr(&format!("warning: {doubt}"));
            }
            to_stderr(&format!(
                "warning: those of {chosen} are used; name the ones that are meant with --ini"
            ));
        }
        Ok(site)
    }

    /// The settings that count, unless they are in doubt: for a change.
    ///
    /// # Errors
    /// [`Failure::Unclear`]; as [`Session::site`].
    pub(super) fn clear_site(&self) -> Result<Site, Failure> {
        let site = self.site()?;
        if site.found.doubts.is_empty() {
            return Ok(site);
        }
        let doubts = site.found.doubts.join("; ");
        Err(Failure::Unclear(format!(
            "{doubts}. Name the php.ini that is meant with --ini, such as --ini /etc/php/8.2/fpm"
        )))
    }

    /// Opens the site to change something.
    ///
    /// # Errors
    /// As [`Session::clear_site`] and [`Site::open`].
    pub(super) fn change(&self) -> Result<Verifier, Failure> {
        self.clear_site()?.open()
    }
}

/// The time.
///
/// # Errors
/// [`Failure::Unusable`]
pub(super) fn now() -> Result<UnixTime, Failure> {
    Ok(clock::now()?)
}

/// A user's id.
///
/// # Errors
/// [`Failure::Usage`]
pub(super) fn user_id(text: &str) -> Result<UserId, Failure> {
    UserId::new(text).map_err(|why| Failure::usage(format!("USER {why}")))
}
