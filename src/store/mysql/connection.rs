//! One connection to one of the servers: made, made anew, and what is asked over it.
//!
//! Of several hosts the one that worked last in this process is tried first, and then those after it, each once and
//! each for its share of the time for connecting. On goes to the next one where nobody answers or breaks off, and
//! where a server says that it is read-only, or no part of its cluster, or not able to take anybody now: all that is
//! [`StoreError::Unavailable`]. What an operator has to mend ends it, a password or certificate that is refused
//! among it: the next server would be told the same, and whoever stands in the place of one is not passed over in
//! silence.
//!
//! Over a connection that there is, what may be asked twice is asked of the next host when this one does not answer
//! or turns it away. Whether a swap that nobody answered was written is looked up there, by what it would have
//! written: the row is ours, or the change is a lost one and decided anew on what is there. Since every swap names the
//! version that it replaces, at most one of the two is written, whatever the first server still does.

use std::fmt;
use std::net::ToSocketAddrs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use mysql::{Conn, DriverError, OptsBuilder, SslOpts};

use super::super::error::StoreError;
use super::super::rows::COPYING;
use super::super::url::{Address, Host, MysqlUrl, Tls};
use super::fault::At;
use super::patience::{LOCK_PATIENCE, NETWORK_PATIENCE};
use super::wire::{
    Failed, StatementResult, column, conflicts, died, hex, is_off, last_rows, run, timed_out,
    turned_away,
};
use crate::clock::instant;
use crate::types::UserId;

/// More than a statement of ours ever needs, and the least any server allows by default.
const MAX_PACKET_BYTES: usize = 1 << 20;

/// Deadlocks that a question may lose before it is given up.
const MOST_CONFLICTS: u8 = 20;

/// Least time for a host, also when those before it have taken all there is for connecting.
const SHORTEST: Duration = Duration::from_millis(500);

/// No further host is tried after so long: as long as one host alone may take to be reached and to answer.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// Most addresses whose working host is remembered.
const MOST_REMEMBERED: usize = 16;

/// Which host worked last in this process, by the hosts that there are.
static WORKING: Mutex<Vec<(Vec<Host>, usize)>> = Mutex::new(Vec::new());

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

/// A MySQL or MariaDB store.
pub(crate) struct Mysql {
    pub(super) url: MysqlUrl,
    /// The host that is connected, or is tried first.
    host: usize,
    pub(super) connection: Option<Conn>,
    /// The tables were there once.
    prepared: bool,
    /// The connection has a transaction open, begun by a hold.
    pub(super) transaction: bool,
    /// How many holds still lock at once, since a swap was lost lately.
    pub(super) crowded: u8,
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

/// Why there is no connection, and whether there was nobody: then another address may have somebody.
struct ConnectFailure {
    fault: StoreError,
    unreachable: bool,
}

impl Mysql {
    /// Connects to the server, and brings the tables up to date. Those that a copy did not fill are refused.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn connect(url: &MysqlUrl) -> Result<Self, StoreError> {
        let mut store = Self::connect_unfinished(url)?;
        let sql = store.at().named(&format!(
            "SELECT 1 FROM `{{prefix}}twofactor_shared_row` WHERE site = '' AND name = {}",
            hex(COPYING.as_bytes())
        ));
        if last_rows(store.ask(&sql)?).is_empty() {
            return Ok(store);
        }
        Err(StoreError::copy_interrupted(store.at()))
    }

    /// As [`Mysql::connect`], also to one that is being filled: for the copy alone.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn connect_unfinished(url: &MysqlUrl) -> Result<Self, StoreError> {
        let mut store = Self {
            host: working(url).unwrap_or(0),
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

    /// The server that is connected, or was last.
    pub(super) const fn at(&self) -> At<'_> {
        At {
            url: &self.url,
            host: self.host,
        }
    }

    /// Another server may be asked what this one did not answer.
    pub(super) fn another_may_answer(&self, error: &mysql::Error) -> bool {
        self.url.hosts() > 1 && (died(error) || timed_out(error) || turned_away(error))
    }

    /// Lets go of a server that is of no use now: the next one is tried first.
    fn leave(&mut self) {
        self.drop_connection();
        self.host = self.after(1);
    }

    fn after(&self, steps: usize) -> usize {
        let place = self.host.saturating_add(steps);
        place.checked_rem(self.url.hosts()).unwrap_or(0)
    }

    fn reconnect(&mut self) -> Result<Conn, StoreError> {
        self.transaction = false;
        let options = self.options()?;
        let (began, first, hosts) = (instant(), self.host, self.url.hosts());
        let mut faults = Vec::new();
        for left in (1..=u32::try_from(hosts).unwrap_or(1)).rev() {
            let spent = began.elapsed();
            if spent >= CONNECT_PATIENCE {
                break;
            }
            match self.session(options.clone(), share(spent, left)) {
                Ok(connection) => {
                    if hosts > 1 {
                        remember(&self.url, self.host);
                    }
                    return Ok(connection);
                }
                Err(StoreError::Unavailable { advice, source }) => faults.push((advice, source)),
                Err(fault) => return Err(fault),
            }
            self.host = self.after(1);
        }
        self.host = first;
        // The source is that of the host that was tried first.
        let (advice, mut sources): (Vec<_>, Vec<_>) = faults.into_iter().unzip();
        let fault = StoreError::unavailable(advice.join("; "));
        Err(match sources.drain(..).flatten().next() {
            Some(source) => fault.because(source),
            None => fault,
        })
    }

