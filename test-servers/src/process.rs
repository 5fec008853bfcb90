//! A server's process.

use std::{
    fs,
    process::Child,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to end when it is told to.
const END_LIMIT: Duration = Duration::from_secs(5);

/// Fields of `/proc/N/stat`, counted from 1.
const PARENT: usize = 4;
const START: usize = 22;

/// A server's process, with all that it started. It ends with this value.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    pub(crate) fn new(child: Child) -> Self {
        Self { child }
    }

    /// Its identifier.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// When it started, in the system's ticks: with the identifier, it is of this process alone.
    pub(crate) fn start(&self) -> Option<u64> {
        field(self.id(), START)?.parse().ok()
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Tells it to stop, as an operator would.
    pub fn terminate(&mut self) {
        // The identifier of a process that was waited for may belong to another one by now.
        if self.is_running() {
            send(self.id(), Signal::TERM);
        }
    }

    /// Waits for its end.
    pub fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Kills it and all it started, as a power failure would: nothing is written or said before.
    pub fn kill(&mut self) {
        // Whose parent is gone is found no more; so nobody goes before all are known.
        for process in self.signal(Signal::STOP) {
            send(process, Signal::KILL);
        }
        self.wait();
    }

    /// Has it and all it started stand still. Its connections stay open and nothing answers, as behind a network that
    /// swallows packets.
    pub fn pause(&mut self) {
        self.signal(Signal::STOP);
    }

    /// Ends a [`pause`](Self::pause).
    pub fn resume(&mut self) {
        self.signal(Signal::CONT);
    }

    /// Returns whom it was sent to. The parent comes first, so that it starts no more children; PostgreSQL's are in sessions
    /// of their own, so that a signal to the process group would not reach them.
    fn signal(&mut self, signal: Signal) -> Vec<u32> {
        // The identifier of a process that was waited for may belong to another one by now.
        if !self.is_running() {
            return Vec::new();
        }
        let mut family = vec![self.id()];
        let mut next = 0;
        while let Some(&parent) = family.get(next) {
            send(parent, signal);
            family.extend(children(parent));
            next += 1;
        }
        family
    }
}

impl Drop for Process {
    /// Databases give back what they have of the system's shared memory when they are told to quit, and not when killed.
    fn drop(&mut self) {
        if !self.is_running() {
            return;
        }
        self.resume();
        send(self.id(), Signal::QUIT);
        let told = Instant::now();
        while self.is_running() && told.elapsed() < END_LIMIT {
            sleep(Duration::from_millis(20));
        }
        self.kill();
    }
}

fn send(process: u32, signal: Signal) {
    if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(process, signal);
    }
}

fn children(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let processes = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes
        .filter(|&process| parent_of(process) == Some(parent))
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    field(process, PARENT)?.parse().ok()
}

/// A field of `/proc/N/stat`, counted from 1, behind the second: that is a name in brackets that may contain anything.
fn field(process: u32, number: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields = stat.rsplit_once(") ")?.1;
    fields.split(' ').nth(number - 3).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Home;

    /// Whether it neither ended nor waits to be buried.
    fn lives(process: u32) -> bool {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    #[test]
    fn what_was_paused_is_killed_with_all_its_children() {
        let home = Home::new().unwrap();
        // The children are in sessions of their own, as PostgreSQL's.
        let script = "setsid sleep 600 & setsid sleep 600 & wait";
        let mut process = home.start("parent", home.command("sh").args(["-c", script])).unwrap();
        let started = Instant::now();
        while children(process.id()).len() < 2 && started.elapsed() < END_LIMIT {
            std::thread::yield_now();
        }
        process.pause();
        let family = children(process.id());
        assert_eq!(family.len(), 2);
        process.kill();
        assert!(!process.is_running());
        let killed = Instant::now();
        while family.iter().any(|&child| lives(child)) {
            assert!(killed.elapsed() < END_LIMIT, "{family:?}");
            std::thread::yield_now();
        }
    }
}
