//! Checking all events and their chain, a page at a time.

use std::collections::HashMap;

use time::OffsetDateTime;
use wicketgate_identity::StoreError;
use wicketgate_identity::event::{
    ErasedRows, EventHead, EventKey, EventProblem, RecordState, Seal, Sealing, VerifyReport,
};

use super::erase::add_row;
use super::prune::find_checkpoint;
use super::rows::{EventRow, NEXT_SEAL, UNDER_SEAL, event, find_seal, select_events};
use super::{SqlEventLog, keys};
use crate::database::{Connection, Database, Row};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, Value, statement, values};

pub(super) const UNSEALED: Statement = statement!(
    select_events!("WHERE seal IS NULL AND id > $1 ORDER BY id LIMIT 1000"),
    [Text]
);
/// The first of the seals between two that events name.
pub(super) const NAMED_SEAL: Statement = statement!(
    "SELECT seal FROM wicketgate_events WHERE seal > $1 AND seal < $2 ORDER BY seal LIMIT 1",
    [Integer, Integer]
);

/// While instances seal, erase and prune, a page may be of a later time than the one before. What is wrong stays wrong.
const ATTEMPTS: u32 = 3;

pub(super) async fn verify<D: Database>(
    log: &SqlEventLog<D>,
    expected: Option<&EventHead>,
) -> Result<VerifyReport, StoreError> {
    let mut attempt = 1;
    loop {
        let keys = keys::all(&*log.database, log.protection()?).await?;
        let report = log
            .retrying(|| Verification::run(&*log.database, &keys, expected))
            .await?;
        if report.problem_count == 0 || attempt == ATTEMPTS {
            return Ok(report);
        }
        attempt += 1;
    }
}

struct Verification<'a> {
    keys: &'a HashMap<i64, EventKey>,
    report: VerifyReport,
    /// By the rows.
    erased: ErasedRows,
    /// By the events that name them.
    named: ErasedRows,
}

impl<'a> Verification<'a> {
    async fn run<D: Database>(
        database: &D,
        keys: &'a HashMap<i64, EventKey>,
        expected: Option<&EventHead>,
    ) -> Result<VerifyReport, DatabaseError> {
        let mut this = Self {
            keys,
            report: VerifyReport::default(),
            erased: ErasedRows::default(),
            named: ErasedRows::default(),
        };
        let mut reader = database.reader().await?;
        reader.expect_long_statements().await?;
        let (first, mut number, mut previous) = this.checkpoint(&mut reader).await?;
        this.named_seals(&mut reader, i64::MIN, number + 1).await?;
        this.compare(expected, number, &previous);
        while let Some(seal) = find_seal(&mut reader, NEXT_SEAL, number).await? {
            if seal.number != number + 1 {
                this.problem(EventProblem::MissingSeals {
                    first: (number + 1).unsigned_abs(),
                    last: (seal.number - 1).unsigned_abs(),
                });
                this.named_seals(&mut reader, number, seal.number).await?;
            }
            this.seal(&mut reader, &seal, &previous).await?;
            this.compare(expected, seal.number, &seal.hash);
            number = seal.number;
            previous = seal.hash;
        }
        this.unsealed(&mut reader).await?;
        this.named_seals(&mut reader, number, i64::MAX).await?;
        if let Some(expected) = expected.and_then(|head| i64::try_from(head.number).ok()) {
            let found = match expected {
                expected if expected > number => Some("missing: the newest seals were cut off"),
                expected if expected < first => Some("no longer there: it was old enough to be removed"),
                _ => None,
            };
            if let Some(found) = found {
                let number = expected.unsigned_abs();
                this.problem(EventProblem::Head { number, found });
            }
        }
        if !this.erased.is(&this.named) {
            this.problem(EventProblem::ErasedRows);
        }
        if number > 0 {
            this.report.head = Some(EventHead {
                number: number.unsigned_abs(),
                hash: previous,
            });
        }
        Ok(this.report)
    }

