//! `otpauth://totp/` URIs, by which authenticator apps are given a secret: the Key URI Format of Google
//! Authenticator, which nobody has made a standard.
//!
//! Writing is strict, reading forgives what a person may change while copying: the case of everything, a
//! secret that is spaced out or padded, spaces around it all. A parameter that comes twice is refused, for
//! readers differ in which one counts.

use zeroize::Zeroizing;

use super::totp::{Totp, TotpError, TotpSecret};
use crate::normalize;
use crate::percent::{self, form_decoded};
use crate::types::Algorithm;

/// Longest URI looked at, in bytes.
const LONGEST: usize = 2048;

const DEFAULT_DIGITS: u8 = 6;
const DEFAULT_PERIOD: u32 = 30;

impl Totp {
    /// Reads a provisioning URI, in whatever case and spacing it was copied.
    ///
    /// # Errors
    /// [`TotpError`]
    pub fn from_uri(uri: &str) -> Result<Self, TotpError> {
        read(uri)
    }

    /// The provisioning URI authenticator apps read. A colon in a name becomes a space, for it
    /// parts issuer and account.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        write(self, issuer, account)
    }
}

/// Reads a URI. What it is called in, issuer and account, is not looked at.
///
/// # Errors
/// [`TotpError`]; [`TotpError::Uri`] whatever is wrong with the URI itself.
fn read(uri: &str) -> Result<Totp, TotpError> {
    if uri.len() > LONGEST {
        return Err(TotpError::Uri);
    }
    let uri = normalize::text(uri);
    let parameters = parameters(uri.trim()).ok_or(TotpError::Uri)?;
    let (mut secret, mut algorithm, mut digits, mut period) = (None, None, None, None);
    for pair in parameters.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text: &str| form_decoded(text.as_bytes());
        let (name, value) = decoded(name).zip(decoded(value)).ok_or(TotpError::Uri)?;
        // Compared in place, without a lower-case copy: somebody may have typed the secret as a name.
        let is = |known: &str| name.trim().eq_ignore_ascii_case(known);
        let is_second = if is("secret") {
            let read = TotpSecret::from_base32(&value).map_err(|_| TotpError::Uri)?;
            secret.replace(read).is_some()
        } else if is("algorithm") {
            algorithm.replace(algorithm_of(&value)?).is_some()
        } else if is("digits") {
            let read = number(&value).and_then(|n| u8::try_from(n).ok());
            digits.replace(read.ok_or(TotpError::Digits)?).is_some()
        } else if is("period") {
            let read = number(&value).ok_or(TotpError::Period)?;
            period.replace(read).is_some()
        } else {
            false
        };
        if is_second {
            return Err(TotpError::Uri);
        }
    }
    Totp::new(
        secret.ok_or(TotpError::Uri)?,
        algorithm.unwrap_or(Algorithm::Sha1),
        digits.unwrap_or(DEFAULT_DIGITS),
        period.unwrap_or(DEFAULT_PERIOD),
    )
}

/// Writes the URI. A colon in a name becomes a space, for it parts issuer and account; without an issuer
/// there is none. What everybody takes for granted is left out: some apps stumble over it.
fn write(totp: &Totp, issuer: &str, account: &str) -> Zeroizing<String> {
    let (issuer, account) = (encoded(issuer), encoded(account));
    let secret = totp.secret().to_base32();
    let names = issuer.len().saturating_mul(2).saturating_add(account.len());
    let room = names.saturating_add(secret.len()).saturating_add(128);
    let mut uri = Zeroizing::new(String::with_capacity(room));
    uri.push_str("otpauth://totp/");
    if !issuer.is_empty() {
        uri.extend([issuer.as_str(), ":"]);
    }
    uri.extend([account.as_str(), "?secret=", secret.as_str()]);
    if totp.digits() != DEFAULT_DIGITS {
        uri.extend(["&digits=", &totp.digits().to_string()]);
    }
    if totp.algorithm() != Algorithm::Sha1 {
        uri.extend(["&algorithm=", totp.algorithm().as_str()]);
    }
    if !issuer.is_empty() {
        uri.extend(["&issuer=", issuer.as_str()]);
    }
    if totp.period() != DEFAULT_PERIOD {
        uri.extend(["&period=", &totp.period().to_string()]);
    }
    uri
}

