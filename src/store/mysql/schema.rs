//! The tables, and how they become today's.

use mysql::Conn;

use super::super::error::StoreError;
use super::fault::At;
use super::patience::LOCK_PATIENCE;
use super::wire::{Failed, code, column, hex, last_rows, run};

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
        written BIGINT UNSIGNED NOT NULL DEFAULT 0,
        UNIQUE KEY user_seq (site, user, seq),
        KEY place (site, id, written)
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
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_shared_row` (
        site VARBINARY(191) NOT NULL,
        name VARBINARY(191) NOT NULL,
        version BIGINT UNSIGNED NOT NULL,
        keep_until BIGINT NULL,
        body MEDIUMBLOB NOT NULL,
        PRIMARY KEY (site, name),
        KEY keep_until (site, keep_until)
    ) ENGINE = InnoDB",
        "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_message` (
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
    &["CREATE TABLE IF NOT EXISTS `{prefix}twofactor_notice` (
        site VARBINARY(191) NOT NULL,
        user VARBINARY(191) NOT NULL,
        due BIGINT NOT NULL,
        PRIMARY KEY (site, user),
        KEY due (site, due)
    ) ENGINE = InnoDB"],
    // When it was written, in seconds by the server's clock (`at` is by the site's), and each site's in their order. New
    // tables have it, for their user may not alter them.
    &[
        "ALTER TABLE `{prefix}twofactor_audit` ADD COLUMN written BIGINT UNSIGNED NOT NULL DEFAULT 0",
        "ALTER TABLE `{prefix}twofactor_audit` ADD KEY place (site, id, written)",
    ],
];

/// What a step adds is there: it was taken, by a process that ended before that was noted, or by hand (`ER_DUP_FIELDNAME`,
/// `ER_DUP_KEYNAME`).
const IS_THERE: [u16; 2] = [1060, 1061];
/// `ER_TABLEACCESS_DENIED_ERROR`
const NOT_ALLOWED: u16 = 1142;

/// How many there are.
pub(super) fn today() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// All that hold something.
pub(super) const TABLES: [&str; 7] = [
    "account",
    "audit",
    "phone",
    "shared_row",
    "message",
    "aging",
    "notice",
];

/// Holds the schema's version; made before everything else.
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS `{prefix}twofactor_schema` (
        id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
        version INT UNSIGNED NOT NULL,
        checks BIGINT UNSIGNED NOT NULL
    ) ENGINE = InnoDB";

impl At<'_> {
    /// Makes or updates the tables, unless that was done before.
    pub(super) fn prepare(&self, connection: &mut Conn, was_there: bool) -> Result<(), StoreError> {
        let today = today();
        let mut found = self.version(connection)?;
        if found.is_none() && was_there {
            return Err(self.missing());
        }
        if found.is_none_or(|found| found < today) {
            let lock = format!(
                "SHA1({})",
                hex(format!("twofactor {} {}", self.url.database(), self.url.prefix()).as_bytes())
            );
            let failed = |failed: Failed| self.fault(failed.error);
            let locked = last_rows(
                run(
                    connection,
                    &format!("SELECT GET_LOCK({lock}, {LOCK_PATIENCE})"),
                )
                .map_err(failed)?,
            );
            // GET_LOCK gives 0 after its time-out, and NULL where it failed (interrupted, no memory).
            if locked.first().and_then(|row| column::<i64>(row, 0)) != Some(1) {
                return Err(StoreError::unavailable(format!(
                    "the tables of {} are being set up by another process",
                    self
                )));
            }
            self.migrate(connection, today)?;
            run(connection, &format!("SELECT RELEASE_LOCK({lock})")).map_err(failed)?;
            found = self.version(connection)?;
        }
        match found {
            Some(found) if found == today => Ok(()),
            Some(found) => Err(StoreError::configuration(format!(
                "the tables of {} were written by a newer version (schema {found}, this is {today}): \
                 update this extension",
                self
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
            Err(failed) => Err(self.fault(failed.error)),
        }
    }

    fn migrate(&self, connection: &mut Conn, today: u32) -> Result<(), StoreError> {
        let failed = |failed: Failed| self.fault(failed.error);
        run(connection, &self.named(SCHEMA)).map_err(failed)?;
        let found = self.version(connection)?.unwrap_or(0);
        for step in MIGRATIONS
            .iter()
            .skip(usize::try_from(found).unwrap_or(usize::MAX))
        {
            for statement in *step {
                if found == 0 && statement.starts_with("ALTER") {
                    continue;
                }
                let statement = self.named(statement);
                match run(connection, &statement) {
                    Err(error) if code(&error.error).is_some_and(|it| IS_THERE.contains(&it)) => {}
                    Err(error)
                        if code(&error.error) == Some(NOT_ALLOWED)
                            && statement.starts_with("ALTER") =>
                    {
                        return Err(StoreError::configuration(format!(
                            "the tables of {self} are of an earlier version, and its user may not alter them: grant it \
                             ALTER and INDEX on them until they are up to date, or run as one who may: {statement}"
                        )));
                    }
                    done => {
                        done.map_err(failed)?;
                    }
                }
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
}
