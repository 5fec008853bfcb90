//! A Galera cluster of three nodes.

use std::{
    panic::resume_unwind,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use crate::{Error, Home, MariaDb, Process, mariadb, provide};

const PROVIDER: &str = "/usr/lib/galera/libgalera_smm.so";

/// How long a node may take to have everything that the others have.
const JOIN_LIMIT: Duration = Duration::from_secs(60);

/// As [Galera's documentation](https://mariadb.com/docs/galera-cluster) asks for. A log that the operating system holds
/// survives the process; and a node shows what others have acknowledged before it answers a query (`wsrep-sync-wait`),
/// because a client's next request comes to another node.
const SETTINGS: [&str; 13] = [
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-buffer-pool-size=64M",
    "--max-connections=200",
    "--binlog-format=ROW",
    "--default-storage-engine=InnoDB",
    "--innodb-autoinc-lock-mode=2",
    "--wsrep-on=ON",
    "--wsrep-cluster-name=wicketgate",
    "--wsrep-sst-method=rsync",
    "--wsrep-sync-wait=7",
    "--wsrep-retry-autocommit=4",
];

/// A node that nobody heard of is left out after two seconds, in place of five. A node that cannot find out what the
/// others have acknowledged refuses a query after three seconds, in place of thirty.
const TIMES: &str = "repl.causal_read_timeout=PT3S;evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.5S;evs.suspect_timeout=PT2S;\
                     evs.inactive_timeout=PT4S;evs.install_timeout=PT4S";

/// A cluster of MariaDB servers, each of which takes writes (Galera).
#[derive(Debug)]
pub struct Galera {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    process: Process,
    ports: Ports,
    // Last, because the server must have ended before its folder goes.
    home: Home,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    clients: u16,
    group: u16,
    incremental_transfer: u16,
    full_transfer: u16,
}

impl Galera {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// A package is missing.
    pub fn provide() -> Result<(), Error> {
        MariaDb::provide()?;
        provide(PROVIDER, "galera-4")?;
        provide("rsync", "rsync")
    }

    /// Starts so many nodes, and waits until all know all.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start(nodes: usize) -> Result<Self, Error> {
        Self::provide()?;
        let ports: Vec<Ports> = (0..nodes).map(|_| Ports::free()).collect::<Result<_, _>>()?;
        let mut cluster = Self { nodes: Vec::new() };
        for (index, (&ports_of_node, home)) in ports.iter().zip(homes(nodes)?).enumerate() {
            let start = if index == 0 { Start::First } else { Start::Empty };
            let process = serve(&home, &ports, ports_of_node, start)?;
            cluster.nodes.push(Node {
                process,
                ports: ports_of_node,
                home,
            });
            cluster.wait_for(index, index + 1)?;
        }
        Ok(cluster)
    }

    /// Makes an empty database on all nodes.
    ///
    /// # Errors
    /// The first node does not answer.
    pub fn create_database(&self, name: &str) -> Result<(), Error> {
        self.query(0, &format!("CREATE DATABASE {name}")).map(drop)
    }

    /// The URL of a database that names all nodes, and this one first.
    #[must_use]
    pub fn url(&self, first: usize, database: &str) -> String {
        let (before, from) = self.nodes.split_at(first);
        let hosts = from
            .iter()
            .chain(before)
            .map(|node| format!("127.0.0.1:{}", node.ports.clients));
        let hosts = hosts.collect::<Vec<_>>().join(",");
        format!("mysql://wicketgate:wicketgate@{hosts}/{database}")
    }

    /// How many nodes there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// What a node answers to a statement: lines of columns with tabs between.
    ///
    /// # Errors
    /// It refuses, or does not answer.
    pub fn query(&self, node: usize, statement: &str) -> Result<String, Error> {
        let Node { home, ports, .. } = &self.nodes[node];
        mariadb::query(home, ports.clients, statement)
    }

    /// A node's process, which may be killed or paused.
    pub fn process(&mut self, node: usize) -> &mut Process {
        &mut self.nodes[node].process
    }

    /// Cuts a node off from the others, or ends that. Its clients still reach it.
    ///
    /// # Errors
    /// It does not answer.
    pub fn isolate(&self, node: usize, isolated: bool) -> Result<(), Error> {
        let switch = u8::from(isolated);
        let statement = format!("SET GLOBAL wsrep_provider_options = 'gmcast.isolate={switch}'");
        self.query(node, &statement).map(drop)
    }

    /// Starts a node again that was killed. It gets from the others what it has missed.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&mut self, node: usize) -> Result<(), Error> {
        let ports: Vec<Ports> = self.nodes.iter().map(|node| node.ports).collect();
        let stopped = &mut self.nodes[node];
        let position = recovered_position(&stopped.home)?;
        stopped.process = serve(&stopped.home, &ports, stopped.ports, Start::At(position))?;
        Ok(())
    }

    /// Waits until all nodes see all others and have everything. Asking the one that comes back would not do: it may not
    /// know yet that it was gone.
    ///
    /// # Errors
    /// It takes more than a minute.
    pub fn wait_for_all(&mut self) -> Result<(), Error> {
        let members = self.size();
        (0..members).try_for_each(|node| self.wait_for(node, members))
    }

    /// Waits until a node has everything that the cluster has, and sees so many members.
    ///
    /// # Errors
    /// It takes more than a minute.
    pub fn wait_for(&mut self, node: usize, members: usize) -> Result<(), Error> {
        let wanted = format!("{members}\tSynced");
        let started = Instant::now();
        while started.elapsed() < JOIN_LIMIT && self.nodes[node].process.is_running() {
            if self.query(node, STATUS).is_ok_and(|status| status.trim() == wanted) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err(Error::NotReady {
            name: format!("Galera node {node}"),
            log: self.nodes[node].home.end_of_log("mariadb"),
        })
    }
}

