//! Starting the binary in a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Longer than anything takes here, so that what hangs fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A working directory in which the binary runs, with settings for it.
pub(crate) struct Place {
    folder: Arc<TempDir>,
    variables: Vec<(String, String)>,
    /// What a shell does before it becomes the binary.
    preparation: Option<String>,
}

/// A server that runs, and whose log the test does not see.
pub(crate) struct UnreadServer {
    child: Child,
    _folder: Arc<TempDir>,
    pub(crate) address: String,
}

impl UnreadServer {
    /// How it ends after SIGTERM.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "SIGTERM is not obeyed");
            thread::yield_now();
        }
    }
}

impl Drop for UnreadServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    log: String,
    /// The folder stays as long as the server needs it.
    _folder: Arc<TempDir>,
    /// Such as `127.0.0.1:40123`.
    pub(crate) address: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            variables: Vec::new(),
            preparation: None,
        }
        .with("WICKETGATE__LISTEN", "127.0.0.1:0")
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// For more requests from one client than would pass.
    pub(crate) fn without_rate_limits(self) -> Self {
        self.with("WICKETGATE__RATE_LIMITS__ENABLED", "false")
    }

    /// With so many files and sockets that may be open, and as far as that limit can be raised.
    pub(crate) fn with_open_files(mut self, soft: u32, hard: u32) -> Self {
        self.preparation = Some(format!("ulimit -Sn {soft} && ulimit -Hn {hard}"));
        self
    }

    /// So that a file that may not grow is an error, as on a full disk, and not the end of the process.
    pub(crate) fn ignoring_file_size_signals(mut self) -> Self {
        self.preparation = Some("trap '' XFSZ".to_owned());
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_wicketgate");
        let mut command = match &self.preparation {
            None => Command::new(program),
            Some(preparation) => {
                let prepared = format!("{preparation} && exec \"$0\" \"$@\"");
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &prepared, program]);
                shell
            }
        };
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.run_with_input(words, "")
    }

    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Output {
        let mut child = self.command(words).spawn().unwrap();
        // A command that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command prints, which must succeed.
    pub(crate) fn printed(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// What `check-dotnet` reports of the server's own database and keys.
    pub(crate) fn check_dotnet(&self) -> String {
        let database = ["--database", "sqlite://data/wicketgate.db"];
        self.printed(&[&["check-dotnet"], &database[..], &["--keys", "data/keys"]].concat())
    }

    /// What a command says that must fail: one line, and exit code 1.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {error}");
        assert_eq!(
            error.lines().filter(|line| line.starts_with("error: ")).count(),
            1,
            "{words:?}: {error}"
        );
        error.lines().last().unwrap().trim_start_matches("error: ").to_owned()
    }

    /// A server, listening.
    pub(crate) fn serve(&self, words: &[&str]) -> Server {
        let mut child = self.command(&[&["serve"], words].concat()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            errors
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut server = Server {
            child,
            lines,
            log: String::new(),
            _folder: Arc::clone(&self.folder),
            address: String::new(),
        };
        let line = server.wait_for("listening");
        let address = line.split("://").nth(1).unwrap().split('"').next().unwrap();
        server.address = address.to_owned();
        server
    }

    /// A server, listening, whose log goes elsewhere.
    pub(crate) fn serve_unread(&self, log: impl Into<Stdio>) -> UnreadServer {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let mut command = self.command(&["serve", "--listen", &address]);
        let child = command.stderr(log).spawn().unwrap();
        let start = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(start.elapsed() < PATIENCE, "the server does not listen");
            thread::yield_now();
        }
        UnreadServer {
            child,
            _folder: Arc::clone(&self.folder),
            address,
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }
}

impl Server {
    /// The next line of the log that says so.
    pub(crate) fn wait_for(&mut self, what: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no `{what}` in:\n{}", self.log));
            self.log.push_str(&line);
            self.log.push('\n');
            if line.contains(what) {
                return line;
            }
        }
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> &str {
        &self.log
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How much memory it takes, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        1024 * kibibytes
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end; how it ended, and all that was logged.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.log.push_str(&line);
            self.log.push('\n');
        }
        (status, std::mem::take(&mut self.log))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
