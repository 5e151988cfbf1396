//! Where a store is, as an operator writes it in `twofactor.store`.
//!
//! ```text
//! memory:
//! sqlite:/absolute/path
//! mysql://user:password@host:3306/database?prefix=cms_&socket=/run/x.sock
//!        &tls=required|off&ca=/path.pem&password_file=/path
//! mysql://user:password@a:3306,[2001:db8::2]:3306,c/database      nodes of one cluster, tried in turn
//! ```
//!
//! A [`StoreUrl`] that exists can be shown to anybody: `Display` and `Debug` leave the password out, and
//! no error repeats any part of the text that may hold one.

use std::fmt;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::percent;

/// Most hosts of one store: so many have a second each, or nearly.
const MAX_HOSTS: usize = 7;

/// Longest table prefix, in bytes.
const MAX_PREFIX_BYTES: usize = 32;

/// The place of a store.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite file, by its absolute path.
    Sqlite(PathBuf),
    /// A SQLite database in memory: forgotten with the process. For tests.
    Memory,
    /// A MySQL or MariaDB server.
    Mysql(MysqlUrl),
}

/// How to reach a MySQL or MariaDB server, and what in it is ours.
#[derive(Clone, PartialEq, Eq)]
pub struct MysqlUrl {
    user: String,
    password: Password,
    address: Address,
    database: String,
    prefix: String,
    tls: Tls,
}

#[derive(Clone, PartialEq, Eq)]
enum Password {
    None,
    Text(Zeroizing<String>),
    File(PathBuf),
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// At least one, none twice.
    Tcp(Vec<Host>),
    Socket(String),
}

/// A server. The name is what its certificate has to bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) port: u16,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

/// Whether the way to the server is encrypted and the server proves its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Plain. The default on this machine: for `localhost`, 127.0.0.1, ::1 and sockets.
    Off,
    /// Encrypted, with the server's certificate checked against its name. The default elsewhere.
    Required {
        /// Certificates to trust besides the public ones, as PEM.
        ca: Option<PathBuf>,
    },
}

/// Why a text is not a store's address. Repeats nothing of it but names of options.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// Not one of the schemes.
    #[error(
        "a store is given as \"sqlite:/absolute/path\", \"mysql://user:password@host/database\" or \"memory:\""
    )]
    Scheme,
    /// The path of a SQLite file does not start with a slash.
    #[error(
        "the path of a SQLite store must be absolute: write \"sqlite:/var/lib/twofactor/store.sqlite\""
    )]
    RelativePath,
    /// The path of a SQLite file cannot be one.
    #[error(
        "the path of a SQLite store must name a file and hold no \"?\" and no control characters; \
         it takes no options"
    )]
    Path,
    /// No user before the `@`.
    #[error(
        "the user of the MySQL store is missing: write \"mysql://user:password@host/database\""
    )]
    User,
    /// The host is missing or cannot be one, or the port is not a number from 1 to 65535.
    #[error(
        "the host of the MySQL store is missing or malformed: write \"host\", \"host:3306\" or \"[::1]:3306\""
    )]
    Host,
    /// The same host and port twice: it would be waited for twice.
    #[error("the MySQL store names a host twice: name every node of the cluster once")]
    HostTwice,
    /// More hosts than can be tried within the time for connecting.
    #[error("the MySQL store names too many hosts: name at most {MAX_HOSTS}")]
    TooManyHosts,
    /// No database after the host.
    #[error(
        "the database of the MySQL store is missing: write \"mysql://user:password@host/database\""
    )]
    Database,
    /// A `%` that is not followed by two hexadecimal digits, or the result is not text.
    #[error(
        "the {0} of the MySQL store is not percent-encoded correctly: write \"%25\" for a percent sign"
    )]
    Encoding(&'static str),
    /// An option nobody knows.
    #[error(
        "the MySQL store has an option that does not exist; there are prefix, socket, tls, ca and password_file"
    )]
    UnknownOption,
    /// An option given twice.
    #[error("the option {0} of the MySQL store is given twice")]
    Repeated(&'static str),
    /// An option's value cannot be used.
    #[error("the option {0} of the MySQL store must be {1}")]
    Option(&'static str, &'static str),
    /// Two options that exclude each other.
    #[error("the MySQL store has both {0} and {1}: keep one")]
    Conflict(&'static str, &'static str),
}

