//! What people are told of their accounts: the mails of it, for the host to send.
//!
//! The account keeps what is to be told until the host says that its mailer took it (`src/account/notices.rs`). What the
//! results of calls hand out is handed out again, here, unless that is said.

use zeroize::Zeroizing;

use super::error::Unavailable;
use super::finding::{self, Finding};
use super::named::named;
use super::token;
use super::{Client, Error, Message, Operator, User, Verifier};
use crate::account::{
    AccountError, Audience, Contact, Denied, NoticeKind, NoticeLink, Offer, ReleasedBy, Source,
};
use crate::audit::Authority;
use crate::clock::UnixTime;
use crate::crypto::RandomError;
use crate::i18n::Language;
use crate::mail::address::is_address;
use crate::notice::{notice_mail, notice_title};
use crate::types::{Method, UserId};

/// Users who are looked at in one go, and how often one call does so.
const MOST_USERS: u32 = 200;
const MOST_PAGES: usize = 5;

/// Seconds after which an account is looked at again that does not open, or of which there was nothing to tell: an hour.
const LOOK_AGAIN: u64 = 3_600;

/// Seconds after which a number is looked at again that was not told, for no provider answers: five minutes.
const ASK_AGAIN: u64 = 300;

/// Users who are counted, for health.
const MOST_COUNTED: u32 = 1000;

/// Seconds after which health says that nobody asks for what is to be told: a day.
const WAITS_LONG: u64 = 86_400;

/// The name of a mail, by which the host says that its mailer took it: number of the notice, place of the addressee, user.
#[derive(Debug, PartialEq, Eq)]
struct MessageName {
    number: u32,
    place: usize,
    user: UserId,
}

impl MessageName {
    fn write(&self) -> String {
        format!("{}.{}.{}", self.number, self.place, self.user.as_str())
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let name = Self {
            number: parts.next()?.parse().ok()?,
            place: parts.next()?.parse().ok()?,
            user: UserId::from_store(parts.next()?).ok()?,
        };
        (name.write() == text).then_some(name)
    }
}

/// What the link of a notice is about.
#[derive(Debug, Clone)]
pub struct NoticeView {
    /// Whose account.
    pub user: UserId,
    /// What was told.
    pub kind: NoticeKind,
    /// The same in words, in the user's language.
    pub title: &'static str,
    /// Which that is, as a tag.
    pub language: &'static str,
    /// Of what.
    pub method: Option<Method>,
    /// When it happened.
    pub at: UnixTime,
    /// The link, or a newer one, was used: it does nothing more.
    pub is_used: bool,
    /// Since when changes are on hold; `None` when they are not.
    pub held_since: Option<UnixTime>,
}

/// How that user is reached, as the host says.
pub(super) fn contact_of(user: &User) -> Contact {
    Contact::new(
        user.name.clone(),
        user.locale.clone().unwrap_or_default(),
        user.email.clone().filter(|email| is_address(email)),
    )
}

impl Verifier {
    /// The mails of what is to be told of that user's account: one for everybody who was not told yet.
    pub(super) fn notice_messages(
        &self,
        now: UnixTime,
        user: &UserId,
        offers: &[Offer],
    ) -> Vec<Message> {
        let mut messages = Vec::new();
        for offer in offers {
            let Offer {
                notice, contact, ..
            } = offer;
            // Without random numbers it is told without a link.
            let link = self.notice_url(user, offer).unwrap_or_default();
            let link = link.as_deref().map(String::as_str);
            let site = self.config.issuer();
            let placed = notice.to.iter().enumerate();
            for (place, addressee) in placed.filter(|(_, addressee)| !addressee.is_told) {
                let mut notice = notice.to_be_read_by(addressee);
                if notice.audience == Audience::Administrators {
                    notice.locale = self.config.locale().unwrap_or_default().to_owned();
                }
                let own = self.words_of(now, &notice);
                let mail = notice_mail(&notice, contact, user, site, link, own.as_ref());
                let name = MessageName {
                    number: notice.number,
                    place,
                    user: user.clone(),
                };
                messages.push(Message {
                    id: name.write(),
                    to: Some(addressee.address.clone()).filter(|to| !to.is_empty()),
                    mail,
                });
            }
        }
        messages
    }

