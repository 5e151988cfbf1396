//! A user says that a change was not theirs: their sign-ins end, and changes of factors are on hold until somebody who is
//! more than a reader of their mail says that it is well.
//!
//! ```text
//!   notice ── its link ──▶ shown (nothing changes) ── "this was not me" ──▶ HELD ── a backup code of the user,
//!                                                                            │      another administrator, the server
//!                                                                            │      a set-up that a temporary code led to
//!                                                                            ▼
//!                                                                        RELEASED: no link from before puts a hold again
//! ```
//!
//! Who reads a mailbox can hold changes, and never make one: nobody signs in by a link, and every factor goes on as it
//! was, so nobody is locked out by one either. A link is in notices of what somebody was let to do. Wrong codes are told
//! without one, and so is a proof after them from where its user has always been: whoever knows no more than a password
//! could make themselves as many links as they like. Each is good for
//! seven days and once, and with it all that are older; what is told of a hold and of its end has none, or the two would
//! go on for ever.
//!
//! Whoever took the account over may have made new codes, in the place of those of its user. So a code ends a hold only if
//! its set is older than the change that was told, and than a week before: what was changed in that week may have come
//! with several notices, of which one link is as good as another. Otherwise an administrator has to know whose word to
//! take.

use super::context::RuleContext;
use super::denied::Denied;
use super::factor::Factor;
use super::hold_record::{Hold, LINK_SECONDS, Repudiation};
use super::ids::GrantId;
use super::notice_record::{Audience, Notice, NoticeKind};
use super::permit::Permit;
use super::state::Account;
use crate::audit::{Authority, Event, EventKind};
use crate::clock::{SKEW, UnixTime};
use crate::types::{Method, Requester};

/// What the link of a notice says. It names no secret, and is sealed with the user's id for them to bring back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeLink {
    /// The number of the notice.
    pub number: u32,
    /// What it told.
    pub kind: NoticeKind,
    /// Of what.
    pub method: Option<Method>,
    /// When that happened.
    pub at: UnixTime,
    /// When its mail was made.
    pub made: UnixTime,
}

impl NoticeKind {
    /// Whether somebody was let to do what it tells, so that its user can say that it was not them.
    const fn is_of_an_act(self) -> bool {
        match self {
            Self::Added
            | Self::Replaced
            | Self::NumberReplaced
            | Self::Removed
            | Self::Renamed
            | Self::NewCodes
            | Self::CodeUsed
            | Self::SwitchedOff
            | Self::Reset
            | Self::Unlocked
            | Self::SignInsEnded
            | Self::PasswordReset
            | Self::DeviceCopied
            | Self::Replayed
            | Self::Imported
            | Self::Suspended
            | Self::Resumed
            | Self::TemporaryCodeIssued
            | Self::TemporaryCodeUsed
            | Self::AfterFailures
            | Self::AfterInactivity
            | Self::NewNetwork
            | Self::NewDevice => true,
            Self::Disabled
            | Self::PasswordSuspected
            | Self::GuessingSuspected
            | Self::Blocked
            | Self::WrongAnswers
            | Self::Held
            | Self::Released
            | Self::EnrolmentReminder => false,
        }
    }
}

/// Who ends a hold, and what they have to show for it.
#[derive(Debug, Clone, Copy)]
pub enum ReleasedBy<'a> {
    /// Its own user, with a fresh proof.
    Owner(Option<&'a GrantId>),
    /// Somebody else.
    Operator {
        /// What stands behind them.
        authority: Result<Authority, Denied>,
        /// Who.
        by: &'a str,
        /// Why.
        why: &'a str,
    },
}

impl Account {
    /// Since when changes of factors are on hold; `None` when they are not.
    #[must_use]
    pub fn held_since(&self) -> Option<UnixTime> {
        Some(self.hold()?.since)
    }

    /// Whether a backup or recovery code of its user ends the hold: they have some, and not only since what they say was
    /// not them.
    #[must_use]
    pub fn code_ends_hold(&self) -> bool {
        self.codes_are_older()
            .is_some_and(|codes| !codes.is_used_up())
    }

    /// Its codes, if there is a hold and they are older than what was told.
    fn codes_are_older(&self) -> Option<&Factor> {
        let hold = self.hold()?;
        let mut factors = self.factors.iter();
        factors.find(|it| it.method().is_lookup() && it.enrolled_at < hold.codes_before)
    }

    fn hold(&self) -> Option<&Hold> {
        self.repudiation.as_ref()?.hold.as_ref()
    }

    /// Whether factors may be changed at all.
    ///
    /// # Errors
    /// [`Denied::OnHold`]
    pub fn assert_not_held(&self) -> Result<(), Denied> {
        match self.hold() {
            Some(_) => Err(Denied::OnHold),
            None => Ok(()),
        }
    }

