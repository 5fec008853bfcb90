//! What MySQL's and MariaDB's failures mean: <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>.

use sqlx::error::DatabaseError as ServerError;
use sqlx::mysql::MySqlDatabaseError;

use crate::database_error::{DatabaseError, Reason};

pub(super) fn database_error(error: sqlx::Error) -> DatabaseError {
    DatabaseError::from_sqlx(error, kind)
}

fn kind(error: &dyn ServerError) -> fn(Reason) -> DatabaseError {
    let number = error
        .try_downcast_ref::<MySqlDatabaseError>()
        .map(MySqlDatabaseError::number);
    match number.unwrap_or_default() {
        number::DUP_ENTRY => DatabaseError::Duplicate,
        number::LOCK_DEADLOCK
        | number::LOCK_WAIT_TIMEOUT
        | number::TABLE_EXISTS_ERROR
        | number::DUP_KEYNAME
        | number::SP_DOES_NOT_EXIST => DatabaseError::Conflict,
        number::CON_COUNT_ERROR
        | number::UNKNOWN_COM_ERROR
        | number::SERVER_SHUTDOWN
        | number::ERROR_DURING_COMMIT
        | number::TOO_MANY_USER_CONNECTIONS
        | number::OPTION_PREVENTS_STATEMENT
        | number::QUERY_INTERRUPTED
        | number::READ_ONLY_MODE
        | number::CONNECTION_KILLED
        | number::SERVER_GONE
        | number::SERVER_LOST => DatabaseError::Unavailable,
        number if EXHAUSTED.contains(&number) => DatabaseError::Unavailable,
        _ => DatabaseError::Failed,
    }
}

/// No room on a disk, or in memory.
const EXHAUSTED: [u16; 11] = [
    3,    // writing to a file (EE_WRITE)
    20,   // no space left on the device (EE_DISK_FULL)
    1021, // no space left on the device
    1026, // writing to a file
    1030, // from the storage engine, with the number of the system's error
    1037, // no memory
    1038, // no memory for sorting
    1041, // no memory
    1114, // a table, or the tablespace that it is in, is full
    1135, // no new thread
    1878, // no space left for temporary files
];

mod number {
    pub(super) const CON_COUNT_ERROR: u16 = 1040;
    /// From a Galera node that is not in step with its cluster.
    pub(super) const UNKNOWN_COM_ERROR: u16 = 1047;
    pub(super) const TABLE_EXISTS_ERROR: u16 = 1050;
    pub(super) const SERVER_SHUTDOWN: u16 = 1053;
    pub(super) const DUP_KEYNAME: u16 = 1061;
    pub(super) const DUP_ENTRY: u16 = 1062;
    /// From a Galera node that lost its cluster meanwhile; whether the transaction was committed is unknown.
    pub(super) const ERROR_DURING_COMMIT: u16 = 1180;
    pub(super) const TOO_MANY_USER_CONNECTIONS: u16 = 1203;
    pub(super) const LOCK_WAIT_TIMEOUT: u16 = 1205;
    /// Also a Galera node's, where another node wrote the same rows.
    pub(super) const LOCK_DEADLOCK: u16 = 1213;
    pub(super) const OPTION_PREVENTS_STATEMENT: u16 = 1290;
    /// The savepoint has gone with its transaction, of whose end nobody has told.
    pub(super) const SP_DOES_NOT_EXIST: u16 = 1305;
    pub(super) const QUERY_INTERRUPTED: u16 = 1317;
    pub(super) const READ_ONLY_MODE: u16 = 1836;
    /// MariaDB's.
    pub(super) const CONNECTION_KILLED: u16 = 1927;
    pub(super) const SERVER_GONE: u16 = 2006;
    pub(super) const SERVER_LOST: u16 = 2013;
}
