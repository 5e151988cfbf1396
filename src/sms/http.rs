//! Requests to providers over HTTPS, with two kinds of failure.
//!
//! The one question after a failed request is whether it may have been received, for then nobody
//! else may be asked to send the same message. So the connection notes when the first byte of a
//! request is handed to it: a failure before that is [`HttpError::Unsent`], and every other one is
//! [`HttpError::Unanswered`], however likely it is that nothing arrived.
//!
//! A connection is used once. There is no pool whose stale connection could need a second attempt,
//! nothing to share by mistake after a fork, and nothing to keep open between sign-ins. No redirect
//! is followed, no proxy is taken from the environment, no cookie is kept and nothing is unpacked.
//!
//! Through a proxy goes what is not for this machine. What fails there is [`HttpError::Proxy`]: as
//! certainly unsent, and not the provider's fault.

mod connector;
mod error;
mod progress;
mod proxy;
mod proxy_failure;
mod resolver;

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::config::Config;
use ureq::http::{self, HeaderValue, Method, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::RustlsConnector;
use ureq::{Agent, Body, Error, Proxy};

use self::connector::Connect;
pub use self::error::{HttpError, HttpSetupError};
pub(super) use self::progress::instant;
use self::progress::{LONGEST_HEAD, Progress};
use self::proxy::is_here;
pub use self::proxy_failure::ProxyFailure;
use self::resolver::TimedResolver;
use crate::proxy::HttpProxy;

/// Longest body of a reply, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// How requests are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// A PEM file of the only authorities that are trusted. Without it the platform's are.
    pub ca_file: Option<PathBuf>,
    /// The proxy to everything that is not this machine.
    pub proxy: Option<HttpProxy>,
    /// Longest time until a request can be written: name, connection and TLS, a proxy's answer included.
    pub connect: Duration,
    /// Longest time for everything, up to the last byte of the reply.
    pub whole: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            ca_file: None,
            proxy: None,
            connect: Duration::from_secs(3),
            whole: Duration::from_secs(8),
        }
    }
}

/// What is done with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Without a body.
    Get,
    /// With a body, perhaps an empty one.
    Post,
}

/// A request. Redacts itself.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What to do.
    pub verb: Verb,
    /// Where: `https`, or `http` to the literal addresses `127.0.0.1` and `[::1]`.
    pub url: &'a str,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// Sent with [`Verb::Post`] only.
    pub body: &'a [u8],
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({:?} <redacted>)", self.verb)
    }
}

/// A complete reply, whatever its status. Redacts itself.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status; a redirect, too, is only that.
    pub status: u16,
    /// At most 64 KiB.
    pub body: Vec<u8>,
    headers: http::HeaderMap,
}

impl Reply {
    /// One without headers.
    #[cfg(test)]
    pub(super) fn for_test(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.as_bytes().to_vec(),
            headers: http::HeaderMap::new(),
        }
    }

    /// The value of a header that occurs once and is visible ASCII. One that is repeated says two
    /// things, and counts as none.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        match values.next() {
            None => value.to_str().ok(),
            Some(_) => None,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} <redacted>)", self.status)
    }
}

/// Makes requests. Cheap to make, and to keep over a fork: it holds no connection.
pub struct Http {
    trust: TlsConfig,
    tls: Arc<RustlsConnector>,
    proxy: Option<Proxy>,
    connect: Duration,
    whole: Duration,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("connect", &self.connect)
            .field("whole", &self.whole)
            .finish_non_exhaustive()
    }
}

