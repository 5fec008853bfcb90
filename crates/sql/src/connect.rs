//! Opening a database by its URL.

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::Stores;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::{EphemeralKeyRepository, KeyRepository, Random};

use crate::ado_net;
#[cfg(feature = "mssql")]
use crate::backend::mssql::SqlServerDatabase;
#[cfg(feature = "mysql")]
use crate::backend::mysql::MySqlDatabase;
#[cfg(feature = "postgres")]
use crate::backend::postgres::{PooledPostgresDatabase, PostgresDatabase};
#[cfg(feature = "sqlite")]
use crate::backend::sqlite::SqliteDatabase;
use crate::database_url::DatabaseUrl;
use crate::inspection::Inspection;
use crate::layout::names::is_name;
use crate::normalized_names::{FixNames, FixedNames};
use crate::open::{AtUrl, Backend};
use crate::open_error::OpenError;
use crate::pooler::Pooler;
use crate::stores::SqlStores;

/// Opens the database at `url`: `sqlite:PATH`, `sqlite://PATH`, or `SCHEME://USER:PASSWORD@HOST:PORT/DATABASE` with the
/// scheme `postgres`, `postgresql`, `mysql`, `mariadb`, `mssql` or `sqlserver`.
///
/// A missing SQLite file is made; a database on a server must be there. An empty one gets Identity's tables, and
/// [our own](crate::OwnTables).
///
/// # Errors
/// One line that names the database and the reason.
pub async fn connect(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
    random: Arc<dyn Random>,
) -> Result<Arc<dyn Stores>, OpenError> {
    Ok(Arc::new(open(url, options, random).await?))
}

/// As [`connect`], for more than accounts: what else is kept in the database, and whether it has the tables for it.
///
/// # Errors
/// As [`connect`].
pub async fn open(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
    random: Arc<dyn Random>,
) -> Result<SqlStores, OpenError> {
    backend(url.into(), options)?.stores(options, random).await
}

/// Brings the database's tables up to `options.schema_version`, makes [our own](crate::OwnTables), and returns the statements
/// that ran: all or none, except in MySQL, which knows no such transaction.
///
/// [`connect`] does this by itself only for an empty database; everything else is an operator's decision. Where EF Core's
/// migrations rule the tables (there is an `__EFMigrationsHistory`), one of those is better: EF Core does not know of
/// this one, and would make the same tables again.
///
/// # Errors
/// As [`connect`], except that missing tables are none, and where values are longer than their columns would be.
pub async fn migrate(url: impl Into<DatabaseUrl>, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
    backend(url.into(), options)?.migrate(options).await
}

/// The statements that [`migrate`] would run. Changes nothing, and does not create a missing database.
///
/// # Errors
/// As [`connect`].
pub async fn plan_migration(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
) -> Result<Vec<&'static str>, OpenError> {
    backend(url.into(), options)?.plan(options).await
}

/// What the database holds, for somebody who is moving from ASP.NET Core. Changes nothing: no byte of the database, and no
/// file beside it.
///
/// Accounts count as locked if their lockout ends after `now`.
///
/// # Errors
/// As [`connect`], and where the database is missing.
pub async fn inspect(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
    now: OffsetDateTime,
) -> Result<Inspection, OpenError> {
    backend(url.into(), options)?.inspect(options, now).await
}

/// Normalizes user names and addresses whose normalized form is missing or not what .NET makes of them, or tells what would be
/// done. Two accounts that would have the same stay as they are.
///
/// # Errors
/// As [`connect`].
pub async fn fix_normalized_names(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
    how: FixNames,
) -> Result<FixedNames, OpenError> {
    backend(url.into(), options)?.fix_normalized_names(options, how).await
}

/// Opens the ring of keys in the database at `url`: its table `DataProtectionKeys`, which is made if it is missing.
///
/// # Errors
/// As [`connect`].
pub async fn connect_keys(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
) -> Result<Arc<dyn KeyRepository>, OpenError> {
    backend(url.into(), options)?.keys(options).await
}

/// Makes the table for keys if it is missing, and returns the statements that did.
///
/// # Errors
/// As [`connect`].
pub async fn migrate_keys(url: impl Into<DatabaseUrl>, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
    backend(url.into(), options)?.migrate_keys(options).await
}

/// The statements that [`migrate_keys`] would run. Changes nothing, and does not create a missing database.
///
/// # Errors
/// As [`connect`].
pub async fn plan_keys_migration(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
) -> Result<Vec<&'static str>, OpenError> {
    backend(url.into(), options)?.plan_keys(options).await
}

/// A copy of the ring in the database, `None` without a table for keys. Changes nothing, as [`inspect`].
///
/// # Errors
/// As [`inspect`].
pub async fn inspect_keys(
    url: impl Into<DatabaseUrl>,
    options: &StoreOptions,
) -> Result<Option<EphemeralKeyRepository>, OpenError> {
    backend(url.into(), options)?.inspect_keys(options).await
}

