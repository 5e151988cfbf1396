//! The proxy through which providers are reached, as an operator writes it in `twofactor.http_proxy`:
//!
//! ```text
//! http://proxy.example:3128
//! http://user:password@proxy.example:3128      user and password percent-encoded (RFC 3986 section 2.1)
//! https://proxy.example:3129                   TLS to the proxy, too
//! ```
//!
//! An [`HttpProxy`] that exists can be shown to anybody: `Display` and `Debug` leave user and password out,
//! since either may be a token, and no error repeats any part of the text. The environment
//! (`HTTP_PROXY`, …) has no say: under CGI a request's header `Proxy` would (httpoxy, CVE-2016-5385).

use std::fmt;
use std::net::Ipv6Addr;

use zeroize::Zeroizing;

use crate::percent;
use crate::types::is_host_name;

/// Longest user and longest password, in bytes.
const LONGEST: usize = 255;

/// A proxy, and who asks it.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpProxy {
    tls: bool,
    host: String,
    port: u16,
    login: Option<ProxyLogin>,
}

/// What RFC 7617 has for it.
#[derive(Clone, PartialEq, Eq)]
struct ProxyLogin {
    user: Zeroizing<String>,
    password: Zeroizing<String>,
}

/// Why a text is no proxy's address, and what to write. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpProxyError {
    /// Not one of the two schemes.
    #[error(
        "must be the address of an HTTP proxy: write http://proxy.example:3128, or \
         http://user:password@proxy.example:3128"
    )]
    Scheme,
    /// Host or port is missing or cannot be one, or something follows.
    #[error(
        "must end with the proxy's host and port and nothing else: write http://proxy.example:3128 or \
         http://[2001:db8::1]:3128"
    )]
    Place,
    /// Something in user or password that has a meaning in an address.
    #[error(
        "must have user and password percent-encoded: write %25 for a percent sign, %40 for @, %3A for a \
         colon in the password, %2F for a slash, %23 for #, %3F for ?"
    )]
    Encoding,
    /// A user that the scheme "Basic" cannot tell from its password, or none.
    #[error(
        "must have a user of 1 to 255 bytes without a colon, and a password of at most 255: write \
         http://user:password@proxy.example:3128"
    )]
    Login,
}

impl HttpProxy {
    /// Reads what an operator wrote.
    ///
    /// # Errors
    /// [`HttpProxyError`]
    pub fn parse(text: &str) -> Result<Self, HttpProxyError> {
        let (tls, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            _ => return Err(HttpProxyError::Scheme),
        };
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(ProxyLogin::parse(login)?), place),
            None => (None, rest),
        };
        let place = place.strip_suffix('/').unwrap_or(place);
        let (host, port) = place.rsplit_once(':').ok_or(HttpProxyError::Place)?;
        let inside = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        let is_host = match inside {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => is_host_name(host),
        };
        // `parse` alone would take "+3128".
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        match port.parse() {
            Ok(port) if is_host && digits && port > 0 => Ok(Self {
                tls,
                host: host.to_owned(),
                port,
                login,
            }),
            _ => Err(HttpProxyError::Place),
        }
    }

    /// Whether the way to the proxy is encrypted and the proxy proves its name.
    #[must_use]
    pub const fn has_tls(&self) -> bool {
        self.tls
    }

    /// A name, an address, or an address of IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// From 1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// User and password, decoded.
    #[must_use]
    pub fn login(&self) -> Option<(&str, &str)> {
        let login = self.login.as_ref()?;
        Some((&login.user, &login.password))
    }
}

impl ProxyLogin {
    fn parse(text: &str) -> Result<Self, HttpProxyError> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let (user, password) = (decoded(user)?, decoded(password)?);
        let fit = (1..=LONGEST).contains(&user.len()) && password.len() <= LONGEST;
        if fit && !user.contains(':') {
            Ok(Self { user, password })
        } else {
            Err(HttpProxyError::Login)
        }
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, HttpProxyError> {
    let reserved = ['@', ':', '/', '?', '#', '[', ']', '\\'];
    Some(text)
        .filter(|text| !text.contains(reserved))
        .and_then(|text| percent::decoded(text.as_bytes()))
        .filter(|text| !text.contains(char::is_control))
        .ok_or(HttpProxyError::Encoding)
}

impl fmt::Display for HttpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for HttpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpProxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_user_and_password() {
        for (text, shown, login) in [
            ("http://proxy:3128", "http://proxy:3128", None),
            ("HTTP://10.0.0.7:8080/", "http://10.0.0.7:8080", None),
            (
                "https://[2001:db8::7]:443",
                "https://[2001:db8::7]:443",
                None,
            ),
            (
                "http://token@proxy.example:3128",
                "http://proxy.example:3128",
                Some(("token", "")),
            ),
            (
                "http://anna%40de:p%3Aa%20s%25+%C3%A9@proxy.example:3128",
                "http://proxy.example:3128",
                Some(("anna@de", "p:a s%+é")),
            ),
        ] {
            let proxy = HttpProxy::parse(text).unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert_eq!(format!("{proxy:?}"), format!("HttpProxy({shown})"));
            assert_eq!(proxy.login(), login);
            assert_eq!(proxy.has_tls(), shown.starts_with("https"));
        }
    }

    #[test]
    fn what_is_no_address_is_an_error_that_says_what_to_write_and_repeats_nothing() {
        let long = format!("http://{}:pw@h:1", "c4nary".repeat(43));
        for (text, error) in [
            ("c4nary", HttpProxyError::Scheme),
            ("c4nary.example:3128", HttpProxyError::Scheme),
            ("socks5://c4nary.example:1080", HttpProxyError::Scheme),
            ("http://c4nary.example", HttpProxyError::Place),
            ("http://c4nary.example:", HttpProxyError::Place),
            ("http://c4nary.example:0", HttpProxyError::Place),
            ("http://c4nary.example:+3128", HttpProxyError::Place),
            ("http://c4nary.example:65536", HttpProxyError::Place),
            ("http://c4nary.example:3128/path", HttpProxyError::Place),
            ("http://c4nary.example:3128?q", HttpProxyError::Place),
            ("http://c4nary.example:3128#f", HttpProxyError::Place),
            ("http://c4nary_example:3128", HttpProxyError::Place),
            ("http://:3128", HttpProxyError::Place),
            ("http://[c4nary]:3128", HttpProxyError::Place),
            ("http://2001:db8::7:3128", HttpProxyError::Place),
            ("http://u:c4nary@", HttpProxyError::Place),
            ("http://u:c4n@ry@h:1", HttpProxyError::Encoding),
            ("http://u:c4n:ry@h:1", HttpProxyError::Encoding),
            ("http://u:c4n/ry@h:1", HttpProxyError::Encoding),
            ("http://u:c4nary%@h:1", HttpProxyError::Encoding),
            ("http://u:c4nary%g0@h:1", HttpProxyError::Encoding),
            ("http://u:c4nary%ff@h:1", HttpProxyError::Encoding),
            ("http://u:c4nary%0a@h:1", HttpProxyError::Encoding),
            ("http://c4n%3Aary:pw@h:1", HttpProxyError::Login),
            ("http://:c4nary@h:1", HttpProxyError::Login),
            (&long, HttpProxyError::Login),
        ] {
            let found = HttpProxy::parse(text).unwrap_err();
            assert_eq!(found, error, "{text}");
            let said = format!("{found} {found:?}");
            assert!(!said.contains("c4n"), "{said}");
            assert!(said.contains("write "), "{said}");
        }
    }
}
