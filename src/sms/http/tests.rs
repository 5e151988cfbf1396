//! Requests against servers on this machine that behave, break off, stall and lie.

use super::resolver::in_time;
use super::*;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Mutex, mpsc};

use nix::sys::signal::{SigSet, Signal};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use ureq::Timeout;

const SECRETS: [&str; 4] = ["SecretPath", "SecretHeader", "SecretBody", "SecretAnswer"];
const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Either kind of connection.
trait Stream: io::Read + io::Write + Send {}
impl<T: io::Read + io::Write + Send> Stream for T {}

/// A server that does one thing with each connection and remembers the requests it read.
struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(tls: Option<Arc<ServerConfig>>, act: fn(&mut dyn Stream)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let (socket, tls, noted) = (socket.unwrap(), tls.clone(), Arc::clone(&noted));
                thread::spawn(move || serve(socket, tls, &noted, act));
            }
        });
        Self { port, seen }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/SecretPath?a=b", self.port)
    }

    fn tls_url(&self) -> String {
        format!("https://localhost:{}/SecretPath", self.port)
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    socket: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    noted: &Mutex<Vec<String>>,
    act: fn(&mut dyn Stream),
) {
    match tls {
        None => {
            if let Some(request) = request(&mut BufReader::new(&socket)) {
                noted.lock().unwrap().push(request);
                act(&mut &socket);
            }
        }
        Some(config) => {
            let connection = ServerConnection::new(config).unwrap();
            let mut stream = StreamOwned::new(connection, socket);
            if let Some(request) = request(&mut BufReader::new(&mut stream)) {
                noted.lock().unwrap().push(request);
                act(&mut stream);
            }
        }
    }
}

fn request(stream: &mut impl BufRead) -> Option<String> {
    let mut text = String::new();
    let mut length = 0;
    loop {
        let start = text.len();
        if stream.read_line(&mut text).ok()? == 0 {
            return None;
        }
        let line = text[start..].trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    text.push_str(&String::from_utf8(body).unwrap());
    Some(text)
}

/// Until the client hangs up.
fn stall(stream: &mut dyn Stream) {
    let _ = stream.read(&mut [0; 64]);
}

fn hello(stream: &mut dyn Stream) {
    let _ = stream.write_all(HELLO.as_bytes());
}

/// An authority, its certificate as PEM, and a server's configuration by it.
struct Authority {
    file: tempfile::NamedTempFile,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "CA");
        let key = KeyPair::generate().unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        file.write_all(certificate.pem().as_bytes()).unwrap();
        Self {
            file,
            issuer: Issuer::new(params, key),
        }
    }

    fn server(&self, name: &str, until: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }

    fn client(&self, settings: HttpSettings) -> Http {
        Http::new(&HttpSettings {
            ca_file: Some(self.file.path().to_owned()),
            ..settings
        })
        .unwrap()
    }
}

/// For what is to take too long.
fn hasty() -> HttpSettings {
    HttpSettings {
        ca_file: None,
        proxy: None,
        connect: Duration::from_secs(1),
        whole: Duration::from_secs(1),
    }
}

fn plain() -> Http {
    Http::new(&HttpSettings::default()).unwrap()
}

pub(super) fn post(url: &str) -> Request<'_> {
    Request {
        verb: Verb::Post,
        url,
        headers: &[("X-Key", "SecretHeader")],
        body: b"SecretBody",
    }
}

