//! What goes wrong between a client and a provider: a proxy that speaks TLS to the client and HTTP to
//! the fake behind it, and does one thing wrong.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::http::{Listener, Response, Stream, read};
use crate::tls::Authority;

/// Changes a response.
pub type Edit = Arc<dyn Fn(&mut String) + Send + Sync>;

/// What goes wrong.
#[derive(Clone)]
pub enum Fault {
    /// Nothing.
    None,
    /// Nobody listens.
    Refuse,
    /// The connection is reset at once.
    Reset,
    /// The connection is accepted, and nothing is said.
    Stall,
    /// The certificate is for another name.
    OtherName,
    /// The certificate is by an authority that is not trusted.
    OtherAuthority,
    /// The certificate has expired.
    Expired,
    /// The request is read and not passed on; nothing is said.
    Swallow,
    /// The request is passed on; nothing is said.
    StallAfter,
    /// The request is passed on, and the connection reset.
    ResetAfter,
    /// The reply ends after so many bytes, without a word.
    Cut(usize),
    /// The reply ends after so many bytes, as if that were all.
    End(usize),
    /// The reply is sent twice.
    Duplicate,
    /// The request is passed on; the reply is no HTTP.
    Garbage,
    /// The reply comes byte by byte, so far apart.
    Drip(Duration),
    /// The request is not passed on; the reply leads back to the proxy.
    Redirect(u16),
    /// The request is not passed on; the reply leads to the same path behind this.
    RedirectTo(u16, String),
    /// The request is passed on; the reply is an error page.
    Status(u16),
    /// The request is passed on; the reply announces and has a body of megabytes.
    HugeBody,
    /// The request is passed on; the reply has a body of megabytes in chunks.
    HugeChunks,
    /// The request is passed on; the reply has a header of megabytes.
    HugeHeader,
    /// The request is passed on; the reply has thousands of headers.
    ManyHeaders,
    /// The request is passed on; the reply's body is changed.
    Edit(Edit),
}

impl Fault {
    /// Changes the reply's body, if there is something to change in it.
    #[must_use]
    pub fn edit(edit: impl Fn(&mut String) + Send + Sync + 'static) -> Self {
        Self::Edit(Arc::new(edit))
    }
}

/// Between a client and a fake, until it is dropped.
pub struct Proxy {
    url: String,
    shared: Arc<Shared>,
    _listener: Option<Listener>,
}

struct Shared {
    fault: Mutex<Fault>,
    upstream: SocketAddr,
    right: Arc<ServerConfig>,
    other_name: Arc<ServerConfig>,
    other_authority: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    url: Mutex<String>,
    connections: AtomicUsize,
    requests: AtomicUsize,
    passed: AtomicUsize,
    length: AtomicUsize,
}

