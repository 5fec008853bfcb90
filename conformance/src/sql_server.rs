//! Databases on a SQL Server, for those who have one.

use std::io;

use percent_encoding::percent_decode_str;
use tiberius::{AuthMethod, Client, Config, EncryptionLevel};
use tokio::net::TcpStream;
use tokio_util::compat::TokioAsyncWriteCompatExt;
use url::Url;

/// A SQL Server did not do what a test needs.
#[derive(Debug, thiserror::Error)]
pub enum SqlServerError {
    /// `WICKETGATE_TEST_MSSQL_URL` cannot be read.
    #[error("WICKETGATE_TEST_MSSQL_URL is no URL: {0}")]
    Url(#[from] url::ParseError),
    /// Nothing listens.
    #[error(transparent)]
    Connection(#[from] io::Error),
    /// What it says.
    #[error(transparent)]
    Server(#[from] tiberius::error::Error),
}

/// Runs a statement about databases, one at a time: not every server makes two of them at once.
pub(crate) async fn run(url: &str, statement: &str) -> Result<(), SqlServerError> {
    let config = config(&Url::parse(url)?);
    let stream = TcpStream::connect(config.get_addr()).await?;
    let mut client = Client::connect(config, stream.compat_write()).await?;
    for statement in [
        "EXEC sp_getapplock 'wicketgate tests', 'Exclusive', 'Session'",
        statement,
    ] {
        client.simple_query(statement).await?.into_results().await?;
    }
    Ok(())
}

/// Encrypted unless the URL says otherwise, to whatever certificate.
fn config(url: &Url) -> Config {
    let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let password = decoded(url.password().unwrap_or_default());
    let mut config = Config::new();
    config.host(url.host_str().unwrap_or_default());
    config.port(url.port().unwrap_or(1433));
    config.database(decoded(url.path().trim_start_matches('/')));
    config.authentication(AuthMethod::sql_server(decoded(url.username()), password));
    config.trust_cert();
    if url
        .query_pairs()
        .any(|(name, value)| name == "encrypt" && value == "false")
    {
        config.encryption(EncryptionLevel::Off);
    }
    config
}