/// Which kind of database it is, by the URL's scheme. Nothing else needs to know.
fn backend(url: DatabaseUrl, options: &StoreOptions) -> Result<Box<dyn Backend>, OpenError> {
    // Only the scheme may be shown: the rest of a URL can hold a password.
    let scheme = url.as_str().split_once(':').map_or("", |(scheme, _)| scheme);
    if is_windows_path(url.as_str()) {
        return Err(OpenError::WindowsPath);
    }
    if !is_scheme(scheme) {
        return Err(match ado_net::url_instead_of(url.as_str()) {
            Some(url) => OpenError::ConnectionString { url },
            None => OpenError::NoScheme,
        });
    }
    check_names(scheme, options)?;
    match (scheme, url.pooler()) {
        ("sqlite" | "mysql" | "mariadb" | "mssql" | "sqlserver", Pooler::Transaction) => Err(OpenError::InvalidUrl(
            "only PostgreSQL can be behind a transaction pooler".to_owned(),
        )),
        #[cfg(feature = "sqlite")]
        ("sqlite", Pooler::None) => Ok(Box::new(AtUrl::<SqliteDatabase>::new(url))),
        #[cfg(feature = "postgres")]
        ("postgres" | "postgresql", Pooler::None) => Ok(Box::new(AtUrl::<PostgresDatabase>::new(url))),
        #[cfg(feature = "postgres")]
        ("postgres" | "postgresql", Pooler::Transaction) => Ok(Box::new(AtUrl::<PooledPostgresDatabase>::new(url))),
        #[cfg(feature = "mysql")]
        ("mysql" | "mariadb", Pooler::None) => Ok(Box::new(AtUrl::<MySqlDatabase>::new(url))),
        #[cfg(feature = "mssql")]
        ("mssql" | "sqlserver", Pooler::None) => Ok(Box::new(AtUrl::<SqlServerDatabase>::new(url))),
        _ => Err(unknown(scheme)),
    }
}

fn check_names(scheme: &str, options: &StoreOptions) -> Result<(), OpenError> {
    if options.schema.is_some() && matches!(scheme, "sqlite" | "mysql" | "mariadb") {
        return Err(OpenError::NoSchemas(scheme.to_owned()));
    }
    let own = options.column_defaults.keys().map(|column| &column.name);
    let names = options.schema.iter().chain(options.tables.values());
    let mut names = names.chain(options.columns.values()).chain(own);
    match names.find(|name| !is_name(name)) {
        Some(name) => Err(OpenError::InvalidName(name.clone())),
        None => Ok(()),
    }
}

/// As in RFC 3986 (3.1). What is none may be a part of a password.
fn is_scheme(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_part)
}

/// `C:\\…`, or `C:/…`. `c:` alone is a scheme.
pub(crate) fn is_windows_path(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|drive| drive.is_ascii_alphabetic())
        && characters.next() == Some(':')
        && characters.next().is_some_and(|slash| "/\\".contains(slash))
}

/// The scheme of no kind of database, or of one that was left out when this was built.
fn unknown(scheme: &str) -> OpenError {
    let feature = match scheme {
        "sqlite" => "sqlite",
        "postgres" | "postgresql" => "postgres",
        "mysql" | "mariadb" => "mysql",
        "mssql" | "sqlserver" => "mssql",
        _ => return OpenError::UnknownScheme(scheme.to_owned()),
    };
    OpenError::MissingFeature {
        scheme: scheme.to_owned(),
        feature,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_told_with_the_url_to_write_and_without_its_password() {
        for text in [
            "Host=db;Username=ada;Password=S3:cret;Database=app",
            "Password=S3:cret;Host=db;Database=app",
        ] {
            let refusal = backend(text.into(), &StoreOptions::DEFAULT)
                .map(drop)
                .unwrap_err()
                .to_string();
            assert!(
                refusal.ends_with("in its place: postgres://USER:PASSWORD@db/app"),
                "{refusal}"
            );
        }
        for text in ["S3cret word:x", "", ":", "app.db", "p@ss:word"] {
            let refusal = backend(text.into(), &StoreOptions::DEFAULT).map(drop).unwrap_err();
            assert!(matches!(refusal, OpenError::NoScheme), "{refusal}");
        }
    }

    #[test]
    fn a_path_of_windows_is_told_apart_from_a_scheme() {
        for text in [r"C:\data\app.db", "d:/data/app.db"] {
            let refusal = backend(text.into(), &StoreOptions::DEFAULT).map(drop).unwrap_err();
            assert!(matches!(refusal, OpenError::WindowsPath), "{refusal}");
        }
        let refusal = backend("c:app.db".into(), &StoreOptions::DEFAULT)
            .map(drop)
            .unwrap_err();
        assert!(matches!(refusal, OpenError::UnknownScheme(_)), "{refusal}");
    }

    #[test]
    fn a_kind_of_database_that_was_left_out_is_told_with_its_feature() {
        let refusal = unknown("postgresql").to_string();
        assert_eq!(
            refusal,
            "this program was built without databases of the kind `postgresql:`; build it with the feature `postgres` of wicketgate-sql"
        );
        assert!(matches!(unknown("oracle"), OpenError::UnknownScheme(_)));
    }
}
