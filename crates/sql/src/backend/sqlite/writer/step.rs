//! A step of several statements that happen together or not at all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::group;
use super::turn::Turn;
use crate::backend::sqlite::elsewhere::elsewhere;
use crate::backend::sqlite::error::{database_error, is_busy};
use crate::backend::sqlite::limits::{ACQUIRE_TIMEOUT, FIRST_PAUSE, LONGEST_PAUSE, STATEMENT_LIMIT};
use crate::backend::sqlite::pace::{Pace, lost};
use crate::backend::sqlite::query::{Answer, Query};
use crate::database_error::DatabaseError;

/// A step that is rolled back when it is dropped.
#[derive(Debug)]
pub(crate) struct Step {
    /// `None` while it is on another thread, or lost there.
    turn: Option<Turn>,
    pace: Arc<Pace>,
    limit: Duration,
}

impl Step {
    pub(super) async fn begin(turn: Turn, pace: Arc<Pace>) -> Result<Self, DatabaseError> {
        let mut step = Self {
            turn: Some(turn),
            pace,
            limit: STATEMENT_LIMIT,
        };
        step.connect().await?;
        let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            match step.try_begin().await? {
                Ok(()) => return Ok(step),
                Err(error) if is_busy(&error) && begun.elapsed() < step.patience() => {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(database_error(error)),
            }
        }
    }

    /// Opens the connection, if it is the first one or the last one was given up.
    async fn connect(&mut self) -> Result<(), DatabaseError> {
        if self.turn.as_ref().is_some_and(Turn::is_connected) {
            return Ok(());
        }
        let mut turn = self.turn.take().ok_or_else(lost)?;
        let connecting = elsewhere(ACQUIRE_TIMEOUT, move || turn.connect().map(|()| turn));
        self.turn = Some(connecting.await??);
        Ok(())
    }

    async fn try_begin(&mut self) -> Result<rusqlite::Result<()>, DatabaseError> {
        let here = |turn: &mut Turn| Some(turn.begin());
        let there = || |turn: &mut Turn| turn.begin();
        self.pace.run(&mut self.turn, self.limit, here, there).await?
    }

    fn patience(&self) -> Duration {
        self.turn.as_ref().map_or(Duration::ZERO, Turn::patience)
    }

    /// From now on each statement may take so long.
    pub(in crate::backend::sqlite) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    pub(in crate::backend::sqlite) async fn run(&mut self, query: &Query<'_>) -> Result<Answer, DatabaseError> {
        let limit = self.limit;
        let here = |turn: &mut Turn| Some(turn.run(query, limit));
        let there = || {
            let query = query.to_owned();
            move |turn: &mut Turn| turn.run(&query, limit)
        };
        self.pace.run(&mut self.turn, limit, here, there).await?
    }

    /// Answers when what the step wrote is durable.
    pub(in crate::backend::sqlite) async fn commit(mut self) -> Result<(), DatabaseError> {
        let turn = self.turn.take().ok_or_else(lost)?;
        group::outcome(turn.commit()?).await
    }
}
