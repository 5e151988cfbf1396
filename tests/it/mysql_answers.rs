//! A server that gives odd answers: text for a number, nothing, too little. Everything is denied, nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};

use twofactor::clock::UnixTime;
use twofactor::store::{
    Due, Listing, Loaded, PhoneIndex, RawRowChange, Retention, Row as AccountRow, Store,
    StoreError, StoreUrl, Swap, Version, open,
};
use twofactor::types::{Site, UserId};

/// The columns of one row.
type Row = Vec<Option<&'static [u8]>>;

/// Odd in every way: nothing, what is no text, and fewer or more columns than were asked for.
fn odd_rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for value in [None, Some(b"\xff".as_slice())] {
        rows.extend([1, 2, 6, 7, 12].map(|columns| vec![value; columns]));
    }
    rows
}

fn row(columns: &[&'static str]) -> Row {
    columns.iter().map(|text| Some(text.as_bytes())).collect()
}

/// What a server says whose tables are up to date; `None` where there are no rows.
fn honest(statement: &str) -> Option<Row> {
    let known = [
        ("SHOW SESSION VARIABLES", row(&["wsrep_on", "OFF"])),
        ("SELECT CAST(@@GLOBAL.read_only", row(&["0"])),
        ("SELECT version FROM", row(&["5"])),
        ("SELECT GET_LOCK", row(&["1"])),
        ("SELECT RELEASE_LOCK", row(&["1"])),
        ("SELECT COUNT(*)", row(&["7"])),
        ("SELECT VERSION()", row(&["11.4.2-MariaDB", "1"])),
    ];
    let found = known
        .into_iter()
        .find(|(begin, _)| statement.starts_with(begin));
    found.map(|(_, row)| row)
}

/// What a server says of a statement.
enum Said {
    /// What an honest server does.
    Honest,
    /// This row.
    Row(Row),
    /// That it has changed one row.
    Changed,
    /// An error of that number.
    Refuses(u16),
    /// Nothing: it breaks off.
    Nothing,
}

/// Serves one connection, and says of each statement what `answer` says, or else what an honest server does.
fn serve(
    mut answer: impl FnMut(&str) -> Option<Row> + Send + 'static,
) -> (StoreUrl, JoinHandle<()>) {
    serve_saying(move |statement| answer(statement).map_or(Said::Honest, Said::Row))
}

/// Serves one connection.
fn serve_saying(say: impl FnMut(&str) -> Said + Send + 'static) -> (StoreUrl, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mysql://u:c4nary@{}/d", listener.local_addr().unwrap());
    let server = spawn(move || {
        let (client, _) = listener.accept().unwrap();
        drop(listener);
        talk(client, say);
    });
    (StoreUrl::parse(&url).unwrap(), server)
}

fn talk(mut client: TcpStream, mut say: impl FnMut(&str) -> Said) {
    client.set_nodelay(true).unwrap();
    // A handshake of protocol 10: no TLS, several statements at once, results that end in an EOF.
    let greeting = [
        b"\x0a8.4.0\0".as_slice(),
        b"\x01\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x80\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0",
        b"mysql_native_password\0",
    ]
    .concat();
    Packets(&mut client, 0).send(&greeting);
    packet(&mut client).unwrap();
    match say("log in") {
        Said::Refuses(code) => return Packets(&mut client, 2).error(code),
        Said::Nothing => return,
        _ => Packets(&mut client, 2).send(b"\0\0\0\x02\0\0\0"),
    }
    while let Some(question) = packet(&mut client) {
        let mut packets = Packets(&mut client, 1);
        let [3, sql @ ..] = question.as_slice() else {
            return;
        };
        let sql = String::from_utf8(sql.to_vec()).unwrap();
        let statements: Vec<_> = sql.split("; ").collect();
        for (place, statement) in statements.iter().enumerate() {
            let is_last = place + 1 == statements.len();
            let status = if is_last { 2 } else { 2 | 8 };
            match say(statement) {
                Said::Honest => packets.result(honest(statement), status),
                Said::Row(row) => packets.result(Some(row), status),
                Said::Changed => packets.send(&[0, 1, 0, status, 0, 0, 0]),
                Said::Refuses(code) => {
                    packets.error(code);
                    break;
                }
                Said::Nothing => return,
            }
        }
    }
}

/// The next one; `None` at the end.
fn packet(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 4];
    from.read_exact(&mut head).ok()?;
    let mut payload = vec![0; usize::from(head[0]) | usize::from(head[1]) << 8];
    from.read_exact(&mut payload).ok()?;
    Some(payload)
}

