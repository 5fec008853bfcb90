//! What MySQL's and MariaDB's failures mean: <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>,
//! <https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference>.

#[cfg(test)]
mod tests;

use sqlx::error::DatabaseError as ServerError;
use sqlx::mysql::MySqlDatabaseError;

use crate::database_error::{DatabaseError, Kind};

pub(super) fn database_error(error: sqlx::Error) -> DatabaseError {
    DatabaseError::from_sqlx(error, kind)
}

pub(super) fn kind(error: &dyn ServerError) -> Kind {
    let number = error
        .try_downcast_ref::<MySqlDatabaseError>()
        .map(MySqlDatabaseError::number);
    let row = ERRORS.iter().find(|(known, _)| Some(*known) == number);
    row.map_or(DatabaseError::Failed, |(_, kind)| *kind)
}

/// What is not in this table is not mended by waiting.
const ERRORS: &[(u16, Kind)] = &[
    (3, DatabaseError::Unavailable),             // writing to a file failed (EE_WRITE)
    (20, DatabaseError::Unavailable),            // no space left on the device (EE_DISK_FULL)
    (1020, DatabaseError::Conflict), // a row changed since the snapshot: MariaDB's innodb_snapshot_isolation
    (1021, DatabaseError::Unavailable), // no space left on the device
    (1022, DatabaseError::Duplicate), // a key, as storage engines say it
    (1024, DatabaseError::Unavailable), // reading a file failed
    (1026, DatabaseError::Unavailable), // writing to a file failed
    (1028, DatabaseError::Unavailable), // sorting was given up
    (1030, DatabaseError::Unavailable), // from the storage engine, with the number of the system's error
    (1037, DatabaseError::Unavailable), // no memory
    (1038, DatabaseError::Unavailable), // no memory for sorting
    (1040, DatabaseError::too_many_connections), // too many connections
    (1041, DatabaseError::Unavailable), // no memory
    (1042, DatabaseError::Unavailable), // the client's name cannot be looked up
    (1043, DatabaseError::Unavailable), // the handshake was cut off
    (1045, DatabaseError::access_denied), // the user or the password
    (1047, DatabaseError::Unavailable), // a Galera node is not in step with its cluster
    (1049, DatabaseError::Unavailable), // no such database, as while it is restored
    (1050, DatabaseError::Conflict), // a table of that name has been made meanwhile
    (1053, DatabaseError::Unavailable), // shutting down
    (1061, DatabaseError::Conflict), // an index of that name has been made meanwhile
    (1062, DatabaseError::Duplicate), // a unique index, or a primary key
    (1077, DatabaseError::Unavailable), // shutting down
    (1078, DatabaseError::Unavailable), // the server was told to stop
    (1079, DatabaseError::Unavailable), // shut down
    (1080, DatabaseError::Unavailable), // connections are closed by force
    (1114, DatabaseError::Unavailable), // a table, or the tablespace or volume that it is in, is full
    (1129, DatabaseError::too_many_connections), // too many broken connections from this host, until FLUSH HOSTS
    (1130, DatabaseError::access_denied), // not from this host
    (1135, DatabaseError::too_many_connections), // no new thread
    (1152, DatabaseError::Unavailable), // the connection was cut off
    (1158, DatabaseError::Unavailable), // reading from the network failed
    (1159, DatabaseError::Unavailable), // reading from the network took too long
    (1160, DatabaseError::Unavailable), // writing to the network failed
    (1161, DatabaseError::Unavailable), // writing to the network took too long
    (1169, DatabaseError::Duplicate), // a unique constraint, as storage engines say it
    (1180, DatabaseError::Unavailable), // at COMMIT: a Galera node lost its cluster; whether it was done is unknown
    (1184, DatabaseError::Unavailable), // the connection was cut off
    (1203, DatabaseError::too_many_connections), // too many connections of this user
    (1205, DatabaseError::given_up), // a lock was not given in time
    (1206, DatabaseError::Unavailable), // no memory for locks
    (1213, DatabaseError::Conflict), // a deadlock; also a Galera node's, where another node wrote the same rows
    (1223, DatabaseError::Unavailable), // the tables are locked for reading, as by a backup
    (1226, DatabaseError::too_many_connections), // the user has had all it may have in this hour
    (1243, DatabaseError::Outdated), // no such prepared statement: another server answers
    (1290, DatabaseError::Unavailable), // read-only, as a replica is
    (1305, DatabaseError::Conflict), // the savepoint has gone with its transaction, of whose end nobody has told
    (1317, DatabaseError::Unavailable), // interrupted by an administrator
    (1412, DatabaseError::Conflict), // the table was changed since the transaction took its snapshot
    (1461, DatabaseError::Unavailable), // too many prepared statements
    (1586, DatabaseError::Duplicate), // a unique index, with its name
    (1615, DatabaseError::Outdated), // a prepared statement is out of date
    (1637, DatabaseError::Unavailable), // too many transactions at once
    (1689, DatabaseError::Conflict), // waiting for a lock was given up
    (1698, DatabaseError::access_denied), // the user
    (1792, DatabaseError::Unavailable), // a transaction is read-only, as all are with transaction_read_only
    (1820, DatabaseError::access_denied), // the password has expired
    (1836, DatabaseError::Unavailable), // read-only
    (1862, DatabaseError::access_denied), // the password has expired
    (1873, DatabaseError::access_denied), // the user or the password
    (1874, DatabaseError::Unavailable), // InnoDB is read-only
    (1878, DatabaseError::Unavailable), // no space left for temporary files
    (1881, DatabaseError::Unavailable), // InnoDB is being rescued
    (1927, DatabaseError::Unavailable), // MariaDB: an administrator ended the connection
    (1969, DatabaseError::given_up), // MariaDB: longer than max_statement_time
    (2006, DatabaseError::Unavailable), // gone
    (2013, DatabaseError::Unavailable), // lost
    (3024, DatabaseError::given_up), // MySQL: longer than max_execution_time
    (3032, DatabaseError::Unavailable), // MySQL: the server is offline
    (3100, DatabaseError::Unavailable), // MySQL: group replication takes no commits
    (3101, DatabaseError::Conflict), // MySQL: group replication found a conflict at COMMIT
    (3118, DatabaseError::access_denied), // MySQL: the user is locked
    (3168, DatabaseError::Unavailable), // MySQL: the server is not available
    (3169, DatabaseError::Unavailable), // MySQL: an administrator ended the session
    (3572, DatabaseError::Conflict), // MySQL: a lock was not free
    (3955, DatabaseError::access_denied), // MySQL: the user is locked after too many wrong passwords
    (4031, DatabaseError::Unavailable), // MySQL: idle for too long
    (4151, DatabaseError::access_denied), // MariaDB: the user is locked
    (9001, DatabaseError::Unavailable), // ProxySQL: no server behind it answers in time
];
