//! Each row of the table, as a real server sends it: by its real cause where a test can bring it about.

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use wicketgate_test_servers::MariaDb;

use super::*;
use crate::test_failures::{self, failure};

const TABLES: &str = "
    CREATE TABLE app.notes (id int PRIMARY KEY, text varchar(100)) ENGINE=InnoDB;
    INSERT INTO app.notes VALUES (1, 'one'), (2, 'two');
    CREATE TABLE app.small (text char(250)) ENGINE=MEMORY MAX_ROWS=1;
    CREATE USER ada@'127.0.0.1' IDENTIFIED BY 'ada'; GRANT ALL ON app.* TO ada@'127.0.0.1'";

struct Server(MariaDb);

impl Server {
    fn start() -> Self {
        let server = MariaDb::start_with(&[
            "--max-heap-table-size=16384",
            "--innodb-lock-wait-timeout=1",
            // Without a limit at start there is none later.
            "--max-user-connections=100",
        ])
        .unwrap();
        server.create_database("app").unwrap();
        server.query(TABLES).unwrap();
        Self(server)
    }

    /// What a user without any rights but to the database is told.
    async fn let_in(&self, user: &str, database: &str) -> Result<MySqlConnection, sqlx::Error> {
        let url = self.0.url().replace("wicketgate:wicketgate", user);
        let options: MySqlConnectOptions = format!("{url}{database}").parse()?;
        options.connect().await
    }

    async fn connection(&self) -> MySqlConnection {
        self.let_in("ada:ada", "app").await.unwrap()
    }

    /// Runs these, of which the last must fail.
    async fn failure(&self, statements: &[&str]) -> sqlx::Error {
        failure(&mut self.connection().await, statements).await
    }
}

fn number(error: &sqlx::Error) -> u16 {
    let said = error.as_database_error().expect("the server said it");
    said.downcast_ref::<MySqlDatabaseError>().number()
}

/// As the table has it.
fn assert_kind(error: sqlx::Error, expected: u16) {
    assert_eq!(number(&error), expected, "{error}");
    let (_, kind) = ERRORS.iter().find(|(known, _)| *known == expected).unwrap();
    test_failures::assert_kind(&database_error(error), *kind, expected);
}

#[test]
fn the_table_is_in_order() {
    assert!(ERRORS.is_sorted_by(|(a, _), (b, _)| a < b));
}

#[tokio::test]
async fn what_passes_is_known_by_what_the_server_says() {
    let server = Server::start();
    the_server_says_each(&server).await;
    refused_users(&server).await;
    statements_that_fail(&server).await;
    interrupted(&server).await;
    read_only(&server).await;
    too_many(&server).await;
}

/// `SIGNAL` sends whatever it is told to.
async fn the_server_says_each(server: &Server) {
    let mut connection = server.connection().await;
    for (number, _) in ERRORS {
        let signal = format!("SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'said'");
        let error = failure(&mut connection, &[&signal]).await;
        assert_kind(error, *number);
    }
    let error = failure(&mut connection, &["SELECT nothing FROM nowhere"]).await;
    assert!(matches!(database_error(error), DatabaseError::Failed(_)));
}

async fn refused_users(server: &Server) {
    assert_kind(server.let_in("ada:S3cret", "app").await.unwrap_err(), 1045);
    server
        .0
        .query("DROP DATABASE IF EXISTS restored; GRANT ALL ON restored.* TO ada@'127.0.0.1'")
        .unwrap();
    assert_kind(server.let_in("ada:ada", "restored").await.unwrap_err(), 1049);
    server.0.query("ALTER USER ada@'127.0.0.1' ACCOUNT LOCK").unwrap();
    assert_kind(server.let_in("ada:ada", "app").await.unwrap_err(), 4151);
    server.0.query("ALTER USER ada@'127.0.0.1' ACCOUNT UNLOCK").unwrap();
}