/// Where to, and the number of the next one.
struct Packets<'a>(&'a mut TcpStream, u8);

impl Packets<'_> {
    fn send(&mut self, payload: &[u8]) {
        let length = u8::try_from(payload.len()).unwrap();
        let head = [length, 0, 0, self.1];
        // Who went away reads no more.
        let _ = self.0.write_all(&[&head, payload].concat());
        self.1 = self.1.wrapping_add(1);
    }

    fn error(&mut self, code: u16) {
        // Its words may repeat values.
        let text = b"#HY000no: c4nary";
        self.send(&[&[0xff], code.to_le_bytes().as_slice(), text].concat());
    }

    fn result(&mut self, row: Option<Row>, status: u8) {
        let Some(row) = row else {
            return self.send(&[0, 0, 0, status, 0, 0, 0]);
        };
        self.send(&[u8::try_from(row.len()).unwrap()]);
        for _ in &row {
            self.send(b"\x03def\0\0\0\x01c\x01c\x0c\x3f\0\xff\0\0\0\xfd\0\0\0\0\0");
        }
        self.send(&[0xfe, 0, 0, status, 0]);
        let mut bytes = Vec::new();
        for column in row {
            match column {
                None => bytes.push(0xfb),
                Some(text) => {
                    bytes.push(u8::try_from(text.len()).unwrap());
                    bytes.extend_from_slice(text);
                }
            }
        }
        self.send(&bytes);
        self.send(&[0xfe, 0, 0, status, 0]);
    }
}

/// The errors below one, the nearest first.
fn sources<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| (**error).source()).collect()
}

#[test]
fn an_error_of_the_server_is_kept_by_its_number_and_without_its_words() {
    let (url, server) = serve_saying(|statement| {
        if statement.starts_with("SHOW SESSION") {
            Said::Refuses(1114)
        } else {
            Said::Honest
        }
    });
    let error = open(&url).unwrap_err();
    server.join().unwrap();
    assert!(error.to_string().contains("make room"), "{error}");
    let sources: Vec<_> = sources(&error).iter().map(ToString::to_string).collect();
    assert_eq!(sources, ["error 1114 (HY000)"]);
    assert!(!format!("{error:?}").contains("c4nary"), "{error:?}");
}

