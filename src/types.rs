//! The types that every module shares: who, by which method, for what.
//!
//! Illegal values cannot be built: a [`UserId`] or [`Site`] that exists is fit for every store
//! and every message authentication code.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Longest user id or site, in bytes: what a composite key of every supported store can hold.
pub const MAX_ID_BYTES: usize = 191;

/// Why a text cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing in it.
    #[error("must not be empty")]
    Empty,
    /// More than [`MAX_ID_BYTES`].
    #[error("must not be longer than {MAX_ID_BYTES} bytes")]
    TooLong,
    /// A control character, NUL among them.
    #[error("must not contain control characters")]
    ControlCharacter,
}

fn check_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_ID_BYTES {
        return Err(IdError::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::ControlCharacter);
    }
    Ok(())
}

/// Whether a text is the name of a host: letters, digits and dashes between dots (RFC 1123 section 2.1).
#[must_use]
pub fn is_host_name(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// The key of a licence, as whoever sold it gave it out: who has it can use what the licence is worth. Redacts itself.
#[derive(Clone, PartialEq, Eq)]
pub struct LicenceKey(Zeroizing<String>);

impl LicenceKey {
    /// In the place of a key: the one that is kept in the store. Shorter than any key.
    pub const STORED: &str = "stored";

    /// Whether it says that the key is in the store.
    #[must_use]
    pub fn is_in_store(&self) -> bool {
        self.reveal() == Self::STORED
    }

    /// Whatever it says: who is asked for the licence judges it.
    #[must_use]
    pub const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// In the clear.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LicenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LicenceKey(<redacted>)")
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes `text` as it is: no trimming, no folding, compared as bytes.
            ///
            /// # Errors
            /// [`IdError`] when it is empty, too long or has control characters.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check_id(&text)?;
                Ok(Self(text))
            }

            /// The text it was made from.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A user, as the host application knows them. "1" and "01" are two users.
    UserId
}
id! {
    /// The installation an account belongs to: accounts of two sites in one store never meet.
    Site
}

/// What stands before the names that are nobody's. No id of a host begins so, as it has no control character.
const RESERVED: char = '\u{1}';

/// The only such name there is.
const PROVIDERS: &str = "\u{1}providers";

impl UserId {
    /// Before it, in the order of bytes, stand the names that are nobody's, and after it every id of a host.
    pub const LAST_RESERVED: &'static str = "\u{1f}";

    /// Under which changes of the providers are kept: nobody's, and none that a host can give.
    #[must_use]
    pub fn providers() -> Self {
        Self(PROVIDERS.to_owned())
    }

    /// As a store has it: an id of a host, or a name that is nobody's.
    ///
    /// # Errors
    /// As [`UserId::new`], for a name that is not one of ours.
    pub fn from_store(text: impl Into<String>) -> Result<Self, IdError> {
        let text = text.into();
        if text == PROVIDERS {
            return Ok(Self(text));
        }
        Self::new(text)
    }

    /// For the host: empty, as no id is, for what is nobody's.
    #[must_use]
    pub fn for_host(&self) -> &str {
        if self.0.starts_with(RESERVED) {
            ""
        } else {
            &self.0
        }
    }
}

/// What a client calls itself (`User-Agent`, RFC 9110 section 10.1.5), for lists that people read. Anybody can send
/// anything there: reading never fails, what is kept is printable ASCII and short, nothing is decided on it, and no
/// dump or log shows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    /// Most bytes that are kept. The longest of well-known browsers have half of that.
    pub const MAX_BYTES: usize = 512;

    /// Reads the header as it came; without one, nothing. What is no printable ASCII becomes a question mark, and what
    /// is beyond [`MAX_BYTES`](Self::MAX_BYTES) is left out.
    #[must_use]
    pub fn read(header: &[u8]) -> Self {
        let kept = header.iter().take(Self::MAX_BYTES);
        let printable = kept.map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '?',
        });
        Self(printable.collect())
    }

    /// Empty where nothing was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserAgent({} bytes)", self.0.len())
    }
}

