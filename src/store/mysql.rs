//! MySQL and MariaDB: one connection a process, for sites with a server or several web heads.
//!
//! A change of an account takes two round trips: a `SELECT`, and one text of several statements that
//! writes the events and updates the row if its version is still the expected one, and commits. After a
//! lost swap the `SELECT` locks the row, so that the losers queue. First-committer-wins is all that is
//! asked of a cluster.
//!
//! Every value goes into a statement as a hexadecimal literal or a number, so there is nothing to
//! escape. The prefix of the tables is made of letters, digits and underscores ([`MysqlUrl`]).
//!
//! What is decided on is read within a transaction, in the same round trip, so that whoever stands between
//! and sends reads elsewhere (MaxScale, ProxySQL) sends this one to the server that is written to; and a
//! server that is read-only is not asked at all, for it may be behind.
//!
//! A connection that died is made anew once, but never while a swap is on its way: nobody knows whether
//! that one was written. The tables are made when a process connects for the first time; a table that
//! is missing later denies.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::mem;
use std::net::ToSocketAddrs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use data_encoding::HEXLOWER;
use mysql::prelude::Queryable;
use mysql::{Conn, DriverError, OptsBuilder, SslOpts};

use super::url::Address;
use super::{
    Aging, AuditRow, Listing, Loaded, MAX_LIMIT, MysqlUrl, Occupants, PhoneIndex, Retention, Row,
    Store, StoreError, StoreFacts, Swap, Tls, Version,
};
use crate::clock::UnixTime;
use crate::types::{Method, Site, UserId};

/// Longest wait for the network, each way.
const NETWORK_PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for a row or a table that somebody else has locked, in seconds. Shorter than the
/// network's, so that the server's answer still arrives.
const LOCK_PATIENCE: u8 = 3;

/// How many holds after a lost swap lock the row without trying to do without: where one was lost,
/// more will be.
const CROWDED: u8 = 16;

/// More than a statement of ours ever needs, and the least any server allows by default.
const MAX_PACKET_BYTES: usize = 1 << 20;

/// Deadlocks that a question may lose before it is given up.
const MOST_CONFLICTS: u8 = 20;

/// What every connection is set to, whatever the server's own settings are: the comments are read by one of
/// the two kinds of server only. Then what kind of cluster it is part of, and whether it may be written to.
const SESSION: &str = "\
    SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
        SESSION autocommit = 1, SESSION innodb_lock_wait_timeout = {patience}, \
        SESSION lock_wait_timeout = {patience}, SESSION sql_safe_updates = 0, \
        SESSION sql_select_limit = 18446744073709551615, SESSION sql_big_selects = 1, \
        SESSION sql_auto_is_null = 0, SESSION unique_checks = 1 \
        /*M!100100 , SESSION max_statement_time = 0 */ /*!80000 , SESSION max_execution_time = 0 */; \
    SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; \
    SHOW SESSION VARIABLES WHERE Variable_name IN \
        ('wsrep_on', 'group_replication_consistency', 'read_only', 'innodb_read_only')";

/// Whether the server may be written to now.
const READ_ONLY: &str = "SELECT CAST(@@GLOBAL.read_only AS CHAR)";

/// Steps from nothing to today's tables, forward only, each safe to repeat.
const MIGRATIONS: &[&[&str]] = &[
    &[
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_account` (
        site VARBINARY(191) NOT NULL,
        user VARBINARY(191) NOT NULL,
        version BIGINT UNSIGNED NOT NULL,
        enrolled TINYINT UNSIGNED NOT NULL,
        primary_method VARBINARY(32) NULL,
        locked_until BIGINT NULL,
        last_verified BIGINT NULL,
        sealed MEDIUMBLOB NOT NULL,
        PRIMARY KEY (site, user)
    ) ENGINE = InnoDB",
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_audit` (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        site VARBINARY(191) NOT NULL,
        user VARBINARY(191) NOT NULL,
        seq BIGINT UNSIGNED NOT NULL,
        at BIGINT NOT NULL,
        body BLOB NOT NULL,
        mac BINARY(32) NOT NULL,
        UNIQUE KEY user_seq (site, user, seq)
    ) ENGINE = InnoDB",
    ],
    &[
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_phone` (
        site VARBINARY(191) NOT NULL,
        user VARBINARY(191) NOT NULL,
        hash BINARY(32) NOT NULL,
        PRIMARY KEY (site, user),
        KEY hash (site, hash)
    ) ENGINE = InnoDB",
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_cell` (
        site VARBINARY(191) NOT NULL,
        name VARBINARY(191) NOT NULL,
        version BIGINT UNSIGNED NOT NULL,
        keep_until BIGINT NULL,
        body MEDIUMBLOB NOT NULL,
        PRIMARY KEY (site, name),
        KEY keep_until (site, keep_until)
    ) ENGINE = InnoDB",
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_delivery` (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        site VARBINARY(191) NOT NULL,
        user VARBINARY(191) NOT NULL,
        provider VARBINARY(64) NOT NULL,
        method VARBINARY(32) NOT NULL,
        masked VARBINARY(64) NOT NULL,
        reference VARBINARY(191) NULL,
        sent BIGINT NOT NULL,
        level TINYINT UNSIGNED NOT NULL,
        status VARBINARY(64) NOT NULL,
        detail VARBINARY(191) NOT NULL,
        at BIGINT NOT NULL,
        KEY reference (site, provider, reference),
        KEY newest (site, id)
    ) ENGINE = InnoDB",
    ],
    &["CREATE TABLE IF NOT EXISTS `{prefix}twofactor_aging` (
        site VARBINARY(191) NOT NULL,
        user VARBINARY(191) NOT NULL,
        since BIGINT NOT NULL,
        PRIMARY KEY (site, user),
        KEY since (site, since)
    ) ENGINE = InnoDB"],
];

/// All that hold something.
const TABLES: [&str; 6] = ["account", "audit", "phone", "cell", "delivery", "aging"];

/// Holds the schema's version; made before everything else.
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_schema` (
        id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
        version INT UNSIGNED NOT NULL,
        checks BIGINT UNSIGNED NOT NULL
    ) ENGINE = InnoDB";

/// A MySQL or MariaDB store.
pub struct Mysql {
    pub(super) url: MysqlUrl,
    connection: Option<Conn>,
    /// The tables were there once.
    prepared: bool,
    /// The connection has a transaction open, begun by a hold.
    pub(super) transaction: bool,
    /// How many holds still lock at once, since a swap was lost lately.
    crowded: u8,
}

impl fmt::Debug for Mysql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mysql")
            .field("url", &self.url)
            .field("connected", &self.connection.is_some())
            .field("transaction", &self.transaction)
            .finish_non_exhaustive()
    }
}

