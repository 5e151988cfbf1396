//! A server of HTTP/1.1 as small as it can be: one request a connection, strictly read.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use data_encoding::BASE64;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Longest head, and longest body, of a request.
const LONGEST: usize = 64 * 1024;
/// Nobody is waited for longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request, as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST`
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Behind the question mark.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// As many bytes as were announced.
    pub body: Vec<u8>,
}

impl Request {
    /// The header's value, if it is there once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }

    /// User and password.
    #[must_use]
    pub fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization")?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(BASE64.decode(encoded.as_bytes()).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// The body as a form. `Err` says what is wrong with it: the type, the encoding, a field twice.
    ///
    /// # Errors
    /// What a strict reader has against it.
    pub fn form(&self) -> Result<Vec<(String, String)>, String> {
        if self.header("content-type") != Some("application/x-www-form-urlencoded") {
            return Err("not a form by its type".to_owned());
        }
        let text = std::str::from_utf8(&self.body).map_err(|_| "not text".to_owned())?;
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or("a field without a value")?;
            let name = decode(name).ok_or("a name that is not encoded")?;
            let value = decode(value).ok_or("a value that is not encoded")?;
            if fields.iter().any(|(field, _)| *field == name) {
                return Err(format!("{name} twice"));
            }
            fields.push((name, value));
        }
        Ok(fields)
    }

    /// Everything of it as text, to look for what must not be there.
    #[must_use]
    pub fn text(&self) -> String {
        let headers: String = self
            .headers
            .iter()
            .map(|(n, v)| format!("{n}: {v}\n"))
            .collect();
        let body = String::from_utf8_lossy(&self.body);
        format!(
            "{} {}?{}\n{headers}\n{body}",
            self.method, self.path, self.query
        )
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
            }
            b'*' | b'-' | b'.' | b'_' => bytes.push(byte),
            byte if byte.is_ascii_alphanumeric() => bytes.push(byte),
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

/// A response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Beside the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// JSON.
    #[must_use]
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: value.to_string().into_bytes(),
        }
    }

    /// On the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = format!("HTTP/1.1 {} Status\r\n", self.status);
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str(&format!(
            "Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.body.len()
        ));
        let mut out = out.into_bytes();
        out.extend_from_slice(&self.body);
        out
    }
}

/// Answers requests.
pub trait Answer: Send + Sync + 'static {
    /// Answers one.
    fn answer(&self, request: &Request) -> Response;
}

/// A connection of either kind.
pub trait Stream: Read + Write {
    /// Says that nothing more comes.
    fn end(&mut self);
}

impl Stream for TcpStream {
    fn end(&mut self) {
        let _ = self.shutdown(Shutdown::Write);
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn end(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
        let _ = self.sock.shutdown(Shutdown::Write);
    }
}

/// Reads one request and returns it with its bytes. `Ok(None)` when nothing came.
///
/// # Errors
/// The connection's, or `InvalidData` for what is not a request.
pub fn read(stream: &mut dyn Stream) -> io::Result<Option<(Request, Vec<u8>)>> {
    let wrong = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text.to_owned());
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > LONGEST {
            return Err(wrong("the head is too long"));
        }
        match stream.read(&mut buffer)? {
            0 if bytes.is_empty() => return Ok(None),
            0 => return Err(wrong("half a head")),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| wrong("not text"))?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target, version) = match (words.next(), words.next(), words.next(), words.next()) {
        (Some(method), Some(target), Some(version), None) => (method, target, version),
        _ => return Err(wrong("no request line")),
    };
    if version != "HTTP/1.1" || !target.starts_with('/') {
        return Err(wrong("not HTTP/1.1"));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("no header"))?;
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request
        .headers
        .iter()
        .any(|(name, _)| name == "transfer-encoding")
    {
        return Err(wrong("no chunks, please"));
    }
    let length = match request.header("content-length") {
        Some(length) => length.parse().map_err(|_| wrong("a length that is none"))?,
        None if request.method == "POST" => return Err(wrong("a POST without a length")),
        None => 0,
    };
    if length > LONGEST {
        return Err(wrong("the body is too long"));
    }
    let body = end + 4;
    while bytes.len() < body + length {
        match stream.read(&mut buffer)? {
            0 => return Err(wrong("half a body")),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    if bytes.len() > body + length {
        return Err(wrong("more than one request"));
    }
    request.body = bytes[body..].to_vec();
    Ok(Some((request, bytes)))
}

/// Accepts connections, each in a thread, until it is dropped.
pub struct Listener {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens on a free port of 127.0.0.1.
    #[must_use]
    pub fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its number");
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, serve) = (Arc::clone(&stop), Arc::new(serve));
        let thread = thread::spawn(move || {
            for socket in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(socket) = socket else { continue };
                let _ = socket.set_read_timeout(Some(PATIENCE));
                let _ = socket.set_write_timeout(Some(PATIENCE));
                let _ = socket.set_nodelay(true);
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(socket));
            }
        });
        Self {
            address,
            stop,
            thread: Some(thread),
        }
    }

    /// Where.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes it up.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A server, until it is dropped.
pub struct Server {
    listener: Listener,
    scheme: &'static str,
}

impl Server {
    /// Serves over TLS, or in the clear.
    #[must_use]
    pub fn start(tls: Option<Arc<ServerConfig>>, answer: Arc<dyn Answer>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = Listener::start(move |socket| match &tls {
            None => serve(&mut { socket }, &*answer),
            Some(config) => {
                if let Ok(connection) = ServerConnection::new(Arc::clone(config)) {
                    serve(&mut StreamOwned::new(connection, socket), &*answer);
                }
            }
        });
        Self { listener, scheme }
    }

    /// Scheme, address and port.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.listener.address())
    }

    /// Where.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }
}

fn serve(stream: &mut dyn Stream, answer: &dyn Answer) {
    let response = match read(stream) {
        Ok(Some((request, _))) => answer.answer(&request),
        Ok(None) => return,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Response {
            status: 400,
            headers: Vec::new(),
            body: error.to_string().into_bytes(),
        },
        Err(_) => return,
    };
    let _ = stream.write_all(&response.bytes());
    stream.end();
}