/// What an address is counted as: itself, or of IPv6 its 64-bit network, within which one customer has
/// more addresses than anybody could count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network that a request came from, as people are told apart by it. `::` stands for an address that is not known
    /// (RFC 4291 section 2.5.2): whoever has none shares no network with anybody.
    #[must_use]
    pub fn told_by(ip: IpAddr) -> Option<Self> {
        (!ip.is_unspecified()).then(|| Self::of(ip))
    }

    /// The network of an address.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        Self::prefix(ip, 64)
    }

    /// The same, and of IPv6 the 48-bit network: the most that one customer is given.
    #[must_use]
    pub fn site_of(ip: IpAddr) -> Self {
        Self::prefix(ip, 48)
    }

    /// What is counted together around an address: of IPv4 24 bits, of IPv6 48.
    #[must_use]
    pub fn subnet_of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                Self(Ipv4Addr::new(a, b, c, 0).into())
            }
            ip @ IpAddr::V6(_) => Self::site_of(ip),
        }
    }

    fn prefix(ip: IpAddr, bits: u32) -> Self {
        match ip.to_canonical() {
            IpAddr::V6(ip) => {
                let mask = u128::MAX
                    .checked_shl(128u32.saturating_sub(bits))
                    .unwrap_or(0);
                Self(Ipv6Addr::from_bits(ip.to_bits() & mask).into())
            }
            ip @ IpAddr::V4(_) => Self(ip),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Network {
    /// As [`address_text`].
    #[must_use]
    pub fn text(&self) -> String {
        address_text(self.0)
    }
}

/// An address without its end: enough to know one's own network again, and no more.
#[must_use]
pub fn masked_address(ip: IpAddr) -> String {
    match ip.to_canonical() {
        ip if ip.is_unspecified() => "•••".to_owned(),
        IpAddr::V4(ip) => {
            let mut text = address_text(ip.into());
            text.truncate(text.rfind('.').unwrap_or_default());
            text.push_str(".•••");
            text
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:•••")
        }
    }
}

/// An address as `to_string()` gives it. Every sign-in asks four times, and the library's way to format the numbers of an
/// IPv4 address takes ten times as long.
#[must_use]
pub fn address_text(ip: IpAddr) -> String {
    let IpAddr::V4(ip) = ip else {
        return ip.to_string();
    };
    let mut text = String::with_capacity(15);
    for (place, number) in ip.octets().into_iter().enumerate() {
        let digit = |one_of: u8| char::from(b'0' + number / one_of % 10);
        if place > 0 {
            text.push('.');
        }
        if number >= 100 {
            text.push(digit(100));
        }
        if number >= 10 {
            text.push(digit(10));
        }
        text.push(digit(1));
    }
    text
}

/// Sealed accounts and tokens know a value by its place in the order of declaration: new ones go last.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as PHP, the store and the audit know it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The value of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// How a second factor is proven.
    Method {
        /// An authenticator app (RFC 6238).
        Totp = "totp",
        /// A passkey (WebAuthn).
        Passkey = "passkey",
        /// A code by e-mail.
        Email = "email",
        /// A code by SMS.
        Sms = "sms",
        /// A code by a voice call.
        Voice = "voice",
        /// A code by WhatsApp.
        WhatsApp = "whatsapp",
        /// A random single-use code, kept as a keyed hash.
        BackupCode = "backup",
        /// A code derived from a master key, spent together with all before it.
        RecoveryCode = "recovery",
        /// A code that an operator issued to whoever lost everything else: good once, for a set-up and nothing else. No
        /// account has it as a factor.
        TemporaryCode = "temporary",
    }
}

impl Method {
    /// Whether it goes by way of a telephone number.
    #[must_use]
    pub const fn is_phone(self) -> bool {
        matches!(self, Self::Sms | Self::Voice | Self::WhatsApp)
    }

    /// Whether a code has to be sent before there is one to type.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        self.is_phone() || matches!(self, Self::Email)
    }

    /// Whether what is typed is a code of digits alone.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        self.is_sent() || matches!(self, Self::Totp)
    }

    /// Whether it is a look-up secret of at least 80 bits, random or derived, which nobody finds by guessing (NIST
    /// SP 800-63B-4 section 3.1.2): failures slow it down, and nothing disables it.
    #[must_use]
    pub const fn is_lookup(self) -> bool {
        matches!(
            self,
            Self::BackupCode | Self::RecoveryCode | Self::TemporaryCode
        )
    }

    /// Whether it is on a telephone that somebody may lose: an app, or a way to its number.
    #[must_use]
    pub const fn is_on_phone(self) -> bool {
        self.is_phone() || matches!(self, Self::Totp)
    }
}

