//! Faults of PostgreSQL with a standby.

use std::{thread::sleep, time::Duration};

use wicketgate_test_servers::{Error, ReplicatedPostgreSql};

use super::{
    cluster::{Cluster, Fault},
    instances::INSTANCES,
};

const DATABASE: &str = "postgres";

/// After how long what watches over the servers would act.
const NOTICE: Duration = Duration::from_secs(2);

const DUPLICATES: &str = "SELECT \"NormalizedUserName\" FROM \"AspNetUsers\" GROUP BY 1 HAVING count(*) > 1";

/// Acknowledged is what no standby has yet, and statements are refused.
const HOSTILE_DEFAULTS: [&str; 5] = [
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET default_transaction_isolation = 'serializable'",
    "ALTER SYSTEM SET standard_conforming_strings = off",
    "ALTER SYSTEM SET idle_in_transaction_session_timeout = 1",
    "SELECT pg_reload_conf()",
];

/// All instances use the primary, whichever of the two servers that is.
#[derive(Debug)]
pub(super) struct PostgreSqlCluster {
    servers: ReplicatedPostgreSql,
}

impl PostgreSqlCluster {
    pub(super) fn start() -> Result<Self, Error> {
        Ok(Self {
            servers: ReplicatedPostgreSql::start()?,
        })
    }
}

impl Cluster for PostgreSqlCluster {
    fn database_urls(&self) -> [String; INSTANCES] {
        std::array::from_fn(|_| self.servers.url(DATABASE))
    }

    /// A new standby copies them.
    fn set_hostile_defaults(&mut self) -> Result<(), Error> {
        HOSTILE_DEFAULTS
            .iter()
            .try_for_each(|statement| self.servers.query(statement).map(drop))
    }

    fn faults(&self) -> &'static [Fault] {
        &[Fault::KillInstance, Fault::KillNode, Fault::Freeze, Fault::KillStandby]
    }

    fn cause(&mut self, fault: Fault, _round: usize) -> Result<(), Error> {
        match fault {
            Fault::KillNode => self.servers.primary().kill(),
            Fault::Freeze => self.servers.primary().pause(),
            Fault::KillStandby => self.servers.standby().kill(),
            Fault::KillInstance | Fault::KillAllInstances | Fault::CutOff => return Ok(()),
        }
        sleep(NOTICE);
        if fault == Fault::KillStandby {
            self.servers.go_on_alone()
        } else {
            self.servers.fail_over()
        }
    }

    fn mend(&mut self, _fault: Fault, _round: usize) -> Result<(), Error> {
        self.servers.take_back()
    }

    fn counted_failures(&mut self, email: &str) -> Result<usize, Error> {
        let count = format!("SELECT \"AccessFailedCount\" FROM \"AspNetUsers\" WHERE \"Email\" = '{email}'");
        Ok(self.servers.query(&count)?.trim().parse().unwrap_or_default())
    }

    fn differences(&mut self) -> Result<Vec<String>, Error> {
        let names = self.servers.query(DUPLICATES)?;
        Ok(names.lines().map(|name| format!("{name} occurs twice")).collect())
    }
}