    /// What is the same for every host.
    fn options(&self) -> Result<OptsBuilder, StoreError> {
        let password = self
            .url
            .password()
            .map_err(|why| StoreError::configuration(why.to_string()).because(why))?;
        let mut options = OptsBuilder::new()
            .user(Some(self.url.user()))
            .pass(password.as_ref().map(|text| text.as_str()))
            .db_name(Some(self.url.database()))
            .prefer_socket(false)
            .stmt_cache_size(0)
            .max_allowed_packet(Some(MAX_PACKET_BYTES))
            .read_timeout(Some(NETWORK_PATIENCE))
            .write_timeout(Some(NETWORK_PATIENCE))
            .tcp_keepalive_time_ms(Some(60_000));
        if let Tls::Required { ca } = self.url.tls() {
            let mut tls = SslOpts::default();
            if let Some(ca) = ca {
                std::fs::metadata(ca).and_then(|_| std::fs::File::open(ca)).map_err(|error| {
                    StoreError::configuration(format!(
                        "the certificates in {} cannot be read ({}): correct the option ca of the store",
                        ca.display(),
                        error.kind()
                    ))
                    .because(error)
                })?;
                tls = tls.with_root_cert_path(Some(ca.clone()));
            }
            options = options.ssl_opts(tls);
        }
        Ok(options)
    }