names! {
    /// How strong a proof has to be: the later ones are the stronger.
    Strength {
        /// Any factor.
        Any = "any",
        /// None by SMS, call, WhatsApp or e-mail: what NIST SP 800-63B-4 (sections 3.1.3.1, 3.1.3.3) restricts or does not
        /// let pass.
        NoRestricted = "no-restricted",
    }
}

impl Strength {
    /// Whether a proof of that method is strong enough.
    #[must_use]
    pub const fn admits(self, method: Method) -> bool {
        match self {
            Self::Any => true,
            Self::NoRestricted => !method.is_sent(),
        }
    }
}

names! {
    /// Where the secrets of authenticator apps and the codes that stand in for them are.
    SecretMode {
        /// In the account, sealed with it: secrets are drawn, and so are backup codes.
        Sealed = "sealed",
        /// Nowhere: secrets and recovery codes are derived from a master key.
        Derived = "derived",
    }
}

names! {
    /// What a challenge is for; a proof for one purpose is worth nothing for another.
    Purpose {
        /// Signing in, after the password.
        Login = "login",
        /// A fresh proof before a change of factors.
        StepUp = "step-up",
        /// Checking that a number is the user's.
        VerifyPhone = "verify-phone",
        /// Resetting a password.
        ResetPassword = "reset-password",
    }
}

names! {
    /// What stood behind a request, from the weakest on.
    Requester {
        /// Nothing: anybody who knows a name can ask for it.
        Nobody = "nobody",
        /// The password, or a sign-in that needed no more.
        Password = "password",
        /// A proof of a factor of the last minutes: a grant.
        Proven = "proven",
        /// An operator, or the host itself, who said who and why.
        Operator = "operator",
    }
}

names! {
    /// What a telephone number is told by SMS.
    SmsNotice {
        /// Another number took its place.
        NumberReplaced = "number-replaced",
        /// It is the account's no more, and no other has taken its place.
        NumberRemoved = "number-removed",
        /// The password was set anew with a code that went to it.
        PasswordReset = "password-reset",
    }
}

impl Purpose {
    /// Whether a site's policy may ask for more of a challenge like that: it stands for the second factor.
    #[must_use]
    pub const fn is_under_policy(self) -> bool {
        matches!(self, Self::Login | Self::StepUp)
    }
}

impl Requester {
    /// Of a challenge of that purpose.
    #[must_use]
    pub const fn of(purpose: Purpose) -> Self {
        match purpose {
            Purpose::ResetPassword => Self::Nobody,
            Purpose::Login | Purpose::StepUp | Purpose::VerifyPhone => Self::Password,
        }
    }
}

names! {
    /// The hash of a TOTP secret (RFC 6238 section 1.2).
    Algorithm {
        /// HMAC-SHA-1, what every authenticator app knows.
        Sha1 = "SHA1",
        /// HMAC-SHA-256.
        Sha256 = "SHA256",
        /// HMAC-SHA-512.
        Sha512 = "SHA512",
    }
}

/// What stood behind an operator's act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authority {
    /// A factor of their own, proven a moment before.
    Proof,
    /// A factor of their own, enrolled with a password alone, while nobody else had one.
    First,
    /// The server's command line.
    Server,
    /// The emergency setting of whoever owns the server.
    Emergency,
}

