//! What went wrong with a server, for operators: in our words, for what a server says may repeat values.

use std::error::Error;
use std::fmt;
use std::io;

use mysql::DriverError;

use super::super::error::StoreError;
use super::super::url::{MysqlUrl, Tls};
use super::patience::{LOCK_PATIENCE, NETWORK_PATIENCE};
use super::wire::network;

/// An error that a server reports: its number and state. Its words may repeat values and stay behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("error {code} ({state})")]
pub(in crate::store) struct ServerError {
    code: u16,
    state: String,
}

impl ServerError {
    /// Its number.
    pub(in crate::store) const fn code(&self) -> u16 {
        self.code
    }
}

/// The error to keep beside the advice.
fn source(error: mysql::Error) -> Option<Box<dyn Error + Send + Sync>> {
    match error {
        mysql::Error::MySqlError(error) => Some(Box::new(ServerError {
            code: error.code,
            state: error.state,
        })),
        mysql::Error::IoError(error) => Some(Box::new(error)),
        mysql::Error::CodecError(error) => Some(Box::new(error)),
        mysql::Error::TlsError(error) => Some(Box::new(error)),
        mysql::Error::DriverError(error) => Some(Box::new(error)),
        // Their texts repeat values of the address or of rows.
        mysql::Error::UrlError(_)
        | mysql::Error::FromValueError(_)
        | mysql::Error::FromRowError(_) => None,
    }
}

/// One of the servers of a store. Shown without the password, as its address with that host alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) url: &'a MysqlUrl,
    /// Which of its hosts.
    pub(super) host: usize,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.show(f, Some(self.host))
    }
}

