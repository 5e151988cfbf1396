//! Why no request can be made, and why there is no reply.

use std::io;
use std::path::PathBuf;

use rustls::pki_types::pem;

use super::proxy_failure::ProxyFailure;
use crate::proxy::HttpProxy;

/// Why there is no reply. The texts are for operators. They say nothing of what was sent or
/// answered: no URL, no header, no body.
///
/// The library's own error is read once, where it happens, and not kept as a source: it may hold the URL, which of some
/// providers names the number and the code, or words that the other side chose, and whoever prints a chain of errors
/// prints those. So are those of [`SendError`](crate::sms::SendError) and [`CheckError`](crate::sms::CheckError).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Certainly no byte of the request was written.
    #[error("{0}")]
    Unsent(String),
    /// Certainly no byte of the request was written: the proxy gave no connection.
    #[error(transparent)]
    Proxy(ProxyFailure),
    /// It may have been received, or the answer cannot be used: too long, cut short, too slow, not
    /// HTTP.
    #[error("{0}")]
    Unanswered(String),
}

/// Why no requests can be made with these settings. The texts are for operators; no provider's address is repeated.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// A time-out of zero.
    #[error("a time-out of nothing lets no request through; give it some")]
    NoTime,
    /// A provider's address is none.
    #[error("the provider's address is not of the form https://host or https://host:port")]
    Address,
    /// The file of authorities cannot be read.
    #[error(
        "the file of authorities {path} cannot be read ({kind}); make it a file this process may read",
        path = path.display(), kind = source.kind()
    )]
    Authorities {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not PEM.
    #[error("the file of authorities {path} is not a PEM file", path = path.display())]
    NotPem {
        /// Which.
        path: PathBuf,
        /// Where it is not.
        source: pem::Error,
    },
    /// One of its certificates cannot vouch for others.
    #[error(
        "the file of authorities {path} holds a certificate that is not an authority's",
        path = path.display()
    )]
    NoAuthority {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls::Error,
    },
    /// It is empty.
    #[error(
        "the file of authorities {path} holds no certificate; put one into it, as PEM",
        path = .0.display()
    )]
    NoCertificate(PathBuf),
    /// The proxy is none that the library can use.
    #[error("the outgoing proxy {proxy} cannot be used: check twofactor.http_proxy")]
    Proxy {
        /// Which; shown without its login.
        proxy: Box<HttpProxy>,
        /// Why.
        source: Box<ureq::Error>,
    },
}