async fn statements_that_fail(server: &Server) {
    let insert = "INSERT INTO notes VALUES (1, 'again')";
    assert_kind(server.failure(&[insert]).await, 1062);
    assert_kind(server.failure(&["CREATE TABLE notes (id int)"]).await, 1050);
    let index = "CREATE INDEX by_text ON notes (text)";
    assert_kind(server.failure(&[index, index]).await, 1061);
    let fill = "INSERT INTO small SELECT REPEAT('x', 250) FROM seq_1_to_10000";
    assert_kind(server.failure(&[fill]).await, 1114);
    let slow = "SET STATEMENT max_statement_time = 0.05 FOR SELECT COUNT(*) FROM seq_1_to_1000000000 WHERE seq % 7 = 3";
    assert_kind(server.failure(&[slow]).await, 1969);
    assert_kind(server.failure(&["ROLLBACK TO SAVEPOINT gone"]).await, 1305);
    // Somebody else holds the row, for longer than anybody waits; then both wait for each other.
    let mut other = server.connection().await;
    let (one, two) = (
        "UPDATE notes SET text = 'a' WHERE id = 1",
        "UPDATE notes SET text = 'a' WHERE id = 2",
    );
    for statement in ["START TRANSACTION", one] {
        other.execute(statement).await.unwrap();
    }
    assert_kind(server.failure(&[one]).await, 1205);
    let mut connection = server.connection().await;
    for statement in ["START TRANSACTION", two] {
        connection.execute(statement).await.unwrap();
    }
    let (mine, others) = tokio::join!(connection.execute(one), other.execute(two));
    assert_kind(mine.err().or(others.err()).unwrap(), 1213);
}

/// A connection that is ended is told so, or is not: by then there may be nobody to tell.
async fn interrupted(server: &Server) {
    let mut connection = server.connection().await;
    let id = sqlx::query_scalar("SELECT CONNECTION_ID()").fetch_one(&mut connection);
    let id: u64 = id.await.unwrap();
    let slow = connection.execute("SELECT COUNT(*) FROM seq_1_to_1000000000 WHERE seq % 7 = 3");
    let interrupt = async {
        let mut other = server.connection().await;
        let running =
            format!("SELECT COUNT(*) FROM information_schema.processlist WHERE id = {id} AND info LIKE '%seq%'");
        let is_running = async |other: &mut MySqlConnection| {
            let count = sqlx::query_scalar::<_, i64>(AssertSqlSafe(running.as_str())).fetch_one(other);
            count.await.unwrap() > 0
        };
        while !is_running(&mut other).await {}
        let kill = format!("KILL QUERY {id}");
        other.execute(AssertSqlSafe(kill)).await.unwrap();
    };
    let (slow, ()) = tokio::join!(slow, interrupt);
    assert_kind(slow.unwrap_err(), 1317);
}

async fn read_only(server: &Server) {
    let write = "UPDATE notes SET text = 'b'";
    assert_kind(
        server.failure(&["SET SESSION TRANSACTION READ ONLY", write]).await,
        1792,
    );
    let mut connection = server.connection().await;
    server.0.query("SET GLOBAL read_only = 1").unwrap();
    assert_kind(failure(&mut connection, &[write]).await, 1290);
    server.0.query("SET GLOBAL read_only = 0").unwrap();
    server.0.query("GRANT RELOAD ON *.* TO ada@'127.0.0.1'").unwrap();
    assert_kind(server.failure(&["FLUSH TABLES WITH READ LOCK", write]).await, 1223);
}

async fn too_many(server: &Server) {
    server
        .0
        .query("ALTER USER ada@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1")
        .unwrap();
    let connection = server.connection().await;
    assert_kind(server.let_in("ada:ada", "app").await.unwrap_err(), 1226);
    connection.close().await.unwrap();
    server
        .0
        .query("ALTER USER ada@'127.0.0.1' WITH MAX_USER_CONNECTIONS 0; SET GLOBAL max_user_connections = 1")
        .unwrap();
    // The server notices in its own time that the last one has gone.
    let connection = loop {
        if let Ok(connection) = server.let_in("ada:ada", "app").await {
            break connection;
        }
    };
    assert_kind(server.let_in("ada:ada", "app").await.unwrap_err(), 1203);
    connection.close().await.unwrap();
    server
        .0
        .query("SET GLOBAL max_user_connections = 0; SET GLOBAL max_connections = 10")
        .unwrap();
    let mut crowd = Vec::new();
    let refused = loop {
        match server.let_in("ada:ada", "app").await {
            Ok(connection) => crowd.push(connection),
            Err(error) => break error,
        }
        assert!(crowd.len() < 20);
    };
    assert_kind(refused, 1040);
}
