//! Several instances behind a balancer.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::Command,
    sync::Mutex,
};

use async_trait::async_trait;
use time::{Duration, OffsetDateTime, macros::format_description};
use wicketgate_conformance::{Database, Store, Subject, variables};
use wicketgate_test_servers::{Home, Nginx, Process};

/// Debian's libfaketime has a process read the wall clock from a file; what measures time is not touched.
pub(crate) const FAKE_CLOCK: &str = "faketime";

const INSTANCES: usize = 3;

/// Three instances on one database, and what spreads the requests over them.
#[derive(Debug)]
pub(crate) struct Deployment {
    balancer: Nginx,
    instances: Vec<SocketAddr>,
    /// They end before their database and their folder do.
    _processes: Vec<Process>,
    _database: Database,
    clock: Option<Mutex<OffsetDateTime>>,
    variables: Vec<(String, String)>,
    home: Home,
}

impl Deployment {
    /// One whose clock only the test moves.
    pub(crate) async fn at(now: OffsetDateTime, store: Store, options: &BTreeMap<String, String>) -> Self {
        Self::start(Some(now), store, options).await
    }

    /// One with the system's clock.
    pub(crate) async fn new(store: Store, options: &[(&str, &str)]) -> Self {
        let options = options.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Self::start(None, store, &options.collect()).await
    }

    async fn start(now: Option<OffsetDateTime>, store: Store, options: &BTreeMap<String, String>) -> Self {
        let home = Home::own().unwrap();
        let database = Database::new(store).await.unwrap();
        // How often a password is hashed does not show on the wire.
        let cheap = (
            "WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT".to_owned(),
            "1000".to_owned(),
        );
        let mut variables: Vec<_> = [cheap].into_iter().chain(variables(options)).collect();
        let mut set = |name: &str, value: String| variables.push((format!("WICKETGATE__{name}"), value));
        set("DATABASE__URL", database.url().to_owned());
        if store == Store::Sqlite {
            // Those of the servers keep the keys, too.
            set("KEYS__DIRECTORY", home.folder().join("keys").display().to_string());
        }
        set("EMAIL__DIRECTORY", home.folder().join("mail").display().to_string());
        if !options.keys().any(|name| name.starts_with("RateLimits")) {
            set("RATE_LIMITS__ENABLED", "false".to_owned());
        }
        if let Some(now) = now {
            write_clock(&home, now);
            variables.extend(fake_clock(&home));
        }
        let addresses: Vec<SocketAddr> = (0..INSTANCES)
            .map(|_| SocketAddr::from(([127, 0, 0, 1], Home::free_port().unwrap())))
            .collect();
        // All at once, as an orchestrator would: one of them makes the schema and the first key.
        let mut processes: Vec<Process> = addresses
            .iter()
            .enumerate()
            .map(|(index, address)| {
                let mut command = command(&variables);
                command.arg("serve").env("WICKETGATE__LISTEN", address.to_string());
                home.start(&format!("instance-{index}"), &mut command).unwrap()
            })
            .collect();
        for (index, (process, address)) in processes.iter_mut().zip(&addresses).enumerate() {
            let name = format!("instance-{index}");
            home.wait(&name, process, || TcpStream::connect(address).is_ok())
                .unwrap();
        }
        Self {
            balancer: Nginx::start(&addresses).unwrap(),
            instances: addresses,
            _processes: processes,
            _database: database,
            clock: now.map(Mutex::new),
            variables,
            home,
        }
    }

    /// What clients know.
    pub(crate) fn balancer(&self) -> SocketAddr {
        self.balancer.address()
    }

    /// Where mails go, a file for each.
    pub(crate) fn mail_folder(&self) -> PathBuf {
        self.home.folder().join("mail")
    }

    /// What only the balancer should know.
    pub(crate) fn instances(&self) -> &[SocketAddr] {
        &self.instances
    }
}

#[async_trait]
impl Subject for Deployment {
    type Connection = tokio::net::TcpStream;

    async fn connect(&self) -> io::Result<Self::Connection> {
        tokio::net::TcpStream::connect(self.balancer()).await
    }

    async fn administer(&self, words: Vec<String>) -> Result<(), String> {
        let mut command = command(&self.variables);
        let output = command
            .arg("users")
            .args(words)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    fn now(&self) -> OffsetDateTime {
        *self.clock.as_ref().unwrap().lock().unwrap()
    }

    fn advance(&self, duration: Duration) {
        let mut now = self.clock.as_ref().unwrap().lock().unwrap();
        *now += duration;
        write_clock(&self.home, *now);
    }
}

fn command(variables: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_instance"));
    command.env_clear().envs(variables.iter().cloned());
    command
}

fn fake_clock(home: &Home) -> [(String, String); 5] {
    let file = clock_file(home).display().to_string();
    [
        ("LD_PRELOAD", library().display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", file),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("TZ", "UTC".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

/// Where Debian puts it depends on the processor.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().flatten();
    let mut files = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    files.find(|file| file.is_file()).unwrap()
}

/// There as a whole at every moment.
fn write_clock(home: &Home, now: OffsetDateTime) {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let unfinished = home.folder().join("clock.new");
    fs::write(&unfinished, now.format(&format).unwrap()).unwrap();
    fs::rename(unfinished, clock_file(home)).unwrap();
}

fn clock_file(home: &Home) -> PathBuf {
    home.folder().join("clock")
}
