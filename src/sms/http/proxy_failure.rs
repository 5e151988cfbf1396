//! Why the outgoing proxy gave no connection.

use serde::{Deserialize, Serialize};
use ureq::Error;

/// Why the proxy gave no connection, with what to do. The texts are for operators; they hold nothing of the
/// proxy's words but a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ProxyFailure {
    /// Its name leads nowhere.
    #[error(
        "the name of the outgoing proxy is unknown: check twofactor.http_proxy and the name server"
    )]
    Name,
    /// No connection to it, or it ended.
    #[error(
        "the outgoing proxy cannot be reached: see that it runs and lets this server in, and check \
         twofactor.http_proxy"
    )]
    Unreachable,
    /// No connection, or no answer, in time.
    #[error(
        "the outgoing proxy gave no connection in time: see that it runs, lets this server in and reaches the \
         provider"
    )]
    Slow,
    /// It wants a user and password, or others.
    #[error(
        "the outgoing proxy wants a user and password, or others than these (HTTP 407): check those in \
         twofactor.http_proxy"
    )]
    Credentials,
    /// It does not want to, or could not.
    #[error(
        "the outgoing proxy gave no connection to the provider (HTTP {0}): let it CONNECT to the provider's \
         host and port, and see whether it reaches them"
    )]
    Refused(u16),
    /// It does not prove its name.
    #[error(
        "the certificate of the outgoing proxy is not trusted: check the name in twofactor.http_proxy, and \
         twofactor.http_ca_file"
    )]
    Certificate,
    /// What it says is not HTTP, or not TLS where it should be.
    #[error(
        "what answers as the outgoing proxy does not speak HTTP: check http or https, and the port, in \
         twofactor.http_proxy"
    )]
    NotHttp,
}

impl ProxyFailure {
    /// What an error means that came before the proxy had given a connection.
    pub(super) fn of(status: u16, error: &Error) -> Self {
        match (status, error) {
            (407, _) => Self::Credentials,
            (status, _) if status > 0 && status != 200 => Self::Refused(status),
            (_, Error::Timeout(_)) => Self::Slow,
            (_, Error::HostNotFound) => Self::Name,
            (_, Error::Rustls(error)) => Self::of_tls(error),
            (_, Error::Io(error)) => match error.get_ref().and_then(|e| e.downcast_ref()) {
                Some(error) => Self::of_tls(error),
                None => Self::Unreachable,
            },
            // It hung up.
            (_, Error::ConnectProxyFailed(_)) => Self::Unreachable,
            _ => Self::NotHttp,
        }
    }

    const fn of_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(_) => Self::Certificate,
            _ => Self::NotHttp,
        }
    }
}
