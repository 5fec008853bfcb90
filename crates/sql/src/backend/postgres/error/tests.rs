//! Each row of the table, as a real server sends it: by its real cause where a test can bring it about.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::*;
use crate::test_databases::new_database;
use crate::test_failures::{self, failure};

/// A database of one's own, and a role that may use it alone.
struct Server {
    url: String,
    role: String,
}

impl Server {
    async fn new() -> Option<Self> {
        let url = new_database("WICKETGATE_TEST_POSTGRES_URL").await?;
        let (_, database) = url.rsplit_once('/').unwrap();
        let server = Self {
            role: format!("role_of_{database}"),
            url: url.clone(),
        };
        server
            .as_owner(&format!(
                "CREATE ROLE {role} LOGIN PASSWORD 'ada'; CREATE TABLE notes (id integer PRIMARY KEY, text text);
                INSERT INTO notes VALUES (1, 'one'), (2, 'two'); GRANT ALL ON notes TO {role}",
                role = server.role
            ))
            .await;
        Some(server)
    }

    async fn as_owner(&self, statements: &str) {
        let mut owner = PgConnection::connect(&self.url).await.unwrap();
        owner.execute(sqlx::raw_sql(AssertSqlSafe(statements))).await.unwrap();
        owner.close().await.unwrap();
    }

    async fn let_in(&self, password: &str, database: Option<&str>) -> Result<PgConnection, sqlx::Error> {
        let options: PgConnectOptions = self.url.parse()?;
        let options = options.username(&self.role).password(password);
        match database {
            Some(database) => options.database(database).connect().await,
            None => options.connect().await,
        }
    }

    async fn connection(&self) -> PgConnection {
        self.let_in("ada", None).await.unwrap()
    }

    /// Runs these, of which the last must fail.
    async fn failure(&self, statements: &[&str]) -> sqlx::Error {
        failure(&mut self.connection().await, statements).await
    }
}

/// As the table has it.
fn assert_kind(error: sqlx::Error, code: &str) {
    let said = error.as_database_error().expect("the server said it").code();
    assert_eq!(said.as_deref(), Some(code), "{error}");
    let (_, kind) = ERRORS.iter().find(|(begin, _)| code.starts_with(begin)).unwrap();
    test_failures::assert_kind(&database_error(error), *kind, code);
}

#[test]
fn the_table_is_in_order() {
    assert!(ERRORS.is_sorted_by(|(a, _), (b, _)| a < b));
}

/// `RAISE` sends whatever it is told to; of a class, one that is in no other row.
#[tokio::test]
async fn every_row_is_known_when_a_server_sends_it() {
    let Some(server) = Server::new().await else { return };
    let mut connection = server.connection().await;
    for (begin, _) in ERRORS {
        let code = format!("{begin:0<5}");
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '{code}'; END $$");
        assert_kind(failure(&mut connection, &[&raise]).await, &code);
    }
    let error = failure(&mut connection, &["SELECT nothing FROM nowhere"]).await;
    assert!(matches!(database_error(error), DatabaseError::Failed(_)));
}

#[tokio::test]
async fn who_is_not_let_in_may_come_back() {
    let Some(server) = Server::new().await else { return };
    assert_kind(server.let_in("S3cret", None).await.unwrap_err(), "28P01");
    assert_kind(server.let_in("ada", Some("restored_later")).await.unwrap_err(), "3D000");
    let role = &server.role;
    server.as_owner(&format!("ALTER ROLE {role} CONNECTION LIMIT 0")).await;
    assert_kind(server.let_in("ada", None).await.unwrap_err(), "53300");
    server
        .as_owner(&format!("ALTER ROLE {role} CONNECTION LIMIT -1 NOLOGIN"))
        .await;
    assert_kind(server.let_in("ada", None).await.unwrap_err(), "28000");
    server.as_owner(&format!("ALTER ROLE {role} LOGIN")).await;
    let (_, database) = server.url.rsplit_once('/').unwrap();
    let other = server.url.replace(database, "postgres");
    let mut owner = PgConnection::connect(&other).await.unwrap();
    let close = format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false");
    owner.execute(AssertSqlSafe(close)).await.unwrap();
    assert_kind(server.let_in("ada", None).await.unwrap_err(), "55000");
}

#[tokio::test]
async fn statements_fail_in_the_way_that_the_table_says() {
    let Some(server) = Server::new().await else { return };
    let one = "UPDATE notes SET text = 'a' WHERE id = 1";
    let insert = "INSERT INTO notes VALUES (1, 'again')";
    assert_kind(server.failure(&[insert]).await, "23505");
    assert_kind(
        server.failure(&["SET default_transaction_read_only = on", one]).await,
        "25006",
    );
    assert_kind(
        server
            .failure(&["SET statement_timeout = 10", "SELECT pg_sleep(60)"])
            .await,
        "57014",
    );
    // Somebody else holds the row.
    let mut other = server.connection().await;
    for statement in ["BEGIN", one] {
        other.execute(statement).await.unwrap();
    }
    assert_kind(server.failure(&["SET lock_timeout = 10", one]).await, "55P03");
    // A snapshot from before the change.
    let mut isolated = server.connection().await;
    for statement in ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT * FROM notes"] {
        isolated.execute(statement).await.unwrap();
    }
    other.execute("COMMIT").await.unwrap();
    assert_kind(failure(&mut isolated, &[one]).await, "40001");
    isolated.execute("ROLLBACK").await.unwrap();
    // Both wait for each other.
    let two = "UPDATE notes SET text = 'a' WHERE id = 2";
    for (connection, statement) in [(&mut isolated, one), (&mut other, two)] {
        connection.execute("BEGIN").await.unwrap();
        connection.execute(statement).await.unwrap();
    }
    let (first, second) = tokio::join!(isolated.execute(two), other.execute(one));
    assert_kind(first.err().or(second.err()).unwrap(), "40P01");
}

#[tokio::test]
async fn sessions_end_in_the_way_that_the_table_says() {
    let Some(server) = Server::new().await else { return };
    for (statements, expected) in [
        ("SET idle_in_transaction_session_timeout = 10; BEGIN", "25P03"),
        ("SET idle_session_timeout = 10", "57P05"),
    ] {
        let mut connection = server.connection().await;
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.execute(sqlx::raw_sql(statements)).await.unwrap();
        let mut owner = PgConnection::connect(&server.url).await.unwrap();
        until_gone(&mut owner, pid).await;
        assert_kind(connection.execute("SELECT 1").await.unwrap_err(), expected);
    }
    let mut connection = server.connection().await;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let mut owner = PgConnection::connect(&server.url).await.unwrap();
    owner
        .execute(AssertSqlSafe(format!("SELECT pg_terminate_backend({pid})")))
        .await
        .unwrap();
    until_gone(&mut owner, pid).await;
    assert_kind(connection.execute("SELECT 1").await.unwrap_err(), "57P01");
}

async fn until_gone(owner: &mut PgConnection, pid: i32) {
    let count = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE pid = {pid}");
    while sqlx::query_scalar::<_, i64>(AssertSqlSafe(count.as_str()))
        .fetch_one(&mut *owner)
        .await
        .unwrap()
        > 0
    {}
}
