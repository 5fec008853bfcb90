//! New databases for tests, on the servers that `cargo xtask databases` starts, and on a SQL Server where one is named.

use std::env;

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use tiberius::{AuthMethod, Config, EncryptionLevel};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};
use url::Url;
use wicketgate_protection::{Random, SystemRandom};

/// Names a SQL Server, which is no Debian package: where nobody does, CI passes all the same and says so at its end.
pub(crate) const SQL_SERVER: &str = "WICKETGATE_TEST_MSSQL_URL";

/// The URL of a new, empty database on the server that this variable names, `WICKETGATE_TEST_POSTGRES_URL`,
/// `WICKETGATE_TEST_MYSQL_URL` or [`SQL_SERVER`]; `None` where there is no server, which CI does not let pass.
pub(crate) async fn new_database(variable: &str) -> Option<String> {
    let Some(url) = env::var(variable).ok().filter(|url| !url.is_empty()) else {
        let may_be_missing = variable == SQL_SERVER || env::var_os("CI").is_none();
        assert!(may_be_missing, "{variable} is not set");
        eprintln!("nothing was tested: {variable} is not set; see `cargo xtask databases`");
        return None;
    };
    let mut number = [0; 8];
    SystemRandom.fill(&mut number);
    let name = format!("test_{:016x}", u64::from_be_bytes(number));
    let create = format!("CREATE DATABASE {name}");
    if variable == SQL_SERVER {
        let mut client = sql_server(&url).await;
        // One at a time: not every server makes two at once.
        let lock = "EXEC sp_getapplock 'wicketgate tests', 'Exclusive', 'Session'";
        for statement in [lock, &create] {
            let done = client.simple_query(statement).await.unwrap();
            done.into_results().await.unwrap();
        }
        let mut url = Url::parse(&url).unwrap();
        url.set_path(&name);
        return Some(url.into());
    }
    let create = AssertSqlSafe(create);
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

/// A connection beside those of a store, encrypted unless the URL says otherwise, to whatever certificate.
pub(crate) async fn sql_server(url: &str) -> tiberius::Client<Compat<TcpStream>> {
    let url = Url::parse(url).unwrap();
    let mut config = Config::new();
    config.host(url.host_str().unwrap());
    config.port(url.port().unwrap_or(1433));
    config.database(url.path().trim_start_matches('/'));
    let password = percent_encoding::percent_decode_str(url.password().unwrap_or_default());
    config.authentication(AuthMethod::sql_server(url.username(), password.decode_utf8().unwrap()));
    config.trust_cert();
    if url
        .query_pairs()
        .any(|(name, value)| name == "encrypt" && value == "false")
    {
        config.encryption(EncryptionLevel::Off);
    }
    let stream = TcpStream::connect(config.get_addr()).await.unwrap();
    tiberius::Client::connect(config, stream.compat_write()).await.unwrap()
}
