//! What every session of MySQL and MariaDB runs with, whatever defaults the server has.
//!
//! Left to the operator is what sessions cannot or must not decide: whether commits reach the disk
//! (`innodb_flush_log_at_trx_commit`, `sync_binlog`), and whether transactions are read-only, which has to be noticed.

/// Statements for a new connection, in one round trip.
///
/// - The lock on an address is on a gap between rows, which other isolation levels than this do not lock.
/// - `autocommit` and `completion_type`: without the first nothing that was acknowledged lasts; with `CHAIN` a `COMMIT`
///   begins a transaction that nobody commits, and with `RELEASE` it ends the connection.
/// - `sql_mode` is set as a whole. In Oracle's ways an empty text is `NULL`; others pad texts, change quotes and escapes,
///   or cut off what is too long for a column.
/// - Tables are InnoDB's: others know no transactions.
/// - A row's or a table's lock is waited for as long as the server may take for a statement
///   (four seconds, below [`STATEMENT_LIMIT`](crate::pool::limits::STATEMENT_LIMIT)), so that a write is not answered 503 and happens later. There is no
///   limit on a single statement as a whole: it would cut off its commit, too, which may be waiting for a replica.
///   MariaDB's has one within a transaction (see [`BEGIN`]), MySQL's a query.
///
/// MariaDB alone reads what stands behind `/*M!`, MySQL alone what stands behind `/*!50708`.
pub(super) const SESSION: &str = "\
    SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
    SET NAMES utf8mb4, SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN', \
    SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
    SESSION time_zone = '+00:00', SESSION default_storage_engine = InnoDB, \
    SESSION foreign_key_checks = 1, SESSION unique_checks = 1, \
    SESSION sql_safe_updates = 0, SESSION sql_auto_is_null = 0, SESSION sql_big_selects = 1, \
    SESSION sql_select_limit = 18446744073709551615, SESSION max_sort_length = 1024, \
    SESSION innodb_lock_wait_timeout = 4, SESSION lock_wait_timeout = 4 \
    /*M!100101 , SESSION max_statement_time = 0 */ /*!50708 , SESSION max_execution_time = 4000 */";

/// A node of a Galera cluster rolls back a transaction that a faster one of another node is in the way of, and says so
/// when it is asked for something next. MariaDB 10.11 does not always: what follows is then no transaction any more, and
/// with `autocommit` each statement lasts by itself. Without it, and with a savepoint that goes with its transaction, a
/// `COMMIT` commits the whole transaction or fails.
///
/// Between its statements a transaction waits for seconds only: the locks of an instance that is frozen or cut off end.
pub(super) const BEGIN: &str = "\
    SET autocommit = 0, wait_timeout = 5 /*M!100101 , max_statement_time = 4 */; \
    START TRANSACTION; SAVEPOINT wicketgate";
/// No limit cuts off the `COMMIT`.
pub(super) const COMMIT: &str = "\
    SET autocommit = 0 /*M!100101 , max_statement_time = 0 */; RELEASE SAVEPOINT wicketgate; COMMIT; \
    SET autocommit = 1, wait_timeout = DEFAULT";
pub(super) const ROLLBACK: &str = "\
    ROLLBACK; SET autocommit = 1, wait_timeout = DEFAULT /*M!100101 , max_statement_time = 0 */";

/// For what may take minutes, until the connection ends.
pub(super) const LONG: &str = "\
    SET innodb_lock_wait_timeout = 600, lock_wait_timeout = 600, wait_timeout = 600 \
    /*M!100101 , max_statement_time = 600 */ /*!50708 , max_execution_time = 600000 */";
