//! What the store suites share: stores of every kind to test, and workers in processes of their own.
//!
//! A worker is this test binary once more, told by its environment to be one. It writes lines that start
//! with `@` and waits for a line on its standard input before it starts, so that many start at once.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use mysql::prelude::Queryable;
use tempfile::TempDir;
use twofactor::clock::UnixTime;
use twofactor::store::{
    self, AuditRow, Due, Listing, Loaded, PhoneIndex, Retention, Row, Store, StoreError, StoreUrl,
    Swap, Version,
};
use twofactor::types::{Method, Site, UserId};

/// One test function for each store that outlives a process.
macro_rules! on_both {
    ($($name:ident,)*) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&super::Fixture::file()); })*
        }
        mod mariadb {
            $(#[test] fn $name() { super::$name(&super::Fixture::mariadb()); })*
        }
    };
}

pub(crate) use on_both;

/// Says where the tests' MariaDB is.
pub(crate) const VARIABLE: &str = "TWOFACTOR_TEST_MYSQL";

/// A store to test, and what goes when the test ends.
pub(crate) struct Fixture {
    url: String,
    directory: TempDir,
    prefix: Option<String>,
}

impl Fixture {
    pub(crate) fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // A name that must be encoded, and one that a URI would take apart.
        let url = format!("sqlite:{}/a #%41 store", directory.path().display());
        Self {
            url,
            directory,
            prefix: None,
        }
    }

    pub(crate) fn memory() -> Self {
        Self {
            url: "memory:".to_owned(),
            directory: tempfile::tempdir().unwrap(),
            prefix: None,
        }
    }

    /// Tables of its own in the database that the environment names.
    pub(crate) fn mariadb() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let prefix = format!(
            "t{}_{}_",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let url = format!("{}?prefix={prefix}", mariadb_url());
        Self {
            url,
            directory: tempfile::tempdir().unwrap(),
            prefix: Some(prefix),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The file of a SQLite store.
    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.url.strip_prefix("sqlite:").unwrap().into()
    }

    pub(crate) fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    pub(crate) fn prefix(&self) -> &str {
        self.prefix.as_deref().unwrap()
    }

    pub(crate) fn open(&self) -> Box<dyn Store> {
        open(&self.url).unwrap()
    }

    /// A second connection meets the same accounts.
    pub(crate) fn can_be_tampered_with(&self) -> bool {
        self.url != "memory:"
    }

    /// What somebody with the database's password could do. `{account}`, `{audit}` and `{schema}` are
    /// the tables.
    pub(crate) fn sql(&self, sql: &str) {
        match &self.prefix {
            Some(prefix) => {
                let sql = sql
                    .replace("{account}", &format!("{prefix}twofactor_account"))
                    .replace("{audit}", &format!("{prefix}twofactor_audit"))
                    .replace("{phone}", &format!("{prefix}twofactor_phone"))
                    .replace("{shared_row}", &format!("{prefix}twofactor_shared_row"))
                    .replace("{message}", &format!("{prefix}twofactor_message"))
                    .replace("{aging}", &format!("{prefix}twofactor_aging"))
                    .replace("{notice}", &format!("{prefix}twofactor_notice"))
                    .replace("{schema}", &format!("{prefix}twofactor_schema"));
                server().query_drop(sql).unwrap();
            }
            None => {
                let sql = sql
                    .replace("{account}", "account")
                    .replace("{audit}", "audit")
                    .replace("{phone}", "phone")
                    .replace("{shared_row}", "shared_row")
                    .replace("{message}", "message")
                    .replace("{aging}", "aging")
                    .replace("{notice}", "notice")
                    .replace("{schema}", "schema_version");
                rusqlite::Connection::open(self.path())
                    .unwrap()
                    .execute_batch(&sql)
                    .unwrap();
            }
        }
    }
}

impl Fixture {
    /// As if a minute had passed since the events were written, by the clock of the server where there is one.
    pub(crate) fn a_minute_passes(&self) {
        if self.prefix.is_some() {
            self.sql("UPDATE {audit} SET written = written - 60");
        }
    }
}

