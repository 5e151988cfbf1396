//! A server that gives odd answers: text for a number, nothing, too little. Everything is denied, nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{JoinHandle, spawn};

use twofactor::store::{Store, StoreError, StoreUrl, open};
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
        ("SELECT version FROM", row(&["3"])),
        ("SELECT GET_LOCK", row(&["1"])),
        ("SELECT RELEASE_LOCK", row(&["1"])),
        ("SELECT COUNT(*)", row(&["6"])),
        ("SELECT VERSION()", row(&["11.4.2-MariaDB", "1"])),
    ];
    let found = known
        .into_iter()
        .find(|(begin, _)| statement.starts_with(begin));
    found.map(|(_, row)| row)
}

/// Serves one connection, and says of each statement what `answer` says, or else what an honest server does.
fn serve(
    mut answer: impl FnMut(&str) -> Option<Row> + Send + 'static,
) -> (StoreUrl, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mysql://u:p@{}/d", listener.local_addr().unwrap());
    let server = spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        drop(listener);
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
        Packets(&mut client, 2).send(b"\0\0\0\x02\0\0\0");
        while let Some(question) = packet(&mut client) {
            let mut packets = Packets(&mut client, 1);
            let [3, sql @ ..] = question.as_slice() else {
                return;
            };
            let sql = String::from_utf8(sql.to_vec()).unwrap();
            let statements: Vec<_> = sql.split("; ").collect();
            for (place, statement) in statements.iter().enumerate() {
                let is_last = place + 1 == statements.len();
                let row = answer(statement).or_else(|| honest(statement));
                packets.result(row, if is_last { 2 } else { 2 | 8 });
            }
        }
    });
    (StoreUrl::parse(&url).unwrap(), server)
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
        Err(StoreError::Unavailable(text)) => assert!(text.contains(why), "{text}"),
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
    store.cells(&site, &["cell".to_owned()]).unwrap();
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
            StoreError::Configuration(text) => {
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
    let names = ["cell".to_owned()];
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
            store.cells(&site, &names).map(drop)
        });
        fails("SELECT name, version", &|store| {
            store.hold_cells(&site, &names).map(drop)
        });
        fails("SELECT user FROM", &|store| {
            store.phone_users(&site, &[[0; 32]]).map(drop)
        });
        fails("SELECT id, user, provider", &|store| {
            store.delivery(&site, "p", "r").map(drop)
        });
        fails("SELECT id, user, provider", &|store| {
            store.deliveries(&site, 9, None).map(drop)
        });
    }
}
