//! The list of a site's providers, as it is kept in the store and held by a process.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::providers::{self, ListError, ProviderSource};
use crate::config::Config;
use crate::crypto::{Domain, OpenError};
use crate::delivery::{ActiveProvider, ActiveProviders};
use crate::shared::format::RowError;
use crate::shared::{EncodeError, RowContext, RowKey, RowKind, SharedRow, Stored};
use crate::sms::{self, ProviderConfig, ProviderConfigError};
use crate::startup::ProviderList;

/// The key of the list.
pub(super) struct ListKey;

impl RowKey for ListKey {
    type Row = ListRow;

    const KIND: RowKind = RowKind::Providers;

    fn id(&self) -> String {
        String::new()
    }
}

/// The list as JSON.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum ListRow {
    /// As it is stored, for the version that it has there.
    Sealed(Vec<u8>),
    /// As it is to be stored.
    Plain(Zeroizing<Vec<u8>>),
}

impl SharedRow for ListRow {
    fn decode(bytes: &[u8], _: &RowContext<'_>) -> Result<Self, RowError> {
        Ok(Self::Sealed(bytes.to_vec()))
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let sealed = match self {
            Self::Sealed(sealed) => return Ok(sealed.clone()),
            Self::Plain(plain) => context.seal(Domain::Providers, plain)?,
        };
        // Sealed it is a little longer, and a row holds no more.
        if sealed.len() > sms::MOST_BYTES {
            return Err(RowError.into());
        }
        Ok(sealed)
    }
}

/// In the place of a name: all of them, readable or not.
pub(super) const ALL: &str = "*";

/// An entry, and why no provider could be made of it, if so.
pub(super) struct Listed {
    pub(super) written: ProviderConfig,
    pub(super) json: Zeroizing<Vec<u8>>,
    pub(super) trouble: Option<Arc<ProviderConfigError>>,
}

impl Listed {
    pub(super) fn is(&self, json: &[u8]) -> bool {
        self.trouble.is_none() && self.json.ct_eq(json).into()
    }
}

/// What was read of the store.
#[derive(Default)]
pub(super) struct Read {
    /// The row; `None` before the first time, `Some(None)` if there was none.
    pub(super) seen: Option<Option<Stored<ListRow>>>,
    /// Why it does not open.
    pub(super) unreadable: Option<Arc<StoredError>>,
    /// It was sealed anew, or that failed: once is enough.
    pub(super) resealed: bool,
}

/// The list of a site's providers.
pub(super) struct ProviderRegistry {
    pub(super) source: ProviderSource,
    pub(super) place: String,
    pub(super) listed: RefCell<Vec<Listed>>,
    /// Those that nobody has confirmed; for trying out.
    pub(super) waiting: ActiveProviders,
    pub(super) read: RefCell<Read>,
}

impl fmt::Debug for ProviderRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderRegistry")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl ProviderRegistry {
    /// The list, and the providers if it is settled already.
    ///
    /// # Errors
    /// [`ListError`]
    pub(super) fn open(
        config: &Config,
        given: Option<ProviderList>,
    ) -> Result<(Self, ActiveProviders), ListError> {
        let providers::OpenedList {
            source,
            place,
            made,
        } = providers::open(config, given)?;
        let mut listed = Vec::with_capacity(made.len());
        let mut in_use = Vec::with_capacity(made.len());
        for (written, provider) in made {
            let wrong = |source| ListError::Config {
                place: place.clone(),
                source,
            };
            let usage = written.usage().map_err(wrong)?;
            let name = written.name().to_owned();
            in_use.push(ActiveProvider {
                name,
                provider,
                usage,
            });
            listed.push(Listed {
                json: written.to_json().map_err(wrong)?,
                written,
                trouble: None,
            });
        }
        let registry = Self {
            source,
            place,
            listed: RefCell::new(listed),
            waiting: ActiveProviders::default(),
            read: RefCell::default(),
        };
        Ok((registry, ActiveProviders::new(in_use)))
    }

    /// Where the provider of an entry is, if one could be made of it.
    pub(super) fn place_of<'a>(
        &'a self,
        written: &ProviderConfig,
        in_use: &'a ActiveProviders,
    ) -> &'a ActiveProviders {
        match written.unconfirmed() {
            None => in_use,
            Some(_) => &self.waiting,
        }
    }

    /// Entries that nobody has confirmed: name, and who named it.
    pub(super) fn unconfirmed(&self) -> Vec<(String, String)> {
        let listed = self.listed.borrow();
        let by = |it: &Listed| {
            let named_by = it.written.unconfirmed()?;
            Some((it.written.name().to_owned(), named_by.to_owned()))
        };
        listed.iter().filter_map(by).collect()
    }

    /// Entries no provider could be made of: name and why.
    pub(super) fn troubles(&self) -> Vec<(String, Arc<ProviderConfigError>)> {
        let listed = self.listed.borrow();
        let trouble = |it: &Listed| Some((it.written.name().to_owned(), it.trouble.clone()?));
        listed.iter().filter_map(trouble).collect()
    }
}

/// Why the list in the store is of no use. For operators, without a word of the list.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoredError {
    /// It does not open.
    #[error(
        "the providers in the store cannot be opened: {0}; {advice}, or remove all of them \
         (name \"{ALL}\") and enter them anew",
        advice = match .0 {
            OpenError::KeyMissing => "put the key back",
            OpenError::Damaged => "restore them from a backup",
        }
    )]
    Sealed(OpenError),
    /// What it says.
    #[error("the providers in the store: {0}")]
    Config(#[from] ProviderConfigError),
}

/// The provider of an entry, and for what it is asked.
pub(super) fn active(
    written: &ProviderConfig,
    config: &Config,
) -> Result<ActiveProvider, ProviderConfigError> {
    Ok(ActiveProvider {
        name: written.name().to_owned(),
        provider: written.make(&providers::setup(config))?,
        usage: written.usage()?,
    })
}
