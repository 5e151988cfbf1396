//! What is behind a number, and which ways lead there.

use rlibphonenumber::PhoneNumberType;

use super::PhoneNumber;
use crate::types::Method;

/// What the numbering plan says is behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// A mobile telephone.
    Mobile,
    /// A landline.
    FixedLine,
    /// One of both: some countries, the USA among them, do not tell them apart.
    FixedLineOrMobile,
    /// Whoever is called pays.
    TollFree,
    /// Costs more, and the callee earns from it.
    PremiumRate,
    /// Caller and callee share the cost.
    SharedCost,
    /// A telephone on the internet.
    Voip,
    /// Follows a person to whatever telephone they name.
    Personal,
    /// A pager.
    Pager,
    /// A company's number for all its places (universal access number).
    Uan,
    /// A mailbox.
    Voicemail,
    /// The plan does not say.
    Unknown,
}

impl NumberKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Mobile,
        Self::FixedLine,
        Self::FixedLineOrMobile,
        Self::TollFree,
        Self::PremiumRate,
        Self::SharedCost,
        Self::Voip,
        Self::Personal,
        Self::Pager,
        Self::Uan,
        Self::Voicemail,
        Self::Unknown,
    ];

    /// The name as PHP knows it. Never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::FixedLine => "fixed-line",
            Self::FixedLineOrMobile => "fixed-line-or-mobile",
            Self::TollFree => "toll-free",
            Self::PremiumRate => "premium-rate",
            Self::SharedCost => "shared-cost",
            Self::Voip => "voip",
            Self::Personal => "personal",
            Self::Pager => "pager",
            Self::Uan => "uan",
            Self::Voicemail => "voicemail",
            Self::Unknown => "unknown",
        }
    }
}

impl From<PhoneNumberType> for NumberKind {
    fn from(kind: PhoneNumberType) -> Self {
        match kind {
            PhoneNumberType::Mobile => Self::Mobile,
            PhoneNumberType::FixedLine => Self::FixedLine,
            PhoneNumberType::FixedLineOrMobile => Self::FixedLineOrMobile,
            PhoneNumberType::TollFree => Self::TollFree,
            PhoneNumberType::PremiumRate => Self::PremiumRate,
            PhoneNumberType::SharedCost => Self::SharedCost,
            PhoneNumberType::VoIP => Self::Voip,
            PhoneNumberType::PersonalNumber => Self::Personal,
            PhoneNumberType::Pager => Self::Pager,
            PhoneNumberType::UAN => Self::Uan,
            PhoneNumberType::VoiceMail => Self::Voicemail,
            PhoneNumberType::Unknown => Self::Unknown,
        }
    }
}

/// Why no code goes to a number that way. For the person whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// Only a call gets there.
    #[error("this is a landline, which gets no messages: enter a mobile number or choose a call")]
    Landline,
    /// See [`NumberKind::TollFree`].
    #[error("codes do not go to toll-free numbers: enter a mobile number")]
    TollFree,
    /// See [`NumberKind::PremiumRate`].
    #[error("codes do not go to premium-rate numbers: enter a mobile number")]
    PremiumRate,
    /// See [`NumberKind::SharedCost`].
    #[error("codes do not go to shared-cost numbers: enter a mobile number")]
    SharedCost,
    /// It proves no possession of a device (NIST SP 800-63B, 5.1.3.1), and whoever knows a
    /// password answers it.
    #[error("codes do not go to internet telephone numbers: enter a mobile number")]
    Voip,
    /// It leads wherever its owner says, often at a premium rate.
    #[error("codes do not go to personal numbers that forward calls: enter a mobile number")]
    Personal,
    /// See [`NumberKind::Pager`].
    #[error("codes do not go to pagers: enter a mobile number")]
    Pager,
    /// See [`NumberKind::Uan`].
    #[error("codes do not go to a company's central number: enter a mobile number")]
    Uan,
    /// Whoever knows its PIN would read the code.
    #[error("codes do not go to voice mailboxes: enter a mobile number")]
    Voicemail,
    /// Satellites and other numbers of no country: no list of regions has them, and a message may
    /// cost many times the usual.
    #[error("codes do not go to numbers that belong to no country: enter a mobile number")]
    NonGeographic,
    /// The numbering plan does not say what it is.
    #[error("it is not known whether codes reach this number: enter a mobile number")]
    Unknown,
    /// The site sends none to numbers of its country.
    #[error("codes do not go to numbers of this country here")]
    Country,
    /// Not a way to a telephone.
    #[error("this method does not use a telephone number")]
    Method,
}

impl Unreachable {
    /// In one word, for whoever says it in another language.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Landline => "landline",
            Self::TollFree => "toll-free",
            Self::PremiumRate => "premium-rate",
            Self::SharedCost => "shared-cost",
            Self::Voip => "voip",
            Self::Personal => "personal",
            Self::Pager => "pager",
            Self::Uan => "uan",
            Self::Voicemail => "voicemail",
            Self::NonGeographic => "non-geographic",
            Self::Unknown => "unknown",
            Self::Country => "country",
            Self::Method => "method",
        }
    }
}

impl PhoneNumber {
    /// Whether a code may go to this number by [`Method::Sms`], [`Method::Voice`] or
    /// [`Method::WhatsApp`]: messages go to mobile telephones, calls to landlines, too, and nothing
    /// goes where somebody else earns from it or somebody else may be listening.
    ///
    /// # Errors
    /// [`Unreachable`]
    pub const fn reach(&self, method: Method) -> Result<(), Unreachable> {
        if !method.is_phone() {
            return Err(Unreachable::Method);
        }
        match self.kind {
            NumberKind::Mobile | NumberKind::FixedLineOrMobile | NumberKind::FixedLine
                if self.region.is_none() =>
            {
                Err(Unreachable::NonGeographic)
            }
            NumberKind::Mobile | NumberKind::FixedLineOrMobile => Ok(()),
            NumberKind::FixedLine if matches!(method, Method::Voice) => Ok(()),
            NumberKind::FixedLine => Err(Unreachable::Landline),
            NumberKind::TollFree => Err(Unreachable::TollFree),
            NumberKind::PremiumRate => Err(Unreachable::PremiumRate),
            NumberKind::SharedCost => Err(Unreachable::SharedCost),
            NumberKind::Voip => Err(Unreachable::Voip),
            NumberKind::Personal => Err(Unreachable::Personal),
            NumberKind::Pager => Err(Unreachable::Pager),
            NumberKind::Uan => Err(Unreachable::Uan),
            NumberKind::Voicemail => Err(Unreachable::Voicemail),
            NumberKind::Unknown => Err(Unreachable::Unknown),
        }
    }
}