#[test]
fn an_error_of_the_network_is_kept() {
    let (url, server) = serve_saying(|statement| {
        if statement.starts_with("SHOW SESSION") {
            Said::Nothing
        } else {
            Said::Honest
        }
    });
    let error = open(&url).unwrap_err();
    server.join().unwrap();
    assert!(error.to_string().contains("the connection to"), "{error}");
    let of_network = |error: &&(dyn Error + 'static)| error.is::<io::Error>();
    assert!(sources(&error).iter().any(of_network), "{error:?}");
    // As whoever asks the verifier gets it.
    let error = twofactor::verifier::Error::from(error);
    assert!(sources(&error).iter().any(of_network), "{error:?}");
    assert!(!format!("{error:?}").contains("c4nary"), "{error:?}");
}

/// Opens a store at a server that answers one kind of statement with that row, and asks it.
fn asked<T>(
    begin: &'static str,
    odd: &Row,
    ask: impl FnOnce(&mut dyn Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let odd = odd.clone();
    let (url, server) = serve(move |statement| statement.starts_with(begin).then(|| odd.clone()));
    let answer = open(&url).and_then(|mut store| ask(&mut *store));
    server.join().unwrap();
    answer
}

fn unavailable<T>(answer: Result<T, StoreError>, why: &str) {
    match answer {
        Err(StoreError::Unavailable { advice: text, .. }) => assert!(text.contains(why), "{text}"),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn an_honest_server_is_understood() {
    let said = asked("nothing", &row(&[]), |store| store.check()).unwrap();
    assert!(
        said.name.starts_with("MariaDB 11.4.2, mysql://"),
        "{said:?}"
    );
    assert!(said.is_durable, "{said:?}");
}

#[test]
fn whether_it_is_part_of_a_cluster_has_to_be_said() {
    for odd in [vec![Some(b"wsrep_on".as_slice()), None], row(&["wsrep_on"])] {
        unavailable(
            asked("SHOW SESSION VARIABLES", &odd, |_| Ok(())),
            "is not understood",
        );
    }
}

/// What a server is sent while it is opened, that says this of its session.
fn sent_to(about: Row) -> (Result<(), StoreError>, Vec<String>) {
    let (tell, told) = std::sync::mpsc::channel();
    let (url, server) = serve(move |statement| {
        tell.send(statement.to_owned()).unwrap();
        statement
            .starts_with("SHOW SESSION VARIABLES")
            .then(|| about.clone())
    });
    let opened = open(&url).map(drop);
    server.join().unwrap();
    (opened, told.iter().collect())
}

#[test]
fn in_a_cluster_a_read_waits_for_what_was_written_elsewhere() {
    for (name, value, expected) in [
        ("wsrep_on", "ON", Some("SET SESSION wsrep_sync_wait = 1")),
        (
            "group_replication_consistency",
            "EVENTUAL",
            Some("SET SESSION group_replication_consistency = 'BEFORE'"),
        ),
        (
            "group_replication_consistency",
            "AFTER",
            Some("SET SESSION group_replication_consistency = 'BEFORE'"),
        ),
        // Stricter already.
        ("group_replication_consistency", "BEFORE_AND_AFTER", None),
        ("wsrep_on", "OFF", None),
    ] {
        let (opened, sent) = sent_to(row(&[name, value]));
        opened.unwrap();
        let waits = |text: &String| text.contains("= 'BEFORE'") || text.contains("sync_wait");
        let waits = sent.iter().find(|text| waits(text)).map(String::as_str);
        assert_eq!(waits, expected, "{name} {value}");
    }
}

#[test]
fn a_server_that_may_not_be_written_to_is_asked_nothing() {
    for name in ["read_only", "innodb_read_only"] {
        for value in ["ON", "1", "NO_LOCK"] {
            let (opened, _) = sent_to(row(&[name, value]));
            unavailable(opened, "read-only: name the primary server");
        }
        sent_to(row(&[name, "OFF"])).0.unwrap();
    }
    // Nor one that became so later: it may be behind.
    let site = Site::new("default").unwrap();
    let user = UserId::new("7").unwrap();
    for value in ["1", "ON"] {
        let answer = asked("SELECT CAST(@@GLOBAL.read_only", &row(&[value]), |store| {
            store.load(&site, &user)
        });
        unavailable(answer, "read-only: name the primary server");
    }
    for odd in odd_rows() {
        let answer = asked("SELECT CAST(@@GLOBAL.read_only", &odd, |store| {
            store.load(&site, &user)
        });
        // What is no text is a word for something that is not off.
        assert!(answer.is_err());
    }
}

#[test]
fn a_decision_is_read_in_a_transaction_so_that_nobody_between_sends_it_elsewhere() {
    let (tell, told) = std::sync::mpsc::channel();
    let (url, server) = serve(move |statement| {
        tell.send(statement.to_owned()).unwrap();
        None
    });
    let mut store = open(&url).unwrap();
    let site = Site::new("default").unwrap();
    store.load(&site, &UserId::new("7").unwrap()).unwrap();
    store
        .shared_rows(&site, &["shared_row".to_owned()])
        .unwrap();
    store.phone_users(&site, &[[0; 32]]).unwrap();
    drop(store);
    server.join().unwrap();
    let sent: Vec<String> = told.iter().collect();
    for begin in [
        "SELECT version, enrolled",
        "SELECT name, version",
        "SELECT user FROM",
    ] {
        let places = sent
            .iter()
            .enumerate()
            .filter(|(_, text)| text.starts_with(begin));
        let mut places = places.map(|(place, _)| place).peekable();
        assert!(places.peek().is_some());
        for place in places {
            assert_eq!(sent[place - 1], "START TRANSACTION", "{begin}");
            assert_eq!(sent[place + 2], "COMMIT", "{begin}");
        }
    }
}

/// A server that wants the user to log in by a plug-in, and what an operator is told.
fn log_in_by(plugin: &str, more: &'static [u8]) -> StoreError {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mysql://u:c4nary@{}/d", listener.local_addr().unwrap());
    let change = [
        b"\xfe",
        plugin.as_bytes(),
        b"\0abcdefghijklmnopqrstuvwxyz012345\0",
    ]
    .concat();
    let server = spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let greeting = [
            b"\x0a11.8.2-MariaDB\0".as_slice(),
            b"\x01\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x80\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0",
            b"mysql_native_password\0",
        ]
        .concat();
        Packets(&mut client, 0).send(&greeting);
        packet(&mut client).unwrap();
        Packets(&mut client, 2).send(&change);
        if packet(&mut client).is_some() && !more.is_empty() {
            Packets(&mut client, 4).send(more);
            let _ = packet(&mut client);
        }
    });
    let error = open(&StoreUrl::parse(&url).unwrap()).err().unwrap();
    server.join().unwrap();
    error
}

#[test]
fn a_server_that_breaks_off_a_log_in_is_not_available_and_no_panic() {
    // Asked for another way of logging in, and then for nothing.
    for nothing in [b"".as_slice(), b"\x01"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("mysql://u:c4nary@{}/d", listener.local_addr().unwrap());
        let server = spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let greeting = [
                b"\x0a8.4.0\0".as_slice(),
                b"\x01\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x80\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0",
                b"caching_sha2_password\0",
            ]
            .concat();
            Packets(&mut client, 0).send(&greeting);
            packet(&mut client).unwrap();
            Packets(&mut client, 2).send(nothing);
            let _ = packet(&mut client);
        });
        unavailable(
            open(&StoreUrl::parse(&url).unwrap()),
            "broke off while logging in",
        );
        server.join().unwrap();
    }
}

