//! While somebody else changes the tables, a migration waits.

use sqlx::{Connection, MySqlConnection, PgConnection};
use wicketgate_identity::options::SchemaVersion::V3;

use crate::Kind;

/// As `crates/sql/src/backend/postgres/driver.rs` names it.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_lock(hashtextextended('wicketgate schema', 0))";
const POSTGRES_WAITING: &str = "
    SELECT 'waits' FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()";
/// As `crates/sql/src/backend/mysql/locks.rs` names it.
const MYSQL_LOCK: &str = "DO GET_LOCK(CONCAT('wicketgate.', DATABASE()), 0)";
const MYSQL_WAITING: &str =
    "SELECT 'waits' FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User lock'";

#[tokio::test]
async fn one_migrates_at_a_time() {
    for (kind, waiting) in [(Kind::Postgres, POSTGRES_WAITING), (Kind::MySql, MYSQL_WAITING)] {
        let Some(database) = kind.new_database().await else {
            continue;
        };
        let holder = Holder::new(kind, &database.url).await;
        let url = database.url.clone();
        let migration = tokio::spawn(async move { wicketgate_sql::migrate(&url, &crate::options(V3)).await });
        let mut looks = 0;
        while database.texts(waiting).await.is_empty() {
            looks += 1;
            assert!(looks < 1000 && !migration.is_finished(), "{kind:?}: it did not wait");
        }
        assert!(!database.has_marks().await);
        holder.release().await;
        assert!(!migration.await.unwrap().unwrap().is_empty());
        assert!(database.has_marks().await);
    }
}

/// A connection that has the lock.
enum Holder {
    Postgres(PgConnection),
    MySql(MySqlConnection),
}

impl Holder {
    async fn new(kind: Kind, url: &str) -> Self {
        if kind == Kind::Postgres {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(POSTGRES_LOCK).execute(&mut connection).await.unwrap();
            Self::Postgres(connection)
        } else {
            let mut connection = MySqlConnection::connect(url).await.unwrap();
            sqlx::raw_sql(MYSQL_LOCK).execute(&mut connection).await.unwrap();
            Self::MySql(connection)
        }
    }

    async fn release(self) {
        match self {
            Self::Postgres(connection) => connection.close().await.unwrap(),
            Self::MySql(connection) => connection.close().await.unwrap(),
        }
    }
}
