//! What SQL Server's failures mean:
//! <https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors>, and those that
//! pass by themselves: <https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues>.

use tiberius::error::Error;

use crate::database_error::{DatabaseError, Reason};

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

fn kind(number: u32, severity: u8) -> fn(Reason) -> DatabaseError {
    if DUPLICATE.contains(&number) {
        DatabaseError::Duplicate
    } else if CONFLICT.contains(&number) {
        DatabaseError::Conflict
    } else if AWAY.contains(&number) || severity >= FATAL {
        DatabaseError::Unavailable
    } else {
        DatabaseError::Failed
    }
}

/// From this severity on the server ends the connection.
const FATAL: u8 = 20;

const DUPLICATE: [u32; 2] = [
    2601, // a unique index
    2627, // a primary key or a unique constraint
];

const CONFLICT: [u32; 5] = [
    1205, // the victim of a deadlock
    1222, // a lock was not given in time
    1913, // an index of that name has been made meanwhile
    2714, // a table of that name has been made meanwhile
    3960, // a row was changed since the snapshot
];

const AWAY: [u32; 33] = [
    596,   // an administrator ended the session
    615,   // the database moved
    701,   // no memory
    802,   // no memory in the buffer pool
    921,   // not recovered yet
    922,   // recovering
    927,   // being restored
    942,   // offline
    945,   // its files cannot be reached
    976,   // a secondary replica that does not let clients read
    978,   // a secondary replica that lets clients read, but not with these words
    983,   // its replica is neither primary nor secondary for now
    1101,  // no space left in its files
    1105,  // no space left in its files
    3257,  // no space left on the volume
    3906,  // read-only, as a secondary replica is
    4060,  // cannot be opened for this login, as while it fails over
    4221,  // a secondary replica waits for long transactions
    6005,  // the server is shutting down
    8645,  // no memory in time
    8651,  // no memory for this
    9002,  // no space left in its log
    10928, // too many requests
    10929, // too many requests
    17142, // the server is paused
    17187, // the server is starting
    18401, // the server is being updated
    40197, // the service failed over
    40501, // the service is busy
    40613, // the database is not available for now
    49918, // too few resources
    49919, // too many operations
    49920, // too many operations
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
        for number in [1205, 1222, 3960] {
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
    fn what_only_an_operator_can_mend_has_failed() {
        // A missing table, a value that is too long, a refused password.
        for (number, severity) in [(208, 16), (2628, 16), (8152, 16), (18456, 14)] {
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
