//! A PostgreSQL of a test's own, and statements that wait there.

use std::{
    env,
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection, Row};
use tokio::task::yield_now;
use wicketgate_test_servers::{Error, PostgreSql};

/// Longer than anything takes here, so that what never comes fails.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Postgresql(PostgreSql);

/// A transaction that holds a lock.
#[derive(Debug)]
pub(crate) struct Hold {
    holder: PgConnection,
    observer: PgConnection,
}

impl Postgresql {
    /// `None` where it cannot be installed, which CI does not let pass.
    pub(crate) fn start() -> Option<Self> {
        match PostgreSql::start() {
            Err(missing @ Error::Missing { .. }) => {
                assert!(env::var_os("CI").is_none(), "{missing}");
                eprintln!("nothing was tested: {missing}");
                None
            }
            server => Some(Self(server.unwrap())),
        }
    }

    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Takes the lock that this statement takes, after whoever has it.
    pub(crate) async fn hold(&self, statement: &'static str) -> Hold {
        let mut holder = self.connect().await;
        sqlx::raw_sql("BEGIN").execute(&mut holder).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut holder).await.unwrap();
        let observer = self.connect().await;
        Hold { holder, observer }
    }

    /// From now on the `COMMIT` of a registration waits for whoever holds `pg_advisory_lock(1)`.
    pub(crate) async fn hold_commits_of_new_accounts(&self) {
        let statements = r#"
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON "AspNetUsers" DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait()"#;
        sqlx::raw_sql(statements)
            .execute(&mut self.connect().await)
            .await
            .unwrap();
    }

    /// What a query of one number says.
    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        let row = sqlx::query(query).fetch_one(&mut self.connect().await).await.unwrap();
        row.get(0)
    }

    async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.unwrap()
    }
}

impl Hold {
    /// Returns when so many wait for a lock.
    pub(crate) async fn wait_for(&mut self, sessions: i64) {
        let begin = Instant::now();
        loop {
            let query = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            let row = sqlx::query(query).fetch_one(&mut self.observer).await.unwrap();
            let waiting: i64 = row.get(0);
            if waiting == sessions {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{waiting} sessions wait");
            yield_now().await;
        }
    }

    pub(crate) async fn end(self) {
        self.holder.close().await.unwrap();
    }
}
