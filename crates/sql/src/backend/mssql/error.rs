//! What SQL Server's failures mean:
//! <https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors>, and those that
//! pass by themselves: <https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues>.

use tiberius::error::Error;

use crate::database_error::{DatabaseError, Kind};

pub(super) fn database_error(error: Error) -> DatabaseError {
    match error {
        // Without the numbers of error and line, and the names of server and procedure, which the driver would add.
        Error::Server(said) => kind(said.code(), said.class())(said.message().into()),
        Error::Tls(text) => DatabaseError::Unavailable(for_operators(&text).into()),
        Error::Io { message, .. } => DatabaseError::Unavailable(message.into()),
        // What breaks off in the middle can look like nonsense.
        Error::Protocol(_) | Error::Routing { .. } => DatabaseError::Unavailable(Box::new(error)),
        _ => DatabaseError::Failed(Box::new(error)),
    }
}

/// The driver's advice is for programmers.
fn for_operators(refusal: &str) -> String {
    match refusal.split_once(" To connect anyway") {
        Some((reason, _)) => {
            format!("{reason} The URL's option trust_server_certificate_ca can name an authority to trust")
        }
        None => refusal.to_owned(),
    }
}

fn kind(number: u32, severity: u8) -> Kind {
    match ERRORS.iter().find(|(known, _)| *known == number) {
        Some((_, kind)) => *kind,
        None if severity >= FATAL => DatabaseError::Unavailable,
        None => DatabaseError::Failed,
    }
}

/// From this severity on the server ends the connection.
const FATAL: u8 = 20;

