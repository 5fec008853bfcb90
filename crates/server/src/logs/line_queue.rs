//! Lines that wait to be written: bounded in bytes, and pushing one never waits for the writer.

use std::{
    cell::Cell,
    io, mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How many bytes of lines may wait; some thousand lines.
pub(super) const CAPACITY: usize = 1024 * 1024;

/// How long the first of several lines waits for the others, so that the writer is not woken for each.
const GATHERED_FOR: Duration = Duration::from_millis(5);

thread_local! {
    static IS_NOTICE: Cell<bool> = const { Cell::new(false) };
}

/// What is between those who log and the one thread that writes.
#[derive(Debug)]
pub(super) struct LineQueue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Debug)]
struct Waiting {
    batch: Batch,
    /// Of the writer itself, which does not wait for room.
    notice: Vec<u8>,
    writer_sleeps: bool,
    is_closed: bool,
}

/// Lines in the order in which they came, and how many came behind them for which there was no room.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    pub(super) lines: u64,
    pub(super) dropped: u64,
}

impl Batch {
    /// With all the memory that it will ever need; the system gives it when it is first used.
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(CAPACITY),
            lines: 0,
            dropped: 0,
        }
    }

    fn is_empty(&self) -> bool {
        self.lines == 0 && self.dropped == 0
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.lines = 0;
        self.dropped = 0;
    }
}

impl LineQueue {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                batch: Batch::new(),
                notice: Vec::new(),
                writer_sleeps: false,
                is_closed: false,
            }),
            arrived: Condvar::new(),
        }
    }

    /// Takes a line, or counts it as dropped.
    pub(super) fn push(&self, line: &[u8]) {
        // Nothing may panic here: the panic would be logged, and wait for this lock.
        let mut waiting = self.lock();
        if IS_NOTICE.get() {
            return waiting.notice.extend_from_slice(line);
        }
        if waiting.is_closed {
            return;
        }
        let batch = &mut waiting.batch;
        // Behind a dropped line all are dropped until the writer comes, so that it can say where the gap is.
        if batch.dropped > 0 || line.len() > CAPACITY - batch.bytes.len() {
            batch.dropped += 1;
        } else {
            batch.bytes.extend_from_slice(line);
            batch.lines += 1;
        }
        if mem::take(&mut waiting.writer_sleeps) {
            drop(waiting);
            self.arrived.notify_one();
        }
    }

    /// For the writer: waits for lines, at most this long, and moves them into `batch`. `false` when the queue is closed
    /// and empty.
    pub(super) fn take(&self, batch: &mut Batch, at_most: Option<Duration>) -> bool {
        batch.clear();
        let mut waiting = self.lock();
        while waiting.batch.is_empty() && !waiting.is_closed {
            waiting.writer_sleeps = true;
            let Some(at_most) = at_most else {
                waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let woken = self.arrived.wait_timeout(waiting, at_most);
            let (guard, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
            waiting = guard;
            if timeout.timed_out() {
                break;
            }
        }
        waiting.writer_sleeps = false;
        if !waiting.is_closed {
            let gathered = self
                .arrived
                .wait_timeout_while(waiting, GATHERED_FOR, |waiting| !waiting.is_closed);
            waiting = gathered.unwrap_or_else(PoisonError::into_inner).0;
        }
        mem::swap(&mut waiting.batch, batch);
        !(waiting.is_closed && batch.is_empty())
    }

    /// For the writer: what `log` logs, as it would be written.
    pub(super) fn notice(&self, log: impl FnOnce()) -> Vec<u8> {
        IS_NOTICE.set(true);
        log();
        IS_NOTICE.set(false);
        mem::take(&mut self.lock().notice)
    }

    /// Takes no more lines.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Never fails: a line that is dropped is told of later.
impl io::Write for &LineQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_the_capacity_are_counted_and_leave_one_gap() {
        let queue = LineQueue::new();
        let long = vec![b'x'; CAPACITY / 2];
        for line in [&long, &long, &long, &b"short\n".to_vec()] {
            queue.push(line);
        }
        let mut batch = Batch::new();
        assert!(queue.take(&mut batch, None));
        assert_eq!((batch.bytes.len(), batch.lines, batch.dropped), (CAPACITY, 2, 2));

        queue.push(b"after\n");
        assert!(queue.take(&mut batch, None));
        assert_eq!((&batch.bytes[..], batch.lines, batch.dropped), (&b"after\n"[..], 1, 0));
    }

    #[test]
    fn a_line_longer_than_the_queue_takes_no_memory() {
        let queue = LineQueue::new();
        queue.push(&vec![b'x'; CAPACITY + 1]);
        let mut batch = Batch::new();
        assert!(queue.take(&mut batch, None));
        assert_eq!((batch.bytes.len(), batch.dropped), (0, 1));
        assert_eq!(batch.bytes.capacity(), CAPACITY);
    }

    #[test]
    fn what_was_taken_before_the_end_is_still_handed_out() {
        let queue = LineQueue::new();
        queue.push(b"last\n");
        queue.close();
        queue.push(b"too late\n");
        let mut batch = Batch::new();
        assert!(queue.take(&mut batch, None));
        assert_eq!(batch.bytes, b"last\n");
        assert!(!queue.take(&mut batch, None));
    }
}
