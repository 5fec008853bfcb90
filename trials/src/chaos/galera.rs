//! Faults of a Galera cluster.

use wicketgate_test_servers::{Error, Galera};

use super::{
    cluster::{Cluster, Fault},
    instances::INSTANCES,
};

const DATABASE: &str = "wicketgate";

/// What every node must say alike, and how many names occur twice.
const ACCOUNTS: &str = "SELECT COUNT(*), COUNT(DISTINCT NormalizedUserName), MD5(GROUP_CONCAT(MD5(CONCAT(Id, \
    PasswordHash, SecurityStamp)) ORDER BY Id)) FROM wicketgate.AspNetUsers";

/// Nothing that was written is committed, or the next statement is part of the same transaction, and texts are changed.
const HOSTILE_DEFAULTS: &str = "SET GLOBAL autocommit = 0, completion_type = CHAIN, sql_safe_updates = 1, time_zone = '+12:45', \
    sql_mode = 'EMPTY_STRING_IS_NULL,PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES,NO_BACKSLASH_ESCAPES'";

/// Each instance prefers a node of its own.
#[derive(Debug)]
pub(super) struct GaleraCluster {
    nodes: Galera,
    is_hostile: bool,
}

impl GaleraCluster {
    pub(super) fn start() -> Result<Self, Error> {
        let nodes = Galera::start(INSTANCES)?;
        nodes.create_database(DATABASE)?;
        Ok(Self {
            nodes,
            is_hostile: false,
        })
    }
}

impl Cluster for GaleraCluster {
    fn database_urls(&self) -> [String; INSTANCES] {
        std::array::from_fn(|node| self.nodes.url(node, DATABASE))
    }

    fn set_hostile_defaults(&mut self) -> Result<(), Error> {
        self.is_hostile = true;
        (0..INSTANCES).try_for_each(|node| self.nodes.query(node, HOSTILE_DEFAULTS).map(drop))
    }

    fn faults(&self) -> &'static [Fault] {
        &[Fault::KillInstance, Fault::KillNode, Fault::CutOff, Fault::Freeze]
    }

    fn cause(&mut self, fault: Fault, round: usize) -> Result<(), Error> {
        let node = victim(round);
        match fault {
            Fault::KillNode => self.nodes.process(node).kill(),
            Fault::CutOff => self.nodes.isolate(node, true)?,
            Fault::Freeze => self.nodes.process(node).pause(),
            Fault::KillInstance | Fault::KillAllInstances | Fault::KillStandby => {}
        }
        Ok(())
    }

    fn mend(&mut self, fault: Fault, round: usize) -> Result<(), Error> {
        let node = victim(round);
        match fault {
            Fault::KillNode => self.nodes.restart(node)?,
            Fault::CutOff => self.nodes.isolate(node, false)?,
            Fault::Freeze => self.nodes.process(node).resume(),
            Fault::KillInstance | Fault::KillAllInstances | Fault::KillStandby => {}
        }
        self.nodes.wait_for_all()?;
        // One that was restarted has forgotten them.
        if fault == Fault::KillNode && self.is_hostile {
            self.nodes.query(node, HOSTILE_DEFAULTS)?;
        }
        Ok(())
    }

    fn counted_failures(&mut self, email: &str) -> Result<usize, Error> {
        let count = format!("SELECT AccessFailedCount FROM wicketgate.AspNetUsers WHERE Email = '{email}'");
        Ok(self.nodes.query(0, &count)?.trim().parse().unwrap_or_default())
    }

    fn differences(&mut self) -> Result<Vec<String>, Error> {
        let mut differences = Vec::new();
        let first = self.nodes.query(0, ACCOUNTS)?;
        for node in 0..INSTANCES {
            let own = self.nodes.query(node, ACCOUNTS)?;
            let mut counts = own.split('\t');
            if counts.next() != counts.next() {
                differences.push(format!("a name occurs twice at node {node}: {own}"));
            }
            if own != first {
                differences.push(format!("node {node} has {own}, the first one {first}"));
            }
        }
        Ok(differences)
    }
}

/// Not the instance that is killed in the same round.
fn victim(round: usize) -> usize {
    (round + 1) % INSTANCES
}