/// A connection of the tests' own to their MariaDB.
pub(crate) fn server() -> mysql::Conn {
    mysql::Conn::new(mysql::Opts::from_url(&mariadb_url()).unwrap()).unwrap()
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if let Some(prefix) = &self.prefix {
            let mut server = server();
            // All of them: a later process may have this one's number, and thus this prefix.
            let tables: Vec<String> = server
                .query(format!(
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
                     AND table_name LIKE '{}%'",
                    prefix.replace('_', "\\_")
                ))
                .unwrap();
            for table in tables {
                server
                    .query_drop(format!("DROP TABLE IF EXISTS `{table}`"))
                    .unwrap();
            }
        }
    }
}

/// The tests' MariaDB, without options.
pub(crate) fn mariadb_url() -> String {
    let url = std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{VARIABLE} is not set: run script/test, or \
             export {VARIABLE}=$(script/mariadb start /tmp/twofactor-db)"
        )
    });
    url.split('?').next().unwrap().to_owned()
}

pub(crate) fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    store::open(&StoreUrl::parse(url).unwrap())
}

pub(crate) fn site() -> Site {
    Site::new("site").unwrap()
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).unwrap()
}

pub(crate) fn row(version: u64, sealed: &[u8]) -> Row {
    Row {
        version: Version(version),
        listing: Listing {
            enrolled: version.is_multiple_of(2),
            primary: Some(Method::Totp),
            locked_until: (version > 1).then(|| at(1_700_000_000)),
            last_verified: None,
        },
        phone: PhoneIndex::AsItWas,
        due: Due::AsItWas,
        retention: Retention::default(),
        sealed: sealed.to_vec(),
    }
}

pub(crate) fn event(user: &UserId, seq: u64) -> AuditRow {
    AuditRow {
        user: user.clone(),
        seq,
        at: at(1_700_000_000 + i64::try_from(seq).unwrap_or(0)),
        body: format!("{{\"seq\":{seq}}}").into_bytes(),
        mac: [u8::try_from(seq % 251).unwrap(); 32],
    }
}

/// A change as the product makes it: hold, add one to the number that is kept, swap, again if lost.
/// Returns the new number and how often the swap was lost.
pub(crate) fn increment(store: &mut dyn Store, site: &Site, user: &UserId) -> (u64, u32) {
    try_increment(store, site, user).unwrap()
}

pub(crate) fn try_increment(
    store: &mut dyn Store,
    site: &Site,
    user: &UserId,
) -> Result<(u64, u32), StoreError> {
    for lost in 0.. {
        let (expected, number) = match store.hold(site, user, lost > 0)? {
            Loaded::Row(row) => (
                Some(row.version),
                u64::from_le_bytes(row.sealed[..8].try_into().unwrap()),
            ),
            Loaded::Absent => (None, 0),
            Loaded::Orphaned => panic!("lost"),
        };
        let next = expected.map_or(Version::FIRST, Version::next);
        let mut sealed = (number + 1).to_le_bytes().to_vec();
        sealed.resize(700, 7);
        let event = event(user, number + 1);
        match store.swap(site, user, expected, &row(next.0, &sealed), &[event])? {
            Swap::Done => return Ok((number + 1, lost)),
            Swap::Conflict => {}
        }
    }
    unreachable!()
}

