//! What is known of the connection of one request, and what a failure on it means.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Instant;

use rustls::CertificateError;
use ureq::{Error, Timeout};

use super::error::HttpError;
use super::proxy_failure::ProxyFailure;

/// Longest status line and headers of a reply together, in bytes. At most 128 headers are read.
pub(super) const LONGEST_HEAD: usize = 16 * 1024;

/// For how long things take, which is the system's own affair: nothing is decided by it but when to
/// give up.
#[allow(clippy::disallowed_methods)]
pub(in crate::sms) fn instant() -> Instant {
    Instant::now()
}

/// What is known of the connection of one request.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// A byte of the request was about to be written.
    pub(super) written: AtomicBool,
    /// Reading ended with an error, and not with the end of the stream.
    pub(super) broke: AtomicBool,
    /// The proxy is being asked for a connection and has not given one yet.
    pub(super) at_proxy: AtomicBool,
    /// The status it answered with; 0 until then.
    pub(super) proxy_status: AtomicU16,
    /// When the time for connecting is over, where there is a proxy.
    pub(super) until: OnceLock<Instant>,
}

impl Progress {
    pub(super) fn failure(&self, error: &Error) -> HttpError {
        if self.written.load(Ordering::Relaxed) {
            HttpError::Unanswered(match error {
                Error::Timeout(_) => "no complete answer in time".to_owned(),
                Error::BodyExceedsLimit(_) => "the answer is too long".to_owned(),
                Error::LargeResponseHeader(..) => "the answer's headers are too long".to_owned(),
                Error::Protocol(_) | Error::Http(_) => "the answer is not HTTP".to_owned(),
                Error::Io(error) => format!("the connection broke ({})", error.kind()),
                _ => "the answer cannot be used".to_owned(),
            })
        } else if self.at_proxy.load(Ordering::Relaxed) {
            let status = self.proxy_status.load(Ordering::Relaxed);
            HttpError::Proxy(ProxyFailure::of(status, error))
        } else {
            HttpError::Unsent(match error {
                Error::Timeout(Timeout::Resolve) => "the host's name took too long".to_owned(),
                Error::Timeout(_) => "no connection in time".to_owned(),
                Error::HostNotFound => "the host's name is unknown".to_owned(),
                Error::Rustls(error) => tls_failure(error).to_owned(),
                Error::Io(error) => match error.get_ref().and_then(|e| e.downcast_ref()) {
                    Some(error) => tls_failure(error).to_owned(),
                    None => format!("no connection ({})", error.kind()),
                },
                _ => "the request cannot be made".to_owned(),
            })
        }
    }
}

/// Says what an operator can do something about, and nothing that the other side chose.
fn tls_failure(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the host's certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the host's certificate is not valid yet"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the host's certificate is for another name"
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "the host's certificate is from an authority that is not trusted"
            }
            _ => "the host's certificate is not valid",
        },
        rustls::Error::General(_) => "the platform's authorities cannot be read",
        _ => "TLS with the host failed",
    }
}
