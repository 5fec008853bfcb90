//! PostgreSQL with a synchronous standby.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    Error, Home, PostgreSql, Process,
    postgresql::{initialise, program, serve},
};

/// How long a new standby may take to have everything.
const JOIN_LIMIT: Duration = Duration::from_secs(60);

/// Two PostgreSQL servers: a primary acknowledges what its standby has too (synchronous streaming replication).
///
/// What an operator's tool does, such as Patroni, the functions here do when they are called.
#[derive(Debug)]
pub struct ReplicatedPostgreSql {
    nodes: [Node; 2],
    primary: usize,
}

#[derive(Debug)]
struct Node {
    process: Process,
    port: u16,
    // Last, because the server must have ended before its folder goes.
    home: Home,
}

impl ReplicatedPostgreSql {
    /// Starts both, and waits until the standby has everything.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start() -> Result<Self, Error> {
        PostgreSql::provide()?;
        let (home, port) = (Home::new()?, Home::free_port()?);
        initialise(&home)?;
        let process = serve(&home, port)?;
        let primary = Node { process, port, home };
        let (home, port) = (Home::new()?, Home::free_port()?);
        copy(&primary, &home)?;
        let process = serve(&home, port)?;
        let standby = Node { process, port, home };
        let pair = Self {
            nodes: [primary, standby],
            primary: 0,
        };
        pair.wait_for_standby()?;
        Ok(pair)
    }

    /// The URL of a database that names both: a client uses the one that takes writes.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let hosts = self.nodes.each_ref().map(|node| format!("127.0.0.1:{}", node.port));
        format!(
            "postgres://wicketgate:wicketgate@{}/{database}?target_session_attrs=read-write",
            hosts.join(",")
        )
    }

    /// What the primary answers to a statement: lines of columns with bars between.
    ///
    /// # Errors
    /// It refuses, or does not answer.
    pub fn query(&self, statement: &str) -> Result<String, Error> {
        self.query_at(self.primary, statement)
    }

    /// The primary's process, which may be paused or killed.
    pub fn primary(&mut self) -> &mut Process {
        &mut self.nodes[self.primary].process
    }

    /// The standby's process, which may be paused or killed.
    pub fn standby(&mut self) -> &mut Process {
        &mut self.nodes[1 - self.primary].process
    }

    /// Makes the standby the primary. What was the primary can acknowledge nothing any more, should it still run: it waits
    /// for its standby.
    ///
    /// # Errors
    /// The standby refuses.
    pub fn fail_over(&mut self) -> Result<(), Error> {
        let home = &self.nodes[1 - self.primary].home;
        home.run(home.command(program("pg_ctl")).args(["promote", "--pgdata=data"]))?;
        self.primary = 1 - self.primary;
        Ok(())
    }

    /// Has the primary acknowledge alone from now on, because its standby is gone.
    ///
    /// # Errors
    /// It does not answer.
    pub fn go_on_alone(&self) -> Result<(), Error> {
        self.require_standby(false)
    }

    /// Makes the server that is not the primary a new standby of it, whatever state it is in, and waits until it has
    /// everything.
    ///
    /// # Errors
    /// It does not start.
    pub fn take_back(&mut self) -> Result<(), Error> {
        let standby = 1 - self.primary;
        self.nodes[standby].process.kill();
        let folder = self.nodes[standby].home.folder().join("data");
        fs::remove_dir_all(folder).map_err(Error::io("the old data"))?;
        copy(&self.nodes[self.primary], &self.nodes[standby].home)?;
        self.nodes[standby].process = serve(&self.nodes[standby].home, self.nodes[standby].port)?;
        self.wait_for_standby()
    }

    fn wait_for_standby(&self) -> Result<(), Error> {
        self.require_standby(true)?;
        let started = Instant::now();
        while started.elapsed() < JOIN_LIMIT {
            let state = self.query("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'");
            if state.is_ok_and(|state| state.trim() == "sync") {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err(Error::NotReady {
            name: "the standby".to_owned(),
            log: self.nodes[1 - self.primary].home.end_of_log("postgresql"),
        })
    }

    fn require_standby(&self, required: bool) -> Result<(), Error> {
        let names = if required { "*" } else { "" };
        self.query(&format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"))?;
        self.query("SELECT pg_reload_conf()").map(drop)
    }

    fn query_at(&self, node: usize, statement: &str) -> Result<String, Error> {
        let Node { home, port, .. } = &self.nodes[node];
        let mut command = home.command("psql");
        command
            .args(["--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
            .args(["--host=127.0.0.1", "--username=wicketgate", "--dbname=postgres"])
            .arg(format!("--port={port}"))
            .args(["--command", statement])
            .env("PGPASSWORD", "wicketgate")
            .env("PGCONNECT_TIMEOUT", "2");
        home.run(&mut command)
    }
}

/// Fills an empty folder with all that the primary has; a server that starts there becomes its standby.
fn copy(primary: &Node, home: &Home) -> Result<(), Error> {
    let mut command = home.command(program("pg_basebackup"));
    command
        .args([
            "--pgdata=data",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
        ])
        .args(["--host=127.0.0.1", "--username=wicketgate"])
        .arg(format!("--port={}", primary.port))
        .env("PGPASSWORD", "wicketgate");
    home.run(&mut command)?;
    // Once it is the primary, it must not wait for a standby that is not there yet; the last line counts.
    let file = home.folder().join("data/postgresql.auto.conf");
    let text = fs::read_to_string(&file).map_err(Error::io("postgresql.auto.conf"))?;
    fs::write(&file, format!("{text}synchronous_standby_names = ''\n")).map_err(Error::io("postgresql.auto.conf"))
}