impl Drop for Galera {
    /// Nobody needs the data any more, and nodes take their time to say goodbye to each other.
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.process.kill();
        }
    }
}

/// Folders with new databases, made at the same time.
fn homes(count: usize) -> Result<Vec<Home>, Error> {
    let make = || {
        let home = Home::new()?;
        mariadb::initialise(&home)?;
        Ok(home)
    };
    thread::scope(|scope| {
        let homes: Vec<_> = (0..count).map(|_| scope.spawn(make)).collect();
        let homes = homes.into_iter().map(|home| home.join());
        homes
            .map(|home| home.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Read without waiting for other nodes, and also while the node is cut off.
const STATUS: &str = "SET wsrep_sync_wait = 0; SELECT \
    (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'wsrep_cluster_size'), \
    (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'wsrep_local_state_comment')";

impl Ports {
    fn free() -> Result<Self, Error> {
        Ok(Self {
            clients: Home::free_port()?,
            group: Home::free_port()?,
            incremental_transfer: Home::free_port()?,
            full_transfer: Home::free_port()?,
        })
    }
}

/// How a node finds its place.
enum Start {
    /// It is the cluster.
    First,
    /// It gets everything from another one.
    Empty,
    /// It gets what came after this position.
    At(String),
}

fn serve(home: &Home, all: &[Ports], own: Ports, start: Start) -> Result<Process, Error> {
    let folder = home.folder().display();
    let addresses: Vec<String> = all.iter().map(|ports| format!("127.0.0.1:{}", ports.group)).collect();
    let mut command = home.command("mariadbd");
    command
        .arg("--no-defaults")
        .args(SETTINGS)
        .arg(format!("--datadir={folder}/data"))
        .arg(mariadb::temporary_tables(home))
        .arg(format!("--socket={folder}/socket"))
        .arg(format!("--port={}", own.clients))
        .arg(format!("--wsrep-provider={PROVIDER}"))
        .arg(format!("--wsrep-cluster-address=gcomm://{}", addresses.join(",")))
        .arg(format!("--wsrep-node-address=127.0.0.1:{}", own.group))
        .arg(format!("--wsrep-sst-receive-address=127.0.0.1:{}", own.full_transfer))
        .arg(format!(
            "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{};ist.recv_addr=127.0.0.1:{};\
             gcache.size=64M;{TIMES}",
            own.group, own.incremental_transfer
        ));
    match start {
        Start::First => command
            .arg("--wsrep-new-cluster")
            .arg(format!("--init-file={folder}/account.sql")),
        Start::Empty => &mut command,
        Start::At(position) => command.arg(format!("--wsrep-start-position={position}")),
    };
    let mut process = home.start("mariadb", &mut command)?;
    home.wait("mariadb", &mut process, || mariadb::answers(own.clients))?;
    Ok(process)
}

/// Up to where a killed node's own data goes, as its storage engine knows it.
fn recovered_position(home: &Home) -> Result<String, Error> {
    let folder = home.folder().display();
    let mut command = home.command("mariadbd");
    command
        .args([
            "--no-defaults",
            "--wsrep-on=ON",
            "--wsrep-recover",
            "--wsrep-cluster-address=gcomm://",
        ])
        .arg(format!("--wsrep-provider={PROVIDER}"))
        .args(["--binlog-format=ROW", "--innodb-buffer-pool-size=64M"])
        .arg(format!("--datadir={folder}/data"))
        .arg(mariadb::temporary_tables(home))
        .arg(format!("--socket={folder}/recovery-socket"))
        .arg(format!("--log-error={folder}/recovery.log"))
        .arg(format!("--pid-file={folder}/recovery"));
    home.run(&mut command)?;
    let log = home.end_of_log("recovery");
    let position = log.lines().find_map(|line| line.split_once("Recovered position: "));
    let position = position.map(|(_, position)| position.trim().to_owned());
    position.ok_or(Error::NotReady {
        name: "mariadbd --wsrep-recover".to_owned(),
        log,
    })
}
