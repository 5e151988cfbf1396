//! Asking the outgoing proxy for a connection to a provider (CONNECT, RFC 9110 section 9.3.6).
//!
//! ```text
//! we ── TCP, perhaps TLS ──▶ proxy:  CONNECT api.provider.example:443   ◀── 200
//! we ══════════════ TLS with the provider, its certificate checked ══════════════▶ provider
//! ```
//!
//! Until the proxy has said 200 nothing of the request was written, whatever bytes went to the proxy: what
//! fails until then is a [`super::ProxyFailure`], and the provider was certainly not asked.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use ureq::http::Uri;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};
use ureq::{Error, Proxy, ProxyProtocol, Timeout};

use super::error::HttpSetupError;
use super::progress::{LONGEST_HEAD, Progress, instant};
use crate::proxy::HttpProxy;

/// For the library.
///
/// # Errors
/// [`HttpSetupError::Proxy`]
pub(super) fn proxy(of: &HttpProxy) -> Result<Proxy, HttpSetupError> {
    let protocol = if of.has_tls() {
        ProxyProtocol::Https
    } else {
        ProxyProtocol::Http
    };
    let mut builder = Proxy::builder(protocol).host(of.host()).port(of.port());
    if let Some((user, password)) = of.login() {
        builder = builder.username(user).password(password);
    }
    builder.build().map_err(|source| HttpSetupError::Proxy {
        proxy: Box::new(of.clone()),
        source: Box::new(source),
    })
}