/// Which of several statements failed, counted from 0, and why.
pub(super) struct Failed {
    pub(super) statement: usize,
    pub(super) error: mysql::Error,
}

impl From<mysql::Error> for Failed {
    fn from(error: mysql::Error) -> Self {
        Self {
            statement: 0,
            error,
        }
    }
}

/// Why there is no connection, and whether there was nobody: then another address may have somebody.
struct Attempt {
    fault: StoreError,
    unreachable: bool,
}

/// The rows of one statement, and how many it changed.
pub(super) struct Answer {
    rows: Vec<mysql::Row>,
    pub(super) changed: u64,
}

/// Sends statements in one round trip, and reads every answer.
pub(super) fn run(connection: &mut Conn, sql: &str) -> Result<Vec<Answer>, Failed> {
    let mut result = connection.query_iter(sql)?;
    let mut answers = Vec::new();
    loop {
        let changed = result.affected_rows();
        let Some(set) = result.iter() else {
            return Ok(answers);
        };
        let rows = set.collect::<Result<Vec<_>, _>>().map_err(|error| Failed {
            statement: answers.len(),
            error,
        })?;
        answers.push(Answer { rows, changed });
    }
}

/// The rows of the last of several statements.
pub(super) fn last_rows(answers: Vec<Answer>) -> Vec<mysql::Row> {
    answers
        .into_iter()
        .next_back()
        .map(|answer| answer.rows)
        .unwrap_or_default()
}