/// A process of its own.
pub(crate) struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Worker {
    /// Runs the test function `worker` of this binary in a process of its own.
    pub(crate) fn start(task: &str, url: &str, count: u32) -> Self {
        Self::start_with(task, url, count, |command| command)
    }

    pub(crate) fn start_with(
        task: &str,
        url: &str,
        count: u32,
        with: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let mut command = Self::command(&std::env::current_exe().unwrap());
        command
            .env("TWOFACTOR_WORKER", task)
            .env("TWOFACTOR_WORKER_URL", url)
            .env("TWOFACTOR_WORKER_COUNT", count.to_string());
        let command = with(&mut command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
        }
    }

    /// This binary, or a copy of it, as a worker.
    pub(crate) fn command(program: &std::path::Path) -> Command {
        let mut command = Command::new(program);
        command.args(["worker", "--exact", "--nocapture", "--test-threads=1"]);
        command
    }

    pub(crate) fn go(&mut self) {
        self.input.as_mut().unwrap().write_all(b"go\n").unwrap();
    }

    /// The next line that starts with `@`, without it; `None` when the worker has ended.
    pub(crate) fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            if let Some((_, said)) = line.split_once('@') {
                return Some(said.trim().to_owned());
            }
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by name: "STOP", "CONT".
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for it to end by itself.
    pub(crate) fn end(mut self) {
        self.input.take();
        while self.line().is_some() {}
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts `count` workers and lets them go at once.
pub(crate) fn crowd(task: &str, url: &str, workers: u32, count: u32) -> Vec<Worker> {
    let mut crowd: Vec<_> = (0..workers)
        .map(|_| Worker::start(task, url, count))
        .collect();
    for worker in &mut crowd {
        assert_eq!(worker.line().as_deref(), Some("ready"));
    }
    for worker in &mut crowd {
        worker.go();
    }
    crowd
}

/// What the test function `worker` calls: does nothing unless this process is one.
pub(crate) fn work() {
    let Ok(task) = std::env::var("TWOFACTOR_WORKER") else {
        return;
    };
    let url = std::env::var("TWOFACTOR_WORKER_URL").unwrap();
    let count: u32 =
        std::env::var("TWOFACTOR_WORKER_COUNT").map_or(0, |text| text.parse().unwrap());
    if let Ok(umask) = std::env::var("TWOFACTOR_WORKER_UMASK") {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(umask.parse().unwrap()));
    }
    let (site, user) = (site(), user("worker"));
    let wait = || {
        println!("\n@ready");
        assert!(std::io::stdin().lines().next().unwrap().is_ok());
    };
    match task.as_str() {
        // Counts up, and says how often, how long the longest took and how many swaps were lost.
        "count" => {
            let mut store = open(&url).unwrap();
            wait();
            let (mut longest, mut lost, mut losses) = (Duration::ZERO, 0, 0);
            let begin = Instant::now();
            for _ in 0..count {
                let start = Instant::now();
                lost += increment(&mut *store, &site, &user).1;
                longest = longest.max(start.elapsed());
                losses = losses.max(lost);
            }
            println!(
                "@{count} {} {} {lost}",
                longest.as_micros(),
                begin.elapsed().as_micros()
            );
        }
        // Counts up until killed, and says each number once it is durable.
        "acknowledge" => {
            let mut store = open(&url).unwrap();
            wait();
            loop {
                println!("@{}", increment(&mut *store, &site, &user).0);
            }
        }
        // Counts up, and says each number, until the store refuses.
        "fill" => {
            let mut store = open(&url).unwrap();
            wait();
            let error = loop {
                match try_increment(&mut *store, &site, &user) {
                    Ok((number, _)) => println!("@{number}"),
                    Err(error) => break error,
                }
            };
            println!("@{error:?}");
        }
        // Opens the store for the first time, with everybody else.
        "open" => {
            wait();
            let mut store = open(&url).unwrap();
            store.check().unwrap();
            println!("@{}", increment(&mut *store, &site, &user).0);
        }
        // Is the first to make a row, or not.
        "first" => {
            let mut store = open(&url).unwrap();
            wait();
            let events = [event(&user, 1)];
            let made = store
                .swap(&site, &user, None, &row(1, &[1; 8]), &events)
                .unwrap();
            println!("@{made:?}");
        }
        // Tells what opening answers.
        "error" => {
            wait();
            match open(&url).and_then(|mut store| store.check()) {
                Ok(_) => println!("@ok"),
                Err(error) => println!("@{error:?}"),
            }
        }
        // Holds a row until told to go on.
        "hold" => {
            let mut store = open(&url).unwrap();
            wait();
            let _ = store.hold(&site, &user, true).unwrap();
            println!("@held");
            assert!(
                std::io::stdin()
                    .lines()
                    .next()
                    .is_none_or(|line| line.is_ok())
            );
        }
        other => panic!("{other}"),
    }
}

/// Stands between a store and the server: counts round trips, and breaks connections at will.
pub(crate) struct Proxy {
    pub url: String,
    state: std::sync::Arc<ProxyState>,
}

#[derive(Default)]
struct ProxyState {
    trips: std::sync::atomic::AtomicUsize,
    down: std::sync::atomic::AtomicBool,
    lose_answer: std::sync::atomic::AtomicBool,
    deadlocks: std::sync::atomic::AtomicUsize,
    open: std::sync::Mutex<Vec<std::net::TcpStream>>,
}

impl ProxyState {
    fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

impl Proxy {
    /// To the server of a `mysql://…@host:port/…`.
    pub(crate) fn to(url: &str) -> Self {
        let (before, after) = url.rsplit_once('@').unwrap();
        let (address, rest) = after.split_once('/').unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{before}@{}/{rest}", listener.local_addr().unwrap());
        let state = std::sync::Arc::new(ProxyState::default());
        let (shared, address) = (std::sync::Arc::clone(&state), address.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                if shared.down.load(std::sync::atomic::Ordering::SeqCst) {
                    continue;
                }
                let server = std::net::TcpStream::connect(&address).unwrap();
                shared
                    .open
                    .lock()
                    .unwrap()
                    .extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                for (from, to, asks) in [
                    (
                        client.try_clone().unwrap(),
                        server.try_clone().unwrap(),
                        true,
                    ),
                    (server, client, false),
                ] {
                    let shared = std::sync::Arc::clone(&shared);
                    std::thread::spawn(move || copy(from, to, asks, &shared));
                }
            }
        });
        Self { url, state }
    }

    /// How often the client has spoken. Packets in one direction count once.
    pub(crate) fn round_trips(&self) -> usize {
        self.state.trips.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// Ends all connections.
    pub(crate) fn cut(&self) {
        self.state.cut();
    }

    /// Ends all connections and takes no new ones.
    pub(crate) fn down(&self) {
        self.state
            .down
            .store(true, std::sync::atomic::Ordering::SeqCst);
        self.cut();
    }

    pub(crate) fn up(&self) {
        self.state
            .down
            .store(false, std::sync::atomic::Ordering::SeqCst);
    }

    /// The next thing the client says reaches the server and is done; what the server answers, to all of
    /// its statements, reaches nobody. They must be of the kind that is answered without rows.
    pub(crate) fn lose_next_answer(&self) {
        self.state
            .lose_answer
            .store(true, std::sync::atomic::Ordering::SeqCst);
    }

    /// So many times the client hears that it lost in a deadlock, and the server nothing. ROLLBACK gets through.
    pub(crate) fn deadlocks(&self, times: usize) {
        self.state
            .deadlocks
            .store(times, std::sync::atomic::Ordering::SeqCst);
    }

    /// How many of those it has not heard yet.
    pub(crate) fn deadlocks_left(&self) -> usize {
        self.state
            .deadlocks
            .load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// An error packet, the first answer to a command.
fn deadlock() -> Vec<u8> {
    let mut packet = vec![0, 0, 0, 1, 0xFF];
    packet.extend(1213_u16.to_le_bytes());
    packet.extend(b"#40001Deadlock found when trying to get lock; try restarting transaction");
    packet[0] = u8::try_from(packet.len() - 4).unwrap();
    packet
}

/// Whether this ends with the answer to the last statement of a query: an error, or an OK packet that does
/// not say that more results follow. The server sends each answer when it has it, so what is read at once
/// may be those before COMMIT, and a connection that is cut then commits nothing.
fn is_whole(answer: &[u8]) -> bool {
    const MORE_RESULTS: u8 = 8;
    let mut rest = answer;
    let mut last = None;
    while let [a, b, c, _number, after @ ..] = rest {
        let length = usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
        let Some((packet, next)) = after.split_at_checked(length) else {
            return false;
        };
        (last, rest) = (Some(packet), next);
    }
    let integer = |at: usize, packet: &[u8]| match packet[at] {
        0xFC => at + 3,
        0xFD => at + 4,
        0xFE => at + 9,
        _ => at + 1,
    };
    rest.is_empty()
        && match last {
            Some(packet @ [0, ..]) => {
                packet[integer(integer(1, packet), packet)] & MORE_RESULTS == 0
            }
            Some(packet) => packet.first() == Some(&0xFF),
            None => false,
        }
}

fn copy(
    mut from: std::net::TcpStream,
    mut to: std::net::TcpStream,
    asks: bool,
    state: &ProxyState,
) {
    use std::io::Read;
    use std::sync::atomic::Ordering;
    let mut buffer = vec![0; 1 << 20];
    let _ = to.set_nodelay(true);
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if asks {
            state.trips.fetch_add(1, Ordering::SeqCst);
            // COM_QUERY
            let query = buffer[..count]
                .get(4..)
                .and_then(|said| said.strip_prefix(&[3]));
            if query.is_some_and(|text| !text.starts_with(b"ROLLBACK"))
                && state
                    .deadlocks
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                        left.checked_sub(1)
                    })
                    .is_ok()
            {
                if from.write_all(&deadlock()).is_err() {
                    break;
                }
                continue;
            }
        } else if state.lose_answer.swap(false, Ordering::SeqCst) {
            let mut answer = buffer[..count].to_vec();
            while !is_whole(&answer) {
                match from.read(&mut buffer) {
                    Ok(count @ 1..) => answer.extend(&buffer[..count]),
                    _ => break,
                }
            }
            state.cut();
            return;
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(std::net::Shutdown::Both);
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A MariaDB of its own that encrypts.
pub(crate) struct OwnServer {
    pub port: u16,
    pub ca: std::path::PathBuf,
    pub wrong_ca: std::path::PathBuf,
    child: Option<Child>,
    pub socket: String,
    directory: TempDir,
}

impl OwnServer {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let run = |program: &str, arguments: &str| {
            let arguments = arguments.replace("{}", directory.path().to_str().unwrap());
            let done = Command::new(program)
                .args(arguments.split(' '))
                .env("PATH", path())
                .output()
                .unwrap_or_else(|error| panic!("{program}: {error}"));
            assert!(done.status.success(), "{program} {arguments}: {done:?}");
        };
        for name in ["ca", "wrong"] {
            let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
                -subj /CN=tests -keyout {}/NAME.key -out {}/NAME.pem";
            run("openssl", &request.replace("NAME", name));
        }
        std::fs::write(at("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n").unwrap();
        run(
            "openssl",
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server \
             -keyout {}/server.key -out {}/server.csr",
        );
        run(
            "openssl",
            "x509 -req -in {}/server.csr -CA {}/ca.pem -CAkey {}/ca.key -CAcreateserial -days 2 \
             -extfile {}/names -out {}/server.pem",
        );
        let me = Command::new("id").arg("-un").output().unwrap().stdout;
        let me = String::from_utf8(me).unwrap().trim().to_owned();
        run(
            "mariadb-install-db",
            &format!(
                "--no-defaults --datadir={{}}/data --tmpdir={{}} --user={me} \
                 --auth-root-authentication-method=normal --skip-test-db --force"
            ),
        );
        // Below the ports that are given out for 0: while the server is down nobody else gets this one.
        static NEXT: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(0);
        let first = u16::try_from(std::process::id() % 10_000).unwrap();
        let port =
            std::iter::repeat_with(|| NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                .map(|next| 20_000 + (first + next) % 10_000)
                .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
                .unwrap();
        let socket = at("s").display().to_string();
        let (ca, wrong_ca) = (at("ca.pem"), at("wrong.pem"));
        let mut server = Self {
            port,
            ca,
            wrong_ca,
            child: None,
            socket,
            directory,
        };
        server.start_again();
        server.sql("CREATE USER root@'%'; GRANT ALL ON *.* TO root@'%'");
        server
    }

    pub(crate) fn start_again(&mut self) {
        let me = Command::new("id").arg("-un").output().unwrap().stdout;
        let at = |name: &str| self.directory.path().join(name).display().to_string();
        let child = Command::new("mariadbd")
            .arg("--no-defaults")
            .arg(format!("--datadir={}", at("data")))
            .arg(format!("--tmpdir={}", at("")))
            .arg(format!("--user={}", String::from_utf8(me).unwrap().trim()))
            .arg(format!("--socket={}", self.socket))
            .arg(format!("--port={}", self.port))
            .arg("--bind-address=127.0.0.1,127.0.0.2")
            .arg("--skip-name-resolve")
            .arg(format!("--ssl-cert={}", at("server.pem")))
            .arg(format!("--ssl-key={}", at("server.key")))
            .env("PATH", path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begin = Instant::now();
        while std::os::unix::net::UnixStream::connect(&self.socket).is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "MariaDB does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub(crate) fn connection(&self) -> mysql::Conn {
        let options = mysql::OptsBuilder::new()
            .socket(Some(&self.socket))
            .user(Some("root"));
        mysql::Conn::new(options).unwrap()
    }

    pub(crate) fn sql(&self, sql: &str) {
        self.connection().query_drop(sql).unwrap();
    }

    /// A client has finished a TLS handshake.
    pub(crate) fn sees_encryption(&self) -> bool {
        let row: Option<(String, u64)> = self
            .connection()
            .query_first("SHOW GLOBAL STATUS LIKE 'Ssl_finished_accepts'")
            .unwrap();
        row.is_some_and(|(_, count)| count > 0)
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Debian keeps servers where only root looks.
fn path() -> String {
    format!(
        "{}:/usr/sbin:/usr/local/sbin",
        std::env::var("PATH").unwrap()
    )
}
