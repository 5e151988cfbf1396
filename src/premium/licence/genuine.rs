//! What one process need not check twice: that the pinned keys are keys, and that one of them signed the token.
//!
//! Both take many times what a sign-in takes besides, and their outcome follows from what is compared here, whole and byte by
//! byte: the setting; the token, the keys and the domain. Of anything else nothing is known, so it is checked: a row that was
//! changed or put back, a key that was taken out of the setting, another site. Only a yes is kept, only the last one, and
//! nothing of time: whether the licence is good now is judged at each use ([`super::judge`]). A token opens nothing, and no
//! licence key comes here.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sms::SettingError;
use crate::sms::gateway::{LicenceToken, PinnedKey, TokenError};

/// The product, as licences name it. That of codes by SMS is another one.
pub const MODULE: &str = "TwoFactorPro";

/// The keys that were read last, and the last token that was genuine.
#[derive(Default)]
pub struct Genuine {
    keys: Mutex<Option<(String, Arc<[PinnedKey]>)>>,
    token: Mutex<Option<Found>>,
}

/// A genuine token, by which keys, for which domain, and what it says.
struct Found {
    token: String,
    keys: Arc<[PinnedKey]>,
    domain: String,
    says: Arc<LicenceToken>,
}

impl Genuine {
    /// The keys of the setting `licence_public_keys`.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub(super) fn keys(&self, setting: &str) -> Result<Arc<[PinnedKey]>, SettingError> {
        let mut last = borrow(&self.keys);
        if let Some((read, keys)) = &*last
            && read == setting
        {
            return Ok(Arc::clone(keys));
        }
        let keys: Arc<[PinnedKey]> = PinnedKey::parse_all(setting)?.into();
        *last = Some((setting.to_owned(), Arc::clone(&keys)));
        Ok(keys)
    }

    /// What a token for what is premium says, of whatever time.
    ///
    /// # Errors
    /// [`TokenError`], of its time apart
    pub(super) fn open(
        &self,
        token: &str,
        keys: &Arc<[PinnedKey]>,
        domain: &str,
    ) -> Result<Arc<LicenceToken>, TokenError> {
        let mut last = borrow(&self.token);
        if let Some(found) = &*last
            && found.token == token
            && found.keys == *keys
            && found.domain == domain
        {
            return Ok(Arc::clone(&found.says));
        }
        let says = Arc::new(LicenceToken::open(token, keys, domain, MODULE)?);
        *last = Some(Found {
            token: token.to_owned(),
            keys: Arc::clone(keys),
            domain: domain.to_owned(),
            says: Arc::clone(&says),
        });
        Ok(says)
    }
}

/// Each is written at once, so a panic of whoever held it has left nothing half written.
fn borrow<T>(last: &Mutex<T>) -> MutexGuard<'_, T> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Genuine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Genuine").finish_non_exhaustive()
    }
}
