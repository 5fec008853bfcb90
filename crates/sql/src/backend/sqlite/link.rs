//! One connection to the file, on which one statement runs at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::functions::FunctionFlags;
use rusqlite::{CachedStatement, Connection};

use super::cell::Cell;
use super::limits::BUSY_PATIENCE;
use super::odd_values::IS_INSTANT;
use super::query::{Answer, Query, Wanted};
use super::row::{Columns, SqliteRow};

/// How many prepared statements a connection keeps: more than there are.
const STATEMENTS: usize = 256;
/// After how many of its machine's steps SQLite asks whether to go on: some ten microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;

/// A connection that runs what it is told to, wherever it is told so.
#[derive(Debug)]
pub(super) struct Link {
    /// It is large, and goes from hand to hand.
    connection: Box<Connection>,
    deadline: Arc<Deadline>,
    /// By the address of a statement's text, which never changes.
    forms: BTreeMap<usize, Form>,
}

impl Link {
    pub(super) fn new(connection: Connection) -> rusqlite::Result<Self> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(Duration::ZERO)?;
        let deadline = Arc::new(Deadline::new());
        let asked = Arc::clone(&deadline);
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || asked.has_passed()))?;
        let flags = FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
        connection.create_scalar_function(IS_INSTANT, 1, flags, |context| {
            Ok(Cell::of(context.get_raw(0)).instant().is_ok())
        })?;
        Ok(Self {
            connection: Box::new(connection),
            deadline,
            forms: BTreeMap::new(),
        })
    }

    /// Interrupts the statement when it takes longer.
    pub(super) fn run(&mut self, query: &Query<'_>, limit: Duration) -> rusqlite::Result<Answer> {
        self.deadline.set(limit);
        let answer = self.answer(query);
        self.deadline.clear();
        answer
    }

    fn answer(&mut self, query: &Query<'_>) -> rusqlite::Result<Answer> {
        if query.wanted == Wanted::Nothing {
            return self.connection.execute_batch(query.text).map(|()| Answer::default());
        }
        let mut statement = self.connection.prepare_cached(query.text)?;
        let address = query.text.as_ptr().addr();
        let form = self.forms.entry(address).or_insert_with(|| Form::of(&statement));
        form.bind(&mut statement, query)?;
        if query.wanted == Wanted::Count {
            let count = statement.raw_execute()?;
            return Ok(Answer {
                count: u64::try_from(count).unwrap_or_default(),
                rows: Vec::new(),
            });
        }
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(SqliteRow::copy(&mut form.columns, row, query.keys)?);
            if query.wanted == Wanted::FirstRow {
                break;
            }
        }
        Ok(Answer { count: 0, rows })
    }

    /// One of the few statements that begin and end transactions, which take as long as they take.
    pub(super) fn command(&mut self, statement: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(statement)?.execute([]).map(drop)
    }

    /// The same, with patience for somebody else's lock. Not on a thread that answers requests.
    pub(super) fn command_waiting(&mut self, statement: &'static str, patience: Duration) -> rusqlite::Result<()> {
        self.connection.busy_timeout(patience)?;
        let done = self.command(statement);
        self.connection.busy_timeout(Duration::ZERO)?;
        done
    }

    /// Statements in SQLite's own SQL, of which each may wait for somebody else's lock. Not on a thread that answers requests.
    pub(super) fn batch_waiting(&mut self, statements: &str) -> rusqlite::Result<()> {
        self.connection.busy_timeout(BUSY_PATIENCE)?;
        let done = self.connection.execute_batch(statements);
        self.connection.busy_timeout(Duration::ZERO)?;
        done
    }

    /// Whether a transaction is open.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// For what has its own form.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// What does not change about a statement.
#[derive(Debug)]
struct Form {
    /// Which value each parameter takes: SQLite takes `$2` for a name, and counts names in the order in which they come. `None`
    /// for what is no number.
    parameters: Box<[Option<usize>]>,
    columns: Columns,
}

impl Form {
    fn of(statement: &CachedStatement<'_>) -> Self {
        let value_of = |index| {
            let number: usize = statement.parameter_name(index)?.get(1..)?.parse().ok()?;
            number.checked_sub(1)
        };
        Self {
            parameters: (1..=statement.parameter_count()).map(value_of).collect(),
            columns: Columns::new(statement.column_names().into_iter().map(Box::from).collect()),
        }
    }

    fn bind(&self, statement: &mut CachedStatement<'_>, query: &Query<'_>) -> rusqlite::Result<()> {
        for (index, value) in (1..).zip(&self.parameters) {
            match value.and_then(|value| query.values.get(value)) {
                Some(value) => statement.raw_bind_parameter(index, value)?,
                None => return Err(rusqlite::Error::InvalidParameterCount(query.values.len(), index)),
            }
        }
        Ok(())
    }
}

/// When the statement that runs is to be given up.
#[derive(Debug)]
struct Deadline {
    epoch: Instant,
    /// In microseconds since then, `u64::MAX` for never.
    at: AtomicU64,
}

impl Deadline {
    fn new() -> Self {
        Self {
            epoch: Instant::now(),
            at: AtomicU64::new(u64::MAX),
        }
    }

    fn set(&self, limit: Duration) {
        self.at.store(self.passed(limit), Ordering::Relaxed);
    }

    fn clear(&self) {
        self.at.store(u64::MAX, Ordering::Relaxed);
    }

    fn has_passed(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        at != u64::MAX && self.passed(Duration::ZERO) > at
    }

    fn passed(&self, more: Duration) -> u64 {
        u64::try_from((self.epoch.elapsed() + more).as_micros()).unwrap_or(u64::MAX - 1)
    }
}
