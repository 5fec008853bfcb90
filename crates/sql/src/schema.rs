//! Which of Identity's tables a database has, and making those that it lacks.

use wicketgate_identity::SchemaVersion;
use wicketgate_protection::Random;

use crate::SchemaState;
use crate::database::{Database, Lock, Session, Transaction};
use crate::database_error::DatabaseError;
use crate::key_repository;
use crate::retry::retrying;
use crate::tables::{Table, Tables};

/// Gives an empty database its tables. Any number of processes may do so at once: the first makes them, and the others
/// find none missing. Where there are tables, only reading them is asked of the database.
pub(crate) async fn create_if_empty<D: Database>(
    database: &D,
    version: SchemaVersion,
    random: &dyn Random,
) -> Result<SchemaState, DatabaseError> {
    match detect::<D>(&mut database.reader().await?).await? {
        SchemaState::Empty => {
            migrate(database, version, random).await?;
            detect::<D>(&mut database.reader().await?).await
        }
        SchemaState::MissingTables(_) => detect_alone(database).await,
        state => Ok(state),
    }
}

/// What the database holds while nobody changes it. MySQL commits each statement by itself, so that the tables that
/// another process is making show up one by one.
async fn detect_alone<D: Database>(database: &D) -> Result<SchemaState, DatabaseError> {
    let mut transaction = database.begin().await?;
    transaction.lock(Lock::Schema).await?;
    let state = detect::<D>(&mut transaction).await?;
    transaction.commit().await?;
    Ok(state)
}

/// Makes the tables of `version` that are missing and returns the statements that did: all or none, except in MySQL,
/// which commits each statement by itself.
pub(crate) async fn migrate<D: Database>(
    database: &D,
    version: SchemaVersion,
    random: &dyn Random,
) -> Result<Vec<&'static str>, DatabaseError> {
    retrying(random, || async {
        let mut transaction = database.begin().await?;
        transaction.lock(Lock::Schema).await?;
        let statements = missing_statements::<D>(&mut transaction, version).await?;
        for statement in &statements {
            transaction.define(statement).await?;
        }
        transaction.commit().await?;
        Ok(statements)
    })
    .await
}

/// The statements that make the tables of `version` that are not there, each with its indexes.
pub(crate) async fn missing_statements<D: Database>(
    session: &mut impl Session,
    version: SchemaVersion,
) -> Result<Vec<&'static str>, DatabaseError> {
    let found = columns::<D>(session).await?;
    let is_wanted = |table: Option<&str>| match table {
        Some(table) => !has_table(&found, table),
        // What is said about the database as a whole is for one that nobody uses yet.
        None => found.is_empty(),
    };
    let statements = D::TABLES.statements(version);
    Ok(statements
        .filter(|statement| is_wanted(statement.table()))
        .map(|statement| statement.0)
        .collect())
}

/// What the database holds of Identity's tables.
pub(crate) async fn detect<D: Database>(session: &mut impl Session) -> Result<SchemaState, DatabaseError> {
    Ok(state::<D>(&columns::<D>(session).await?))
}

/// Without those of the table for keys, which may be there before the first account is.
async fn columns<D: Database>(session: &mut impl Session) -> Result<Vec<Column>, DatabaseError> {
    let mut found = all_columns::<D>(session).await?;
    found.retain(|column| column.table != key_repository::TABLE);
    Ok(found)
}

/// Known names are spelled as EF Core spells them, in whatever case the database has them.
async fn all_columns<D: Database>(session: &mut impl Session) -> Result<Vec<Column>, DatabaseError> {
    let mut found = session.columns().await?;
    if !D::NAMES_HAVE_CASE {
        let tables: Vec<Table> = D::TABLES.tables(SchemaVersion::V3).collect();
        let names = tables.iter().map(|table| table.name).chain([key_repository::TABLE]);
        let names: Vec<&str> = names.collect();
        for column in &mut found {
            respell(&mut column.table, names.iter().copied());
            if let Some(table) = tables.iter().find(|table| table.name == column.table) {
                respell(&mut column.name, table.columns().map(|(name, _)| name));
            }
        }
    }
    Ok(found)
}

fn respell<'a>(name: &mut String, mut spellings: impl Iterator<Item = &'a str>) {
    if let Some(spelling) = spellings.find(|spelling| spelling.eq_ignore_ascii_case(name)) {
        spelling.clone_into(name);
    }
}

/// Makes the table for keys if it is missing, and returns the statement that did.
pub(crate) async fn migrate_keys<D: Database>(
    database: &D,
    random: &dyn Random,
) -> Result<Vec<&'static str>, DatabaseError> {
    if has_keys::<D>(&mut database.reader().await?).await? {
        return Ok(Vec::new());
    }
    retrying(random, || async {
        let mut transaction = database.begin().await?;
        transaction.lock(Lock::Schema).await?;
        let is_missing = !has_keys::<D>(&mut transaction).await?;
        if is_missing {
            transaction.define(D::KEYS.create).await?;
        }
        transaction.commit().await?;
        Ok(if is_missing { vec![D::KEYS.create] } else { Vec::new() })
    })
    .await
}

/// Whether there is the table for keys.
pub(crate) async fn has_keys<D: Database>(session: &mut impl Session) -> Result<bool, DatabaseError> {
    Ok(has_table(&all_columns::<D>(session).await?, key_repository::TABLE))
}

