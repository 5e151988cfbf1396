//! A message to a telephone, and the channel it takes.

use std::fmt;

use zeroize::Zeroizing;

use crate::clock::UnixTime;
use crate::phone::PhoneNumber;
use crate::types::Method;

/// A way to a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A short message.
    Sms,
    /// A call that speaks the digits.
    Voice,
    /// A WhatsApp message.
    WhatsApp,
}

impl Channel {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Voice, Self::WhatsApp];

    /// Its word in settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::WhatsApp => "whatsapp",
        }
    }

    /// The channel of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }

    /// The way that a method is, if it is one by telephone.
    #[must_use]
    pub const fn of(method: Method) -> Option<Self> {
        match method {
            Method::Sms => Some(Self::Sms),
            Method::Voice => Some(Self::Voice),
            Method::WhatsApp => Some(Self::WhatsApp),
            _ => None,
        }
    }
}

impl From<Channel> for Method {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Voice => Self::Voice,
            Channel::WhatsApp => Self::WhatsApp,
        }
    }
}

/// A code has to go to a number.
#[derive(Debug, Clone, Copy)]
pub struct ProviderRequest<'a> {
    /// Where to.
    pub to: &'a PhoneNumber,
    /// Which way.
    pub channel: Channel,
    /// The language of the message, as BCP 47: `en`, `de-AT`.
    pub locale: &'a str,
    /// When.
    pub now: UnixTime,
}

/// A message of ours. Redacts itself.
#[derive(Clone)]
pub struct MessageBody {
    /// The whole text.
    pub text: Zeroizing<String>,
    /// The digits in it, for a call and for a template.
    pub code: Zeroizing<String>,
}

impl fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageBody(<redacted>)")
    }
}

/// A provider took the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// The provider's name of the message, by which it reports what became of it.
    pub id: Option<String>,
}
