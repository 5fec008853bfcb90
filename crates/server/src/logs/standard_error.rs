//! The thread that writes to standard error, so that nobody else waits for whoever reads it.

use std::{
    convert::Infallible,
    fs::File,
    io::{self, ErrorKind, Write},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

use super::line_queue::{Batch, LineQueue};

/// How long the end of the process waits for lines that have not been written yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often to try to tell of dropped lines while nothing else is logged.
const RETRY: Duration = Duration::from_secs(10);

/// Standard error. Lines that it does not take are dropped, counted, and told of when it takes some again.
///
/// When this is dropped, what waits is written, if that takes no longer than a second.
#[derive(Debug)]
pub(crate) struct StandardError {
    queue: Arc<LineQueue>,
    /// Hangs up when the thread has ended.
    ended: Receiver<Infallible>,
}

impl StandardError {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let queue = Arc::new(LineQueue::new());
        let (running, ended) = channel();
        let writer = Writer::new(Arc::clone(&queue), open()?);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.run(running))?;
        Ok(Self { queue, ended })
    }

    /// Writes a line as it is, whatever is logged.
    pub(crate) fn say(&self, line: &str) {
        self.queue.push(format!("{line}\n").as_bytes());
    }

    pub(super) fn make_writer(&self) -> impl for<'a> MakeWriter<'a> + Send + Sync + 'static {
        LogLines(Arc::clone(&self.queue))
    }
}

impl Drop for StandardError {
    fn drop(&mut self) {
        self.queue.close();
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// Where tracing writes its lines, each at once.
struct LogLines(Arc<LineQueue>);

impl<'a> MakeWriter<'a> for LogLines {
    type Writer = &'a LineQueue;

    fn make_writer(&'a self) -> Self::Writer {
        &self.0
    }
}

/// A descriptor of its own, since a write that waits would otherwise hold the lock of [`io::stderr`].
#[cfg(unix)]
fn open() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stderr().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn open() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stderr().as_handle().try_clone_to_owned().map(File::from)
}

/// What the thread does.
struct Writer {
    queue: Arc<LineQueue>,
    file: File,
    /// Dropped lines that nobody was told of.
    untold: u64,
    /// The last write ended within a line.
    is_torn: bool,
}

impl Writer {
    fn new(queue: Arc<LineQueue>, file: File) -> Self {
        Self {
            queue,
            file,
            untold: 0,
            is_torn: false,
        }
    }

    fn run(mut self, _running: Sender<Infallible>) {
        let mut batch = Batch::new();
        while self.queue.take(&mut batch, (self.untold > 0).then_some(RETRY)) {
            let lost = if self.tell() {
                self.write_batch(&batch)
            } else {
                batch.lines
            };
            self.untold += lost + batch.dropped;
            if lost == 0 {
                self.tell();
            }
        }
    }

    /// Says how many lines are missing at this place; `false` if that could not be written either.
    fn tell(&mut self) -> bool {
        let lines = self.untold;
        if lines > 0 {
            let notice = self
                .queue
                .notice(|| tracing::error!(lines, "log lines were dropped: standard error was too slow"));
            if self.write(&notice).is_err() {
                return false;
            }
            self.untold = 0;
        }
        true
    }

    /// How many of the lines could not be written.
    fn write_batch(&mut self, batch: &Batch) -> u64 {
        match self.write(&batch.bytes) {
            Ok(()) => 0,
            Err(written) => {
                let whole = batch.bytes[..written].iter().filter(|byte| **byte == b'\n').count();
                batch.lines.saturating_sub(whole as u64).max(1)
            }
        }
    }

    /// Writes all of it, or says how much was written.
    fn write(&mut self, bytes: &[u8]) -> Result<(), usize> {
        if self.is_torn && !bytes.is_empty() {
            self.write_from(b"\n", &mut 0).map_err(|_| 0_usize)?;
            self.is_torn = false;
        }
        let mut written = 0;
        self.write_from(bytes, &mut written).map_err(|_| {
            self.is_torn = written > 0 && bytes[written - 1] != b'\n';
            written
        })
    }

    fn write_from(&mut self, bytes: &[u8], written: &mut usize) -> io::Result<()> {
        while *written < bytes.len() {
            match self.file.write(&bytes[*written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(length) => *written += length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for_room(&self.file)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Others may have made the descriptor non-blocking: it belongs to whoever started the process, too.
#[cfg(unix)]
fn wait_for_room(file: &File) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    poll(&mut [PollFd::new(file, PollFlags::OUT)], None)?;
    Ok(())
}

#[cfg(windows)]
fn wait_for_room(_: &File) -> io::Result<()> {
    Err(ErrorKind::WouldBlock.into())
}
