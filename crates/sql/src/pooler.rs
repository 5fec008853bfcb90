//! What stands between us and a database's server.

/// A connection pooler between us and PostgreSQL, such as PgBouncer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooler {
    /// None, or one whose connections are ours for as long as a session lasts.
    #[default]
    None,
    /// One whose connections to the server are ours only while a transaction lasts (PgBouncer's `pool_mode = transaction`):
    /// nothing may be kept in a session, neither settings nor prepared statements.
    Transaction,
}