    /// The first seal that an expected head can be compared with, and number and hash of the seal that the chain goes on
    /// behind.
    async fn checkpoint(&mut self, connection: &mut impl Connection) -> Result<(i64, i64, String), DatabaseError> {
        let Some(checkpoint) = find_checkpoint(connection).await? else {
            return Ok((1, 0, String::new()));
        };
        match self.keys.get(&checkpoint.key_number) {
            Some(key) if key.check_checkpoint(&checkpoint) => {}
            _ => self.problem(EventProblem::Checkpoint),
        }
        let until = OffsetDateTime::from_unix_timestamp_nanos(i128::from(checkpoint.pruned_until) * 1_000);
        self.report.pruned = checkpoint.pruned.unsigned_abs();
        self.report.pruned_until = until.ok();
        self.erased.add(&checkpoint.erased);
        Ok((checkpoint.seal, checkpoint.seal, checkpoint.hash))
    }

    /// Events that name seals between these, where there are none.
    async fn named_seals(
        &mut self,
        connection: &mut impl Connection,
        after: i64,
        before: i64,
    ) -> Result<(), DatabaseError> {
        let row = connection.fetch_optional(NAMED_SEAL, values![after, before]).await?;
        if let Some(named) = row.map(|row| row.integer("seal")).transpose()?.flatten() {
            self.problem(EventProblem::UnknownSeal(named.unsigned_abs()));
        }
        Ok(())
    }

    async fn seal(
        &mut self,
        connection: &mut impl Connection,
        seal: &Seal,
        previous: &str,
    ) -> Result<(), DatabaseError> {
        self.report.seals += 1;
        let keys = self.keys;
        let mut sealing = keys
            .get(&seal.key_number)
            .map(|key| key.begin_seal(seal.number, previous));
        self.report.sealed += self
            .pages(connection, UNDER_SEAL, &[seal.number.into()], &mut sealing)
            .await?;
        match sealing.map(|sealing| sealing.finish() == *seal) {
            Some(true) => {}
            Some(false) => self.problem(EventProblem::Seal(seal.number.unsigned_abs())),
            None => self.report.unverifiable_seals += 1,
        }
        Ok(())
    }

    async fn unsealed(&mut self, connection: &mut impl Connection) -> Result<(), DatabaseError> {
        self.report.unsealed = self.pages(connection, UNSEALED, &[], &mut None).await?;
        Ok(())
    }

    /// All events of a statement whose last parameter is the id that a page begins behind.
    async fn pages(
        &mut self,
        connection: &mut impl Connection,
        statement: Statement,
        first: &[Value<'_>],
        sealing: &mut Option<Sealing>,
    ) -> Result<u64, DatabaseError> {
        let (mut count, mut last) = (0, String::new());
        loop {
            let values = [first, values![last.as_str()]].concat();
            let rows = connection.fetch_all(statement, &values).await?;
            for row in &rows {
                let row = event(row)?;
                if let Some(sealing) = sealing {
                    sealing.add_record(&row.record);
                }
                self.event(&row);
                last = row.record.id;
                count += 1;
            }
            if rows.len() < 1_000 {
                return Ok(count);
            }
        }
    }

    fn event(&mut self, row: &EventRow) {
        let record = &row.record;
        let Some(key) = self.keys.get(&record.key_number) else {
            self.report.unverifiable += 1;
            return;
        };
        let id = || record.id.clone();
        match (key.check(record), &row.erased_by) {
            (RecordState::Intact, None) => {}
            (RecordState::Erased, Some(by)) => {
                self.report.erased += 1;
                add_row(&mut self.erased, Some(key), &record.id, by);
            }
            (RecordState::Erased, None) => self.problem(EventProblem::Erased(id())),
            (RecordState::OtherPersonalParts, _) | (RecordState::Intact, Some(_)) => {
                self.problem(EventProblem::PersonalParts(id()));
            }
            (RecordState::Forged, _) => {
                self.problem(EventProblem::Event(id()));
                return;
            }
        }
        if let Some(named) = ErasedRows::of_event(record) {
            self.named.add(&named);
        }
    }

    fn compare(&mut self, expected: Option<&EventHead>, number: i64, hash: &str) {
        let number = number.unsigned_abs();
        if expected.is_some_and(|head| head.number == number && head.number > 0 && head.hash != hash) {
            let found = "another one: the chain was written anew";
            self.problem(EventProblem::Head { number, found });
        }
    }

    fn problem(&mut self, problem: EventProblem) {
        self.report.problem_count += 1;
        if self.report.problems.len() < VerifyReport::MAX_PROBLEMS {
            self.report.problems.push(problem);
        }
    }
}