#[test]
fn a_way_of_logging_in_that_is_not_supported_is_named_and_no_panic() {
    for (plugin, more, named) in [
        ("client_ed25519", b"".as_slice(), "ed25519"),
        ("parsec", b"P\0abcdefghijklmnopqr".as_slice(), "parsec"),
        ("auth_gssapi_client", b"", "auth_gssapi_client"),
        ("mysql_clear_password", b"", "mysql_clear_password"),
        ("evil`; c4nary'", b"", "evilc4nary"),
    ] {
        match log_in_by(plugin, more) {
            StoreError::Configuration { advice: text, .. } => {
                let expected = format!("by {named}, which is not supported");
                assert!(text.contains(&expected), "{plugin}: {text}");
                assert!(text.contains("mysql_native_password"), "{text}");
            }
            other => panic!("{plugin}: {other:?}"),
        }
    }
}

#[test]
fn a_schema_s_version_that_is_none_denies() {
    let mut odd = odd_rows();
    odd.extend([row(&["two"]), row(&["-1"]), row(&["99999999999"])]);
    for odd in odd {
        unavailable(
            asked("SELECT version FROM", &odd, |_| Ok(())),
            "did not write",
        );
    }
    // Also while the tables are brought up to date, and after that.
    for place in [1, 2] {
        let mut answers = vec![row(&["1"]); place];
        answers.push(vec![None]);
        let mut answers = answers.into_iter();
        let (url, server) = serve(move |statement| {
            let is_asked = statement.starts_with("SELECT version FROM");
            is_asked.then(|| answers.next().unwrap())
        });
        unavailable(open(&url), "did not write");
        server.join().unwrap();
    }
}

#[test]
fn a_lock_that_was_not_granted_is_none() {
    let mut odd = odd_rows();
    odd.extend([row(&["0"]), row(&["yes"]), row(&["18446744073709551615"])]);
    for odd in odd {
        let (url, server) = serve(move |statement| match statement {
            text if text.starts_with("SELECT version FROM") => Some(row(&["1"])),
            text if text.starts_with("SELECT GET_LOCK") => Some(odd.clone()),
            _ => None,
        });
        unavailable(open(&url), "set up by another process");
        server.join().unwrap();
    }
}

#[test]
fn a_check_of_odd_answers_fails_or_warns() {
    let mut odd = odd_rows();
    odd.extend([row(&["many"]), row(&["-1"])]);
    for odd in odd {
        unavailable(
            asked("SELECT COUNT(*)", &odd, |store| store.check()),
            "is not understood",
        );
    }
    for odd in odd_rows() {
        unavailable(
            asked("SELECT VERSION()", &odd, |store| store.check()),
            "is not understood",
        );
    }
    for flush in [None, Some("999"), Some("-1"), Some("often"), Some("")] {
        let odd = vec![Some(b"8.4.0".as_slice()), flush.map(str::as_bytes)];
        let said = asked("SELECT VERSION()", &odd, |store| store.check()).unwrap();
        assert!(
            said.name.starts_with("MySQL 8.4.0") && !said.is_durable,
            "{said:?}"
        );
    }
    let said = asked("SELECT VERSION()", &row(&["8.4.0"]), |store| store.check()).unwrap();
    assert!(!said.is_durable, "{said:?}");
}