/// What is not in this table, and does not end the connection, is not mended by waiting.
const ERRORS: &[(u32, Kind)] = &[
    (596, DatabaseError::Unavailable),            // an administrator ended the session
    (615, DatabaseError::Unavailable),            // the database moved
    (701, DatabaseError::Unavailable),            // no memory
    (802, DatabaseError::Unavailable),            // no memory in the buffer pool
    (844, DatabaseError::Unavailable),            // a page is waited for
    (845, DatabaseError::Unavailable),            // a page was not to be had in time
    (911, DatabaseError::Unavailable),            // no such database, as while it is restored
    (921, DatabaseError::Unavailable),            // not recovered yet
    (922, DatabaseError::Unavailable),            // recovering
    (927, DatabaseError::Unavailable),            // being restored
    (942, DatabaseError::Unavailable),            // offline
    (945, DatabaseError::Unavailable),            // its files cannot be reached
    (952, DatabaseError::Unavailable),            // in transition
    (976, DatabaseError::Unavailable),            // a secondary replica that does not let clients read
    (978, DatabaseError::Unavailable), // a secondary replica that lets clients read, but not with these words
    (982, DatabaseError::Unavailable), // no secondary replica lets clients read
    (983, DatabaseError::Unavailable), // its replica is neither primary nor secondary for now
    (988, DatabaseError::Unavailable), // the availability group lost its quorum
    (1101, DatabaseError::Unavailable), // no space left in its files
    (1105, DatabaseError::Unavailable), // no space left in its files
    (1204, DatabaseError::Unavailable), // no memory for locks
    (1205, DatabaseError::Conflict),   // the victim of a deadlock
    (1222, DatabaseError::given_up),   // a lock was not given in time
    (1913, DatabaseError::Conflict),   // an index of that name has been made meanwhile
    (2601, DatabaseError::Duplicate),  // a unique index
    (2627, DatabaseError::Duplicate),  // a primary key or a unique constraint
    (2714, DatabaseError::Conflict),   // a table of that name has been made meanwhile
    (2801, DatabaseError::Conflict),   // the object has changed since the statement was compiled
    (3257, DatabaseError::Unavailable), // no space left on the volume
    (3906, DatabaseError::Unavailable), // read-only, as a secondary replica is
    (3908, DatabaseError::Unavailable), // in an emergency
    (3960, DatabaseError::Conflict),   // a row was changed since the snapshot
    (3961, DatabaseError::Conflict),   // the table was changed since the snapshot
    (4060, DatabaseError::Unavailable), // cannot be opened for this login, as while it fails over
    (4221, DatabaseError::Unavailable), // a secondary replica waits for long transactions
    (6005, DatabaseError::Unavailable), // the server is shutting down
    (8628, DatabaseError::Unavailable), // a plan was not to be had in time
    (8645, DatabaseError::Unavailable), // no memory in time
    (8651, DatabaseError::Unavailable), // no memory for this
    (8657, DatabaseError::Unavailable), // no memory for this
    (9001, DatabaseError::Unavailable), // its log is not available
    (9002, DatabaseError::Unavailable), // no space left in its log
    (10928, DatabaseError::too_many_connections), // too many requests
    (10929, DatabaseError::too_many_connections), // too many requests
    (10936, DatabaseError::Unavailable), // too many requests
    (17142, DatabaseError::Unavailable), // the server is paused
    (17187, DatabaseError::Unavailable), // the server is starting
    (17189, DatabaseError::Unavailable), // no new thread
    (17809, DatabaseError::too_many_connections), // too many connections
    (18401, DatabaseError::Unavailable), // the server is being updated
    (18451, DatabaseError::Unavailable), // only administrators for now
    (18452, DatabaseError::access_denied), // the login is not one of a trusted domain
    (18456, DatabaseError::access_denied), // the login or the password
    (18461, DatabaseError::Unavailable), // only one administrator for now
    (18470, DatabaseError::access_denied), // the login is disabled
    (18486, DatabaseError::access_denied), // the login is locked
    (18487, DatabaseError::access_denied), // the password has expired
    (18488, DatabaseError::access_denied), // the password must be changed
    (40197, DatabaseError::Unavailable), // the service failed over
    (40501, DatabaseError::Unavailable), // the service is busy
    (40544, DatabaseError::Unavailable), // the database has reached its size
    (40549, DatabaseError::Unavailable), // the session took too long
    (40550, DatabaseError::Unavailable), // the session had too many locks
    (40551, DatabaseError::Unavailable), // the session used too much of tempdb
    (40552, DatabaseError::Unavailable), // the session used too much of the log
    (40553, DatabaseError::Unavailable), // the session used too much memory
    (40613, DatabaseError::Unavailable), // the database is not available for now
    (49918, DatabaseError::Unavailable), // too few resources
    (49919, DatabaseError::Unavailable), // too many operations
    (49920, DatabaseError::Unavailable), // too many operations
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: u32, severity: u8) -> DatabaseError {
        kind(number, severity)("said".into())
    }

    #[test]
    fn taken_keys_are_duplicates_of_indexes_as_of_constraints() {
        for number in [2601, 2627] {
            assert!(matches!(of(number, 14), DatabaseError::Duplicate(_)), "{number}");
        }
    }

    #[test]
    fn what_the_same_again_will_do_for_is_a_conflict() {
        for number in [1205, 2801, 3960, 3961] {
            assert!(matches!(of(number, 16), DatabaseError::Conflict(_)), "{number}");
        }
    }

    #[test]
    fn a_database_that_comes_back_is_unavailable() {
        for (number, severity) in [
            (4060, 11),
            (40613, 17),
            (40197, 17),
            (40501, 16),
            (49918, 16),
            (823, 24),
        ] {
            assert!(
                matches!(of(number, severity), DatabaseError::Unavailable(_)),
                "{number}"
            );
        }
        let broken = Error::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
        assert!(matches!(database_error(broken), DatabaseError::Unavailable(_)));
    }

    #[test]
    fn a_refused_password_is_one_that_may_have_been_changed() {
        for number in [18456, 18470, 18486, 18487] {
            assert!(of(number, 14).is_access_denied(), "{number}");
        }
        assert!(!of(40613, 14).is_access_denied());
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(ERRORS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn what_only_an_operator_can_mend_has_failed() {
        // A missing table, a value that is too long.
        for (number, severity) in [(208, 16), (2628, 16), (8152, 16)] {
            assert!(matches!(of(number, severity), DatabaseError::Failed(_)), "{number}");
        }
    }

    #[test]
    fn advice_is_for_operators() {
        let error = Error::Tls("it was rejected. To connect anyway you can: (1) …".to_owned());
        let advice = "it was rejected. The URL's option trust_server_certificate_ca can name an authority to trust";
        assert_eq!(database_error(error).to_string(), advice);
    }
}
