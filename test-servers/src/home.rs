//! A server's folder and port.

use std::{
    fs::{self, File, Permissions},
    io,
    net::TcpListener,
    ops::Range,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{Error, Process, account::Account};

const START_LIMIT: Duration = Duration::from_secs(60);

/// Below those from which Linux takes the other end of connections (`net.ipv4.ip_local_port_range`).
const PORTS: Range<u16> = 10_000..32_768;
const PORTS_OF_A_PROCESS: u32 = 64;
static NEXT_PORT: AtomicU32 = AtomicU32::new(0);

/// Waits until its owner is gone, however that came about, then kills what still runs and removes the folder.
const KEEPER: &str = r#"
cat >/dev/null
cd /
started() {
    stat=$(cat /proc/"$1"/stat 2>/dev/null)
    # The 22nd field, counted from behind the name, which may contain anything.
    set -- ${stat##*) }
    echo "${20}"
}
family() {
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
        family "$child"
    done
}
for file in "$1"/*.pid; do
    [ -f "$file" ] || continue
    read -r process start <"$file"
    # The identifier of a process that ended may belong to another one by now.
    [ "$(started "$process")" = "$start" ] || continue
    # Whatever stands still could not end.
    processes=$(family "$process")
    kill -CONT $processes 2>/dev/null
    kill -QUIT "$process" 2>/dev/null && sleep 1 && kill -KILL $processes 2>/dev/null
done
# A server that was just killed may still write.
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"#;

/// A temporary folder that an account without rights owns, and where servers run.
///
/// It is removed with this value. Should this process be killed, a keeper removes it, and ends what runs there.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    account: Account,
    keeper: Child,
}

impl Home {
    /// Makes an empty one.
    ///
    /// # Errors
    /// There is no room, or no account that the servers could run as.
    pub fn new() -> Result<Self, Error> {
        Self::of(Account::unprivileged()?)
    }

    /// Makes an empty one for servers that run as whoever runs the tests, such as those that cargo has just built.
    ///
    /// # Errors
    /// There is no room.
    pub fn own() -> Result<Self, Error> {
        Self::of(Account::Own)
    }

    fn of(account: Account) -> Result<Self, Error> {
        let made = tempfile::Builder::new().prefix("wicketgate-").tempdir();
        let folder = made.map_err(Error::io("a temporary folder"))?;
        account.give(folder.path())?;
        let keeper = account
            .command("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Not in this process's group, so that a terminal's Ctrl-C leaves it alone.
            .process_group(0)
            .spawn()
            .map_err(Error::io("sh"))?;
        Ok(Self {
            folder: folder.keep(),
            account,
            keeper,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a file that only the account of the servers can read, such as a private key.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, name: &str, text: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(Error::io(name))?;
        fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(Error::io(name))?;
        self.account.give(&path)?;
        Ok(path)
    }

    /// A port of the loopback interface that nobody listens on.
    ///
    /// It is none of those from which the system takes the other end of connections: one of them might be gone again before
    /// the server listens. Processes begin at different places, for the same reason.
    ///
    /// # Errors
    /// There is none.
    pub fn free_port() -> Result<u16, Error> {
        let mut taken = None;
        for _ in PORTS {
            let step = NEXT_PORT
                .fetch_add(1, Relaxed)
                .wrapping_add(std::process::id().wrapping_mul(PORTS_OF_A_PROCESS));
            let offset = u16::try_from(step % u32::from(PORTS.end - PORTS.start)).unwrap_or_default();
            match TcpListener::bind(("127.0.0.1", PORTS.start + offset)) {
                Ok(_) => return Ok(PORTS.start + offset),
                Err(error) => taken = Some(error),
            }
        }
        Err(Error::io("a free port")(
            taken.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()),
        ))
    }

    /// A command that runs here, as the account without rights.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = self.account.command(program);
        command.current_dir(&self.folder).env("HOME", &self.folder);
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// It failed.
    pub fn run(&self, command: &mut Command) -> Result<String, Error> {
        let program = || format!("{command:?}");
        let name = program();
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(Error::io(name.as_str()))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Error::Failed {
            program: name,
            output: format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)),
        })
    }

    /// Starts a server, which writes its log to `NAME.log`.
    ///
    /// # Errors
    /// The program could not be started.
    pub fn start(&self, name: &str, command: &mut Command) -> Result<Process, Error> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log(name))
            .map_err(Error::io(name))?;
        let errors = log.try_clone().map_err(Error::io(name))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(Error::io(format!("{command:?}")))?;
        let process = Process::new(child);
        // The keeper reads it: the process has one identifier and one start through all the programs it becomes.
        let identity = format!("{} {}\n", process.id(), process.start().unwrap_or_default());
        fs::write(self.folder.join(format!("{name}.pid")), identity).map_err(Error::io(name))?;
        Ok(process)
    }

    /// Asks again and again until the server answers.
    ///
    /// # Errors
    /// It ended, or takes more than a minute.
    pub fn wait(&self, name: &str, process: &mut Process, mut answers: impl FnMut() -> bool) -> Result<(), Error> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT && process.is_running() {
            if answers() {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        Err(Error::NotReady {
            name: name.to_owned(),
            log: self.end_of_log(name),
        })
    }

    /// What a server has written into its log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn read_log(&self, name: &str) -> Result<String, Error> {
        let text = fs::read(self.log(name)).map_err(Error::io(name))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    pub(crate) fn end_of_log(&self, name: &str) -> String {
        let text = fs::read(self.log(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _: io::Result<_> = self.keeper.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_and_its_folder_end_with_the_home() {
        let home = Home::new().unwrap();
        let folder = home.folder().to_owned();
        let mut process = home.start("sleep", home.command("sleep").arg("600")).unwrap();
        assert!(process.is_running());
        drop(home);
        assert!(!folder.exists());
        process.wait();
        assert!(!process.is_running());
    }

    #[test]
    fn a_process_that_got_the_identifier_of_one_that_ended_is_left_alone() {
        let [home, other] = [Home::new().unwrap(), Home::new().unwrap()];
        let mut process = other.start("sleep", other.command("sleep").arg("600")).unwrap();
        let earlier = process.start().unwrap() - 1;
        let identity = format!("{} {earlier}\n", process.id());
        fs::write(home.folder().join("ended.pid"), identity).unwrap();
        drop(home);
        assert!(process.is_running());
    }

    #[test]
    fn a_free_port_is_given_to_one_only_and_never_taken_by_a_connection() {
        let [one, two] = [Home::free_port().unwrap(), Home::free_port().unwrap()];
        assert_ne!(one, two);
        let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
        let first: u16 = range.split_whitespace().next().unwrap().parse().unwrap();
        assert!(one < first && two < first, "{one} {two} {first}");
    }

    #[test]
    fn a_server_that_ends_at_once_is_reported_with_its_log() {
        let home = Home::new().unwrap();
        let mut command = home.command("sh");
        command.args(["-c", "echo no such luck; exit 3"]);
        let mut process = home.start("unlucky", &mut command).unwrap();
        let error = home.wait("unlucky", &mut process, || false).unwrap_err();
        assert!(error.to_string().contains("no such luck"), "{error}");
    }
}