fn state<D: Database>(found: &[Column]) -> SchemaState {
    let tables = D::TABLES;
    if found.is_empty() {
        return SchemaState::Empty;
    }
    if !tables
        .tables(SchemaVersion::V3)
        .any(|table| has_table(found, table.name))
    {
        return SchemaState::Foreign;
    }
    // Nothing here reads the passkeys, the one table that came later.
    let (present, absent): (Vec<Table>, Vec<Table>) = tables
        .tables(SchemaVersion::V1)
        .partition(|table| has_table(found, table.name));
    let unsuitable: Vec<String> = present
        .iter()
        .flat_map(|table| unsuitable_columns::<D>(found, table))
        .collect();
    if !unsuitable.is_empty() {
        SchemaState::UnsuitableColumns(unsuitable)
    } else if !absent.is_empty() {
        SchemaState::MissingTables(absent.iter().map(|table| table.name).collect())
    } else {
        SchemaState::Complete(version(&tables, found))
    }
}

/// Version 2 gave telephone numbers a length where columns have any, version 3 added a table.
fn version(tables: &Tables, found: &[Column]) -> SchemaVersion {
    let has_length = |column: &Column| column.is("AspNetUsers", "PhoneNumber") && column.declared_type.contains('(');
    let has_lengths = tables.v1 != tables.v2;
    if tables
        .tables(SchemaVersion::V3)
        .all(|table| has_table(found, table.name))
    {
        SchemaVersion::V3
    } else if !has_lengths || found.iter().any(has_length) {
        SchemaVersion::V2
    } else {
        SchemaVersion::V1
    }
}

fn has_table(found: &[Column], name: &str) -> bool {
    found.iter().any(|column| column.table == name)
}

fn unsuitable_columns<D: Database>(found: &[Column], table: &Table) -> Vec<String> {
    let is_missing = |name: &str, definition: &str| {
        !found
            .iter()
            .any(|column| column.is(table.name, name) && D::suits(definition, &column.declared_type))
    };
    table
        .columns()
        .filter(|(name, definition)| is_missing(name, definition))
        .map(|(name, _)| format!("{}.{name}", table.name))
        .collect()
}

/// Columns that the application added to `AspNetUsers` and that a registration here cannot fill.
pub(crate) async fn unfillable_columns<D: Database>(session: &mut impl Session) -> Result<Vec<String>, DatabaseError> {
    let users = D::TABLES
        .tables(SchemaVersion::V3)
        .filter(|table| table.name == "AspNetUsers");
    let filled: Vec<&str> = users.flat_map(|table| table.columns()).map(|(name, _)| name).collect();
    let found = all_columns::<D>(session).await?;
    Ok(found
        .into_iter()
        .filter(|column| column.table == "AspNetUsers" && column.is_required)
        .map(|column| column.name)
        .filter(|name| !filled.contains(&name.as_str()))
        .collect())
}

/// A column of any table in the database.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: String,
    pub(crate) name: String,
    /// As the database writes it, with its length.
    pub(crate) declared_type: String,
    /// Must not be null, and has no default.
    pub(crate) is_required: bool,
}

impl Column {
    fn is(&self, table: &str, name: &str) -> bool {
        self.table == table && self.name == name
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use wicketgate_protection::SystemRandom;

    use super::*;
    use crate::database::Purpose;
    use crate::sqlite::SqliteDatabase;

    async fn new_database(folder: &TempDir) -> SqliteDatabase {
        let url = format!("sqlite://{}/app.db", folder.path().display());
        SqliteDatabase::open(&url, Purpose::Use).await.unwrap()
    }

    async fn define(database: &SqliteDatabase, statements: &'static str) {
        database.writer().await.unwrap().define(statements).await.unwrap();
    }

    #[tokio::test]
    async fn a_column_that_a_registration_cannot_fill_is_found() {
        let folder = TempDir::new().unwrap();
        let database = new_database(&folder).await;
        let state = create_if_empty(&database, SchemaVersion::V3, &SystemRandom).await;
        assert_eq!(state.unwrap(), SchemaState::Complete(SchemaVersion::V3));
        let unfillable = async || {
            let mut reader = database.reader().await.unwrap();
            unfillable_columns::<SqliteDatabase>(&mut reader).await.unwrap()
        };
        assert_eq!(unfillable().await, [""; 0]);
        define(
            &database,
            r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT '';
            ALTER TABLE "AspNetUsers" ADD COLUMN "Birthday" TEXT NULL;
            ALTER TABLE "AspNetUserClaims" ADD COLUMN "Note" TEXT NOT NULL DEFAULT '';
            CREATE TABLE "Orders" ("Id" INTEGER PRIMARY KEY, "Total" TEXT NOT NULL);"#,
        )
        .await;
        assert_eq!(unfillable().await, [""; 0]);
        define(
            &database,
            r#"DROP TABLE "AspNetUsers";
            CREATE TABLE "AspNetUsers" ("Id" TEXT NOT NULL, "Discriminator" TEXT NOT NULL)"#,
        )
        .await;
        assert_eq!(unfillable().await, ["Discriminator"]);
    }

    #[tokio::test]
    async fn names_in_another_case_are_the_same_for_sqlite() {
        let folder = TempDir::new().unwrap();
        let database = new_database(&folder).await;
        migrate(&database, SchemaVersion::V3, &SystemRandom).await.unwrap();
        define(
            &database,
            r#"ALTER TABLE "AspNetUsers" RENAME TO "Others"; ALTER TABLE "Others" RENAME TO "aspnetusers";
            ALTER TABLE "aspnetusers" RENAME COLUMN "LockoutEnd" TO "lockoutend""#,
        )
        .await;
        let mut reader = database.reader().await.unwrap();
        let state = detect::<SqliteDatabase>(&mut reader).await.unwrap();
        assert_eq!(state, SchemaState::Complete(SchemaVersion::V3));
    }
}
