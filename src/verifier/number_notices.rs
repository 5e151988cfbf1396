//! SMS to numbers of what happened to their account: sent once the change is stored, by the rules of a code, except that
//! they take nothing of what a person may ask for.
//!
//! The call that made the change sends them, within the time of one request to a provider, unless its host has still to
//! store something; what that call could not, or did not live to, is sent from what is pending
//! ([`Verifier::pending_notices`]). Nothing that goes wrong here undoes anything: the account says what was told.

use super::Verifier;
use crate::account::{NumberNotice, NumberOutcome, Source};
use crate::clock::UnixTime;
use crate::delivery::{DeliveryError, MessageContent, ProviderAnswer, SendRequest};
use crate::phone::PhoneNumber;
use crate::sms::Channel;
use crate::types::{Method, UserId};

/// What became of a message: [`NumberOutcome`] with a name of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// By that provider.
    Told(String),
    /// For good.
    Untold,
    /// Nobody could be asked now.
    Later,
}

impl Sent {
    fn outcome(&self) -> NumberOutcome<'_> {
        match self {
            Self::Told(provider) => NumberOutcome::Told(provider),
            Self::Untold => NumberOutcome::Untold,
            Self::Later => NumberOutcome::Later,
        }
    }
}

impl Verifier {
    /// Sends what numbers of that user's are to be told now. What fails here is tried again.
    pub fn tell_numbers(&self, now: UnixTime, user: &UserId) {
        if let Ok(claimed) = self.accounts.claim_number_notices(user, now) {
            self.send_claimed(now, user, &claimed);
        }
    }

    /// Sends what was claimed, and writes down what became of it. Whether somebody could be asked.
    pub(super) fn send_claimed(
        &self,
        now: UnixTime,
        user: &UserId,
        claimed: &[NumberNotice],
    ) -> bool {
        let mut is_answered = true;
        for notice in claimed {
            let sent = self.send_notice(now, user, notice);
            is_answered &= sent != Sent::Later;
            // Where that cannot be written it is told again: better than never.
            let _ =
                self.accounts
                    .change_to_end(user, now, &Source::default(), |account, context| {
                        account.settle_number_notice(notice, sent.outcome(), context);
                        Ok(())
                    });
        }
        is_answered
    }

    pub(super) fn send_notice(&self, now: UnixTime, user: &UserId, notice: &NumberNotice) -> Sent {
        let Ok(to) = PhoneNumber::from_e164(&notice.to) else {
            return Sent::Untold;
        };
        if self.renew_providers(Some(now)).is_err() {
            return Sent::Later;
        }
        // A site may have nobody who carries texts of ours: mails say the same.
        let has_provider = !self
            .providers
            .message_providers(Channel::Sms, &to)
            .is_empty();
        if !has_provider || self.reachable(&to, Method::Sms).is_err() {
            return Sent::Untold;
        }
        let request = SendRequest {
            user,
            to: &to,
            channel: Channel::Sms,
            locale: &notice.locale,
            now,
            content: MessageContent::Notice(notice.kind),
        };
        match self.sender().send(&request, None) {
            Ok(sent) => match sent.answer {
                ProviderAnswer::Taken { .. } => Sent::Told(sent.provider),
                // It may arrive, or not: nobody counts as told, and nobody is told twice.
                ProviderAnswer::PerhapsTaken { .. }
                | ProviderAnswer::Started(_)
                | ProviderAnswer::PerhapsStarted { .. } => Sent::Untold,
            },
            Err(not_sent) => match not_sent.error {
                DeliveryError::Refused { .. } | DeliveryError::Number => Sent::Untold,
                _ => Sent::Later,
            },
        }
    }
}