impl StoreUrl {
    /// Reads what an operator wrote.
    ///
    /// # Errors
    /// [`StoreUrlError`], which says what to write instead.
    pub fn parse(text: &str) -> Result<Self, StoreUrlError> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            return sqlite_path(path).map(Self::Sqlite);
        }
        let rest = text
            .strip_prefix("mysql://")
            .or_else(|| text.strip_prefix("mariadb://"))
            .ok_or(StoreUrlError::Scheme)?;
        MysqlUrl::parse(rest).map(Self::Mysql)
    }
}

fn sqlite_path(path: &str) -> Result<PathBuf, StoreUrlError> {
    if !path.starts_with('/') {
        return Err(StoreUrlError::RelativePath);
    }
    if path.ends_with('/') || path.contains('?') || path.contains(char::is_control) {
        return Err(StoreUrlError::Path);
    }
    Ok(PathBuf::from(path))
}

impl StoreUrl {
    /// Every file it names: the database, or what belongs to the server's name, password and certificate.
    #[must_use]
    pub fn files(&self) -> Vec<&Path> {
        let url = match self {
            Self::Sqlite(path) => return vec![path],
            Self::Memory => return Vec::new(),
            Self::Mysql(url) => url,
        };
        let socket = match &url.address {
            Address::Socket(path) => Some(Path::new(path)),
            Address::Tcp(_) => None,
        };
        url.secrets().chain(socket).collect()
    }
}

impl MysqlUrl {
    /// Reads what follows `mysql://`.
    fn parse(rest: &str) -> Result<Self, StoreUrlError> {
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = place.split_once('/').ok_or(StoreUrlError::Database)?;
        let (login, host) = authority.rsplit_once('@').ok_or(StoreUrlError::User)?;
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };

        let user = decoded("user", user)?;
        if user.is_empty() {
            return Err(StoreUrlError::User);
        }
        let database = decoded("database", database)?;
        if database.is_empty() {
            return Err(StoreUrlError::Database);
        }
        let options = Options::parse(query)?;

        let password = match (password, options.password_file) {
            (Some(_), Some(_)) => {
                return Err(StoreUrlError::Conflict("a password", "password_file"));
            }
            (Some(text), None) => Password::Text(Zeroizing::new(decoded("password", text)?)),
            (None, Some(path)) => Password::File(absolute("password_file", &path)?),
            (None, None) => Password::None,
        };
        let address = match options.socket {
            // With a socket there is no host to connect to: one name at most may stand there, for this machine.
            Some(_) if host.contains(',') => {
                return Err(StoreUrlError::Conflict("several hosts", "socket"));
            }
            Some(path) => Address::Socket(absolute_text("socket", path)?),
            None => Address::Tcp(hosts(host)?),
        };
        let tls = tls(&address, options.tls.as_deref(), options.ca)?;
        let prefix = options.prefix.unwrap_or_default();
        if prefix.len() > MAX_PREFIX_BYTES
            || !prefix
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Err(StoreUrlError::Option(
                "prefix",
                "at most 32 letters, digits and underscores",
            ));
        }
        Ok(Self {
            user,
            password,
            address,
            database,
            prefix,
            tls,
        })
    }

    /// The files it names that nobody else may change: the password's and the certificates'.
    pub fn secrets(&self) -> impl Iterator<Item = &Path> {
        let password = match &self.password {
            Password::File(path) => Some(path.as_path()),
            Password::None | Password::Text(_) => None,
        };
        let ca = match &self.tls {
            Tls::Required { ca } => ca.as_deref(),
            Tls::Off => None,
        };
        [password, ca].into_iter().flatten()
    }

    pub(super) fn user(&self) -> &str {
        &self.user
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }

    /// How many servers may be asked.
    pub(super) const fn hosts(&self) -> usize {
        match &self.address {
            Address::Tcp(hosts) => hosts.len(),
            Address::Socket(_) => 1,
        }
    }

    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// Letters, digits and underscores only: safe inside a statement.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) const fn tls(&self) -> &Tls {
        &self.tls
    }

    /// The password, read afresh if it is in a file; without the line's end.
    ///
    /// # Errors
    /// What to do about a file that cannot be read.
    pub(super) fn password(&self) -> Result<Option<Zeroizing<String>>, PasswordFileError> {
        match &self.password {
            Password::None => Ok(None),
            Password::Text(text) => Ok(Some(text.clone())),
            Password::File(path) => {
                let unreadable = |source: io::Error| PasswordFileError::Unreadable {
                    path: path.clone(),
                    source,
                };
                let mut file = std::fs::File::open(path).map_err(unreadable)?;
                let facts = file.metadata().map_err(unreadable)?;
                if facts.mode() & 0o007 != 0 {
                    return Err(PasswordFileError::Exposed(path.clone()));
                }
                let mut text = Zeroizing::new(String::with_capacity(1024));
                file.read_to_string(&mut text).map_err(unreadable)?;
                let end = text.trim_end_matches(['\r', '\n']).len();
                text.truncate(end);
                Ok(Some(text))
            }
        }
    }
}

