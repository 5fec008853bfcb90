//! New databases for tests, on the servers that `cargo xtask databases` starts.

use std::env;

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use wicketgate_protection::{Random, SystemRandom};

/// The URL of a new, empty database on the server that this variable names, `WICKETGATE_TEST_POSTGRES_URL` or
/// `WICKETGATE_TEST_MYSQL_URL`; `None` where there is no server, which CI does not let pass.
pub(crate) async fn new_database(variable: &str) -> Option<String> {
    let Ok(url) = env::var(variable) else {
        assert!(env::var_os("CI").is_none(), "{variable} is not set");
        eprintln!("nothing was tested: {variable} is not set; see `cargo xtask databases`");
        return None;
    };
    let mut number = [0; 8];
    SystemRandom.fill(&mut number);
    let name = format!("test_{:016x}", u64::from_be_bytes(number));
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = MySqlConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    }
    let (server, _) = url.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}"))
}