#[test]
fn no_row_that_cannot_be_read_is_taken_for_one() {
    let site = Site::new("default").unwrap();
    let user = UserId::new("7").unwrap();
    let names = ["shared_row".to_owned()];
    for odd in odd_rows() {
        let fails = |begin, ask: &dyn Fn(&mut dyn Store) -> Result<(), StoreError>| {
            unavailable(asked(begin, &odd, ask), "did not write");
        };
        fails("SELECT version, enrolled", &|store| {
            store.load(&site, &user).map(drop)
        });
        fails("SELECT version, enrolled", &|store| {
            store.hold(&site, &user, true).map(drop)
        });
        fails("SELECT version, enrolled", &|store| {
            store.list(&site, "", 9, None).map(drop)
        });
        fails("SELECT id, user, seq", &|store| {
            store.audit(&site, Some(&user), 9, None).map(drop)
        });
        fails("SELECT name, version", &|store| {
            store.shared_rows(&site, &names).map(drop)
        });
        fails("SELECT name, version", &|store| {
            store.look_beside(&site, "a").map(drop)
        });
        fails("SELECT name, version", &|store| {
            store.hold_shared_rows(&site, &names).map(drop)
        });
        fails("SELECT user FROM", &|store| {
            store.phone_users(&site, &[[0; 32]]).map(drop)
        });
        fails("SELECT id, user, provider", &|store| {
            store.message(&site, "p", "r").map(drop)
        });
        fails("SELECT id, user, provider", &|store| {
            store.messages(&site, 9, None).map(drop)
        });
    }
}

/// A node of a cluster, and all that it was sent.
struct Node {
    port: u16,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Node {
    /// `say` is told how many statements that begin like this one there were before.
    fn new(say: impl Fn(&str, usize) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = Arc::new(Mutex::new(Vec::<String>::new()));
        let (log, say) = (Arc::clone(&sent), Arc::new(say));
        spawn(move || {
            for client in listener.incoming() {
                let (log, say) = (Arc::clone(&log), Arc::clone(&say));
                let client = client.unwrap();
                spawn(move || {
                    talk(client, |statement| {
                        let begin = |text: &str| text.chars().take(24).collect::<String>();
                        let mut log = log.lock().unwrap();
                        let same = log.iter().filter(|text| begin(text) == begin(statement));
                        let before = same.count();
                        log.push(statement.to_owned());
                        drop(log);
                        say(statement, before)
                    })
                });
            }
        });
        Self { port, sent }
    }

    fn honest() -> Self {
        Self::new(|_, _| Said::Honest)
    }

    fn count(&self, begin: &str) -> usize {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|text| text.starts_with(begin)).count()
    }
}

/// A store of several nodes.
fn cluster(nodes: &[&Node]) -> StoreUrl {
    let hosts: Vec<_> = nodes
        .iter()
        .map(|node| format!("127.0.0.1:{}", node.port))
        .collect();
    StoreUrl::parse(&format!("mysql://u:c4nary@{}/d", hosts.join(","))).unwrap()
}

fn nobody() -> Node {
    // Bound and let go of: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port.local_addr().unwrap().port();
    Node {
        port,
        sent: Arc::default(),
    }
}

fn refuses(begin: &'static str, code: u16) -> Node {
    Node::new(move |statement, _| match statement.starts_with(begin) {
        true => Said::Refuses(code),
        false => Said::Honest,
    })
}

