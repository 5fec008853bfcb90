//! A ring of keys as rows of `DataProtectionKeys`, the table of .NET's `PersistKeysToDbContext`.

use std::sync::Arc;

use async_trait::async_trait;
use wicketgate_protection::repository::Away;
use wicketgate_protection::{KeyRepository, KeyRepositoryError, Random, StoredElement};
use zeroize::Zeroizing;

use crate::database::{Connection, Database, Lock, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::retry::retrying;
use crate::statement::{Statement, statement, values};

/// The table's name.
pub(crate) const TABLE: &str = "DataProtectionKeys";

/// Its columns.
pub(crate) const COLUMNS: [&str; 3] = ["Id", "FriendlyName", "Xml"];

/// In the order in which they were added.
pub(crate) const FIND_ALL: Statement =
    statement!(r#"SELECT "FriendlyName", "Xml" FROM "DataProtectionKeys" WHERE "Xml" IS NOT NULL ORDER BY "Id""#);
pub(crate) const COUNT: Statement =
    statement!(r#"SELECT COUNT(*) AS "Count" FROM "DataProtectionKeys" WHERE "Xml" IS NOT NULL"#);

/// Keys in a database, beside its accounts or alone.
#[derive(Debug)]
pub(crate) struct SqlKeyRepository<D> {
    database: D,
    random: Arc<dyn Random>,
}

impl<D: Database> SqlKeyRepository<D> {
    /// Expects the table there.
    pub(crate) fn new(database: D, random: Arc<dyn Random>) -> Self {
        Self { database, random }
    }

    async fn insert(&self, element: &StoredElement) -> Result<(), DatabaseError> {
        let values = values![element.name.as_str(), element.xml.as_str()];
        retrying(&self.database, &*self.random, || async {
            let mut writer = self.database.writer().await?;
            writer.execute(D::Dialect::INSERT_KEY, values).await.map(drop)
        })
        .await
    }

    async fn insert_if_unchanged(&self, element: &StoredElement, seen: usize) -> Result<bool, DatabaseError> {
        let values = values![element.name.as_str(), element.xml.as_str()];
        retrying(&self.database, &*self.random, || async {
            let mut transaction = self.database.begin().await?;
            transaction.lock(Lock::Keys).await?;
            let row = transaction.fetch_optional(COUNT, &[]).await?;
            let count = row.map(|row| row.integer("Count")).transpose()?.flatten();
            if count.and_then(|count| usize::try_from(count).ok()) != Some(seen) {
                return Ok(false);
            }
            transaction.execute(D::Dialect::INSERT_KEY, values).await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    fn failure(&self, error: DatabaseError) -> KeyRepositoryError {
        KeyRepositoryError {
            place: self.place(),
            source: match error {
                DatabaseError::Conflict(reason)
                | DatabaseError::Outdated(reason)
                | DatabaseError::Unavailable(reason) => Box::new(Away(reason)),
                DatabaseError::Duplicate(_) | DatabaseError::Failed(_) => error.into(),
            },
        }
    }
}

#[async_trait]
impl<D: Database> KeyRepository for SqlKeyRepository<D> {
    fn place(&self) -> String {
        format!("the table {TABLE} of {}", self.database.place())
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        let read = retrying(&self.database, &*self.random, || elements(&self.database));
        read.await.map_err(|error| self.failure(error))
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.insert(&element).await.map_err(|error| self.failure(error))
    }

    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError> {
        self.insert_if_unchanged(&element, seen)
            .await
            .map_err(|error| self.failure(error))
    }
}

/// All that is in the table.
pub(crate) async fn elements<D: Database>(database: &D) -> Result<Vec<StoredElement>, DatabaseError> {
    let rows = database.reader().await?.fetch_all(FIND_ALL, &[]).await?;
    rows.iter().map(element).collect()
}

/// EF Core's keys may have no name.
fn element(row: &impl Row) -> Result<StoredElement, DatabaseError> {
    Ok(StoredElement {
        name: row.text("FriendlyName")?.unwrap_or_default(),
        xml: Zeroizing::new(row.text("Xml")?.unwrap_or_default()),
    })
}
