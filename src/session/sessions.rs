//! The sessions of a site in its store.

use super::credential::Credential;
use super::error::SessionError;
use super::list::{
    DevicesAllowed, Generation, NewSession, NoRoom, Session, SessionId, SessionList, SignedInBy,
    Validity,
};
use super::rows::{GenerationKey, GenerationRow, SessionsKey};
use crate::account::{Account, Accounts};
use crate::browser::Device;
use crate::clock::UnixTime;
use crate::crypto::{HashKey, OsEntropy, random};
use crate::shared::{Keep, RowKey, SharedRows};
use crate::types::{Method, UserId};

/// Where the sessions of a site are.
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a> {
    accounts: &'a Accounts,
    rows: &'a SharedRows,
    /// How long a device counts, in seconds.
    device_seconds: u64,
}

/// What a sign-in was like.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// What it was.
    pub by: SignedInBy,
    /// The account's epoch then.
    pub epoch: u64,
    /// From where, without the end.
    pub masked_address: String,
    /// By what.
    pub device: Device,
}

/// Why a sign-in that took place gives no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdmitted {
    /// The account has changed since, and with it what a sign-in needs.
    Superseded,
    /// See [`NoRoom`].
    NoRoom,
}

/// What carries a session over a change of factors that its own user has made.
#[derive(Debug, Clone, Copy)]
pub enum ChangeProof<'a> {
    /// The grant that the change was made with.
    Grant(&'a crate::account::GrantId),
    /// The factor that was confirmed, and the epoch which that began.
    Enrolled {
        /// The factor.
        method: Method,
        /// The epoch.
        epoch: u64,
    },
}

/// What is known of a user at one moment.
struct Found {
    account: Option<Account>,
    validity: Validity,
    list: Option<SessionList>,
}

impl<'a> Sessions<'a> {
    /// Beside those accounts, in those rows.
    #[must_use]
    pub const fn new(accounts: &'a Accounts, rows: &'a SharedRows, device_seconds: u64) -> Self {
        Self {
            accounts,
            rows,
            device_seconds,
        }
    }

    /// One statement reads the account, the user's sessions and the site's generation: raising the epoch ends
    /// sessions without a write to them.
    fn find(&self, user: &UserId) -> Result<Found, SessionError> {
        let key = SessionsKey::of(user);
        let (sessions, generation) = (key.name(), GenerationKey.name());
        let names = [sessions.as_str(), generation.as_str()];
        let (account, rows) = self.accounts.read_together(user, &names)?;
        let mut rows = rows.iter().map(Option::as_ref);
        let list = self.rows.decode::<SessionsKey>(rows.next().flatten())?;
        let generation = self.rows.decode::<GenerationKey>(rows.next().flatten())?;
        let generation = generation.map(|row| row.0).transpose();
        let list = key.list(list).map_err(|why| SessionError::Sessions {
            user: user.clone(),
            why,
        })?;
        Ok(Found {
            validity: Validity {
                epoch: account.as_ref().map_or(0, Account::epoch),
                generation: generation
                    .map_err(SessionError::Generation)?
                    .unwrap_or_default(),
                devices: account
                    .as_ref()
                    .map_or_else(DevicesAllowed::default, |account| DevicesAllowed {
                        ended: account.devices_ended(),
                        ended_ids: account.ended_devices(),
                        lifetime: self.device_seconds,
                    }),
            },
            account,
            list,
        })
    }

    /// The same for whoever is about to write: rows that cannot be read are replaced. What they admitted is over.
    fn find_or_replace(&self, now: UnixTime, user: &UserId) -> Result<Found, SessionError> {
        for _ in 0..2 {
            match self.find(user) {
                Err(SessionError::Generation(_)) => self.end_everybodys(now)?,
                Err(SessionError::Sessions { .. }) => self.change(now, user, |_| (true, ()))?,
                found => return found,
            }
        }
        self.find(user)
    }