impl Mysql {
    /// Connects to the server, and brings the tables up to date.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn connect(url: &MysqlUrl) -> Result<Self, StoreError> {
        let mut store = Self {
            url: url.clone(),
            connection: None,
            prepared: false,
            transaction: false,
            crowded: 0,
        };
        store.connected()?;
        Ok(store)
    }

    /// The connection; a new one if there is none.
    pub(super) fn connected(&mut self) -> Result<&mut Conn, StoreError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.reconnect()?,
        };
        Ok(self.connection.insert(connection))
    }

    fn reconnect(&mut self) -> Result<Conn, StoreError> {
        self.transaction = false;
        let password = self.url.password().map_err(StoreError::Configuration)?;
        let mut options = OptsBuilder::new()
            .user(Some(self.url.user()))
            .pass(password.as_ref().map(|text| text.as_str()))
            .db_name(Some(self.url.database()))
            .prefer_socket(false)
            .stmt_cache_size(0)
            .max_allowed_packet(Some(MAX_PACKET_BYTES))
            .tcp_connect_timeout(Some(NETWORK_PATIENCE))
            .read_timeout(Some(NETWORK_PATIENCE))
            .write_timeout(Some(NETWORK_PATIENCE))
            .tcp_keepalive_time_ms(Some(60_000));
        if let Tls::Required { ca } = self.url.tls() {
            let mut tls = SslOpts::default();
            if let Some(ca) = ca {
                std::fs::metadata(ca).and_then(|_| std::fs::File::open(ca)).map_err(|error| {
                    StoreError::Configuration(format!(
                        "the certificates in {} cannot be read ({}): correct the option ca of the store",
                        ca.display(),
                        error.kind()
                    ))
                })?;
                tls = tls.with_root_cert_path(Some(ca.clone()));
            }
            options = options.ssl_opts(tls);
        }
        let mut connection = self.dial(options)?;
        let session = SESSION.replace("{patience}", &LOCK_PATIENCE.to_string());
        let failed = |failed: Failed| self.fault(&failed.error);
        for row in last_rows(run(&mut connection, &session).map_err(failed)?) {
            let text = |at| {
                let bytes = column::<Vec<u8>>(&row, at).ok_or_else(|| self.unclear())?;
                String::from_utf8(bytes).map_err(|_| self.unclear())
            };
            let (name, value) = (text(0)?, text(1)?);
            // Reads wait for what other nodes have committed: a fresh enrolment is seen everywhere.
            let wait = match (name.as_str(), value.as_str()) {
                ("wsrep_on", "ON") => "SET SESSION wsrep_sync_wait = 1",
                ("group_replication_consistency", "BEFORE" | "BEFORE_AND_AFTER") => continue,
                ("group_replication_consistency", _) => {
                    "SET SESSION group_replication_consistency = 'BEFORE'"
                }
                ("read_only" | "innodb_read_only", value) if !is_off(value) => {
                    return Err(self.read_only());
                }
                _ => continue,
            };
            run(&mut connection, wait).map_err(failed)?;
        }
        self.prepare(&mut connection)?;
        self.prepared = true;
        Ok(connection)
    }

    /// Logs in. The library panics at ways of logging in that it was built without, and at a server that
    /// breaks off in the middle of some: nothing was asked yet, so there is nothing to undo.
    fn connection(&self, options: OptsBuilder) -> Result<Conn, Attempt> {
        match catch_unwind(AssertUnwindSafe(|| Conn::new(options))) {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => {
                let unreachable = matches!(
                    error,
                    mysql::Error::DriverError(
                        DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout
                    )
                );
                let fault = self.fault(&error);
                Err(Attempt { fault, unreachable })
            }
            Err(panic) => {
                let said = panic.downcast_ref::<&str>().copied();
                let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                let said = said.unwrap_or_default();
                let plugin = ["ed25519", "parsec"]
                    .into_iter()
                    .find(|name| said.contains(name));
                Err(Attempt {
                    fault: match plugin {
                        Some(plugin) => self.unsupported_login(plugin),
                        None => StoreError::Unavailable(format!(
                            "{} broke off while logging in: is it a server of MySQL or MariaDB?",
                            self.url
                        )),
                    },
                    unreachable: false,
                })
            }
        }
    }

    fn unsupported_login(&self, plugin: &str) -> StoreError {
        StoreError::Configuration(format!(
            "{} wants this user to log in by {plugin}, which is not supported: give the user a password with \
             mysql_native_password (MariaDB) or caching_sha2_password (MySQL)",
            self.url
        ))
    }

    /// Tries every address of the host, as "localhost" often has two and the server one. Under TLS the
    /// name is left to the library, which needs it for the certificate.
    fn dial(&self, options: OptsBuilder) -> Result<Conn, StoreError> {
        let (host, port) = match self.url.address() {
            Address::Socket(path) => {
                let options = options.socket(Some(path));
                return self.connection(options).map_err(|attempt| attempt.fault);
            }
            Address::Tcp { host, port } => (host.as_str(), *port),
        };
        let hosts: Vec<String> = if *self.url.tls() == Tls::Off {
            let found = (host, port).to_socket_addrs().map_err(|_| self.silent())?;
            found.map(|address| address.ip().to_string()).collect()
        } else {
            vec![host.to_owned()]
        };
        let mut fault = self.silent();
        for host in hosts {
            let options = options.clone().ip_or_hostname(Some(host)).tcp_port(port);
            match self.connection(options) {
                Ok(connection) => return Ok(connection),
                Err(attempt) => {
                    fault = attempt.fault;
                    if !attempt.unreachable {
                        break;
                    }
                }
            }
        }
        Err(fault)
    }

    fn silent(&self) -> StoreError {
        StoreError::Unavailable(format!(
            "{} does not answer: start the server, or correct the address",
            self.url
        ))
    }

    /// Makes or updates the tables, unless that was done before.
    fn prepare(&self, connection: &mut Conn) -> Result<(), StoreError> {
        let today = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
        let mut found = self.version(connection)?;
        if found.is_none() && self.prepared {
            return Err(self.missing());
        }
        if found.is_none_or(|found| found < today) {
            let lock = format!(
                "SHA1({})",
                hex(format!("twofactor {} {}", self.url.database(), self.url.prefix()).as_bytes())
            );
            let failed = |failed: Failed| self.fault(&failed.error);
            let locked = last_rows(
                run(
                    connection,
                    &format!("SELECT GET_LOCK({lock}, {LOCK_PATIENCE})"),
                )
                .map_err(failed)?,
            );
            // NULL is what a server says that could not: when it was interrupted, or had no memory.
            if locked.first().and_then(|row| column::<i64>(row, 0)) != Some(1) {
                return Err(StoreError::Unavailable(format!(
                    "the tables of {} are being set up by another process",
                    self.url
                )));
            }
            self.migrate(connection, today)?;
            run(connection, &format!("SELECT RELEASE_LOCK({lock})")).map_err(failed)?;
            found = self.version(connection)?;
        }
        match found {
            Some(found) if found == today => Ok(()),
            Some(found) => Err(StoreError::Configuration(format!(
                "the tables of {} were written by a newer version (schema {found}, this is {today}): \
                 update this extension",
                self.url
            ))),
            None => Err(self.missing()),
        }
    }

    /// The schema's version; `None` when there are no tables.
    fn version(&self, connection: &mut Conn) -> Result<Option<u32>, StoreError> {
        let sql = self.named("SELECT version FROM `{prefix}twofactor_schema`");
        match run(connection, &sql) {
            Ok(answers) => match last_rows(answers).first() {
                Some(row) => Ok(Some(column(row, 0).ok_or_else(|| self.odd())?)),
                None => Ok(None),
            },
            Err(Failed {
                error: mysql::Error::MySqlError(error),
                ..
            }) if error.code == 1146 => Ok(None),
            Err(failed) => Err(self.fault(&failed.error)),
        }
    }

    fn migrate(&self, connection: &mut Conn, today: u32) -> Result<(), StoreError> {
        let failed = |failed: Failed| self.fault(&failed.error);
        run(connection, &self.named(SCHEMA)).map_err(failed)?;
        let found = self.version(connection)?.unwrap_or(0);
        for step in MIGRATIONS
            .iter()
            .skip(usize::try_from(found).unwrap_or(usize::MAX))
        {
            for statement in *step {
                run(connection, &self.named(statement)).map_err(failed)?;
            }
        }
        run(
            connection,
            &self.named(&format!(
                "INSERT INTO `{{prefix}}twofactor_schema` VALUES (1, {today}, 0) \
                 ON DUPLICATE KEY UPDATE version = GREATEST(version, {today})"
            )),
        )
        .map_err(failed)?;
        Ok(())
    }

    pub(super) fn named(&self, sql: &str) -> String {
        sql.replace("{prefix}", self.url.prefix())
    }

    /// Sends statements that may be sent again: once more, if the connection turns out to have died, and
    /// as often as it takes, within reason, if the server asks for it. Whoever loses in a deadlock lets
    /// somebody else get on, so this ends.
    pub(super) fn ask(&mut self, sql: &str) -> Result<Vec<Answer>, StoreError> {
        let had_one = self.connection.is_some();
        let mut answers = run(self.connected()?, sql);
        if answers
            .as_ref()
            .is_err_and(|failed| had_one && died(&failed.error))
        {
            self.drop_connection();
            answers = run(self.connected()?, sql);
        }
        for _ in 0..MOST_CONFLICTS {
            match &answers {
                Err(failed) if conflicts(&failed.error) => {
                    self.roll_back();
                    answers = run(self.connected()?, sql);
                }
                _ => break,
            }
        }
        answers.map_err(|failed| self.failed(&failed.error))
    }

    /// Reads what something is decided on: where it would be written to, and only if it could be.
    pub(super) fn read(&mut self, select: &str) -> Result<Vec<mysql::Row>, StoreError> {
        let sql = format!("START TRANSACTION; {select}; {READ_ONLY}; COMMIT");
        let mut answers = self.ask(&sql)?.into_iter().skip(1);
        let (rows, about) = (answers.next(), answers.next());
        let (Some(rows), Some(about)) = (rows, about) else {
            self.drop_connection();
            return Err(self.unclear());
        };
        let read_only = about
            .rows
            .first()
            .and_then(|row| column::<String>(row, 0))
            .ok_or_else(|| self.unclear())?;
        if is_off(&read_only) {
            Ok(rows.rows)
        } else {
            Err(self.read_only())
        }
    }

    fn read_only(&self) -> StoreError {
        StoreError::Unavailable(format!(
            "{} is read-only: name the primary server",
            self.url
        ))
    }

    /// What an error means, after making sure that nothing of it is left on the connection.
    pub(super) fn failed(&mut self, error: &mysql::Error) -> StoreError {
        let fault = self.fault(error);
        if matches!(error, mysql::Error::MySqlError(_)) && !died(error) {
            self.roll_back();
        } else {
            self.drop_connection();
        }
        fault
    }

    pub(super) fn roll_back(&mut self) {
        self.transaction = false;
        if let Some(connection) = &mut self.connection
            && run(connection, "ROLLBACK").is_err()
        {
            self.drop_connection();
        }
    }

    /// The server rolls back what was open on it.
    pub(super) fn drop_connection(&mut self) {
        self.transaction = false;
        self.connection = None;
    }

    fn select(&self, site: &Site, user: &UserId) -> String {
        format!(
            "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed \
             FROM `{prefix}twofactor_account` WHERE site = {site} AND user = {user}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
        )
    }

    /// The row, and beside it a row without a version if there are events: one look at one moment.
    fn select_all(&self, site: &Site, user: &UserId) -> String {
        format!(
            "{account} UNION ALL (SELECT NULL, NULL, NULL, NULL, NULL, NULL \
             FROM `{prefix}twofactor_audit` WHERE site = {site} AND user = {user} LIMIT 1)",
            account = self.select(site, user),
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
        )
    }

    /// The statements of a swap, and which of them writes the row.
    ///
    /// Each stands on what is in the tables, and none on what an earlier one returned: `ROW_COUNT()` is
    /// -1 when the client died before it could be told, and the transaction goes on. So the events of an
    /// update, and its number, come first. Each is written only if the row is the expected one, and
    /// locks it; then the update finds it unchanged.
    fn statements(
        &self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> (Vec<String>, usize) {
        let prefix = self.url.prefix();
        let (site, user) = (hex(site.as_str().as_bytes()), hex(user.as_str().as_bytes()));
        let Listing {
            enrolled,
            primary,
            locked_until,
            last_verified,
        } = &row.listing;
        let enrolled = u8::from(*enrolled);
        let primary = primary.map_or_else(null, |method| hex(method.as_str().as_bytes()));
        let locked_until = locked_until.map_or_else(null, |time| time.seconds().to_string());
        let last_verified = last_verified.map_or_else(null, |time| time.seconds().to_string());
        let version = row.version.0;
        let sealed = hex(&row.sealed);

        let condition = expected.map(|Version(expected)| {
            format!("WHERE site = {site} AND user = {user} AND version = {expected}")
        });
        let mut statements = Vec::with_capacity(events.len() + 3);
        for event in events {
            let insert = format!(
                "INSERT INTO `{prefix}twofactor_audit` (site, user, seq, at, body, mac) \
                 SELECT {site}, {user}, {seq}, {at}, {body}, {mac}",
                user = hex(event.user.as_str().as_bytes()),
                seq = event.seq,
                at = event.at.seconds(),
                body = hex(&event.body),
                mac = hex(&event.mac),
            );
            statements.push(match &condition {
                None => insert,
                Some(condition) => {
                    format!("{insert} FROM `{prefix}twofactor_account` {condition} FOR UPDATE")
                }
            });
        }
        let by_number = format!("`{prefix}twofactor_phone`");
        match (row.phone, &condition) {
            (PhoneIndex::AsItWas, _) => {}
            // What is left of an account whose row was removed.
            (PhoneIndex::Absent, None) => statements.push(format!(
                "DELETE FROM {by_number} WHERE site = {site} AND user = {user}"
            )),
            (PhoneIndex::Is(hash), None) => statements.push(format!(
                "REPLACE INTO {by_number} (site, user, hash) VALUES ({site}, {user}, {})",
                hex(&hash)
            )),
            (PhoneIndex::Is(hash), Some(condition)) => {
                let hash = hex(&hash);
                statements.push(format!(
                    "INSERT INTO {by_number} (site, user, hash) SELECT {site}, {user}, {hash} \
                     FROM `{prefix}twofactor_account` {condition} FOR UPDATE \
                     ON DUPLICATE KEY UPDATE hash = {hash}"
                ));
            }
            (PhoneIndex::Absent, Some(condition)) => {
                let row = format!("SELECT version FROM `{prefix}twofactor_account` {condition}");
                statements.push(format!("{row} FOR UPDATE"));
                statements.push(format!(
                    "DELETE FROM {by_number} WHERE site = {site} AND user = {user} AND EXISTS ({row})"
                ));
            }
        }
        statements.extend(self.ageing(&site, &user, row.retention, condition.as_deref()));
        let write = match condition {
            None => 0,
            Some(_) => statements.len(),
        };
        statements.insert(
            write,
            match condition {
                None => format!(
                    "INSERT INTO `{prefix}twofactor_account` (site, user, version, enrolled, \
                     primary_method, locked_until, last_verified, sealed) VALUES ({site}, {user}, \
                     {version}, {enrolled}, {primary}, {locked_until}, {last_verified}, {sealed})"
                ),
                Some(condition) => format!(
                    "UPDATE `{prefix}twofactor_account` SET version = {version}, \
                     enrolled = {enrolled}, primary_method = {primary}, \
                     locked_until = {locked_until}, last_verified = {last_verified}, \
                     sealed = {sealed} {condition}"
                ),
            },
        );
        (statements, write)
    }

    /// The statements of a swap that remove events and say by when more may go; for the row that is expected
    /// only, as above.
    fn ageing(
        &self,
        site: &str,
        user: &str,
        retention: Retention,
        condition: Option<&str>,
    ) -> Vec<String> {
        let prefix = self.url.prefix();
        let Retention { forget, aging } = retention;
        let mut statements = Vec::new();
        let row = condition.map(|condition| {
            format!("SELECT version FROM `{prefix}twofactor_account` {condition}")
        });
        let only = row
            .as_ref()
            .map_or_else(String::new, |row| format!(" AND EXISTS ({row})"));
        if let Some(row) = &row
            && (forget > 0 || aging == Aging::Never)
        {
            statements.push(format!("{row} FOR UPDATE"));
        }
        if forget > 0 {
            statements.push(format!(
                "DELETE FROM `{prefix}twofactor_audit` WHERE site = {site} AND user = {user} \
                 AND seq <= {forget}{only}"
            ));
        }
        let table = format!("`{prefix}twofactor_aging`");
        match (aging, condition) {
            (Aging::AsItWas, _) => {}
            (Aging::Never, _) => statements.push(format!(
                "DELETE FROM {table} WHERE site = {site} AND user = {user}{only}"
            )),
            (Aging::Since(at), None) => statements.push(format!(
                "REPLACE INTO {table} (site, user, since) VALUES ({site}, {user}, {})",
                at.seconds()
            )),
            (Aging::Since(at), Some(condition)) => {
                let since = at.seconds();
                statements.push(format!(
                    "INSERT INTO {table} (site, user, since) SELECT {site}, {user}, {since} \
                     FROM `{prefix}twofactor_account` {condition} FOR UPDATE \
                     ON DUPLICATE KEY UPDATE since = {since}"
                ));
            }
        }
        statements
    }

    /// The prefix of other tables of ours in the same database of which the one of that name has rows of the site.
    /// Tables that this user may not read, or that only look like ours, are none.
    fn elsewhere(&mut self, site: &Site, name: &str) -> Result<Option<String>, StoreError> {
        let name = format!("twofactor_{name}");
        let own = format!("{}{name}", self.url.prefix());
        let tables = format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_name LIKE '%{}' LIMIT 100",
            name.replace('_', "\\_")
        );
        let prefixes: Vec<String> = last_rows(self.ask(&tables)?)
            .iter()
            .filter_map(|row| column::<String>(row, 0))
            .filter(|table| !table.eq_ignore_ascii_case(&own))
            .filter_map(|table| table.strip_suffix(&name).map(str::to_owned))
            .filter(|prefix| {
                prefix
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            })
            .collect();
        for prefix in prefixes {
            let sql = format!(
                "SELECT 1 FROM `{prefix}{name}` WHERE site = {} LIMIT 1",
                hex(site.as_str().as_bytes())
            );
            match self.ask(&sql) {
                Ok(answers) => {
                    if !last_rows(answers).is_empty() {
                        return Ok(Some(prefix));
                    }
                }
                Err(StoreError::Configuration(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn missing(&self) -> StoreError {
        StoreError::Configuration(format!(
            "the tables of {} are gone: restore them from a backup. To start over, so that nobody has a \
             second factor any more, restart PHP",
            self.url
        ))
    }

    pub(super) fn odd(&self) -> StoreError {
        StoreError::Unavailable(format!(
            "{} holds something this version did not write: restore it from a backup",
            self.url
        ))
    }

    /// An answer of the server that no table of ours has a part in.
    fn unclear(&self) -> StoreError {
        StoreError::Unavailable(format!(
            "{} gave an answer that is not understood",
            self.url
        ))
    }

    fn account(&self, row: mysql::Row) -> Result<Option<Row>, StoreError> {
        row_of(row).map_err(|_| self.odd())
    }

    fn fault(&self, error: &mysql::Error) -> StoreError {
        use StoreError::Configuration;
        let at = &self.url;
        if let Some(error) = network(error) {
            return self.network_fault(error);
        }
        match error {
            mysql::Error::MySqlError(error) => self.server_fault(error.code, &error.state),
            mysql::Error::TlsError(_) => Configuration(format!(
                "no encrypted connection to {at}: correct the option ca of the store"
            )),
            mysql::Error::DriverError(DriverError::TlsNotSupported) => Configuration(format!(
                "{at} does not encrypt: set up TLS on the server, or add tls=off to the store if the \
                 network between is yours alone"
            )),
            mysql::Error::DriverError(DriverError::UnknownAuthPlugin(plugin)) => {
                // The server's word: repeated as far as it is a name.
                let name = plugin
                    .chars()
                    .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .take(40);
                self.unsupported_login(&name.collect::<String>())
            }
            mysql::Error::DriverError(DriverError::OldMysqlPasswordDisabled) => {
                self.unsupported_login("mysql_old_password")
            }
            mysql::Error::DriverError(DriverError::CleartextPluginDisabled) => {
                self.unsupported_login("mysql_clear_password")
            }
            mysql::Error::DriverError(
                DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout,
            ) => self.silent(),
            _ => self.unclear(),
        }
    }

    fn network_fault(&self, error: &io::Error) -> StoreError {
        let at = &self.url;
        match error.kind() {
            // How the TLS library's refusals arrive.
            io::ErrorKind::InvalidData if *self.url.tls() != Tls::Off => {
                StoreError::Configuration(format!(
                    "the certificate of {at} was not accepted ({error}): correct the option ca of the \
                 store, or the server's name"
                ))
            }
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                StoreError::Unavailable(format!(
                    "{at} did not answer within {} seconds",
                    NETWORK_PATIENCE.as_secs()
                ))
            }
            kind => StoreError::Unavailable(format!("the connection to {at} failed ({kind})")),
        }
    }

    /// In our words: what the server says may repeat values.
    fn server_fault(&self, code: u16, state: &str) -> StoreError {
        use StoreError::{Configuration, Unavailable};
        let at = &self.url;
        match code {
            1045 => Configuration(format!(
                "{at} refuses this user or password: correct them in the store, or grant the user access \
                 from this machine"
            )),
            1698 => Configuration(format!(
                "{at} lets this user in without a password only, by the user of the operating system: give \
                 the user a password with mysql_native_password (MariaDB) or caching_sha2_password (MySQL)"
            )),
            1130 => Configuration(format!(
                "{at} takes no user from this machine: create the user for this machine's address, too"
            )),
            1129 => Unavailable(format!(
                "{at} blocks this machine after too many broken connections: run FLUSH HOSTS there"
            )),
            1820 | 1862 => Configuration(format!(
                "the password of the user of {at} has expired: set a new one"
            )),
            3118 | 3955 | 4150 | 4151 => Configuration(format!(
                "the user of {at} is locked: unlock it with ALTER USER … ACCOUNT UNLOCK, or FLUSH PRIVILEGES \
                 after too many wrong passwords"
            )),
            1251 | 1275 | 1524 => self.unsupported_login("a plug-in"),
            3159 => Configuration(format!(
                "{at} takes encrypted connections only: add tls=required to the store"
            )),
            // Whoever may use no database of that name is told this, whether or not it exists.
            1044 => Configuration(format!(
                "the database of {at} does not exist, or this user may not use it: create it, correct its \
                 name in the store, or grant the user SELECT, INSERT, UPDATE, DELETE and CREATE on it"
            )),
            1049 => Configuration(format!(
                "the database of {at} does not exist: create it, or correct its name in the store"
            )),
            1142 | 1143 | 1227 => Configuration(format!(
                "the user of {at} may not do enough: grant SELECT, INSERT, UPDATE, DELETE and CREATE on the \
                 tables whose names start with {}twofactor_",
                self.url.prefix()
            )),
            1146 | 1051 => self.missing(),
            1054 | 1136 => Configuration(format!(
                "the tables of {at} have been altered: restore them from a backup"
            )),
            1193 | 1064 | 1231 => Configuration(format!(
                "{at} is too old, or no MySQL or MariaDB: error {code}"
            )),
            1932 | 1812 | 1814 | 1194 | 1195 | 1034 => Configuration(format!(
                "a table of {at} is damaged: repair it, or restore it from a backup"
            )),
            3098 | 1785 => Configuration(format!(
                "the cluster of {at} does not take our tables: error {code}; see the server's log"
            )),
            1286 => Configuration(format!("{at} has no InnoDB: switch it on")),
            1665 => Configuration(format!("set binlog_format of {at} to MIXED or ROW")),
            1290 | 1792 | 1836 | 1874 | 3100 => self.read_only(),
            1021 | 1114 | 1030 => {
                Unavailable(format!("the disk of {at} is full or failed: make room"))
            }
            1040 => Unavailable(format!(
                "{at} has too many connections: raise max_connections, or run fewer PHP workers"
            )),
            1203 | 1226 => Unavailable(format!(
                "the user of {at} has used up what it may: raise max_user_connections or the user's own limits"
            )),
            1037 | 1038 | 1041 => Unavailable(format!("{at} is out of memory")),
            1153 => Unavailable(format!(
                "{at} takes too little at once: raise max_allowed_packet to a megabyte at least"
            )),
            1317 | 1028 | 1969 | 3024 => Unavailable(format!(
                "a question was ended in {at}, by a person or a time limit of the server's own"
            )),
            1104 => Unavailable(format!("raise max_join_size of {at}")),
            1205 | 1206 => Unavailable(format!(
                "the account is locked in {at} for {LOCK_PATIENCE} seconds: end whatever holds it"
            )),
            1213 | 1020 | 3101 => Unavailable(format!("{at} asks to try again")),
            1047 | 3796 | 3797 => Unavailable(format!("{at} is a cluster node that is not ready")),
            1053 | 1077 | 1079 | 1080 | 1927 | 3169 | 4031 => {
                Unavailable(format!("the connection to {at} was ended by the server"))
            }
            1062 => Unavailable(format!(
                "{at} already holds a later event of this user: an older account was put back"
            )),
            _ => Unavailable(format!(
                "{at} reports error {code} ({state}); see the server's log"
            )),
        }
    }
}

impl Store for Mysql {
    fn load(&mut self, site: &Site, user: &UserId) -> Result<Loaded, StoreError> {
        self.release();
        let sql = self.select(site, user);
        if let Some(row) = self.read(&sql)?.into_iter().next() {
            return self
                .account(row)?
                .map(Loaded::Row)
                .ok_or_else(|| self.odd());
        }
        // Only now, since it takes the server twice as long.
        let sql = self.select_all(site, user);
        let rows = self.read(&sql)?;
        let has_events = !rows.is_empty();
        for row in rows {
            if let Some(row) = self.account(row)? {
                return Ok(Loaded::Row(row));
            }
        }
        Ok(if has_events {
            Loaded::Orphaned
        } else {
            Loaded::Absent
        })
    }

    fn hold(&mut self, site: &Site, user: &UserId, contended: bool) -> Result<Loaded, StoreError> {
        if contended {
            self.crowded = CROWDED;
        } else if self.crowded == 0 {
            return self.load(site, user);
        }
        self.crowded -= 1;
        self.release();
        let sql = format!("START TRANSACTION; {} FOR UPDATE", self.select(site, user));
        let rows = last_rows(self.ask(&sql)?);
        self.transaction = true;
        match rows
            .into_iter()
            .next()
            .map(|row| self.account(row))
            .transpose()
        {
            Ok(Some(Some(row))) => Ok(Loaded::Row(row)),
            // Nothing to lock.
            Ok(_) => self.load(site, user),
            Err(error) => {
                self.release();
                Err(error)
            }
        }
    }

    /// A second event with a number that is taken is an error, not a lost swap: trying again would
    /// not help, and the row must have been put back from an older copy.
    fn swap(
        &mut self,
        site: &Site,
        user: &UserId,
        expected: Option<Version>,
        row: &Row,
        events: &[AuditRow],
    ) -> Result<Swap, StoreError> {
        let (mut statements, mut write) = self.statements(site, user, expected, row, events);
        if !self.transaction {
            statements.insert(0, "START TRANSACTION".to_owned());
            write += 1;
        }
        statements.push("COMMIT".to_owned());

        let connection = self.connected()?;
        let result = run(connection, &statements.join("; "));
        self.transaction = false;
        match result {
            Ok(answers) if answers.len() == statements.len() => {
                match answers.get(write).map(|answer| answer.changed) {
                    Some(1) => Ok(Swap::Done),
                    Some(0) => Ok(Swap::Conflict),
                    _ => Err(self.odd()),
                }
            }
            Ok(_) => {
                self.drop_connection();
                Err(self.odd())
            }
            Err(Failed { statement, error }) => {
                // Another first row was faster, or somebody keeps the row: wait for it next time.
                let lost = conflicts(&error)
                    || code(&error) == Some(1205)
                    || code(&error) == Some(1062) && statement == write;
                let fault = self.failed(&error);
                if lost { Ok(Swap::Conflict) } else { Err(fault) }
            }
        }
    }

    fn release(&mut self) {
        if self.transaction {
            self.roll_back();
        }
    }

    fn list(
        &mut self,
        site: &Site,
        search: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Vec<(UserId, Row)>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT version, enrolled, primary_method, locked_until, last_verified, sealed, user \
             FROM `{prefix}twofactor_account` WHERE site = {site} AND user > {after} \
             AND LOCATE({search}, user) > 0 ORDER BY user LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            after = hex(after.unwrap_or("").as_bytes()),
            search = hex(search.as_bytes()),
            limit = limit.min(MAX_LIMIT),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|mut row| {
                let user = row.take_opt(6).and_then(Result::ok).and_then(user_of);
                match (user, row_of(row)) {
                    (Some(user), Ok(Some(row))) => Ok((user, row)),
                    _ => Err(self.odd()),
                }
            })
            .collect()
    }

    fn occupants(&mut self, site: &Site) -> Result<Occupants, StoreError> {
        self.release();
        // The names are each at one end of an index.
        let sql = self
            .named(
                "SELECT EXISTS (SELECT 1 FROM `{prefix}twofactor_account` WHERE site = {site}) \
                 OR EXISTS (SELECT 1 FROM `{prefix}twofactor_audit` WHERE site = {site}), \
                 (SELECT MIN(site) FROM `{prefix}twofactor_account`), \
                 (SELECT MAX(site) FROM `{prefix}twofactor_account`), \
                 (SELECT MIN(site) FROM `{prefix}twofactor_audit`), \
                 (SELECT MAX(site) FROM `{prefix}twofactor_audit`), \
                 (SELECT MIN(site) FROM `{prefix}twofactor_cell`), \
                 (SELECT MAX(site) FROM `{prefix}twofactor_cell`)",
            )
            .replace("{site}", &hex(site.as_str().as_bytes()));
        let rows = self.read(&sql)?;
        let row = rows.first().ok_or_else(|| self.odd())?;
        let own = column::<u8>(row, 0).ok_or_else(|| self.odd())? != 0;
        let (mut other, mut kept) = (None, None);
        for at in 1..=6 {
            let name: Option<Vec<u8>> = column(row, at).ok_or_else(|| self.odd())?;
            let name = name.filter(|name| name != site.as_str().as_bytes());
            let name = name.map(|name| String::from_utf8_lossy(&name).into_owned());
            kept = kept.or_else(|| name.clone());
            if at <= 4 {
                other = other.or(name);
            }
        }
        let elsewhere = |this: &mut Self, name| {
            if own {
                Ok(None)
            } else {
                this.elsewhere(site, name)
            }
        };
        Ok(Occupants {
            own,
            other,
            kept,
            elsewhere: elsewhere(self, "account")?,
            kept_elsewhere: elsewhere(self, "cell")?,
        })
    }

    fn remove_site(&mut self, site: &Site) -> Result<(), StoreError> {
        self.release();
        let of_site: String = TABLES
            .iter()
            .map(|table| {
                format!(
                    "DELETE FROM `{}twofactor_{table}` WHERE site = {};",
                    self.url.prefix(),
                    hex(site.as_str().as_bytes())
                )
            })
            .collect();
        self.ask(&format!("START TRANSACTION;{of_site}COMMIT"))
            .map(drop)
    }

    fn audit(
        &mut self,
        site: &Site,
        user: Option<&UserId>,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.release();
        let (prefix, site) = (self.url.prefix(), hex(site.as_str().as_bytes()));
        let (before, limit) = (before.unwrap_or(u64::MAX), limit.min(MAX_LIMIT));
        let columns = "SELECT id, user, seq, at, body, mac FROM";
        let sql = match user {
            None => format!(
                "{columns} `{prefix}twofactor_audit` WHERE site = {site} AND id < {before} \
                 ORDER BY id DESC LIMIT {limit}"
            ),
            // By place in the user's chain, which has an index: `before` is the id of an event of theirs, most
            // likely. Else a user's few events would be looked for among everybody's.
            Some(user) => {
                let user = hex(user.as_str().as_bytes());
                let whose = format!("site = {site} AND user = {user}");
                format!(
                    "{columns} `{prefix}twofactor_audit` FORCE INDEX (user_seq) WHERE {whose} \
                     AND seq < COALESCE((SELECT seq FROM `{prefix}twofactor_audit` WHERE id = {before} \
                     AND {whose}), {last}) AND id < {before} ORDER BY seq DESC LIMIT {limit}",
                    last = u64::MAX,
                )
            }
        };
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|row| event_of(row).ok_or_else(|| self.odd()))
            .collect()
    }

    fn chain(
        &mut self,
        site: &Site,
        user: &UserId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        let sql = format!(
            "SELECT id, user, seq, at, body, mac FROM `{prefix}twofactor_audit` FORCE INDEX (user_seq) \
             WHERE site = {site} AND user = {user} AND seq >= {from} ORDER BY seq LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            user = hex(user.as_str().as_bytes()),
            limit = limit.min(MAX_LIMIT),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|row| event_of(row).ok_or_else(|| self.odd()))
            .collect()
    }

    fn aged(
        &mut self,
        site: &Site,
        before: UnixTime,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        self.release();
        let sql = format!(
            "SELECT user FROM `{prefix}twofactor_aging` WHERE site = {site} AND since < {before} \
             ORDER BY since LIMIT {limit}",
            prefix = self.url.prefix(),
            site = hex(site.as_str().as_bytes()),
            before = before.seconds(),
            limit = limit.min(MAX_LIMIT),
        );
        last_rows(self.ask(&sql)?)
            .into_iter()
            .map(|mut row| {
                row.take_opt(0)
                    .and_then(Result::ok)
                    .and_then(user_of)
                    .ok_or_else(|| self.odd())
            })
            .collect()
    }

    fn check(&mut self) -> Result<StoreFacts, StoreError> {
        self.release();
        let write =
            self.named("UPDATE `{prefix}twofactor_schema` SET checks = checks + 1 WHERE id = 1");
        self.ask(&write)?;
        let tables = format!(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND engine = 'InnoDB' AND LOWER(table_name) IN ({})",
            // A server may keep names in small letters (lower_case_table_names).
            TABLES
                .map(|table| {
                    let name = format!("{}twofactor_{table}", self.url.prefix());
                    hex(name.to_ascii_lowercase().as_bytes())
                })
                .join(", "),
        );
        let tables = last_rows(self.ask(&tables)?)
            .first()
            .and_then(|row| column::<u64>(row, 0))
            .ok_or_else(|| self.unclear())?;
        if u64::try_from(TABLES.len()) != Ok(tables) {
            return Err(StoreError::Configuration(format!(
                "a table of {} is missing or not InnoDB: restore it, or ALTER TABLE … ENGINE = InnoDB",
                self.url
            )));
        }
        let about = "SELECT VERSION(), @@GLOBAL.innodb_flush_log_at_trx_commit";
        let about = last_rows(self.ask(about)?);
        let about = about.first().ok_or_else(|| self.unclear())?;
        let version: String = column(about, 0).ok_or_else(|| self.unclear())?;
        let flush: Option<i64> = column(about, 1);
        let name = if version.contains("MariaDB") {
            "MariaDB"
        } else {
            "MySQL"
        };
        let version = version.split('-').next().unwrap_or_default();
        Ok(StoreFacts {
            name: format!("{name} {version}, {}", self.url),
            // innodb_flush_log_at_trx_commit
            is_durable: flush == Some(1),
        })
    }

    /// The connection is the other process's: it is neither used nor closed, which would end that one's session.
    /// The next call makes one of its own.
    fn disown_after_fork(&mut self) {
        mem::forget(self.connection.take());
    }
}

/// The value of a switch, as one kind of server or the other says it.
fn is_off(value: &str) -> bool {
    matches!(value, "0" | "OFF")
}

/// A column of a row; `None` where there is none, or it holds something else, or nothing. Never a panic, as
/// the library has for that.
fn column<T: mysql::prelude::FromValue>(row: &mysql::Row, at: usize) -> Option<T> {
    row.get_opt(at)?.ok()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 3);
    text.push_str("x'");
    HEXLOWER.encode_append(bytes, &mut text);
    text.push('\'');
    text
}