    /// The address at which its user says that it was not them, where the host has a page for it.
    fn notice_url(
        &self,
        user: &UserId,
        offer: &Offer,
    ) -> Result<Option<Zeroizing<String>>, RandomError> {
        let (Some(page), Some(link)) = (self.config.notice_url(), &offer.link) else {
            return Ok(None);
        };
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        let token = token::seal_notice_link(ring, site, user, link)?;
        Ok(Some(Zeroizing::new([page, token.as_str()].concat())))
    }

    fn link_of(&self, token: &str) -> Result<(UserId, NoticeLink), Denied> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        token::open_notice_link(ring, site, token).ok_or(Denied::LinkOver)
    }

    /// What a link of a notice is about, and what it would do; nothing is done, however often it is asked.
    ///
    /// # Errors
    /// [`Denied::LinkOver`] for what is forged, of another site or user, or older than seven days; [`Error::Unavailable`]
    pub fn open_notice(&self, now: UnixTime, token: &str) -> Result<NoticeView, Error> {
        let (user, link) = self.link_of(token)?;
        let account = self.accounts.read(&user, now)?.ok_or(Denied::LinkOver)?;
        let is_used = account.link_is_used(&link, now)?;
        let locale = account.locale(now).to_owned();
        Ok(NoticeView {
            user,
            kind: link.kind,
            title: notice_title(link.kind, &locale),
            language: Language::of(&locale).tag(),
            method: link.method,
            at: link.at,
            is_used,
            held_since: account.held_since(),
        })
    }

    /// The user of a notice says, by its link, that it was not them: every sign-in, proof, set-up and trusted device of
    /// theirs ends, and changes of their factors are on hold. They sign in as before.
    ///
    /// # Errors
    /// [`Denied::LinkOver`] as [`Verifier::open_notice`], and for a link that is used; [`Error::Unavailable`]
    pub fn repudiate(&self, now: UnixTime, token: &str, client: &Client) -> Result<(), Error> {
        let (user, link) = self.link_of(token)?;
        let source = self.source(client);
        let done = self
            .accounts
            .change_to_end(&user, now, &source, |account, context| {
                account.repudiate(&link, context)
            })?;
        Ok(done?)
    }

    /// Ends a hold on changes of a user's factors: they themself with a grant that came of a backup or recovery code, another
    /// administrator with a grant of their own, or somebody on the server. Nothing happens where there is none.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`], [`Denied::TooRecent`]; [`Denied::OnHold`] of a user whose codes are as new as what was
    /// not them, and of an administrator by what a thief of a password can have, too; [`Error::Invalid`],
    /// [`Error::Unavailable`]
    pub fn release_hold(
        &self,
        now: UnixTime,
        user: &UserId,
        operator: &Operator<'_>,
        reason: &str,
    ) -> Result<(), Error> {
        named(operator.by(), reason)?;
        // An emergency ends none: what was let in then would stay.
        let authority = self.authority_but_emergency(now, operator, Some(user))?;
        if self.has_no_account(user, now)? {
            return Ok(());
        }
        let is_own = operator.by() == user.as_str() && authority != Ok(Authority::Server);
        let grant = operator.own_grant(self, user);
        let released_by = if is_own {
            ReleasedBy::Owner(grant.as_ref())
        } else {
            ReleasedBy::Operator {
                authority,
                by: operator.by(),
                why: reason,
            }
        };
        let source = self.source_if(operator.client());
        let done = self
            .accounts
            .change_to_end(user, now, &source, |account, context| {
                account.release_hold(released_by, context)
            })?;
        done?;
        Ok(())
    }

    /// What is still to be told, of all accounts, about `limit` mails of it, the longest first: what calls that return
    /// nothing have changed, and what was handed out before and not said to be sent. Each is handed out a few times, at
    /// growing intervals. What numbers are still to be told is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn pending_notices(&self, now: UnixTime, limit: u32) -> Result<Vec<Message>, Error> {
        let limit = super::administer::limited(limit)? as usize;
        let mut messages = Vec::new();
        self.accounts.bring_notices_back(now, MOST_USERS)?;
        // By SMS no more than one provider is waited for that does not answer.
        let mut is_answered = true;
        for _ in 0..MOST_PAGES {
            let due = self
                .accounts
                .with_notices(UnixTime::START, now, MOST_USERS)?;
            // Whoever is looked at in vain would stand before everybody else, each time.
            let (mut in_vain, mut waiting) = (Vec::new(), Vec::new());
            let is_last = due.is_empty();
            for user in due {
                if messages.len() >= limit {
                    break;
                }
                match self.accounts.offer_notices(&user, now, is_answered) {
                    Ok((offers, claimed)) => {
                        messages.extend(self.notice_messages(now, &user, &offers));
                        match is_answered {
                            true if offers.is_empty() && claimed.is_empty() => in_vain.push(user),
                            true => is_answered = self.send_claimed(now, &user, &claimed),
                            false => waiting.push(user),
                        }
                    }
                    Err(AccountError::Store(error)) => return Err(Unavailable::from(error).into()),
                    // What cannot be read is told when it can be.
                    Err(_) => in_vain.push(user),
                }
            }
            for (users, wait) in [(in_vain, LOOK_AGAIN), (waiting, ASK_AGAIN)] {
                self.accounts.put_notices_off(&users, now, now.plus(wait))?;
            }
            if is_last || messages.len() >= limit {
                break;
            }
        }
        Ok(messages)
    }

    /// Whether what is to be told gets told. Nothing while it does, or where the store does not answer: that is said of the
    /// store.
    pub(super) fn notice_health(&self, now: Option<UnixTime>) -> Vec<Finding> {
        let Some(now) = now else {
            return Vec::new();
        };
        let count = |from, until| {
            let users = self.accounts.with_notices(from, until, MOST_COUNTED);
            users.map_or(0, |users| users.len())
        };
        let mut findings = Vec::new();
        let given_up = count(UnixTime::END, UnixTime::END);
        if given_up > 0 {
            findings.push(Finding::warning(finding::NOTICES_UNDELIVERED).with("users", given_up));
        }
        let waiting = count(UnixTime::START, now.minus(WAITS_LONG));
        if waiting > 0 {
            findings.push(Finding::warning(finding::NOTICES_WAITING).with("users", waiting));
        }
        findings
    }

    /// The host's mailer took the mails of these names. A name that says nothing, or nothing any more, is passed over.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn notices_sent(&self, now: UnixTime, names: &[String]) -> Result<(), Error> {
        self.digests_sent(now, names)?;
        let mut names: Vec<_> = names
            .iter()
            .filter_map(|it| MessageName::read(it))
            .collect();
        while let Some(first) = names.first() {
            let user = first.user.clone();
            let (theirs, others) = names.into_iter().partition(|it| it.user == user);
            let theirs: Vec<MessageName> = theirs;
            names = others;
            if self.has_no_account(&user, now)? {
                continue;
            }
            let _ = self
                .accounts
                .change_to_end(&user, now, &Source::default(), |account, _| {
                    for name in &theirs {
                        account.notice_told(name.number, name.place, now);
                    }
                    Ok(())
                })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_by_its_name_alone() {
        for user in ["7", "a.b.c", "", "\u{1f}"] {
            let Ok(user) = UserId::from_store(user) else {
                continue;
            };
            let name = MessageName {
                number: 3,
                place: 1,
                user,
            };
            assert_eq!(MessageName::read(&name.write()), Some(name));
        }
        for other in [
            "", "3", "3.1", "3.1.", "+3.1.7", "03.1.7", "3.-1.7", "x.1.7", " 3.1.7",
        ] {
            assert_eq!(MessageName::read(other), None, "{other}");
        }
    }
}