impl Http {
    /// Takes the settings and reads the file of authorities, if there is one. The platform's own
    /// are read with the first request, once for the process.
    ///
    /// # Errors
    /// [`HttpSetupError`]
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpSetupError> {
        if settings.connect.is_zero() || settings.whole.is_zero() {
            return Err(HttpSetupError::NoTime);
        }
        let (roots, tls) = match &settings.ca_file {
            Some(path) => (RootCerts::from(authorities(path)?), Arc::default()),
            None => {
                static PLATFORM: OnceLock<Arc<RustlsConnector>> = OnceLock::new();
                let platform = PLATFORM.get_or_init(Arc::default);
                (RootCerts::PlatformVerifier, Arc::clone(platform))
            }
        };
        let trust = TlsConfig::builder()
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        Ok(Self {
            trust,
            tls,
            proxy: settings.proxy.as_ref().map(proxy::proxy).transpose()?,
            connect: settings.connect,
            whole: settings.whole,
        })
    }

    /// Makes one request, once.
    ///
    /// # Errors
    /// [`HttpError`]
    pub fn call(&self, request: &Request<'_>) -> Result<Reply, HttpError> {
        self.call_within(request, self.whole)
    }

    /// Makes a request, and once more if `again` says of the first outcome after how long. The whole
    /// time is for both and the wait between them; when it does not reach, the first outcome stands.
    /// Whether a second attempt can do harm is for `again` to know.
    ///
    /// # Errors
    /// [`HttpError`], of the attempt that was the last.
    pub fn call_once_more(
        &self,
        request: &Request<'_>,
        again: impl FnOnce(&Result<Reply, HttpError>) -> Option<Duration>,
    ) -> Result<Reply, HttpError> {
        self.call_once_more_until(request, self.deadline(), again)
    }

    /// When the whole time is over, for several requests that share it.
    pub(super) fn deadline(&self) -> Instant {
        let now = instant();
        now.checked_add(self.whole).unwrap_or(now)
    }

    /// Until when a request has half of its time, from now on.
    pub(super) fn half_deadline(&self) -> Instant {
        let now = instant();
        now.checked_add(self.whole / 2).unwrap_or(now)
    }

    /// As [`Http::call_once_more`], of a time that others have taken from.
    ///
    /// # Errors
    /// [`HttpError`]
    pub(super) fn call_once_more_until(
        &self,
        request: &Request<'_>,
        deadline: Instant,
        again: impl FnOnce(&Result<Reply, HttpError>) -> Option<Duration>,
    ) -> Result<Reply, HttpError> {
        let left = |wait: Duration| {
            let left = deadline.saturating_duration_since(instant());
            Some(left.saturating_sub(wait)).filter(|left| !left.is_zero())
        };
        let Some(whole) = left(Duration::ZERO) else {
            return Err(HttpError::Unsent("no time is left".to_owned()));
        };
        let first = self.call_within(request, whole);
        let Some(wait) = again(&first) else {
            return first;
        };
        if left(wait).is_none() {
            return first;
        }
        thread::sleep(wait);
        match left(Duration::ZERO) {
            Some(left) => self.call_within(request, left),
            None => first,
        }
    }

    /// Makes one request in less than the whole time.
    pub(super) fn call_within(
        &self,
        request: &Request<'_>,
        whole: Duration,
    ) -> Result<Reply, HttpError> {
        let unsent = |text: &str| HttpError::Unsent(text.to_owned());
        let uri = allowed(request.url).ok_or_else(|| unsent("the URL is not one to speak to"))?;
        let proxy = self.proxy.as_ref().filter(|_| !is_here(&uri));
        let method = match request.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
        };
        let mut builder = http::Request::builder()
            .method(method)
            .uri(uri)
            .header(http::header::CONNECTION, "close");
        for (name, value) in request.headers {
            let mut value =
                HeaderValue::from_str(value).map_err(|_| unsent("a header is malformed"))?;
            value.set_sensitive(true);
            builder = builder.header(*name, value);
        }
        let malformed = |_| unsent("a header is malformed");