    /// Whether an operator may remove every factor: while changes are on hold nobody does it to themselves, nor by what a
    /// thief of a password can have, too.
    ///
    /// # Errors
    /// [`Denied::OnHold`]
    pub fn allow_reset(
        &self,
        authority: Result<Authority, Denied>,
        is_own: bool,
    ) -> Result<(), Denied> {
        let is_good = match authority {
            Ok(Authority::Server) => true,
            Ok(authority) => !is_own && !authority.is_unproven(),
            // Without a factor there is nothing to remove; else it is refused for what it is.
            Err(_) => true,
        };
        if is_good {
            Ok(())
        } else {
            self.assert_not_held()
        }
    }

    /// What the link of a notice says that is handed out now; `None` where it has none.
    pub(super) fn link_of(&self, notice: &Notice, now: UnixTime) -> Option<NoticeLink> {
        let is_used = self.repudiation.is_some_and(|it| notice.number <= it.used);
        let has_link = notice.audience == Audience::User
            && notice.kind.is_of_an_act()
            && notice.has_link
            && !is_used;
        has_link.then(|| NoticeLink {
            number: notice.number,
            kind: notice.kind,
            method: notice.changes.last().and_then(|change| change.method),
            at: notice.at,
            made: now,
        })
    }

    /// Whether a link is used, or a newer one.
    ///
    /// # Errors
    /// [`Denied::LinkOver`]: it is none of this account, or its time is over.
    pub fn link_is_used(&self, link: &NoticeLink, now: UnixTime) -> Result<bool, Denied> {
        let is_in_time = link.made <= now.plus(SKEW) && now < link.made.plus(LINK_SECONDS);
        if !is_in_time || link.number > self.notices.last || !link.kind.is_of_an_act() {
            return Err(Denied::LinkOver);
        }
        Ok(self.repudiation.is_some_and(|it| link.number <= it.used))
    }

    /// Whoever has that link says that they did not do what it tells: every sign-in, proof, set-up and trusted device ends,
    /// and changes of factors are on hold. Where they are already, the hold goes on and the rest ends once more.
    ///
    /// # Errors
    /// [`Denied::LinkOver`], also for a link that is used.
    pub fn repudiate(
        &mut self,
        link: &NoticeLink,
        context: &mut RuleContext<'_>,
    ) -> Result<(), Denied> {
        let now = context.now;
        if self.link_is_used(link, now)? {
            return Err(Denied::LinkOver);
        }
        let codes_before = now.minus(LINK_SECONDS).min(link.at);
        let hold = match self.hold() {
            Some(hold) => Hold {
                codes_before: hold.codes_before.min(codes_before),
                ..*hold
            },
            None => Hold {
                since: now,
                codes_before,
            },
        };
        self.repudiation = Some(Repudiation {
            used: link.number,
            hold: Some(hold),
        });
        self.raise_epoch(None, now);
        let event = Event::new(EventKind::ChangesHeld, Requester::Nobody);
        context.note(event.because(link.kind.as_str()));
        Ok(())
    }

    /// Ends a hold: with a backup code of its user, or by somebody else who has proven who they are. What was told until now
    /// puts no hold again. `false` where there is none.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`] without such a proof; [`Denied::OnHold`] of a user whose codes are too new, and of an
    /// operator by what a thief of a password can have, too; [`Denied::TooRecent`].
    pub fn release_hold(
        &mut self,
        released_by: ReleasedBy<'_>,
        context: &mut RuleContext<'_>,
    ) -> Result<bool, Denied> {
        if self.hold().is_none() {
            return Ok(false);
        }
        let event = match released_by {
            ReleasedBy::Owner(grant) => {
                let by = grant.and_then(|grant| self.grants.proven_by(grant, context.now));
                let by = by.filter(|method| method.is_lookup());
                let by = by.ok_or(Denied::StepUpRequired)?;
                if self.codes_are_older().is_none() {
                    return Err(Denied::OnHold);
                }
                Event::new(EventKind::ChangesReleased, Requester::Proven).method(by)
            }
            ReleasedBy::Operator { authority, by, why } => {
                let authority = authority?;
                if authority.is_unproven() {
                    return Err(Denied::OnHold);
                }
                Event::new(EventKind::ChangesReleased, Requester::Operator)
                    .by(by, why)
                    .authority(Some(authority))
            }
        };
        self.release();
        context.note(event);
        Ok(true)
    }

    /// What was told until now puts no hold again.
    fn release(&mut self) {
        self.repudiation = Some(Repudiation {
            used: self.notices.last,
            hold: None,
        });
    }

    /// A set-up that a temporary code led to was confirmed: an administrator has known whose word to take, and whatever was
    /// enrolled before is suspended. That ends a hold.
    pub(super) fn release_by_set_up(&mut self, context: &mut RuleContext<'_>) {
        if self.hold().is_some() {
            self.release();
            let event = Event::new(EventKind::ChangesReleased, Requester::Proven);
            context.note(event.method(Method::TemporaryCode));
        }
    }

    /// Whether a set-up may be made that is begun with that: none while changes are on hold, but the one that an
    /// administrator's code led to.
    ///
    /// # Errors
    /// [`Denied::OnHold`]
    pub(super) fn allow_held_set_up(&self, permit: &Permit) -> Result<(), Denied> {
        if self.is_by_temporary_code(permit) {
            Ok(())
        } else {
            self.assert_not_held()
        }
    }
}