/// Why a password file is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum PasswordFileError {
    /// It is not there, is no text, or this process may not read it.
    #[error(
        "the password file {path} cannot be read ({kind}); make it a text file this process may read",
        path = path.display(), kind = source.kind()
    )]
    Unreadable { path: PathBuf, source: io::Error },
    /// Others may read or write it.
    #[error(
        "the password file {path} can be read or written by every user of this machine; run: chmod o-rwx {path}",
        path = .0.display()
    )]
    Exposed(PathBuf),
}

/// The options as written, decoded, each at most once.
#[derive(Default)]
struct Options {
    prefix: Option<String>,
    socket: Option<String>,
    tls: Option<String>,
    ca: Option<String>,
    password_file: Option<String>,
}

impl Options {
    fn parse(query: &str) -> Result<Self, StoreUrlError> {
        let mut options = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, slot) = match name {
                "prefix" => ("prefix", &mut options.prefix),
                "socket" => ("socket", &mut options.socket),
                "tls" => ("tls", &mut options.tls),
                "ca" => ("ca", &mut options.ca),
                "password_file" => ("password_file", &mut options.password_file),
                _ => return Err(StoreUrlError::UnknownOption),
            };
            if slot.replace(decoded(name, value)?).is_some() {
                return Err(StoreUrlError::Repeated(name));
            }
        }
        Ok(options)
    }
}

/// Hosts with a comma between them.
fn hosts(text: &str) -> Result<Vec<Host>, StoreUrlError> {
    let mut hosts: Vec<Host> = Vec::new();
    for text in text.split(',') {
        let host = host(text)?;
        let is_same =
            |other: &Host| other.port == host.port && other.name.eq_ignore_ascii_case(&host.name);
        if hosts.iter().any(is_same) {
            return Err(StoreUrlError::HostTwice);
        }
        hosts.push(host);
    }
    if hosts.len() > MAX_HOSTS {
        return Err(StoreUrlError::TooManyHosts);
    }
    Ok(hosts)
}

fn host(text: &str) -> Result<Host, StoreUrlError> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or(StoreUrlError::Host)?;
        let port = if rest.is_empty() {
            None
        } else {
            Some(rest.strip_prefix(':').ok_or(StoreUrlError::Host)?)
        };
        // In its canonical form, so that a host that is named twice is noticed.
        let host = host
            .parse::<std::net::Ipv6Addr>()
            .map_err(|_| StoreUrlError::Host)?;
        (host.to_string(), port)
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (text.to_owned(), None),
        }
    };
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
    if host.is_empty() || !host.bytes().all(fit) {
        return Err(StoreUrlError::Host);
    }
    let port = match port {
        None => 3306,
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or(StoreUrlError::Host)?,
        Some(_) => return Err(StoreUrlError::Host),
    };
    Ok(Host { name: host, port })
}