    /// Changes a user's sessions by a rule that says whether it has changed any. A list that cannot be read is begun
    /// anew.
    fn change<T>(
        &self,
        now: UnixTime,
        user: &UserId,
        rule: impl Fn(&mut SessionList) -> (bool, T),
    ) -> Result<T, SessionError> {
        let key = SessionsKey::of(user);
        let fresh = HashKey::new(random::bytes(&mut OsEntropy)?);
        Ok(self.rows.update(now, &key, |slot| {
            let list = key.list(slot.take()).unwrap_or_default();
            let mut list = list.unwrap_or_else(|| SessionList::new(fresh.clone()));
            let (is_changed, answer) = rule(&mut list);
            if is_changed {
                match list.ends() {
                    Some(end) => slot.put(key.row(list), Keep::Until(end)),
                    None => slot.end(),
                }
            }
            answer
        })?)
    }

    /// Remembers that a credential came of a sign-in.
    ///
    /// # Errors
    /// [`SessionError`]; inside, why that sign-in gives no session.
    pub fn admit(
        &self,
        now: UnixTime,
        user: &UserId,
        sign_in: &SignIn,
        credential: &Credential<'_>,
    ) -> Result<Result<Session, NotAdmitted>, SessionError> {
        let found = self.find_or_replace(now, user)?;
        let account = found.account.as_ref();
        let must_enrol = account.is_some_and(|it| it.must_enrol(now));
        // Where a factor is enrolled or required by now, the password alone is not enough any more; nor is a device that
        // was ended, or one where an enrolment is due.
        let is_enough = match sign_in.by {
            SignedInBy::Proof(_) => true,
            SignedInBy::Device { .. } => sign_in.by.stands(found.validity, now) && !must_enrol,
            SignedInBy::Password => !must_enrol && !account.is_some_and(Account::is_enrolled),
        };
        if sign_in.epoch != found.validity.epoch || !is_enough {
            return Ok(Err(NotAdmitted::Superseded));
        }
        let new = NewSession {
            id: SessionId::draw(&mut OsEntropy)?,
            by: sign_in.by,
            masked_address: sign_in.masked_address.clone(),
            device: sign_in.device,
        };
        let admitted = self.change(now, user, |list| {
            let admitted = list.admit(new.clone(), credential, found.validity, now);
            (admitted.is_ok(), admitted)
        })?;
        Ok(admitted.map_err(|NoRoom| NotAdmitted::NoRoom))
    }

