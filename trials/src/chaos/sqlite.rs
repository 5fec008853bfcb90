//! Faults of an SQLite file that three instances share.

use std::path::PathBuf;

use wicketgate_test_servers::{Error, Home, provide};

use super::{
    cluster::{Cluster, Fault},
    instances::INSTANCES,
};

const DUPLICATES: &str = "SELECT NormalizedUserName FROM AspNetUsers GROUP BY 1 HAVING count(*) > 1";

/// The database is a part of each instance: it is killed with all of them at once.
#[derive(Debug)]
pub(super) struct SqliteFile {
    home: Home,
}

impl SqliteFile {
    pub(super) fn start() -> Result<Self, Error> {
        provide("sqlite3", "sqlite3")?;
        Ok(Self { home: Home::own()? })
    }

    fn file(&self) -> PathBuf {
        self.home.folder().join("wicketgate.db")
    }

    fn query(&self, statement: &str) -> Result<String, Error> {
        let mut command = self.home.command("sqlite3");
        // Instances write while this reads.
        command.args(["-batch", "-readonly", "-cmd", ".timeout 10000"]);
        self.home.run(command.arg(self.file()).arg(statement))
    }
}

impl Cluster for SqliteFile {
    fn database_urls(&self) -> [String; INSTANCES] {
        std::array::from_fn(|_| format!("sqlite://{}", self.file().display()))
    }

    /// It has no defaults: each connection says what it wants.
    fn set_hostile_defaults(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn faults(&self) -> &'static [Fault] {
        &[Fault::KillInstance, Fault::KillAllInstances]
    }

    fn kill_of_database(&self) -> Fault {
        Fault::KillAllInstances
    }

    fn cause(&mut self, _fault: Fault, _round: usize) -> Result<(), Error> {
        Ok(())
    }

    fn mend(&mut self, _fault: Fault, _round: usize) -> Result<(), Error> {
        Ok(())
    }

    fn counted_failures(&mut self, email: &str) -> Result<usize, Error> {
        let count = format!("SELECT AccessFailedCount FROM AspNetUsers WHERE Email = '{email}'");
        Ok(self.query(&count)?.trim().parse().unwrap_or_default())
    }

    fn differences(&mut self) -> Result<Vec<String>, Error> {
        let check = self.query("PRAGMA integrity_check")?;
        let broken = check.lines().filter(|line| *line != "ok").map(str::to_owned);
        let names = self.query(DUPLICATES)?;
        let twice = names.lines().map(|name| format!("{name} occurs twice"));
        Ok(broken.chain(twice).collect())
    }
}
