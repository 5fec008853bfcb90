//! A ring of keys as rows of `DataProtectionKeys`, the table of .NET's `PersistKeysToDbContext`.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, SqlitePool};
use wicketgate_protection::{EphemeralKeyRepository, KeyRepository, KeyRepositoryError, StoredElement};
use zeroize::Zeroizing;

use super::inspect::read_only;
use super::open::{connect_options, database_error, pool};
use super::{begin, location};
use crate::OpenError;

/// As EF Core's migration makes it.
pub(super) const CREATE_TABLE: &str = r#"CREATE TABLE "DataProtectionKeys" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_DataProtectionKeys" PRIMARY KEY AUTOINCREMENT,
    "FriendlyName" TEXT NULL,
    "Xml" TEXT NULL
)"#;
/// The table's name, which SQLite takes in any case of letters.
pub(super) const TABLE: &str = "DataProtectionKeys";

const HAS_TABLE: &str =
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'DataProtectionKeys' COLLATE NOCASE";
/// In the order in which they were added.
const FIND_ALL: &str =
    r#"SELECT "FriendlyName", "Xml" FROM "DataProtectionKeys" WHERE "Xml" IS NOT NULL ORDER BY "Id""#;
const COUNT: &str = r#"SELECT COUNT(*) FROM "DataProtectionKeys" WHERE "Xml" IS NOT NULL"#;
const INSERT: &str = r#"INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES (?1, ?2)"#;

/// Keys in a SQLite file, beside its accounts or alone.
#[derive(Debug)]
pub struct SqliteKeyRepository {
    /// One connection: keys are read once a day.
    pool: SqlitePool,
    place: String,
}

impl SqliteKeyRepository {
    /// Opens the file in `sqlite:PATH` or `sqlite://PATH`. A missing file is made, and a missing table too.
    ///
    /// # Errors
    /// The file cannot be made or written, or is not a database.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::migrate(url).await?;
        let path = location::path(url)?;
        Ok(Self {
            pool: pool(1).connect_lazy_with(connect_options(&path)),
            place: place(&path.display().to_string()),
        })
    }

    /// Makes the table if it is missing, and returns the statement that did.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn migrate(url: &str) -> Result<Vec<&'static str>, OpenError> {
        let path = location::path(url)?;
        location::create(&path).await?;
        let make = async {
            let mut connection = connect_options(&path).connect().await?;
            let mut transaction = begin(&mut connection).await?;
            let missing = !has_table(&mut transaction).await?;
            if missing {
                sqlx::query(CREATE_TABLE).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            connection.close().await?;
            Ok(statements(missing))
        };
        make.await.map_err(|error| database_error(&path, &error))
    }

    /// What [`migrate`](Self::migrate) would run. Changes nothing and creates nothing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn plan_migration(url: &str) -> Result<Vec<&'static str>, OpenError> {
        let path = location::path(url)?;
        if !location::exists(&path).await? {
            return Ok(statements(true));
        }
        let look = async {
            let mut connection = connect_options(&path).connect().await?;
            let missing = !has_table(&mut connection).await?;
            connection.close().await?;
            Ok(statements(missing))
        };
        look.await.map_err(|error| database_error(&path, &error))
    }

    /// A copy of the ring in this file, taken without changing a byte of it; `None` without a table for keys.
    ///
    /// # Errors
    /// As [`SqliteStore::inspect`](super::SqliteStore::inspect).
    pub async fn inspect(url: &str) -> Result<Option<EphemeralKeyRepository>, OpenError> {
        let path = location::path(url)?;
        let options = read_only(&path)?;
        let look = async {
            let mut connection = options.connect().await?;
            let elements = match has_table(&mut connection).await? {
                true => Some(find_all(&mut connection).await?),
                false => None,
            };
            connection.close().await?;
            Ok(elements)
        };
        let elements = look.await.map_err(|error| database_error(&path, &error))?;
        Ok(elements.map(EphemeralKeyRepository::with_elements))
    }
}

#[async_trait]
impl KeyRepository for SqliteKeyRepository {
    fn place(&self) -> String {
        self.place.clone()
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        let read = async { find_all(&mut *self.pool.acquire().await?).await };
        read.await.map_err(|error| self.failure(error))
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        let write = async { insert(&mut *self.pool.acquire().await?, &element).await };
        write.await.map_err(|error| self.failure(error))
    }

    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError> {
        let write = async {
            let mut connection = self.pool.acquire().await?;
            let mut transaction = begin(&mut connection).await?;
            let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut *transaction).await?;
            if usize::try_from(count) != Ok(seen) {
                return Ok(false);
            }
            insert(&mut transaction, &element).await?;
            transaction.commit().await?;
            Ok(true)
        };
        write.await.map_err(|error| self.failure(error))
    }
}

impl SqliteKeyRepository {
    fn failure(&self, error: sqlx::Error) -> KeyRepositoryError {
        KeyRepositoryError {
            place: self.place.clone(),
            source: error.into(),
        }
    }
}

fn place(path: &str) -> String {
    format!("the table {TABLE} of {path}")
}

fn statements(missing: bool) -> Vec<&'static str> {
    if missing { vec![CREATE_TABLE] } else { Vec::new() }
}

async fn has_table(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let found: Option<i64> = sqlx::query_scalar(HAS_TABLE).fetch_optional(connection).await?;
    Ok(found.is_some())
}

async fn find_all(connection: &mut SqliteConnection) -> sqlx::Result<Vec<StoredElement>> {
    let rows = sqlx::query(FIND_ALL).fetch_all(connection).await?;
    rows.iter().map(element).collect()
}

/// EF Core's keys may have no name.
fn element(row: &SqliteRow) -> sqlx::Result<StoredElement> {
    Ok(StoredElement {
        name: row.try_get::<Option<String>, _>("FriendlyName")?.unwrap_or_default(),
        xml: Zeroizing::new(row.try_get("Xml")?),
    })
}

async fn insert(connection: &mut SqliteConnection, element: &StoredElement) -> sqlx::Result<()> {
    sqlx::query(INSERT)
        .bind(element.name.as_str())
        .bind(element.xml.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