    /// Whether a credential is one of a session that counts.
    ///
    /// One read; that the session is in use is written down at most once in
    /// [`SEEN_SECONDS`](super::list::SEEN_SECONDS), and what a clock gave that was ahead goes when it is seen.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn counts(
        &self,
        now: UnixTime,
        user: &UserId,
        credential: &Credential<'_>,
    ) -> Result<bool, SessionError> {
        let found = self.find(user)?;
        let Some(list) = found.list else {
            return Ok(false);
        };
        if list.has_ahead(now) {
            // Those already do not count; removing them can wait for the next request if it fails now.
            let _ = self.change(now, user, |list| {
                list.end_ahead(now);
                (true, ())
            });
        }
        if !list.counts(credential, found.validity, now) {
            return Ok(false);
        }
        if list.is_due(credential, now) {
            // "Last seen" is for people to read: where writing it fails the session counts all the same.
            let _ = self.change(now, user, |list| {
                let is_due = list.is_due(credential, now);
                if is_due {
                    list.note_use(credential, now);
                }
                (is_due, ())
            });
        }
        Ok(true)
    }

    /// Another credential belongs to the session of `parent`. `false` when the parent does not count.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn adopt(
        &self,
        now: UnixTime,
        user: &UserId,
        child: &Credential<'_>,
        parent: &Credential<'_>,
    ) -> Result<bool, SessionError> {
        let validity = self.find(user)?.validity;
        self.change(now, user, |list| {
            let adopted = list.adopt(child, parent, validity, now);
            (adopted, adopted)
        })
    }

    /// The session of `parent` goes on after a change of factors that its user has made with it, with one new
    /// credential. `false` when it was over before, or somebody else's change has followed.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn carry(
        &self,
        now: UnixTime,
        user: &UserId,
        child: &Credential<'_>,
        parent: &Credential<'_>,
        proof: ChangeProof<'_>,
    ) -> Result<bool, SessionError> {
        let found = self.find(user)?;
        let (proven, is_theirs) = match proof {
            ChangeProof::Grant(grant) => {
                let account = found.account.as_ref();
                (
                    None,
                    account.is_some_and(|account| account.holds_grant(grant, now)),
                )
            }
            ChangeProof::Enrolled { method, epoch } => {
                (Some(method), epoch == found.validity.epoch)
            }
        };
        if !is_theirs {
            return Ok(false);
        }
        self.change(now, user, |list| {
            let carried = list.carry(child, parent, proven, found.validity, now);
            (carried, carried)
        })
    }

    /// The device that a session came of, if it did; also of one that counts no more.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn device_of(
        &self,
        user: &UserId,
        id: SessionId,
    ) -> Result<Option<[u8; 16]>, SessionError> {
        self.look(user, |list, _| list.device_of(id))
    }

    /// Whether a credential is one of a session that counts, which says nothing of its being in use.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn stands(
        &self,
        now: UnixTime,
        user: &UserId,
        credential: &Credential<'_>,
    ) -> Result<bool, SessionError> {
        self.look(user, |list, validity| {
            list.counts(credential, validity, now)
        })
    }

    /// What a list says; nothing where there is none that can be read, which lets nobody go on.
    fn look<T: Default>(
        &self,
        user: &UserId,
        look: impl Fn(&SessionList, Validity) -> T,
    ) -> Result<T, SessionError> {
        match self.find(user) {
            Ok(Found {
                list: Some(list),
                validity,
                ..
            }) => Ok(look(&list, validity)),
            Ok(_) | Err(SessionError::Sessions { .. } | SessionError::Generation(_)) => {
                Ok(T::default())
            }
            Err(other) => Err(other),
        }
    }

    /// Ends a session, if there is one of that name.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn end(&self, now: UnixTime, user: &UserId, id: SessionId) -> Result<(), SessionError> {
        self.change(now, user, |list| (list.end(id), ()))
    }

    /// Ends the session of a credential, if there is one.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn end_of(
        &self,
        now: UnixTime,
        user: &UserId,
        credential: &Credential<'_>,
    ) -> Result<(), SessionError> {
        self.change(now, user, |list| (list.end_of(credential), ()))
    }

    /// Ends all sessions of a user but that of a credential: see [`SessionList::end_all_but`].
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn end_all_but(
        &self,
        now: UnixTime,
        user: &UserId,
        kept: Option<&Credential<'_>>,
        ended: Option<u64>,
    ) -> Result<(), SessionError> {
        self.change(now, user, |list| {
            list.end_all_but(kept, ended);
            (true, ())
        })
    }

    /// Ends the sessions of a user that came of a password alone. Nothing is written where there are none.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn end_unproven(&self, now: UnixTime, user: &UserId) -> Result<(), SessionError> {
        self.change(now, user, |list| (list.end_unproven(), ()))
    }

    /// The name of the row that keeps a user's.
    #[must_use]
    pub fn row_of(user: &UserId) -> String {
        SessionsKey::of(user).name()
    }

    /// Removes what is kept of a user's sessions, whatever it says.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn forget(&self, now: UnixTime, user: &UserId) -> Result<(), SessionError> {
        Ok(self.rows.update(now, &SessionsKey::of(user), |slot| {
            if slot.row().is_some() {
                slot.end();
            }
        })?)
    }

    /// Ends all sessions of everybody, with one write.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn end_everybodys(&self, now: UnixTime) -> Result<(), SessionError> {
        let generation = Generation::draw(&mut OsEntropy)?;
        Ok(self.rows.update(now, &GenerationKey, |slot| {
            slot.put(GenerationRow(Ok(generation)), Keep::Always);
        })?)
    }

    /// Those that count, the one that was used last first.
    ///
    /// # Errors
    /// [`SessionError`]
    pub fn list(
        &self,
        now: UnixTime,
        user: &UserId,
        current: Option<&Credential<'_>>,
    ) -> Result<Vec<Session>, SessionError> {
        let found = self.find(user)?;
        Ok(found
            .list
            .map_or_else(Vec::new, |list| list.sessions(current, found.validity, now)))
    }
}
