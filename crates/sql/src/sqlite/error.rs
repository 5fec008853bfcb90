//! What SQLite's failures mean to the callers.

use wicketgate_identity::StoreError;

/// Primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const NOMEM: i32 = 7;
    pub(super) const READONLY: i32 = 8;
    pub(super) const INTERRUPT: i32 = 9;
    pub(super) const IOERR: i32 = 10;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const PROTOCOL: i32 = 15;
}

/// Locked, full, unreadable and the like may pass; everything else will not.
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    let may_pass = match primary_code(&error) {
        Some(code) => matches!(
            code,
            code::BUSY
                | code::LOCKED
                | code::NOMEM
                | code::READONLY
                | code::INTERRUPT
                | code::IOERR
                | code::FULL
                | code::CANTOPEN
                | code::PROTOCOL
        ),
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
        ),
    };
    match may_pass {
        true => StoreError::Unavailable(Box::new(error)),
        false => StoreError::Failed(Box::new(error)),
    }
}

/// Another connection holds a lock.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(code::BUSY | code::LOCKED))
}

/// SQLite's own words, in one line.
pub(super) fn reason(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    }
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}