pub(super) fn null() -> String {
    "NULL".to_owned()
}

pub(super) fn code(error: &mysql::Error) -> Option<u16> {
    match error {
        mysql::Error::MySqlError(error) => Some(error.code),
        _ => None,
    }
}

/// The network's error, on either of the two ways it arrives.
fn network(error: &mysql::Error) -> Option<&io::Error> {
    match error {
        mysql::Error::IoError(error) => Some(error),
        mysql::Error::CodecError(error) => error.source()?.downcast_ref(),
        _ => None,
    }
}

/// A deadlock, a cluster's first committer was another, or a record changed under our feet.
pub(super) fn conflicts(error: &mysql::Error) -> bool {
    matches!(code(error), Some(1213 | 1020 | 3101))
}

/// The connection is of no use any more, and was not before the statement either, most likely.
fn died(error: &mysql::Error) -> bool {
    match network(error).map(io::Error::kind) {
        Some(kind) => !matches!(
            kind,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::InvalidData
        ),
        None => matches!(
            code(error),
            Some(1053 | 1077 | 1079 | 1080 | 1927 | 3169 | 4031)
        ),
    }
}

type Columns = (
    Option<u64>,
    Option<u8>,
    Option<Vec<u8>>,
    Option<i64>,
    Option<i64>,
    Option<Vec<u8>>,
);