impl Proxy {
    /// Starts one on a free port, in front of a server that speaks plain HTTP.
    #[must_use]
    pub fn start(authority: &Authority, upstream: SocketAddr, fault: Fault) -> Self {
        let refuse = matches!(fault, Fault::Refuse);
        let shared = Arc::new(Shared {
            fault: Mutex::new(fault),
            upstream,
            right: authority.server(),
            other_name: authority.other_name(),
            other_authority: authority.other_authority(),
            expired: authority.expired(),
            url: Mutex::default(),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
        });
        let (address, listener) = if refuse {
            // Every server of a test is at 127.0.0.1: nothing can come to listen here.
            (SocketAddr::from(([127, 0, 0, 9], 9)), None)
        } else {
            let serving = Arc::clone(&shared);
            let listener = Listener::start(move |socket| {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                let _ = serving.serve(socket);
            });
            (listener.address(), Some(listener))
        };
        let url = format!("https://{address}");
        shared.url.lock().expect("a lock").clone_from(&url);
        Self {
            url,
            shared,
            _listener: listener,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on something else goes wrong. [`Fault::Refuse`] is for the start only and is
    /// [`Fault::Reset`] here.
    pub fn set(&self, fault: Fault) {
        *self.shared.fault.lock().expect("a lock") = fault;
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many requests were read.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// How many requests were passed on.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.shared.passed.load(Ordering::SeqCst)
    }

    /// How many bytes the last reply had, before anything was done to it.
    #[must_use]
    pub fn length(&self) -> usize {
        self.shared.length.load(Ordering::SeqCst)
    }
}

/// With nothing of it sent, whoever is at the other end gets a reset.
fn reset(socket: &TcpStream) {
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}

/// Until the client hangs up.
fn stall(stream: &mut dyn Read) {
    let mut buffer = [0; 1024];
    while matches!(stream.read(&mut buffer), Ok(n) if n > 0) {}
}

impl Shared {
    fn serve(&self, mut socket: TcpStream) -> io::Result<()> {
        let fault = self.fault.lock().expect("a lock").clone();
        let config = match &fault {
            Fault::Refuse | Fault::Reset => {
                reset(&socket);
                return Ok(());
            }
            Fault::Stall => {
                stall(&mut socket);
                return Ok(());
            }
            Fault::OtherName => &self.other_name,
            Fault::OtherAuthority => &self.other_authority,
            Fault::Expired => &self.expired,
            _ => &self.right,
        };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, socket);
        let Some((request, bytes)) = read(&mut stream)? else {
            return Ok(());
        };
        self.requests.fetch_add(1, Ordering::SeqCst);
        let mut reply = match &fault {
            Fault::Swallow => {
                stall(&mut stream);
                return Ok(());
            }
            Fault::Redirect(status) | Fault::RedirectTo(status, _) => {
                let url = match &fault {
                    Fault::RedirectTo(_, url) => url.clone(),
                    _ => self.url.lock().expect("a lock").clone(),
                };
                Response {
                    status: *status,
                    headers: vec![("Location".to_owned(), format!("{url}{}", request.path))],
                    body: b"elsewhere".to_vec(),
                }
                .bytes()
            }
            _ => self.pass(&bytes)?,
        };
        self.length.store(reply.len(), Ordering::SeqCst);
        match fault {
            Fault::StallAfter => stall(&mut stream),
            Fault::ResetAfter => reset(&stream.sock),
            Fault::Cut(length) => {
                reply.truncate(length);
                stream.write_all(&reply)?;
                stream.flush()?;
                // The socket's end without the end of TLS.
                stream.sock.shutdown(std::net::Shutdown::Both)?;
            }
            Fault::End(length) => {
                reply.truncate(length);
                stream.write_all(&reply)?;
                stream.end();
            }
            Fault::Duplicate => {
                let twice = [reply.as_slice(), reply.as_slice()].concat();
                stream.write_all(&twice)?;
                stream.end();
            }
            Fault::Garbage => {
                stream.write_all(&[0xff, 0x00, 0x0d, 0x0a].repeat(100))?;
                stream.end();
            }
            Fault::Drip(apart) => {
                for byte in reply {
                    stream.write_all(&[byte])?;
                    stream.flush()?;
                    thread::sleep(apart);
                }
                stream.end();
            }
            Fault::Status(status) => {
                let page = Response {
                    status,
                    headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
                    body: b"<h1>approved</h1>".to_vec(),
                };
                stream.write_all(&page.bytes())?;
                stream.end();
            }
            Fault::HugeBody => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n")?;
                endless(&mut stream, &[b' '; 8_000], 1_000)?;
            }
            Fault::HugeChunks => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
                let chunk = [b"1000\r\n".as_slice(), &[b' '; 4096], b"\r\n"].concat();
                endless(&mut stream, &chunk, 2_000)?;
            }
            Fault::HugeHeader => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nX-Huge: ")?;
                endless(&mut stream, &[b'a'; 8_000], 1_000)?;
            }
            Fault::ManyHeaders => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
                endless(&mut stream, b"X-Many: a\r\n", 500_000)?;
            }
            Fault::Edit(edit) => {
                let text = String::from_utf8_lossy(&reply).into_owned();
                let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
                let mut body = body.to_owned();
                edit(&mut body);
                let head = head
                    .split("\r\n")
                    .filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"))
                    .collect::<Vec<_>>()
                    .join("\r\n");
                let length = body.len();
                stream.write_all(
                    format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes(),
                )?;
                stream.end();
            }
            _ => {
                stream.write_all(&reply)?;
                stream.end();
            }
        }
        Ok(())
    }

    /// The reply of the server behind, to the bytes as they came.
    fn pass(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(self.upstream)?;
        server.write_all(request)?;
        let mut reply = Vec::new();
        server.read_to_end(&mut reply)?;
        self.passed.fetch_add(1, Ordering::SeqCst);
        Ok(reply)
    }
}

fn endless(stream: &mut dyn Write, part: &[u8], times: usize) -> io::Result<()> {
    for _ in 0..times {
        stream.write_all(part)?;
    }
    Ok(())
}