/// What stands between `otpauth://totp/…?` and a fragment.
fn parameters(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    let (place, rest) = rest.split_once('?')?;
    let kind = place.split_once('/').map_or(place, |(kind, _)| kind);
    let is_totp = scheme.eq_ignore_ascii_case("otpauth") && kind.eq_ignore_ascii_case("totp");
    let (parameters, _) = rest.split_once('#').unwrap_or((rest, ""));
    is_totp.then_some(parameters)
}

/// `SHA1`, and as others write it: `sha-256`, `HmacSHA512`.
fn algorithm_of(name: &str) -> Result<Algorithm, TotpError> {
    let mut plain = Zeroizing::new(String::with_capacity(name.len()));
    plain.extend(normalize::signs(name).map(|sign| sign.to_ascii_uppercase()));
    Algorithm::from_name(plain.strip_prefix("HMAC").unwrap_or(&plain)).ok_or(TotpError::Uri)
}

/// Digits only.
fn number(text: &str) -> Option<u32> {
    let digits = text.trim();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// Percent-encoded, a colon as a space.
fn encoded(name: &str) -> String {
    percent::encoded(&name.replace(':', " ")).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn code(uri: &str) -> Result<String, TotpError> {
        let now = crate::clock::UnixTime::new(59).unwrap();
        read(uri).map(|totp| totp.at(now).to_string())
    }

    #[test]
    fn what_copying_changes_makes_no_difference() {
        let padded = format!("{GOOD}%3D%3D");
        let lower = GOOD.to_lowercase();
        let spaced = format!("{}+{}%20{}", &GOOD[..4], &GOOD[4..8], &GOOD[8..]);
        let dashed = format!("{}-{}%E2%80%93{}", &GOOD[..4], &GOOD[4..8], &GOOD[8..]);
        let odd = format!("%E2%80%8B{}%C2%A0{}", &GOOD[..4], &GOOD[4..]);
        for secret in [GOOD, &padded, &lower, &spaced, &dashed, &odd] {
            for uri in [
                format!("otpauth://totp/Ex:anna?secret={secret}&issuer=Ex"),
                format!("OTPAUTH://TOTP/Ex:anna?SECRET={secret}&ISSUER=Ex"),
                format!("  otpauth://totp/anna?Secret={secret}\n"),
                format!("\u{feff}otpauth://totp/anna?secret={secret}\u{200b}"),
                format!("otpauth://totp?secret={secret}&period=30&digits=6&algorithm=sha1"),
                format!("otpauth://totp/?Digits=6&Period=+30&Algorithm=HmacSHA1&secret={secret}"),
                format!("otpauth://totp/Other:anna?secret={secret}&issuer=Ex&image=x#top"),
            ] {
                assert_eq!(code(&uri).as_deref(), Ok("287082"), "{uri}");
            }
        }
        let with = |rest: &str| code(&format!("otpauth://totp/a?secret={GOOD}&{rest}"));
        assert_eq!(with("DIGITS=8").unwrap(), "94287082", "RFC 6238 appendix B");
        assert_eq!(with("algorithm=Sha-256"), with("ALGORITHM=SHA256"));
        assert_ne!(with("algorithm=sha512"), with("algorithm=sha256"));
    }

    #[test]
    fn hostile_uris_are_refused() {
        assert!(code(&format!("otpauth://totp/a?secret={GOOD}")).is_ok());
        for uri in [
            format!("otpauth://hotp/a?secret={GOOD}&counter=1"),
            format!("otpauth://totpx/a?secret={GOOD}"),
            format!("https://totp/a?secret={GOOD}"),
            format!("totp/a?secret={GOOD}"),
            format!("otpauth:totp/a?secret={GOOD}"),
            format!("otpauth://user@totp/a?secret={GOOD}"),
            format!("otpauth://totp:80/a?secret={GOOD}"),
            format!("otpauth://totp/a#?secret={GOOD}&digits=9"),
            format!("otpauth://totp/a?secret={GOOD}&digits=10"),
            format!("otpauth://totp/a?secret={GOOD}&digits=0"),
            format!("otpauth://totp/a?secret={GOOD}&digits=-6"),
            format!("otpauth://totp/a?secret={GOOD}&digits="),
            format!("otpauth://totp/a?secret={GOOD}&digits=262"),
            format!("otpauth://totp/a?secret={GOOD}&period=0"),
            format!("otpauth://totp/a?secret={GOOD}&period=3e1"),
            format!("otpauth://totp/a?secret={GOOD}&period=99999999999999999999"),
            format!("otpauth://totp/a?secret={GOOD}&algorithm=MD5"),
            format!("otpauth://totp/a?secret={GOOD}&algorithm="),
            format!("otpauth://totp/a?secret={GOOD}&secret={GOOD}"),
            format!("otpauth://totp/a?secret={GOOD}&Secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA"),
            format!("otpauth://totp/a?secret={GOOD}&period=30&PERIOD=60"),
            format!("otpauth://totp/a?secret={GOOD}%"),
            format!("otpauth://totp/a?secret={GOOD}%4"),
            format!("otpauth://totp/a?secret={GOOD}%+4"),
            format!("otpauth://totp/a?secret={GOOD}%00"),
            "otpauth://totp/a?secret=MFRGGZDF".to_owned(),
            format!("otpauth://totp/a?secret={GOOD}&image=%ff"),
            "otpauth://totp/a?secret".to_owned(),
            "otpauth://totp/a?".to_owned(),
            "otpauth://totp/a".to_owned(),
            format!("otpauth://totp/{}?secret={GOOD}", "a".repeat(5000)),
        ] {
            assert!(code(&uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn no_name_takes_the_secrets_place_in_a_uri() {
        let totp = read(&format!("otpauth://totp/a?secret={GOOD}")).unwrap();
        let name = format!("secret={}&digits=8#/?:", "A".repeat(32));
        let uri = write(&totp, &name, &name);
        assert_eq!(uri.matches(GOOD).count(), 1);
        let back = read(&uri).unwrap();
        assert_eq!(back.secret().bytes(), totp.secret().bytes());
        assert_eq!(back.digits(), 6);
    }

    #[test]
    fn nothing_is_left_out_that_an_app_needs() {
        let totp = read(&format!(
            "otpauth://totp/a?secret={GOOD}&digits=8&period=60&algorithm=SHA256"
        ))
        .unwrap();
        assert_eq!(
            &**write(&totp, "Émile: & Söhne", "al:ice@example.com/?#"),
            "otpauth://totp/%C3%89mile%20%20%26%20S%C3%B6hne:al%20ice%40example.com%2F%3F%23?secret=\
             GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&algorithm=SHA256&issuer=%C3%89mile%20%20%26%20S%C3%B6hne&period=60"
        );
    }

    proptest! {
        /// What one writes the other reads, in the same words.
        #[test]
        fn it_agrees_with_totp_rs(
            secret in proptest::collection::vec(any::<u8>(), 16..=64),
            digits in 6u8..=8, period in 15u32..=300, which in 0usize..3,
            issuer in "[^:\\p{Cc}]{0,20}", account in "[^:\\p{Cc}]{1,20}",
        ) {
            // To a reader of URLs a whole path of one or two dots is none (WHATWG URL, section 4.4): such a name is lost.
            prop_assume!(!(issuer.is_empty() && matches!(account.as_str(), "." | "..")));
            let ours = Algorithm::ALL[which];
            let theirs = [totp_rs::Algorithm::SHA1, totp_rs::Algorithm::SHA256, totp_rs::Algorithm::SHA512][which];
            let totp = Totp::new(TotpSecret::new(&secret).unwrap(), ours, digits, period).unwrap();
            let uri = write(&totp, &issuer, &account);
            let oracle = totp_rs::Builder::new().with_algorithm(theirs).with_digits(digits)
                .with_step_duration(period.into()).with_secret(secret.clone()).with_account_name(account.clone())
                .with_issuer(Some(issuer.clone()).filter(|name| !name.is_empty())).build_noncompliant();
            prop_assert_eq!(uri.as_str(), oracle.to_url().unwrap());
            let back = totp_rs::Totp::from_url_unchecked(uri.as_str()).unwrap();
            prop_assert_eq!(back.account_name(), account);
            prop_assert_eq!(back.issuer().unwrap_or_default(), issuer);
            let back = read(&uri).unwrap();
            prop_assert_eq!(back.secret().bytes(), secret);
            prop_assert_eq!((back.algorithm(), back.digits(), back.period()), (ours, digits, period));
        }

        #[test]
        fn no_uri_makes_it_panic(text in any::<String>(), query in "[ -~]{0,200}") {
            let _ = read(&text);
            let _ = read(&format!("otpauth://totp/{query}"));
            let _ = read(&format!("otpauth://totp/a?secret={query}"));
        }
    }
}
