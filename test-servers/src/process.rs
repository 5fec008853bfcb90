use std::{
    fs,
    process::Child,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to end when it is told to.
const END_LIMIT: Duration = Duration::from_secs(5);

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

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end.
    pub fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Kills it and all it started, as a power failure would: nothing is written or said before.
    pub fn kill(&mut self) {
        if self.is_running() {
            self.signal(Signal::KILL);
            self.wait();
        }
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

    /// The parent comes first, so that it starts no more children; PostgreSQL's are in sessions of their own, so that a
    /// signal to the process group would not reach them.
    fn signal(&mut self, signal: Signal) {
        // The identifier of a process that was waited for may belong to another one by now.
        if !self.is_running() {
            return;
        }
        let mut family = vec![self.id()];
        let mut next = 0;
        while let Some(&parent) = family.get(next) {
            send(parent, signal);
            family.extend(children(parent));
            next += 1;
        }
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

/// The fourth field of `/proc/N/stat`; the second is a name in brackets that may contain anything.
fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}