/// Posts, and holds the failure to what holds of every failure.
fn failure(http: &Http, url: &str) -> HttpError {
    let start = instant();
    let error = http.call(&post(url)).unwrap_err();
    // A machine that is busy has its time.
    let longest = http.whole + Duration::from_secs(5);
    assert!(start.elapsed() < longest, "{error:?}");
    for secret in SECRETS {
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
    error
}

fn unsent(text: &str) -> HttpError {
    HttpError::Unsent(text.to_owned())
}

fn unanswered(text: &str) -> HttpError {
    HttpError::Unanswered(text.to_owned())
}

#[test]
fn a_form_is_encoded_as_browsers_do_it() {
    assert_eq!(form(&[]), "");
    assert_eq!(
        form(&[("To", "+49 1"), ("a b", "*-._~/é&="), ("", "")]),
        "To=%2B49+1&a+b=*-._%7E%2F%C3%A9%26%3D&="
    );
}

#[test]
fn a_request_is_sent_as_it_is_given_and_answered() {
    let server = Server::start(None, |stream| {
        let _ = stream.write_all(
            b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nX-A: 1\r\nX-A: 1\r\n\
                  Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        );
    });
    let http = plain();
    let url = server.url();
    for verb in [Verb::Post, Verb::Get] {
        let reply = http.call(&Request { verb, ..post(&url) }).unwrap();
        assert_eq!((reply.status, reply.body.as_slice()), (429, &b"hello"[..]));
        assert_eq!(reply.header("retry-after"), Some("7"));
        assert_eq!(reply.header("x-b"), None);
        assert_eq!(reply.header("x-a"), None, "said twice");
        assert_eq!(format!("{reply:?}"), "Reply(429 <redacted>)");
    }
    let seen = server.seen();
    for (request, verb) in seen.iter().zip(["POST", "GET"]) {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut head = head
            .split("\r\n")
            .map(str::to_lowercase)
            .collect::<Vec<_>>();
        assert_eq!(
            head.remove(0),
            format!("{verb} /SecretPath?a=b HTTP/1.1").to_lowercase()
        );
        head.sort_by(|a, b| a.split(':').next().cmp(&b.split(':').next()));
        let mut expected = vec![
            "accept: */*".to_owned(),
            "accept-encoding: identity".to_owned(),
            "connection: close".to_owned(),
            format!("host: 127.0.0.1:{}", server.port),
            concat!("user-agent: ext-twofactor/", env!("CARGO_PKG_VERSION")).to_owned(),
            "x-key: secretheader".to_owned(),
        ];
        if verb == "POST" {
            expected.insert(3, "content-length: 10".to_owned());
        }
        assert_eq!(head, expected);
        assert_eq!(body, if verb == "POST" { "SecretBody" } else { "" });
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_redirect_is_an_answer_and_not_a_way() {
    let server = Server::start(None, |stream| {
        let _ = stream.write_all(
            b"HTTP/1.1 307 Elsewhere\r\nLocation: /SecretAnswer\r\nContent-Length: 0\r\n\r\n",
        );
    });
    let reply = plain().call(&post(&server.url())).unwrap();
    assert_eq!((reply.status, reply.body.len()), (307, 0));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn only_tls_or_this_machine_is_spoken_to() {
    for url in [
        "https://verify.example",
        "https://verify.example:8443/a?b=c",
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/a",
        "http://[::1]:8080/a",
    ] {
        assert!(allowed(url).is_some(), "{url}");
    }
    for url in [
        "",
        "/a",
        "127.0.0.1:80",
        "https:///a",
        "https://user@verify.example/",
        "https://user:word@verify.example/",
        "https://verify.example:/",
        "https://verify.example:0/",
        "https://verify.example:70000/",
        "https://verify.example/a b",
        "https://verify.example/\r\nX: y",
        "ftp://verify.example/",
        "http://verify.example/",
        "http://localhost/",
        "http://127.0.0.2/",
        "http://127.1/",
        "http://127.0.0.1.example/",
        "http://127.0.0.1@verify.example/",
        "http://[::2]/",
        "http://[::1].example/",
    ] {
        assert!(allowed(url).is_none(), "{url}");
        assert_eq!(
            failure(&plain(), url),
            unsent("the URL is not one to speak to")
        );
    }
}

#[test]
fn a_provider_is_at_a_host() {
    for (url, read) in [
        ("https://verify.example", "https://verify.example"),
        ("https://verify.example/", "https://verify.example"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80"),
    ] {
        assert_eq!(base(url).unwrap(), read);
    }
    for url in [
        "https://verify.example//",
        "https://verify.example/a",
        "https://verify.example?a",
        "https://verify.example/?",
        "https://verify.example/#",
        "https://verify.example#a",
        "http://verify.example",
        "verify.example",
    ] {
        assert!(base(url).is_err(), "{url}");
    }
}

#[test]
fn a_second_attempt_is_for_those_who_ask_and_within_the_time_of_one() {
    let server = Server::start(None, hello);
    let url = server.url();
    let again = |wait: Option<u64>| {
        let start = instant();
        let reply = plain().call_once_more(&post(&url), |first| {
            assert_eq!(first.as_ref().unwrap().body, b"hello");
            wait.map(Duration::from_millis)
        });
        assert_eq!(reply.unwrap().body, b"hello");
        assert!(start.elapsed() < HttpSettings::default().whole);
        start.elapsed()
    };
    again(None);
    assert_eq!(server.seen().len(), 1);
    assert!(again(Some(50)) >= Duration::from_millis(50));
    assert_eq!(server.seen().len(), 3);
    // Longer than the whole time: not waited for.
    for wait in [8_000, 3_600_000, u64::MAX] {
        again(Some(wait));
    }
    assert_eq!(server.seen().len(), 6);
}

#[test]
fn the_second_attempt_has_what_the_first_left() {
    let server = Server::start(None, |stream| {
        thread::sleep(Duration::from_secs(2));
        hello(stream);
    });
    let settings = HttpSettings {
        whole: Duration::from_secs(3),
        ..hasty()
    };
    let start = instant();
    let error = Http::new(&settings)
        .unwrap()
        .call_once_more(&post(&server.url()), |_| Some(Duration::ZERO))
        .unwrap_err();
    assert_eq!(error, unanswered("no complete answer in time"));
    assert!(
        start.elapsed() < Duration::from_millis(4_500),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn requests_can_share_the_time_of_one() {
    let server = Server::start(None, |stream| {
        thread::sleep(Duration::from_secs(2));
        hello(stream);
    });
    let url = server.url();
    let settings = HttpSettings {
        whole: Duration::from_secs(3),
        ..hasty()
    };
    let http = Http::new(&settings).unwrap();
    let deadline = http.deadline();
    let call = || http.call_once_more_until(&post(&url), deadline, |_| None);
    assert_eq!(call().unwrap().body, b"hello");
    assert_eq!(
        call().unwrap_err(),
        unanswered("no complete answer in time")
    );
    // Nothing is begun that cannot end in time.
    assert_eq!(call().unwrap_err(), unsent("no time is left"));
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_request_that_cannot_be_made_is_unsent() {
    let server = Server::start(None, hello);
    let url = server.url();
    for (name, value) in [("X-Key", "Secret\r\nHeader"), ("X Key", "a"), ("", "a")] {
        let error = plain()
            .call(&Request {
                headers: &[(name, value)],
                ..post(&url)
            })
            .unwrap_err();
        assert_eq!(error, unsent("a header is malformed"));
    }
    assert!(server.seen().is_empty());
}

#[test]
fn without_a_connection_it_is_unsent() {
    let http = Authority::new().client(HttpSettings::default());
    // Every server of a test is at another address: nothing can come to listen here.
    assert_eq!(
        failure(&http, "https://127.0.0.9:9/SecretPath"),
        unsent("no connection (connection refused)")
    );
    let HttpError::Unsent(_) = failure(&http, "https://no-such-host.invalid/SecretPath") else {
        panic!("a name that leads nowhere");
    };
}

#[test]
fn a_name_that_takes_too_long_is_given_up() {
    let (end, wait) = mpsc::channel::<()>();
    let start = instant();
    let found = in_time(Duration::from_millis(20), move || {
        let _ = wait.recv();
        Ok(Vec::new())
    });
    assert!(matches!(found, Err(Error::Timeout(Timeout::Resolve))));
    assert!(start.elapsed() < Duration::from_secs(5));
    drop(end);
    let error = in_time(Duration::from_secs(9), || panic!("in the look-up"));
    assert!(matches!(error, Err(Error::HostNotFound)));
    let progress = Progress::default();
    assert_eq!(
        progress.failure(&Error::Timeout(Timeout::Resolve)),
        unsent("the host's name took too long")
    );
}

#[test]
fn a_name_is_looked_up_with_all_signals_held() {
    let signals = [
        Signal::SIGALRM,
        Signal::SIGPROF,
        Signal::SIGTERM,
        Signal::SIGUSR2,
    ];
    let held = in_time(Duration::from_secs(9), move || {
        let mask = SigSet::thread_get_mask()?;
        assert!(signals.iter().all(|signal| mask.contains(*signal)));
        Ok(Vec::new())
    });
    assert!(held.unwrap().is_empty());
    let mask = SigSet::thread_get_mask().unwrap();
    assert!(!signals.iter().any(|signal| mask.contains(*signal)));
}

#[test]
fn a_certificate_must_be_right() {
    let ours = Authority::new();
    let http = ours.client(HttpSettings::default());
    let good = Server::start(Some(ours.server("localhost", 2090)), hello);
    assert_eq!(http.call(&post(&good.tls_url())).unwrap().body, b"hello");
    for (config, text) in [
        (ours.server("else.example", 2090), "is for another name"),
        (ours.server("localhost", 2001), "has expired"),
        (
            Authority::new().server("localhost", 2090),
            "is from an authority that is not trusted",
        ),
    ] {
        let server = Server::start(Some(config), hello);
        let text = format!("the host's certificate {text}");
        assert_eq!(failure(&http, &server.tls_url()), unsent(&text));
        assert!(server.seen().is_empty());
    }
    // The platform does not know our authority.
    let HttpError::Unsent(_) = failure(&plain(), &good.tls_url()) else {
        panic!("an authority of nobody's");
    };
}

#[test]
fn an_authority_of_the_platform_does_not_count_beside_a_file() {
    let http = Authority::new().client(HttpSettings::default());
    let RootCerts::Specific(roots) = http.trust.root_certs() else {
        panic!("the platform's");
    };
    assert_eq!(roots.len(), 1);
    assert!(!http.trust.disable_verification());
}

#[test]
fn tls_that_stalls_or_drips_is_unsent_in_time() {
    let http = Authority::new().client(hasty());
    for drip in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "https://localhost:{}/",
            listener.local_addr().unwrap().port()
        );
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            // The start of a long handshake record; then a byte now and then.
            let mut sent = socket.write_all(&[22, 3, 3, 0x3f, 0, 2, 0, 0x3e, 0]);
            socket
                .set_read_timeout(Some(Duration::from_millis(20)))
                .unwrap();
            let mut buffer = [0; 1024];
            while sent.is_ok() && !matches!(socket.read(&mut buffer), Ok(0)) {
                if drip {
                    sent = socket.write_all(&[0]);
                }
            }
        });
        assert_eq!(failure(&http, &url), unsent("no connection in time"));
        server.join().unwrap();
    }
}

#[test]
fn what_was_perhaps_received_is_never_unsent() {
    let broke = |text: &str| format!("the connection broke ({text})");
    for (act, text) in [
        (
            (|_| ()) as fn(&mut dyn Stream),
            broke("unexpected end of file"),
        ),
        (stall, "no complete answer in time".to_owned()),
        (
            |stream| {
                let _ = stream.write_all(&HELLO.as_bytes()[..HELLO.len() - 1]);
            },
            broke("unexpected end of file"),
        ),
        (
            |stream| {
                let _ = stream.write_all(&HELLO.as_bytes()[..HELLO.len() - 1]);
                stall(stream);
            },
            "no complete answer in time".to_owned(),
        ),
        (
            |stream| {
                let _ = stream.write_all(b"SecretAnswer, and no HTTP\r\n\r\n");
            },
            "the answer is not HTTP".to_owned(),
        ),
        (
            |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n");
                stall(stream);
            },
            "the answer is too long".to_owned(),
        ),
        (
            |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while stream.write_all(b"4\r\nabcd\r\n").is_ok() {}
            },
            "the answer is too long".to_owned(),
        ),
        (
            |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nSecretAnswer: ");
                while stream.write_all(&[b'a'; 1024]).is_ok() {}
            },
            "the answer's headers are too long".to_owned(),
        ),
        (
            |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
                while stream.write_all(b"A: b\r\n").is_ok() {}
            },
            "the answer is not HTTP".to_owned(),
        ),
        (
            |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
                while stream.write_all(b"a").is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
            },
            "no complete answer in time".to_owned(),
        ),
        (
            |stream| {
                while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
            },
            "no complete answer in time".to_owned(),
        ),
    ] {
        let server = Server::start(None, act);
        let http = if text.contains("in time") {
            Http::new(&hasty()).unwrap()
        } else {
            plain()
        };
        assert_eq!(failure(&http, &server.url()), unanswered(&text));
        assert_eq!(server.seen().len(), 1, "{text}");
    }
}

