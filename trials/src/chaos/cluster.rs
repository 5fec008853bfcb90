//! Faults, and the databases they happen to.

use std::fmt;

use wicketgate_test_servers::Error;

use super::instances::INSTANCES;

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    KillInstance,
    /// All at once; with SQLite, that is the database, too.
    KillAllInstances,
    /// In a cluster with a primary: the primary.
    KillNode,
    KillStandby,
    /// The node runs, its clients reach it, and it reaches no other node.
    CutOff,
    /// The node's connections stay open, and nothing comes back.
    Freeze,
}

/// A database of several nodes.
pub(super) trait Cluster {
    /// Where each instance finds its database, which is empty.
    fn database_urls(&self) -> [String; INSTANCES];

    /// Gives sessions defaults under which acknowledged writes would be lost or refused.
    fn set_hostile_defaults(&mut self) -> Result<(), Error>;

    /// What can happen to it.
    fn faults(&self) -> &'static [Fault];

    /// Which of them kills the database.
    fn kill_of_database(&self) -> Fault {
        Fault::KillNode
    }

    /// Has it happen; `round` may decide to whom.
    fn cause(&mut self, fault: Fault, round: usize) -> Result<(), Error>;

    /// Brings back what failed, and waits until it has all the data.
    fn mend(&mut self, fault: Fault, round: usize) -> Result<(), Error>;

    /// How many wrong passwords are counted for an account.
    fn counted_failures(&mut self, email: &str) -> Result<usize, Error>;

    /// What the nodes do not agree on, and names that occur twice.
    fn differences(&mut self) -> Result<Vec<String>, Error>;
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KillInstance => "kill -9 an instance",
            Self::KillAllInstances => "kill -9 all instances",
            Self::KillNode => "kill -9 a database node",
            Self::KillStandby => "kill -9 the standby",
            Self::CutOff => "cut a database node off",
            Self::Freeze => "freeze a database node",
        })
    }
}