impl At<'_> {
    pub(super) fn unsupported_login(&self, plugin: &str) -> StoreError {
        StoreError::configuration(format!(
            "{} wants this user to log in by {plugin}, which is not supported: give the user a password with \
             mysql_native_password (MariaDB) or caching_sha2_password (MySQL)",
            self
        ))
    }

    pub(super) fn silent(&self) -> StoreError {
        StoreError::unavailable(format!(
            "{} does not answer: start the server, or correct the address",
            self
        ))
    }

    pub(super) fn read_only(&self) -> StoreError {
        StoreError::unavailable(format!("{} is read-only: name the primary server", self))
    }

    pub(super) fn missing(&self) -> StoreError {
        StoreError::configuration(format!(
            "the tables of {} are gone: restore them from a backup. To start over, so that nobody has a \
             second factor any more, restart PHP",
            self
        ))
    }

    pub(super) fn odd(&self) -> StoreError {
        StoreError::unavailable(format!(
            "{} holds something this version did not write: restore it from a backup",
            self
        ))
    }

    /// An answer of the server that no table of ours has a part in.
    pub(super) fn unclear(&self) -> StoreError {
        StoreError::unavailable(format!("{} gave an answer that is not understood", self))
    }

    /// What an error of the driver means here.
    pub(super) fn fault(&self, error: mysql::Error) -> StoreError {
        let advice = self.advice(&error);
        match source(error) {
            Some(source) => advice.because(source),
            None => advice,
        }
    }

    fn advice(&self, error: &mysql::Error) -> StoreError {
        let at = self;
        if let Some(error) = network(error) {
            return self.network_fault(error);
        }
        match error {
            mysql::Error::MySqlError(error) => self.server_fault(error.code, &error.state),
            mysql::Error::TlsError(_) => StoreError::configuration(format!(
                "no encrypted connection to {at}: correct the option ca of the store"
            )),
            mysql::Error::DriverError(DriverError::TlsNotSupported) => {
                StoreError::configuration(format!(
                    "{at} does not encrypt: set up TLS on the server, or add tls=off to the store if the \
                 network between is yours alone"
                ))
            }
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
        let at = self;
        match error.kind() {
            // How the TLS library's refusals arrive.
            io::ErrorKind::InvalidData if *self.url.tls() != Tls::Off => {
                StoreError::configuration(format!(
                    "the certificate of {at} was not accepted ({error}): correct the option ca of the \
                 store, or the server's name"
                ))
            }
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                StoreError::unavailable(format!(
                    "{at} did not answer within {} seconds",
                    NETWORK_PATIENCE.as_secs()
                ))
            }
            kind => StoreError::unavailable(format!("the connection to {at} failed ({kind})")),
        }
    }

    /// In our words: what the server says may repeat values.
    fn server_fault(&self, code: u16, state: &str) -> StoreError {
        let at = self;
        match code {
            1045 => StoreError::configuration(format!(
                "{at} refuses this user or password: correct them in the store, or grant the user access \
                 from this machine"
            )),
            1698 => StoreError::configuration(format!(
                "{at} lets this user in without a password only, by the user of the operating system: give \
                 the user a password with mysql_native_password (MariaDB) or caching_sha2_password (MySQL)"
            )),
            1130 => StoreError::configuration(format!(
                "{at} takes no user from this machine: create the user for this machine's address, too"
            )),
            1129 => StoreError::unavailable(format!(
                "{at} blocks this machine after too many broken connections: run FLUSH HOSTS there"
            )),
            1820 | 1862 => StoreError::configuration(format!(
                "the password of the user of {at} has expired: set a new one"
            )),
            3118 | 3955 | 4150 | 4151 => StoreError::configuration(format!(
                "the user of {at} is locked: unlock it with ALTER USER … ACCOUNT UNLOCK, or FLUSH PRIVILEGES \
                 after too many wrong passwords"
            )),
            1251 | 1275 | 1524 => self.unsupported_login("a plug-in"),
            3159 => StoreError::configuration(format!(
                "{at} takes encrypted connections only: add tls=required to the store"
            )),
            // Error 1044 does not tell a missing database from one that this user may not use.
            1044 => StoreError::configuration(format!(
                "the database of {at} does not exist, or this user may not use it: create it, correct its \
                 name in the store, or grant the user SELECT, INSERT, UPDATE, DELETE and CREATE on it"
            )),
            1049 => StoreError::configuration(format!(
                "the database of {at} does not exist: create it, or correct its name in the store"
            )),
            1142 | 1143 | 1227 => StoreError::configuration(format!(
                "the user of {at} may not do enough: grant SELECT, INSERT, UPDATE, DELETE and CREATE on the \
                 tables whose names start with {}twofactor_",
                self.url.prefix()
            )),
            1146 | 1051 => self.missing(),
            1054 | 1136 => StoreError::configuration(format!(
                "the tables of {at} have been altered: restore them from a backup"
            )),
            1193 | 1064 | 1231 => StoreError::configuration(format!(
                "{at} is too old, or no MySQL or MariaDB: error {code}"
            )),
            1932 | 1812 | 1814 | 1194 | 1195 | 1034 => StoreError::configuration(format!(
                "a table of {at} is damaged: repair it, or restore it from a backup"
            )),
            3098 | 1785 => StoreError::configuration(format!(
                "the cluster of {at} does not take our tables: error {code}; see the server's log"
            )),
            1286 => StoreError::configuration(format!("{at} has no InnoDB: switch it on")),
            1665 => StoreError::configuration(format!("set binlog_format of {at} to MIXED or ROW")),
            1290 | 1792 | 1836 | 1874 | 3100 => self.read_only(),
            1021 | 1114 | 1030 => {
                StoreError::unavailable(format!("the disk of {at} is full or failed: make room"))
            }
            1040 => StoreError::unavailable(format!(
                "{at} has too many connections: raise max_connections, or run fewer PHP workers"
            )),
            1203 | 1226 => StoreError::unavailable(format!(
                "the user of {at} has used up what it may: raise max_user_connections or the user's own limits"
            )),
            1037 | 1038 | 1041 => StoreError::unavailable(format!("{at} is out of memory")),
            1153 => StoreError::unavailable(format!(
                "{at} takes too little at once: raise max_allowed_packet to a megabyte at least"
            )),
            1317 | 1028 | 1969 | 3024 => StoreError::unavailable(format!(
                "a question was ended in {at}, by a person or a time limit of the server's own"
            )),
            1104 => StoreError::unavailable(format!("raise max_join_size of {at}")),
            1205 | 1206 => StoreError::unavailable(format!(
                "the account is locked in {at} for {LOCK_PATIENCE} seconds: end whatever holds it"
            )),
            1213 | 1020 | 3101 => StoreError::unavailable(format!("{at} asks to try again")),
            1047 | 3796 | 3797 => {
                StoreError::unavailable(format!("{at} is a cluster node that is not ready"))
            }
            1053 | 1077 | 1079 | 1080 | 1927 | 3169 | 4031 => {
                StoreError::unavailable(format!("the connection to {at} was ended by the server"))
            }
            1062 => StoreError::unavailable(format!(
                "{at} already holds a later event of this user: an older account was put back"
            )),
            _ => StoreError::unavailable(format!(
                "{at} reports error {code} ({state}); see the server's log"
            )),
        }
    }
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
        let store = At { url: &url, host: 0 };
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
                    StoreError::Configuration { advice, .. } => (true, advice),
                    StoreError::Unavailable { advice, .. } => (false, advice),
                };
                assert!(text.contains(advice), "{code}: {text}");
                assert_eq!(says_so, *for_operators, "{code}: {text}");
                assert!(!text.contains("c4nary"));
            }
        }
    }
}
