//! What scenarios are replayed against.

use std::io;

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::mailbox::Mailbox;

/// What scenarios are replayed against: one application in this process, or many behind a balancer.
#[async_trait]
pub trait Subject: Sync {
    /// Carries one request and its answer.
    type Connection: AsyncRead + AsyncWrite + Send;

    /// A new connection.
    ///
    /// # Errors
    /// Nothing listens.
    async fn connect(&self) -> io::Result<Self::Connection>;

    /// Runs `users WORDS…`, as an operator would.
    ///
    /// # Errors
    /// What the command says.
    async fn administer(&self, words: Vec<String>) -> Result<(), String>;

    /// What its clock shows.
    fn now(&self) -> OffsetDateTime;

    /// Moves its clock.
    fn advance(&self, duration: Duration);

    /// Where it keeps its mail for tests, if it does.
    fn mailbox(&self) -> Option<&Mailbox> {
        None
    }
}