fn says(begin: &'static str, columns: &'static [&'static str]) -> Node {
    Node::new(move |statement, _| match statement.starts_with(begin) {
        true => Said::Row(
            columns
                .iter()
                .map(|text| (!text.is_empty()).then_some(text.as_bytes()))
                .collect(),
        ),
        false => Said::Honest,
    })
}

#[test]
fn a_node_that_is_of_no_use_now_is_passed_over_and_the_next_one_remembered() {
    let site = Site::new("default").unwrap();
    let user = UserId::new("7").unwrap();
    for (lost, what) in [
        (nobody(), "nobody listens"),
        (Node::new(|_, _| Said::Nothing), "breaks off"),
        (refuses("log in", 1040), "no room"),
        (refuses("log in", 1053), "is shut down"),
        (says("SHOW", &["read_only", "ON"]), "a replica"),
        (refuses("SELECT version", 1047), "not of the primary part"),
    ] {
        let good = Node::honest();
        let url = cluster(&[&lost, &good]);
        let mut store = open(&url).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(store.load(&site, &user).unwrap(), Loaded::Absent, "{what}");
        let facts = store.check().unwrap().name;
        let at = format!("@127.0.0.1:{}/d", good.port);
        assert!(facts.contains(&at), "{what}: {facts}");
        assert!(facts.ends_with(", one of 2 hosts"), "{facts}");
        assert!(!facts.contains("c4nary"));
        let logins = lost.count("log in");
        // Whoever connects next in this process does not wait for the lost one.
        open(&url).unwrap().load(&site, &user).unwrap();
        assert_eq!(lost.count("log in"), logins, "{what}");
        assert_eq!(good.count("log in"), 2, "{what}");
    }
}

#[test]
fn what_an_operator_has_to_mend_is_not_passed_over() {
    for (code, advice) in [
        (1045, "refuses this user or password"),
        (1130, "takes no user from this machine"),
        (1049, "does not exist: create it"),
    ] {
        let (wrong, good) = (refuses("log in", code), Node::honest());
        let error = open(&cluster(&[&wrong, &good])).map(drop).unwrap_err();
        let StoreError::Configuration { advice: text, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(text.contains(advice), "{text}");
        // Which of them it was.
        assert!(text.contains(&format!("@127.0.0.1:{}/", wrong.port)));
        assert!(!text.contains(&good.port.to_string()), "{text}");
        assert_eq!(good.count("log in"), 0);
    }
}

#[test]
fn where_no_node_is_of_use_each_is_asked_once_and_all_are_named() {
    let nodes = [
        refuses("log in", 1040),
        says("SHOW", &["innodb_read_only", "1"]),
        nobody(),
    ];
    let error = open(&cluster(&nodes.each_ref())).map(drop).unwrap_err();
    let text = error.to_string();
    for (node, why) in nodes.iter().zip([
        "has too many connections",
        "is read-only: name the primary server",
        "",
    ]) {
        let at = format!("@127.0.0.1:{}/d?prefix=&tls=off {why}", node.port);
        assert!(text.contains(&at), "{text}");
    }
    assert!(matches!(error, StoreError::Unavailable { .. }));
    assert!(!text.contains("c4nary"));
    assert_eq!((nodes[0].count("log in"), nodes[1].count("log in")), (1, 1));
}

#[test]
fn a_question_that_a_node_does_not_answer_goes_to_the_next_one() {
    let site = Site::new("default").unwrap();
    let user = UserId::new("7").unwrap();
    let first_select = |say: fn() -> Said| {
        move |statement: &str, _: usize| match statement.starts_with("SELECT version, enrolled") {
            true => say(),
            false => Said::Honest,
        }
    };
    for lost in [
        Node::new(first_select(|| Said::Nothing)),
        Node::new(first_select(|| Said::Refuses(1047))),
        Node::new(first_select(|| Said::Refuses(1053))),
        says("SELECT CAST(@@GLOBAL.read_only", &["ON"]),
    ] {
        let good = Node::honest();
        let mut store = open(&cluster(&[&lost, &good])).unwrap();
        assert_eq!(good.count("log in"), 0, "the first one works as yet");
        assert_eq!(store.load(&site, &user).unwrap(), Loaded::Absent);
        assert_eq!(good.count("SELECT version, enrolled"), 2);
        // What it had locked it has not any more: it is held anew.
        store.hold(&site, &user, true).unwrap();
        store.release();
    }
    // One host alone is asked again only where it broke off.
    let alone = Node::new(first_select(|| Said::Refuses(1047)));
    let mut store = open(&cluster(&[&alone])).unwrap();
    unavailable(store.load(&site, &user), "not ready");
    assert_eq!(alone.count("log in"), 1);
}

fn account(sealed: &[u8]) -> AccountRow {
    AccountRow {
        version: Version(1),
        listing: Listing {
            enrolled: false,
            primary: None,
            locked_until: None,
            last_verified: None,
        },
        phone: PhoneIndex::AsItWas,
        due: Due::AsItWas,
        retention: Retention::default(),
        sealed: sealed.to_vec(),
    }
}

#[test]
fn a_swap_that_a_node_did_not_answer_is_looked_up_and_never_sent_again() {
    let site = Site::new("default").unwrap();
    let user = UserId::new("7").unwrap();
    let unanswered = |end: fn() -> Said| {
        Node::new(move |statement, _| match statement {
            text if text.starts_with("INSERT INTO `twofactor_account") => end(),
            _ => Said::Honest,
        })
    };
    let theirs: &[&[&str]] = &[
        // Ours, in the columns of the account.
        &["1", "0", "", "", "", "sealed"],
        // Somebody else's.
        &["1", "0", "", "", "", "other"],
        &["2", "0", "", "", "", "sealed"],
    ];
    for end in [|| Said::Nothing, || Said::Refuses(1047)] {
        for (place, columns) in theirs.iter().enumerate() {
            let lost = unanswered(end);
            let good = says("SELECT version, enrolled", columns);
            let mut store = open(&cluster(&[&lost, &good])).unwrap();
            let swapped = store.swap(&site, &user, None, &account(b"sealed"), &[]);
            let expected = if place == 0 {
                Swap::Done
            } else {
                Swap::Conflict
            };
            assert_eq!(swapped.unwrap(), expected, "{columns:?}");
            assert_eq!(lost.count("INSERT INTO `twofactor_account"), 1);
            assert_eq!(good.count("INSERT INTO `twofactor_account"), 0);
        }
        // Nothing there: the rule decides anew.
        let (lost, good) = (unanswered(end), Node::honest());
        let mut store = open(&cluster(&[&lost, &good])).unwrap();
        let swapped = store.swap(&site, &user, None, &account(b"sealed"), &[]);
        assert_eq!(swapped.unwrap(), Swap::Conflict);
        // Nobody to ask: denied, as with one host.
        let lost = unanswered(end);
        for nodes in [&[&lost, &nobody()][..], &[&lost]] {
            let mut store = match open(&cluster(nodes)) {
                Ok(store) => store,
                Err(error) => panic!("{error}"),
            };
            let swapped = store.swap(&site, &user, None, &account(b"sealed"), &[]);
            if nodes.len() == 1 {
                assert!(matches!(swapped, Err(StoreError::Unavailable { .. })));
            } else {
                // The same node is there again, and has nothing of it.
                assert_eq!(swapped.unwrap(), Swap::Conflict);
            }
        }
    }
}

#[test]
fn shared_rows_that_a_node_did_not_answer_before_the_commit_are_decided_anew() {
    let site = Site::new("default").unwrap();
    let change = |name: &str| RawRowChange {
        name: name.to_owned(),
        expected: None,
        body: b"1".to_vec(),
        keep_until: None,
    };
    let breaks_off = |begin: &'static str| {
        Node::new(move |statement, _| match statement {
            text if text.starts_with(begin) => Said::Nothing,
            text if text.starts_with("INSERT INTO `twofactor_shared_row") => Said::Changed,
            _ => Said::Honest,
        })
    };
    let now = UnixTime::START;
    let (lost, good) = (
        breaks_off("INSERT INTO `twofactor_shared_row"),
        Node::honest(),
    );
    let mut store = open(&cluster(&[&lost, &good])).unwrap();
    store.hold_shared_rows(&site, &["a".to_owned()]).unwrap();
    let swapped = store.swap_shared_rows(&site, now, &[change("a")]);
    assert_eq!(swapped.unwrap(), Swap::Conflict);
    assert_eq!(
        store.hold_shared_rows(&site, &["a".to_owned()]).unwrap(),
        [None]
    );
    assert_eq!(good.count("INSERT INTO `twofactor_shared_row"), 0);
    // Once it was asked to commit nobody knows.
    let good = Node::honest();
    let lost = Node::new(|statement, before| match statement {
        // The first one ends the hold's questions of the session.
        "COMMIT" if before == 0 => Said::Nothing,
        text if text.starts_with("INSERT INTO `twofactor_shared_row") => Said::Changed,
        _ => Said::Honest,
    });
    let mut store = open(&cluster(&[&lost, &good])).unwrap();
    store.hold_shared_rows(&site, &["a".to_owned()]).unwrap();
    let swapped = store.swap_shared_rows(&site, now, &[change("a")]);
    assert!(
        matches!(swapped, Err(StoreError::Unavailable { .. })),
        "{swapped:?}"
    );
    assert_eq!(good.count("INSERT INTO `twofactor_shared_row"), 0);
}