/// Whether a host is this machine, which no proxy leads to: an address of the loopback, or a name that may
/// lead nowhere else (RFC 6761 section 6.3).
pub(super) fn is_here(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(host).parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// The connection to the proxy. Until it leads on to the provider, what it takes is the time for connecting,
/// however the proxy drips its answer.
#[derive(Debug)]
pub(super) struct ToProxy {
    pub(super) inner: Box<dyn Transport>,
    pub(super) progress: Arc<Progress>,
    pub(super) until: Instant,
}

impl ToProxy {
    fn is_asking(&self) -> bool {
        self.progress.at_proxy.load(Ordering::Relaxed)
    }

    fn within(&self, timeout: NextTimeout) -> Result<NextTimeout, Error> {
        if !self.is_asking() {
            return Ok(timeout);
        }
        let left = self.until.saturating_duration_since(instant());
        if left.is_zero() {
            return Err(Error::Timeout(Timeout::Connect));
        }
        Ok(NextTimeout {
            after: left.min(*timeout.after).into(),
            reason: Timeout::Connect,
            ..timeout
        })
    }
}

impl Transport for ToProxy {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = self.within(timeout)?;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = self.within(timeout)?;
        let awaited = self.inner.await_input(timeout)?;
        if self.is_asking() {
            let input = self.inner.buffers().input();
            if let Some(status) = status(input) {
                self.progress.proxy_status.store(status, Ordering::Relaxed);
            }
            if input.len() > LONGEST_HEAD {
                return Err(Error::LargeResponseHeader(input.len(), LONGEST_HEAD));
            }
        }
        Ok(awaited)
    }

    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// The status at the beginning of an answer: `HTTP/1.1 407`.
fn status(input: &[u8]) -> Option<u16> {
    let rest = input.strip_prefix(b"HTTP/1.")?;
    let &[_, b' ', a, b, c, ..] = rest else {
        return None;
    };
    let digits = std::str::from_utf8(&[a, b, c]).ok()?.parse::<u16>().ok()?;
    (100..600).contains(&digits).then_some(digits)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;
    use std::sync::Arc;
    use std::time::Duration;

    use twofactor_fakes::Fakes;
    use twofactor_fakes::fault::Fault;
    use twofactor_fakes::forward::{Conduct, ForwardProxy, nowhere};
    use twofactor_fakes::http::{Answer, Request as Received, Response, Server};
    use twofactor_fakes::tls::Authority;

    use super::super::tests::post;
    use super::super::{Http, HttpError, HttpSettings, ProxyFailure};
    use super::*;

    const LOGIN: (&str, &str) = ("c4nary-user", "c4nary pass:word");
    const WRITTEN: &str = "c4nary-user:c4nary%20pass%3Aword";
    const SECRETS: [&str; 5] = [
        "c4nary",
        "YzRuYX",
        "SecretPath",
        "SecretHeader",
        "SecretBody",
    ];

    struct Hello;

    impl Answer for Hello {
        fn answer(&self, request: &Received) -> Response {
            assert_eq!(request.header("proxy-authorization"), None);
            let text = request.text();
            let complete = SECRETS[2..].iter().all(|secret| text.contains(secret));
            Response {
                status: if complete { 200 } else { 400 },
                headers: Vec::new(),
                body: b"hello".to_vec(),
            }
        }
    }

    fn settings(authority: &Authority, proxy: &str) -> HttpSettings {
        HttpSettings {
            ca_file: Some(authority.file().to_owned()),
            proxy: Some(HttpProxy::parse(proxy).unwrap()),
            ..HttpSettings::default()
        }
    }

    /// Holds a failure to what holds of every one.
    fn failure(settings: &HttpSettings, url: &str) -> HttpError {
        let start = instant();
        let error = Http::new(settings).unwrap().call(&post(url)).unwrap_err();
        // A machine that is busy has its time.
        let longest = settings.whole + Duration::from_secs(5);
        assert!(start.elapsed() < longest, "{error:?}");
        let shown = format!("{error} {error:?} {settings:?}");
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{shown}");
        }
        error
    }

    fn hasty(settings: HttpSettings) -> HttpSettings {
        HttpSettings {
            connect: Duration::from_secs(1),
            ..settings
        }
    }

    #[test]
    fn a_provider_is_reached_through_the_proxy_and_the_proxy_reads_nothing_of_it() {
        let authority = Authority::new();
        let provider = Server::start(Some(authority.server()), Arc::new(Hello));
        let url = format!("{}/SecretPath", ForwardProxy::behind(&provider.url()));
        let place = format!("api.provider.test:{}", provider.address().port());
        for tls in [None, Some(authority.server())] {
            for (login, written) in [(None, ""), (Some(LOGIN), WRITTEN)] {
                let proxy = ForwardProxy::start(tls.clone(), login);
                let http = Http::new(&settings(&authority, &proxy.url(written))).unwrap();
                let reply = http.call(&post(&url)).unwrap();
                assert_eq!((reply.status, &*reply.body), (200, &b"hello"[..]));
                let [head] = &*proxy.heads() else {
                    panic!("{:?}", proxy.heads());
                };
                let line = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
                assert!(head.starts_with(&line), "{head}");
                let authorization = head.matches("Proxy-Authorization: Basic ").count();
                assert_eq!(authorization, usize::from(login.is_some()));
                let passed = proxy.passed();
                assert!(passed.starts_with(&[22, 3]), "TLS begins at once");
                let passed = String::from_utf8_lossy(&passed).into_owned();
                for secret in SECRETS {
                    assert!(!passed.contains(secret));
                }
                assert!(!format!("{http:?}").contains("c4nary"));
            }
        }
    }

    #[test]
    fn the_providers_certificate_is_checked_through_the_proxy_as_without_it() {
        let fakes = Fakes::start();
        let proxy = ForwardProxy::start(None, None);
        let settings = settings(&fakes.authority, &proxy.url(""));
        for (fault, text) in [
            (Fault::OtherName, "is for another name"),
            (Fault::Expired, "has expired"),
            (
                Fault::OtherAuthority,
                "is from an authority that is not trusted",
            ),
        ] {
            let provider = fakes.twilio_behind(fault);
            let url = ForwardProxy::behind(provider.url());
            let text = format!("the host's certificate {text}");
            assert_eq!(failure(&settings, &url), HttpError::Unsent(text));
        }
        assert_eq!(proxy.heads().len(), 3);
        assert!(fakes.twilio.requests().is_empty());
    }

    #[test]
    fn what_fails_at_the_proxy_is_certainly_unsent_and_said_to_be_the_proxys() {
        let authority = Authority::new();
        let provider = Server::start(Some(authority.server()), Arc::new(Hello));
        let url = format!("{}/SecretPath", ForwardProxy::behind(&provider.url()));
        let proxy = ForwardProxy::start(None, Some(LOGIN));
        let right = settings(&authority, &proxy.url(WRITTEN));
        let long = "HTTP/1.1 200 OK\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\
                    A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\
                    A: b\r\nA: b\r\nA: b\r\n\r\n";
        for (conduct, expected) in [
            (
                Conduct::Say("HTTP/1.1 407 c4nary\r\nProxy-Authenticate: Basic\r\n\r\n"),
                ProxyFailure::Credentials,
            ),
            (
                Conduct::Say("HTTP/1.1 403 c4nary\r\n\r\nSecretBody"),
                ProxyFailure::Refused(403),
            ),
            (
                Conduct::Say("HTTP/1.0 502 c4nary\r\n\r\n"),
                ProxyFailure::Refused(502),
            ),
            (
                Conduct::Say("HTTP/1.1 301 c4nary\r\nLocation: http://c4nary\r\n\r\n"),
                ProxyFailure::Refused(301),
            ),
            // The status is there; the rest never comes.
            (Conduct::Say("HTTP/1.1 503"), ProxyFailure::Refused(503)),
            (Conduct::Say(""), ProxyFailure::Unreachable),
            (Conduct::Say("SSH-2.0-c4nary\r\n"), ProxyFailure::NotHttp),
            (Conduct::Say(long), ProxyFailure::NotHttp),
            (Conduct::Keep, ProxyFailure::Slow),
            (Conduct::Drip, ProxyFailure::Slow),
        ] {
            proxy.conducts(conduct);
            let settings = hasty(right.clone());
            let start = instant();
            let error = failure(&settings, &url);
            assert_eq!(error, HttpError::Proxy(expected), "{conduct:?}");
            // The time is that for connecting, and not the whole.
            let longest = settings.connect + Duration::from_secs(4);
            assert!(start.elapsed() < longest, "{conduct:?}");
        }
        proxy.conducts(Conduct::Connect);
        let wrong = |text: &str| settings(&authority, text);
        for (settings, expected) in [
            (wrong(&proxy.url("")), ProxyFailure::Credentials),
            (wrong(&proxy.url("c4nary:")), ProxyFailure::Credentials),
            (
                wrong(&format!("http://{WRITTEN}@{}", nowhere())),
                ProxyFailure::Unreachable,
            ),
            (
                wrong(&format!("http://{WRITTEN}@no-such-proxy.invalid:3128")),
                ProxyFailure::Name,
            ),
            // It has no TLS.
            (
                wrong(&proxy.url(WRITTEN).replace("http:", "https:")),
                ProxyFailure::NotHttp,
            ),
        ] {
            let error = failure(&settings, &url);
            assert_eq!(error, HttpError::Proxy(expected), "{settings:?}");
        }
        // A proxy over TLS that nobody vouches for, and one that is asked in the clear.
        let other = ForwardProxy::start(Some(authority.other_authority()), Some(LOGIN));
        assert_eq!(
            failure(&wrong(&other.url(WRITTEN)), &url),
            HttpError::Proxy(ProxyFailure::Certificate)
        );
        // It ends the connection with an alert or without, whichever is quicker.
        let plainly = failure(&wrong(&other.url(WRITTEN).replace("https:", "http:")), &url);
        let HttpError::Proxy(ProxyFailure::NotHttp | ProxyFailure::Unreachable) = plainly else {
            panic!("{plainly:?}");
        };
        assert!(proxy.passed().is_empty() && other.passed().is_empty());
        // The provider is there all the while.
        let reply = Http::new(&right).unwrap().call(&post(&url)).unwrap();
        assert_eq!(reply.status, 200);
    }

    #[test]
    fn behind_the_proxy_it_is_what_the_provider_did_that_counts() {
        let fakes = Fakes::start();
        let proxy = ForwardProxy::start(None, None);
        let settings = hasty(settings(&fakes.authority, &proxy.url("")));
        for (fault, sent) in [
            (Fault::Reset, false),
            (Fault::Stall, false),
            (Fault::Swallow, true),
            (Fault::ResetAfter, true),
            (Fault::Garbage, true),
        ] {
            let settings = HttpSettings {
                whole: Duration::from_secs(2),
                ..settings.clone()
            };
            let provider = fakes.twilio_behind(fault);
            match failure(&settings, &ForwardProxy::behind(provider.url())) {
                HttpError::Unsent(_) => assert!(!sent),
                HttpError::Unanswered(_) => assert!(sent),
                HttpError::Proxy(error) => panic!("{error:?}"),
            }
        }
        // The way stands, and nobody is at its end: no byte of the request has left.
        proxy.conducts(Conduct::Promise);
        let url = ForwardProxy::behind(&fakes.twilio_url());
        let late = HttpError::Unsent("no connection in time".to_owned());
        assert_eq!(failure(&settings, &url), late);
        proxy.conducts(Conduct::Say("HTTP/1.1 200 OK\r\n\r\n"));
        let HttpError::Unsent(_) = failure(&settings, &url) else {
            panic!("it ended before TLS did");
        };
    }

    #[test]
    fn proxy_and_provider_share_the_time_for_connecting() {
        let fakes = Fakes::start();
        let proxy = ForwardProxy::start(None, None);
        let provider = fakes.twilio_behind(Fault::Stall);
        proxy.conducts(Conduct::Hesitate(Duration::from_secs(2)));
        let settings = HttpSettings {
            connect: Duration::from_secs(3),
            ..settings(&fakes.authority, &proxy.url(""))
        };
        let start = instant();
        let error = failure(&settings, &ForwardProxy::behind(provider.url()));
        assert_eq!(error, HttpError::Unsent("no connection in time".to_owned()));
        let took = start.elapsed();
        // Each for itself would take five.
        let (least, most) = (Duration::from_millis(2_900), Duration::from_millis(4_800));
        assert!((least..most).contains(&took), "{took:?}");
    }

    #[test]
    fn this_machine_is_reached_without_the_proxy() {
        let authority = Authority::new();
        let proxy = ForwardProxy::start(None, None);
        let http = Http::new(&settings(&authority, &proxy.url(""))).unwrap();
        let tls = Server::start(Some(authority.server()), Arc::new(Hello));
        let plain = Server::start(None, Arc::new(Hello));
        for url in [
            tls.url(),
            tls.url().replace("127.0.0.1", "localhost"),
            plain.url(),
        ] {
            let url = format!("{url}/SecretPath");
            assert_eq!(http.call(&post(&url)).unwrap().status, 200, "{url}");
        }
        assert!(proxy.heads().is_empty());
        for (host, here) in [
            ("127.0.0.1", true),
            ("127.200.3.4", true),
            ("[::1]", true),
            ("[::ffff:127.0.0.1]", true),
            ("localhost", true),
            ("LocalHost.", true),
            ("fakes.localhost", true),
            ("128.0.0.1", false),
            ("10.0.0.1", false),
            ("[::2]", false),
            ("localhost.example", false),
            ("notlocalhost", false),
            ("127.0.0.1.example", false),
        ] {
            let uri = format!("https://{host}:8443/").parse().unwrap();
            assert_eq!(is_here(&uri), here, "{host}");
        }
    }

    #[test]
    fn the_environment_names_no_proxy_and_no_exception() {
        const VARIABLE: &str = "TWOFACTOR_TEST_ENVIRONMENT";
        let name = "sms::http::proxy::tests::the_environment_names_no_proxy_and_no_exception";
        let authority = Authority::new();
        let provider = Server::start(Some(authority.server()), Arc::new(Hello));
        let url = format!("{}/SecretPath", ForwardProxy::behind(&provider.url()));
        let ours = ForwardProxy::start(None, None);
        if std::env::var_os(VARIABLE).is_some() {
            // The setting counts, whatever NO_PROXY says.
            let with = settings(&authority, &ours.url(""));
            assert_eq!(
                Http::new(&with).unwrap().call(&post(&url)).unwrap().status,
                200
            );
            assert_eq!(ours.heads().len(), 1);
            // Without it nobody is asked: only a proxy knows the name.
            let without = HttpSettings {
                proxy: None,
                ..with
            };
            let HttpError::Unsent(why) = failure(&without, &url) else {
                panic!("through a proxy");
            };
            assert!(why.starts_with("the host's name"), "{why}");
            let _ = std::io::stdout().write_all(b"done\n");
            return;
        }
        let theirs = ForwardProxy::start(None, None);
        // An exception for everything would hide that a proxy is taken from there.
        for exception in ["", "*"] {
            let mut again = Command::new(std::env::current_exe().unwrap());
            again.args(["--exact", name, "--nocapture"]);
            again.env(VARIABLE, "1");
            for name in ["http_proxy", "https_proxy", "all_proxy"] {
                again.env(name, theirs.url(""));
                again.env(name.to_uppercase(), theirs.url(""));
            }
            for name in ["no_proxy", "NO_PROXY"] {
                again.env(name, exception);
            }
            let output = again.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            assert!(String::from_utf8_lossy(&output.stdout).contains("done"));
        }
        assert!(theirs.heads().is_empty());
    }

    #[test]
    fn a_status_is_read_where_it_is_and_nowhere_else() {
        for (text, expected) in [
            ("HTTP/1.1 407", Some(407)),
            ("HTTP/1.0 200 OK\r\n", Some(200)),
            ("HTTP/1.1 40", None),
            ("HTTP/1.1 4x7", None),
            ("HTTP/1.1 +07", None),
            ("HTTP/2 407", None),
            (" HTTP/1.1 407", None),
            ("", None),
        ] {
            assert_eq!(status(text.as_bytes()), expected, "{text}");
        }
    }
}
