//! An outgoing HTTP proxy: takes CONNECT and nothing else, to the one host that only it knows.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use data_encoding::BASE64;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::http::Listener;

/// The host of the providers here. No name server knows it: the proxy finds it on this machine, on the same port.
pub const HOST: &str = "api.provider.test";

/// What is done with a request that is as it should be.
#[derive(Debug, Clone, Copy)]
pub enum Conduct {
    /// It is carried out.
    Connect,
    /// The same, after a while.
    Hesitate(Duration),
    /// Answered by these bytes, and that is all.
    Say(&'static str),
    /// Answered by a head that never ends, a byte now and then.
    Drip,
    /// Not answered.
    Keep,
    /// A connection is announced; then nothing more comes.
    Promise,
}

/// What it saw.
#[derive(Debug, Default)]
struct Seen {
    /// The heads of the requests.
    heads: Vec<String>,
    /// What went through, towards the provider.
    passed: Vec<u8>,
}

/// Such a proxy, until it is dropped.
pub struct ForwardProxy {
    listener: Listener,
    scheme: &'static str,
    conduct: Arc<Mutex<Conduct>>,
    seen: Arc<Mutex<Seen>>,
}

impl ForwardProxy {
    /// On a free port of this machine, over TLS or in the clear, for everybody or for one user.
    #[must_use]
    pub fn start(tls: Option<Arc<ServerConfig>>, login: Option<(&str, &str)>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let conduct = Arc::new(Mutex::new(Conduct::Connect));
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let (conducts, noted) = (Arc::clone(&conduct), Arc::clone(&seen));
        let login = login.map(|(user, password)| {
            let pair = BASE64.encode(format!("{user}:{password}").as_bytes());
            format!("Basic {pair}")
        });
        let listener = Listener::start(move |socket| {
            let _ = socket.set_read_timeout(Some(Duration::from_secs(20)));
            let conduct = *conducts.lock().unwrap_or_else(PoisonError::into_inner);
            let Ok(raw) = socket.try_clone() else { return };
            // Nobody hears of a connection that ends.
            let _ = match &tls {
                None => serve(&mut { socket }, &raw, conduct, login.as_deref(), &noted),
                Some(config) => match ServerConnection::new(Arc::clone(config)) {
                    Ok(connection) => {
                        let mut stream = StreamOwned::new(connection, socket);
                        serve(&mut stream, &raw, conduct, login.as_deref(), &noted)
                    }
                    Err(_) => Ok(()),
                },
            };
        });
        Self {
            listener,
            scheme,
            conduct,
            seen,
        }
    }

    /// What it does from now on.
    pub fn conducts(&self, conduct: Conduct) {
        *self.conduct.lock().unwrap_or_else(PoisonError::into_inner) = conduct;
    }

    /// Where, as a setting has it; with `user:password@` in front of the host if that is not empty.
    #[must_use]
    pub fn url(&self, login: &str) -> String {
        let at = if login.is_empty() { "" } else { "@" };
        let port = self.listener.address().port();
        format!("{}://{login}{at}127.0.0.1:{port}", self.scheme)
    }

    /// The same provider under the name that only the proxy knows.
    #[must_use]
    pub fn behind(url: &str) -> String {
        url.replace("127.0.0.1", HOST)
    }

    /// The heads of the requests that came, as they came.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.heads.clone()
    }

    /// What clients sent through it.
    #[must_use]
    pub fn passed(&self) -> Vec<u8> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.passed.clone()
    }
}

fn serve(
    client: &mut (impl Read + Write),
    raw: &TcpStream,
    conduct: Conduct,
    login: Option<&str>,
    noted: &Mutex<Seen>,
) -> io::Result<()> {
    // Not a byte more than the head: what follows is not the proxy's.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 16 * 1024 {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
        if byte == [22] {
            // The beginning of TLS. It reads that away, or the answer would be lost with the connection.
            let _ = client.read(&mut [0; 16 * 1024])?;
            break;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = judge(&head, login);
    let mut seen = noted.lock().unwrap_or_else(PoisonError::into_inner);
    seen.heads.push(head);
    drop(seen);
    let port = match target {
        Ok(port) => port,
        Err(answer) => {
            client
                .write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes())?;
            return client.flush();
        }
    };
    const READY: &[u8] = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 fake\r\n\r\n";
    match conduct {
        Conduct::Connect => {}
        Conduct::Hesitate(time) => thread::sleep(time),
        Conduct::Say(text) => {
            client.write_all(text.as_bytes())?;
            return client.flush();
        }
        Conduct::Drip => {
            client.write_all(b"HTTP/1.1 200 OK\r\nX-Drip: ")?;
            loop {
                client.write_all(b"a")?;
                client.flush()?;
                thread::sleep(Duration::from_millis(20));
            }
        }
        Conduct::Keep => return client.read(&mut [0]).map(drop),
        Conduct::Promise => {
            client.write_all(READY)?;
            client.flush()?;
            while client.read(&mut [0; 512])? > 0 {}
            return Ok(());
        }
    }
    let Ok(mut provider) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")?;
        return client.flush();
    };
    client.write_all(READY)?;
    client.flush()?;
    let turn = Some(Duration::from_millis(2));
    raw.set_read_timeout(turn)?;
    provider.set_read_timeout(turn)?;
    loop {
        let mut buffer = [0; 16 * 1024];
        if let Some(sent) = turn_of(client.read(&mut buffer))? {
            let mut seen = noted.lock().unwrap_or_else(PoisonError::into_inner);
            seen.passed.extend_from_slice(&buffer[..sent]);
            drop(seen);
            if sent == 0 {
                return Ok(());
            }
            provider.write_all(&buffer[..sent])?;
        }
        if let Some(sent) = turn_of(provider.read(&mut buffer))? {
            if sent == 0 {
                return Ok(());
            }
            client.write_all(&buffer[..sent])?;
            client.flush()?;
        }
    }
}

/// Nothing, when nothing came in time.
fn turn_of(read: io::Result<usize>) -> io::Result<Option<usize>> {
    match read {
        Ok(amount) => Ok(Some(amount)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The port that a request asks for, or the status line of the refusal.
fn judge(head: &str, login: Option<&str>) -> Result<u16, &'static str> {
    const WRONG: &str = "400 Bad Request";
    let mut lines = head.trim_end_matches("\r\n").split("\r\n");
    let line = lines.next().ok_or(WRONG)?;
    let target = line.strip_prefix("CONNECT ").ok_or("405 CONNECT only")?;
    let target = target.strip_suffix(" HTTP/1.1").ok_or(WRONG)?;
    let (host, port) = target.split_once(':').ok_or(WRONG)?;
    let mut authorization = None;
    let mut hosts = 0;
    for header in lines {
        let (name, value) = header.split_once(": ").ok_or(WRONG)?;
        match name.to_ascii_lowercase().as_str() {
            "host" if value == target => hosts += 1,
            "proxy-authorization" if authorization.is_none() => authorization = Some(value),
            "user-agent" | "proxy-connection" => {}
            // Neither a request of the provider's nor anything of it.
            _ => return Err(WRONG),
        }
    }
    if hosts != 1 {
        return Err(WRONG);
    }
    if authorization != login {
        return Err(
            "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"fake\"",
        );
    }
    if host != HOST {
        return Err("403 Forbidden");
    }
    port.parse().map_err(|_| WRONG)
}

/// Where a proxy is that nobody listens at.
#[must_use]
pub fn nowhere() -> SocketAddr {
    // Every server here is at another address: nothing can come to listen there.
    SocketAddr::from(([127, 0, 0, 9], 9))
}