impl Authority {
    /// Whether somebody could have it who knows an administrator's password, and nothing else.
    #[must_use]
    pub const fn is_unproven(self) -> bool {
        matches!(self, Self::First | Self::Emergency)
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proof => "proof",
            Self::First => "first",
            Self::Server => "server",
            Self::Emergency => "emergency",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_text_that_the_library_makes_of_it() {
        for number in 0..=255 {
            for octets in [
                [number, 0, 10, 200],
                [9, number, 99, 100],
                [1, 255, number, 0],
                [0, 20, 0, number],
            ] {
                let ip = IpAddr::from(octets);
                assert_eq!(address_text(ip), ip.to_string());
                assert_eq!(Network::of(ip).text(), Network::of(ip).to_string());
            }
        }
        for text in ["::", "::1", "::ffff:192.0.2.1", "2001:db8:1:2:3:4:5:6"] {
            let ip: IpAddr = text.parse().unwrap();
            assert_eq!(address_text(ip), text);
            assert_eq!(Network::of(ip).text(), Network::of(ip).to_string());
        }
    }

    #[test]
    fn ids_are_bytes_and_nothing_is_folded() {
        for (a, b) in [
            ("abc", "xyz"),
            ("1e1", "10"),
            ("1", "01"),
            ("a", "A"),
            ("é", "e\u{301}"),
        ] {
            assert_ne!(UserId::new(a).unwrap(), UserId::new(b).unwrap());
        }
    }

    #[test]
    fn an_id_is_not_empty_not_long_and_has_no_control_characters() {
        assert_eq!(UserId::new(""), Err(IdError::Empty));
        assert_eq!(UserId::new("x".repeat(192)), Err(IdError::TooLong));
        assert!(UserId::new("x".repeat(191)).is_ok());
        for bad in ["a\0b", "\n", "a\u{7f}", "\u{85}"] {
            assert_eq!(UserId::new(bad), Err(IdError::ControlCharacter));
        }
    }

    #[test]
    fn what_is_nobody_s_has_a_name_that_no_host_can_give() {
        let providers = UserId::providers();
        let name = providers.as_str();
        assert_eq!(UserId::new(name), Err(IdError::ControlCharacter));
        assert_eq!(UserId::from_store(name), Ok(providers.clone()));
        assert!(UserId::from_store("\u{1}anything").is_err());
        assert_eq!(providers.for_host(), "");
        assert!(name < UserId::LAST_RESERVED);
        for id in ["twofactor:providers", "providers", " ", "store"] {
            let id = UserId::new(id).unwrap();
            assert_ne!(id, providers);
            assert_eq!(id.for_host(), id.as_str());
            assert!(id.as_str() > UserId::LAST_RESERVED);
        }
    }

    #[test]
    fn a_user_agent_is_read_whatever_it_is_and_kept_short_and_printable() {
        for (sent, kept) in [
            (
                "Mozilla/5.0 (X11; Linux) Firefox/140.0",
                "Mozilla/5.0 (X11; Linux) Firefox/140.0",
            ),
            ("", ""),
            ("a\r\nX-Injected: 1\0\x1b[2J", "a??X-Injected: 1??[2J"),
            ("\u{202e}ä", "?????"),
        ] {
            assert_eq!(UserAgent::read(sent.as_bytes()).as_str(), kept);
        }
        assert_eq!(UserAgent::read(&[0xff, 0x7f, b'x']).as_str(), "??x");
        let longest = UserAgent::read(&[b'a'; 1 << 20]);
        assert_eq!(longest.as_str(), "a".repeat(512));
        assert_eq!(format!("{longest:?}"), "UserAgent(512 bytes)");
    }

    #[test]
    fn what_is_sealed_keeps_its_place() {
        let places = |names: &[&str]| names.join(" ");
        assert_eq!(
            places(&Method::ALL.iter().map(|m| m.as_str()).collect::<Vec<_>>()),
            "totp passkey email sms voice whatsapp backup recovery temporary"
        );
        assert_eq!(
            places(&Purpose::ALL.iter().map(|p| p.as_str()).collect::<Vec<_>>()),
            "login step-up verify-phone reset-password"
        );
        assert_eq!(
            places(
                &Algorithm::ALL
                    .iter()
                    .map(|a| a.as_str())
                    .collect::<Vec<_>>()
            ),
            "SHA1 SHA256 SHA512"
        );
    }

    #[test]
    fn a_host_has_a_name_and_neither_scheme_nor_port() {
        let label = "a".repeat(63);
        for name in ["localhost", "WWW.example-1.co.il", "127.0.0.1", &label] {
            assert!(is_host_name(name), "{name}");
        }
        let long = [label.as_str(); 4].join(".");
        for other in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "-a.de",
            "a-.de",
            "a_b.de",
            "a b",
            "a:1",
            "a/b",
            "ä.de",
            &long,
            &"a".repeat(64),
        ] {
            assert!(!is_host_name(other), "{other}");
        }
    }

    #[test]
    fn names_round_trip() {
        for method in Method::ALL {
            assert_eq!(Method::from_name(method.as_str()), Some(*method));
        }
        assert_eq!(Method::from_name("TOTP"), None);
    }

    #[test]
    fn an_address_is_shown_without_its_end() {
        for (address, shown) in [
            ("192.0.2.77", "192.0.2.•••"),
            ("2001:db8:12:34::77", "2001:db8:12:•••"),
            ("::ffff:192.0.2.77", "192.0.2.•••"),
            ("::", "•••"),
        ] {
            assert_eq!(masked_address(address.parse().unwrap()), shown);
        }
    }
}