fn tls(address: &Address, mode: Option<&str>, ca: Option<String>) -> Result<Tls, StoreUrlError> {
    let ca = ca.map(|path| absolute("ca", &path)).transpose()?;
    match (address, mode) {
        (Address::Socket(_), Some("required")) => {
            Err(StoreUrlError::Conflict("socket", "tls=required"))
        }
        (_, Some("off")) if ca.is_some() => Err(StoreUrlError::Conflict("tls=off", "ca")),
        (Address::Socket(_), _) if ca.is_some() => Err(StoreUrlError::Conflict("socket", "ca")),
        (_, Some("off")) | (Address::Socket(_), None) => Ok(Tls::Off),
        (Address::Tcp(_), Some("required")) => Ok(Tls::Required { ca }),
        (Address::Tcp(hosts), None) => {
            let is_here =
                |host: &Host| matches!(host.name.as_str(), "localhost" | "127.0.0.1" | "::1");
            Ok(if hosts.iter().all(is_here) && ca.is_none() {
                Tls::Off
            } else {
                Tls::Required { ca }
            })
        }
        (_, Some(_)) => Err(StoreUrlError::Option("tls", "\"required\" or \"off\"")),
    }
}

fn absolute(name: &'static str, path: &str) -> Result<PathBuf, StoreUrlError> {
    if Path::new(path).is_absolute() {
        Ok(PathBuf::from(path))
    } else {
        Err(StoreUrlError::Option(name, "an absolute path"))
    }
}

fn absolute_text(name: &'static str, path: String) -> Result<String, StoreUrlError> {
    absolute(name, &path).map(|_| path)
}

/// Undoes percent-encoding (RFC 3986 section 2.1). A `+` stays a plus sign.
fn decoded(what: &'static str, text: &str) -> Result<String, StoreUrlError> {
    percent::decoded(text.as_bytes())
        .filter(|text| !text.contains(char::is_control))
        .map(|mut text| std::mem::take(&mut *text))
        .ok_or(StoreUrlError::Encoding(what))
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Mysql(url) => url.fmt(f),
        }
    }
}

/// Without the password: for operators to read, not to parse again.
impl fmt::Display for MysqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f, None)
    }
}

impl MysqlUrl {
    /// As [`fmt::Display`] does, with that one of its hosts alone, or with all of them.
    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>, host: Option<usize>) -> fmt::Result {
        write!(f, "mysql://{}@", self.user)?;
        match &self.address {
            Address::Tcp(hosts) => {
                let one = host
                    .and_then(|host| hosts.get(host))
                    .map(std::slice::from_ref);
                let hosts = one.unwrap_or(hosts);
                for (place, host) in hosts.iter().enumerate() {
                    let comma = if place > 0 { "," } else { "" };
                    write!(f, "{comma}{host}")?;
                }
            }
            Address::Socket(_) => f.write_str("localhost")?,
        }
        write!(f, "/{}?prefix={}", self.database, self.prefix)?;
        if let Address::Socket(path) = &self.address {
            write!(f, "&socket={path}")?;
        }
        match &self.tls {
            Tls::Off => f.write_str("&tls=off")?,
            Tls::Required { ca: None } => f.write_str("&tls=required")?,
            Tls::Required { ca: Some(ca) } => write!(f, "&tls=required&ca={}", ca.display())?,
        }
        if let Password::File(path) = &self.password {
            write!(f, "&password_file={}", path.display())?;
        }
        Ok(())
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl fmt::Debug for MysqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MysqlUrl({self})")
    }
}

#[cfg(test)]
mod tests;