/// The account; `None` for the row that stands for events.
fn row_of(mut row: mysql::Row) -> Result<Option<Row>, ()> {
    fn column<T: mysql::prelude::FromValue>(
        row: &mut mysql::Row,
        at: usize,
    ) -> Result<Option<T>, ()> {
        row.take_opt::<Option<T>, _>(at).ok_or(())?.map_err(|_| ())
    }
    let columns: Columns = (
        column(&mut row, 0)?,
        column(&mut row, 1)?,
        column(&mut row, 2)?,
        column(&mut row, 3)?,
        column(&mut row, 4)?,
        column(&mut row, 5)?,
    );
    let (Some(version), Some(enrolled), primary, locked_until, last_verified, Some(sealed)) =
        columns
    else {
        return Ok(None);
    };
    // The plain columns decide nothing: what is odd in them is left out.
    let time = |seconds: Option<i64>| seconds.and_then(|seconds| UnixTime::new(seconds).ok());
    Ok(Some(Row {
        version: Version(version),
        listing: Listing {
            enrolled: enrolled != 0,
            primary: primary
                .and_then(|name| String::from_utf8(name).ok())
                .and_then(|name| Method::from_name(&name)),
            locked_until: time(locked_until),
            last_verified: time(last_verified),
        },
        phone: PhoneIndex::AsItWas,
        retention: Retention::default(),
        sealed,
    }))
}