    /// A connection to the host, set up, to a server that may be written to and has the tables.
    fn session(&mut self, options: OptsBuilder, patience: Duration) -> Result<Conn, StoreError> {
        let mut connection = self.dial(options, patience)?;
        let session = SESSION.replace("{patience}", &LOCK_PATIENCE.to_string());
        let failed = |failed: Failed| self.at().fault(failed.error);
        for row in last_rows(run(&mut connection, &session).map_err(failed)?) {
            let text = |at| {
                let bytes = column::<Vec<u8>>(&row, at).ok_or_else(|| self.at().unclear())?;
                String::from_utf8(bytes).map_err(|_| self.at().unclear())
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
                    return Err(self.at().read_only());
                }
                _ => continue,
            };
            run(&mut connection, wait).map_err(failed)?;
        }
        self.at().prepare(&mut connection, self.prepared)?;
        self.prepared = true;
        Ok(connection)
    }

    /// Logs in. The library panics at ways of logging in that it was built without, and at a server that
    /// breaks off in the middle of some: nothing was asked yet, so there is nothing to undo.
    fn connection(&self, options: OptsBuilder) -> Result<Conn, ConnectFailure> {
        match catch_unwind(AssertUnwindSafe(|| Conn::new(options))) {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => {
                let unreachable = matches!(
                    error,
                    mysql::Error::DriverError(
                        DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout
                    )
                );
                let fault = self.at().fault(error);
                Err(ConnectFailure { fault, unreachable })
            }
            Err(panic) => {
                let said = panic.downcast_ref::<&str>().copied();
                let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                let said = said.unwrap_or_default();
                let plugin = ["ed25519", "parsec"]
                    .into_iter()
                    .find(|name| said.contains(name));
                Err(ConnectFailure {
                    fault: match plugin {
                        Some(plugin) => self.at().unsupported_login(plugin),
                        None => StoreError::unavailable(format!(
                            "{} broke off while logging in: is it a server of MySQL or MariaDB?",
                            self.at()
                        )),
                    },
                    unreachable: false,
                })
            }
        }
    }

    /// Tries every address of the host, as "localhost" often has two and the server one. Under TLS the
    /// name is left to the library, which needs it for the certificate.
    fn dial(&self, options: OptsBuilder, patience: Duration) -> Result<Conn, StoreError> {
        let host = match self.url.address() {
            Address::Socket(path) => {
                let options = options.socket(Some(path));
                return self.connection(options).map_err(|attempt| attempt.fault);
            }
            Address::Tcp(hosts) => hosts.get(self.host).ok_or_else(|| self.at().silent())?,
        };
        let options = options.tcp_port(host.port);
        let addresses: Vec<String> = if *self.url.tls() == Tls::Off {
            let found = (host.name.as_str(), host.port).to_socket_addrs();
            let found = found.map_err(|_| self.at().silent())?;
            found.map(|address| address.ip().to_string()).collect()
        } else {
            vec![host.name.clone()]
        };
        let patience = patience / u32::try_from(addresses.len()).unwrap_or(1).max(1);
        let mut fault = self.at().silent();
        for address in addresses {
            let options = options
                .clone()
                .ip_or_hostname(Some(address))
                .tcp_connect_timeout(Some(patience));
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

    /// Users, of rows that name one each.
    pub(super) fn users(&self, rows: Vec<mysql::Row>) -> Result<Vec<UserId>, StoreError> {
        rows.into_iter()
            .map(|mut row| {
                row.take_opt(0)
                    .and_then(Result::ok)
                    .and_then(user_of)
                    .ok_or_else(|| self.at().odd())
            })
            .collect()
    }

    /// Sends statements that may be sent again: once more, if the connection turns out to have died, and
    /// as often as it takes, within reason, if the server asks for it. Whoever loses in a deadlock lets
    /// somebody else get on, so this ends.
    pub(super) fn ask(&mut self, sql: &str) -> Result<Vec<StatementResult>, StoreError> {
        let had_one = self.connection.is_some();
        let mut answers = run(self.connected()?, sql);
        for again in 0..self.url.hosts() {
            match &answers {
                // A kept connection that died may have been idle for too long: one new connection to the same host.
                Err(Failed { error, .. }) if had_one && again == 0 && died(error) => {
                    self.drop_connection();
                }
                Err(Failed { error, .. }) if self.another_may_answer(error) => self.leave(),
                _ => break,
            }
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
        answers.map_err(|failed| self.failed(failed.error))
    }

    /// Reads what something is decided on: where it would be written to, and only if it could be.
    pub(super) fn read(&mut self, select: &str) -> Result<Vec<mysql::Row>, StoreError> {
        let sql = format!("START TRANSACTION; {select}; {READ_ONLY}; COMMIT");
        if let Some(rows) = self.read_if_primary(&sql)? {
            return Ok(rows);
        }
        if self.url.hosts() > 1 {
            self.leave();
            if let Some(rows) = self.read_if_primary(&sql)? {
                return Ok(rows);
            }
        }
        Err(self.at().read_only())
    }

    /// The rows; `None` from a server that is read-only.
    fn read_if_primary(&mut self, sql: &str) -> Result<Option<Vec<mysql::Row>>, StoreError> {
        let mut answers = self.ask(sql)?.into_iter().skip(1);
        let (rows, about) = (answers.next(), answers.next());
        let (Some(rows), Some(about)) = (rows, about) else {
            self.drop_connection();
            return Err(self.at().unclear());
        };
        let read_only = about
            .rows
            .first()
            .and_then(|row| column::<String>(row, 0))
            .ok_or_else(|| self.at().unclear())?;
        Ok(is_off(&read_only).then_some(rows.rows))
    }

    /// What an error means, after making sure that nothing of it is left on the connection.
    pub(super) fn failed(&mut self, error: mysql::Error) -> StoreError {
        let another_may_answer = self.another_may_answer(&error);
        let is_connected = matches!(error, mysql::Error::MySqlError(_)) && !died(&error);
        let fault = self.at().fault(error);
        if another_may_answer {
            self.leave();
        } else if is_connected {
            self.roll_back();
        } else {
            self.drop_connection();
        }
        fault
    }

    /// Ends the transaction of a hold, if there is one.
    pub(super) fn release(&mut self) {
        if self.transaction {
            self.roll_back();
        }
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
}

pub(super) fn user_of(bytes: Vec<u8>) -> Option<UserId> {
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| UserId::from_store(text).ok())
}

/// How long a host may take to be reached when those before it took so long and so many are left: of what is there,
/// each has an equal part.
fn share(spent: Duration, left: u32) -> Duration {
    (NETWORK_PATIENCE.saturating_sub(spent) / left.max(1)).max(SHORTEST)
}

/// The host that worked last, if any did.
fn working(url: &MysqlUrl) -> Option<usize> {
    let Address::Tcp(hosts) = url.address() else {
        return None;
    };
    let known = WORKING.try_lock().ok()?;
    let known = known.iter().find(|(of, _)| of == hosts);
    known.map(|(_, host)| *host)
}

/// It worked. Whoever finds the list in use goes without.
fn remember(url: &MysqlUrl, host: usize) {
    if let (Address::Tcp(hosts), Ok(mut known)) = (url.address(), WORKING.try_lock()) {
        known.retain(|(of, _)| of != hosts);
        if known.len() < MOST_REMEMBERED {
            known.push((hosts.clone(), host));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_not_reached_take_no_longer_together_than_one_would() {
        for hosts in 1..=7_u32 {
            let mut spent = Duration::ZERO;
            for left in (1..=hosts).rev() {
                let share = share(spent, left);
                assert!(share >= Duration::from_millis(700), "{hosts} {left}");
                spent += share;
            }
            let slack = Duration::from_millis(1);
            assert!(spent <= NETWORK_PATIENCE + slack, "{hosts}: {spent:?}");
            assert!(spent + slack >= NETWORK_PATIENCE, "{hosts}: {spent:?}");
        }
        // One that is reached and then says nothing leaves the others something.
        assert_eq!(share(NETWORK_PATIENCE, 2), SHORTEST);
    }
}