#[test]
fn the_end_of_a_stream_under_tls_is_the_servers_word_or_a_cut() {
    let ours = Authority::new();
    let cut = Server::start(Some(ours.server("localhost", 2090)), |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello");
    });
    assert_eq!(
        failure(&ours.client(HttpSettings::default()), &cut.tls_url()),
        unanswered("the answer was cut short")
    );
    // In the clear, on this machine, there is no such word.
    let plainly = Server::start(None, |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello");
    });
    assert_eq!(plain().call(&post(&plainly.url())).unwrap().body, b"hello");
}

#[test]
fn the_longest_body_is_let_in() {
    let server = Server::start(None, |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n");
        let _ = stream.write_all(&[b'a'; LONGEST_BODY]);
        let _ = stream.write_all(b"\r\n0\r\n\r\n");
    });
    assert_eq!(
        plain().call(&post(&server.url())).unwrap().body.len(),
        LONGEST_BODY
    );
}

#[test]
fn no_proxy_comes_from_the_environment() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "sms::http::tests::the_longest_body_is_let_in"]);
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        again.env(name, "http://127.0.0.1:1");
        again.env(name.to_uppercase(), "http://127.0.0.1:1");
    }
    let output = again.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
fn a_file_of_authorities_holds_authorities() {
    let authority = Authority::new();
    let pem = std::fs::read_to_string(authority.file.path()).unwrap();
    let with = |text: Option<String>| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        Http::new(&HttpSettings {
            ca_file: Some(path),
            ..HttpSettings::default()
        })
    };
    assert!(with(Some(format!("A comment\n{pem}{pem}"))).is_ok());
    for (text, expected) in [
        (None, "cannot be read"),
        (Some(String::new()), "holds no certificate"),
        (Some("text".to_owned()), "holds no certificate"),
        (
            Some(pem.replace("-----END", "-----AND")),
            "is not a PEM file",
        ),
        (
            Some("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n".to_owned()),
            "not an authority",
        ),
    ] {
        let error = with(text).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn time_outs_are_there() {
    for (connect, whole) in [(0, 1), (1, 0)] {
        let settings = HttpSettings {
            ca_file: None,
            proxy: None,
            connect: Duration::from_secs(connect),
            whole: Duration::from_secs(whole),
        };
        assert!(Http::new(&settings).is_err());
    }
    let settings = HttpSettings::default();
    assert_eq!(
        (settings.connect.as_secs(), settings.whole.as_secs()),
        (3, 8)
    );
}

#[test]
fn nothing_shows_a_request() {
    let shown = format!("{:?} {:?}", post("https://a/SecretPath"), plain());
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}