pub(super) fn user_of(bytes: Vec<u8>) -> Option<UserId> {
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| UserId::from_store(text).ok())
}

fn event_of(row: mysql::Row) -> Option<(u64, AuditRow)> {
    let (id, user, seq, at, body, mac) =
        mysql::from_row_opt::<(u64, Vec<u8>, u64, i64, Vec<u8>, Vec<u8>)>(row).ok()?;
    let event = AuditRow {
        user: user_of(user)?,
        seq,
        at: UnixTime::new(at).ok()?,
        body,
        mac: mac.try_into().ok()?,
    };
    Some((id, event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreUrl;

    #[test]
    fn every_error_number_has_its_advice() {
        let StoreUrl::Mysql(url) = StoreUrl::parse("mysql://u:c4nary@127.0.0.1/d").unwrap() else {
            panic!("another store");
        };
        let store = Mysql {
            url,
            connection: None,
            prepared: false,
            transaction: false,
            crowded: 0,
        };
        let about: &[(&[u16], bool, &str)] = &[
            (&[1045], true, "refuses this user or password"),
            (&[1698], true, "without a password only"),
            (&[1130], true, "from this machine"),
            (&[1129], false, "FLUSH HOSTS"),
            (&[1820, 1862], true, "expired"),
            (&[3118, 3955, 4150, 4151], true, "is locked"),
            (&[1251, 1275, 1524], true, "is not supported"),
            (&[3159], true, "tls=required"),
            (&[1044], true, "does not exist, or this user may not use it"),
            (&[1049], true, "does not exist: create it"),
            (&[1142, 1143, 1227], true, "grant SELECT"),
            (&[1146, 1051], true, "are gone"),
            (&[1054, 1136], true, "altered"),
            (&[1193, 1064, 1231], true, "too old"),
            (
                &[1932, 1812, 1814, 1194, 1195, 1034],
                true,
                "is damaged: repair it",
            ),
            (&[3098, 1785], true, "does not take our tables"),
            (&[1286], true, "InnoDB"),
            (&[1665], true, "binlog_format"),
            (&[1290, 1792, 1836, 1874, 3100], false, "read-only"),
            (&[1021, 1114, 1030], false, "make room"),
            (&[1040], false, "raise max_connections"),
            (&[1203, 1226], false, "raise max_user_connections"),
            (&[1037, 1038, 1041], false, "out of memory"),
            (&[1153], false, "max_allowed_packet"),
            (&[1317, 1028, 1969, 3024], false, "was ended"),
            (&[1104], false, "max_join_size"),
            (&[1205, 1206], false, "is locked"),
            (&[1213, 1020, 3101], false, "try again"),
            (&[1047, 3796, 3797], false, "not ready"),
            (
                &[1053, 1077, 1079, 1080, 1927, 3169, 4031],
                false,
                "ended by the server",
            ),
            (&[1062], false, "an older account was put back"),
            (&[9999], false, "reports error 9999"),
        ];
        for (codes, for_operators, advice) in about {
            for code in *codes {
                let (says_so, text) = match store.server_fault(*code, "HY000") {
                    StoreError::Configuration(text) => (true, text),
                    StoreError::Unavailable(text) => (false, text),
                };
                assert!(text.contains(advice), "{code}: {text}");
                assert_eq!(says_so, *for_operators, "{code}: {text}");
                assert!(!text.contains("c4nary"));
            }
        }
    }
}
