//! Looking at a database that belongs to somebody else.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use time::OffsetDateTime;
use wicketgate_identity::{PasswordHash, PasswordHashForm};

use super::open::{BUSY_TIMEOUT, database_error};
use super::{SqliteStore, date_time_offset, location, schema};
use crate::{AccountCounts, Inspection, OpenError, SchemaState};

impl SqliteStore {
    /// What the file in `sqlite:PATH` or `sqlite://PATH` holds. Changes no byte of it, makes no file beside it, and may
    /// run while an application uses it.
    ///
    /// # Errors
    /// The file is missing or cannot be read, is not a database, or was left by an application that did not end
    /// properly, so that reading it would need a repair first.
    pub async fn inspect(url: &str, now: OffsetDateTime) -> Result<Inspection, OpenError> {
        let path = location::path(url)?;
        let options = read_only(&path)?;
        let inspection = async {
            let mut connection = options.connect().await?;
            let inspection = inspect(&mut connection, now).await?;
            connection.close().await?;
            Ok(inspection)
        };
        inspection.await.map_err(|error| database_error(&path, &error))
    }
}

/// A database with a write-ahead log cannot be read without the log and its index beside it: SQLite makes them where
/// they are missing. So while nobody has it open, it is read as a file that nobody changes.
pub(super) fn read_only(path: &Path) -> Result<SqliteConnectOptions, OpenError> {
    let has_log_mode = has_write_ahead_log(path).map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })?;
    let (log, index) = (beside(path, "-wal"), beside(path, "-shm"));
    let log_is_empty = fs::metadata(&log).map_or(true, |log| log.len() == 0);
    let is_open_elsewhere = log.exists() && index.exists();
    if !log_is_empty && !is_open_elsewhere {
        return Err(OpenError::Database {
            path: path.to_owned(),
            reason: "its newest changes are in the -wal file beside it; stop the application, or take a copy with \
                     `VACUUM INTO`"
                .to_owned(),
        });
    }
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .read_only(true)
        .immutable(has_log_mode && !is_open_elsewhere)
        .disable_statement_logging())
}

/// Whether the header says so; see <https://www.sqlite.org/fileformat.html>, section 1.3.3.
fn has_write_ahead_log(path: &Path) -> io::Result<bool> {
    const READ_VERSION: usize = 19;
    let mut header = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut header)?;
    Ok(header.get(READ_VERSION) == Some(&2))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

async fn inspect(connection: &mut SqliteConnection, now: OffsetDateTime) -> sqlx::Result<Inspection> {
    // One transaction, so that all numbers are of one moment.
    let mut transaction = connection.begin().await?;
    let schema = schema::detect(&mut transaction).await?;
    let mut inspection = Inspection {
        schema,
        unfillable_columns: Vec::new(),
        accounts: None,
    };
    if let SchemaState::Complete(_) = inspection.schema {
        inspection.unfillable_columns = schema::unfillable_columns(&mut transaction).await?;
        inspection.accounts = Some(count(&mut transaction, now).await?);
    }
    Ok(inspection)
}

async fn count(connection: &mut SqliteConnection, now: OffsetDateTime) -> sqlx::Result<AccountCounts> {
    let number = |row: &SqliteRow, column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    let row = sqlx::query(
        r#"SELECT COUNT(*) AS "Total",
            COUNT(*) FILTER (WHERE "EmailConfirmed") AS "Confirmed",
            COUNT(*) FILTER (WHERE "TwoFactorEnabled") AS "TwoFactor",
            COUNT(*) FILTER (WHERE "SecurityStamp" IS NULL) AS "WithoutSecurityStamp",
            (SELECT COUNT(*) FROM "AspNetUserLogins") AS "ExternalLogins",
            (SELECT COUNT(*) FROM "AspNetRoles") AS "Roles"
        FROM "AspNetUsers""#,
    )
    .fetch_one(&mut *connection)
    .await?;
    let (locked, unreadable_lockout) = count_locked(connection, now).await?;
    Ok(AccountCounts {
        total: number(&row, "Total")?,
        by_hash: count_by_hash(connection).await?,
        confirmed: number(&row, "Confirmed")?,
        locked,
        unreadable_lockout,
        two_factor: number(&row, "TwoFactor")?,
        without_security_stamp: number(&row, "WithoutSecurityStamp")?,
        external_logins: number(&row, "ExternalLogins")?,
        roles: number(&row, "Roles")?,
    })
}

/// Locked accounts, and those of which that cannot be told.
async fn count_locked(connection: &mut SqliteConnection, now: OffsetDateTime) -> sqlx::Result<(u64, u64)> {
    const CANDIDATES: &str =
        r#"SELECT "LockoutEnd" FROM "AspNetUsers" WHERE "LockoutEnd" IS NOT NULL AND "LockoutEnabled""#;
    let (mut locked, mut unreadable) = (0, 0);
    for row in sqlx::query(CANDIDATES).fetch_all(connection).await? {
        match date_time_offset::get(&row, "LockoutEnd") {
            Ok(end) if end >= Some(now) => locked += 1,
            Ok(_) => {}
            Err(_) => unreadable += 1,
        }
    }
    Ok((locked, unreadable))
}

/// The most frequent form first.
async fn count_by_hash(connection: &mut SqliteConnection) -> sqlx::Result<Vec<(Option<PasswordHashForm>, u64)>> {
    // A page at a time: a large database has more hashes than should be in memory at once.
    const PAGE: &str =
        r#"SELECT rowid AS "Row", "PasswordHash" FROM "AspNetUsers" WHERE rowid > ? ORDER BY rowid LIMIT 1000"#;
    let mut counts: Vec<(Option<PasswordHashForm>, u64)> = Vec::new();
    let mut last = i64::MIN;
    loop {
        let rows = sqlx::query(PAGE).bind(last).fetch_all(&mut *connection).await?;
        for row in &rows {
            last = row.try_get("Row")?;
            let hash: Option<String> = row.try_get("PasswordHash")?;
            let form = hash.map(|hash| PasswordHashForm::of(&PasswordHash::from_stored(hash)));
            match counts.iter_mut().find(|(known, _)| *known == form) {
                Some((_, count)) => *count += 1,
                None => counts.push((form, 1)),
            }
        }
        if rows.is_empty() {
            counts.sort_by_key(|(form, count)| (std::cmp::Reverse(*count), form.map(|form| form.to_string())));
            return Ok(counts);
        }
    }
}