        let progress = Arc::new(Progress::default());
        let agent = Agent::with_parts(
            self.config(whole, proxy.cloned()),
            Connect {
                tls: Arc::clone(&self.tls),
                is_proxied: proxy.is_some(),
                connect: self.connect,
                whole,
                progress: Arc::clone(&progress),
            },
            TimedResolver,
        );
        let answer = match request.verb {
            Verb::Post => agent.run(builder.body(request.body).map_err(malformed)?),
            Verb::Get => agent.run(builder.body(()).map_err(malformed)?),
        };
        let reply = answer
            .and_then(read)
            .map_err(|error| progress.failure(&error))?;
        if progress.broke.load(Ordering::Relaxed) {
            return Err(HttpError::Unanswered("the answer was cut short".to_owned()));
        }
        if reply.body.len() > LONGEST_BODY {
            return Err(HttpError::Unanswered("the answer is too long".to_owned()));
        }
        Ok(reply)
    }

    fn config(&self, whole: Duration, proxy: Option<Proxy>) -> Config {
        Config::builder()
            .tls_config(self.trust.clone())
            .http_status_as_error(false)
            .proxy(proxy)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .max_response_header_size(LONGEST_HEAD)
            .user_agent(concat!("ext-twofactor/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_global(Some(whole))
            .timeout_resolve(Some(self.connect))
            .build()
    }
}

/// Reads the setting where a provider is: a URL to speak to, of a host alone. Without its last slash.
///
/// # Errors
/// [`HttpSetupError::Address`]
pub fn base(url: &str) -> Result<String, HttpSetupError> {
    let base = url.strip_suffix('/').unwrap_or(url);
    let alone = allowed(base).is_some_and(|uri| {
        uri.path() == "/" && uri.query().is_none() && !base.contains(['#', '?'])
    });
    if alone && !base.ends_with('/') {
        Ok(base.to_owned())
    } else {
        Err(HttpSetupError::Address)
    }
}

/// Encodes pairs as `application/x-www-form-urlencoded`.
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    // All of it at once: what grows leaves copies behind.
    let longest = pairs.iter().fold(0usize, |sum, (name, value)| {
        sum.saturating_add(name.len().saturating_add(value.len()).saturating_mul(3))
            .saturating_add(2)
    });
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(longest));
    form.extend_pairs(pairs);
    form.finish()
}

/// `https` to any host, `http` to this machine by its literal address. A name may lead anywhere, so
/// none counts as this machine. User names and passwords have no place in a URL.
pub(super) fn allowed(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    // A colon without a port, or with something else behind it.
    if authority.as_str() != authority.host() && authority.port_u16().is_none_or(|port| port == 0) {
        return None;
    }
    match (uri.scheme_str(), authority.host()) {
        (Some("https"), _) | (Some("http"), "127.0.0.1" | "[::1]") => Some(uri),
        _ => None,
    }
}

/// The certificates in a PEM file, each of them usable.
fn authorities(path: &Path) -> Result<Vec<Certificate<'static>>, HttpSetupError> {
    let at = || path.to_owned();
    let pem =
        std::fs::read(path).map_err(|source| HttpSetupError::Authorities { path: at(), source })?;
    let mut store = rustls::RootCertStore::empty();
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate =
            certificate.map_err(|source| HttpSetupError::NotPem { path: at(), source })?;
        found.push(Certificate::from_der(&certificate).to_owned());
        store
            .add(certificate)
            .map_err(|source| HttpSetupError::NoAuthority { path: at(), source })?;
    }
    if found.is_empty() {
        return Err(HttpSetupError::NoCertificate(at()));
    }
    Ok(found)
}

/// Reads one byte more than is allowed, to know that there is one.
fn read(answer: http::Response<Body>) -> Result<Reply, Error> {
    let (parts, body) = answer.into_parts();
    let mut bytes = Vec::new();
    let too_long = |length: u64| length > LONGEST_BODY as u64;
    if body.content_length().is_some_and(too_long) {
        return Err(Error::BodyExceedsLimit(LONGEST_BODY as u64));
    }
    body.into_reader()
        .take(LONGEST_BODY as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(Error::from)?;
    Ok(Reply {
        status: parts.status.as_u16(),
        body: bytes,
        headers: parts.headers,
    })
}

#[cfg(test)]
mod tests;
