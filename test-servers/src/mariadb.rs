//! MariaDB.

use std::{fs, path::PathBuf, process::Command};

use crate::{Error, Home, Process, provide};

/// The account of the tests: it may do everything, and there is no other one that can be reached by a port.
const ACCOUNT: &str = "\
CREATE USER IF NOT EXISTS 'wicketgate'@'127.0.0.1' IDENTIFIED BY 'wicketgate';
GRANT ALL ON *.* TO 'wicketgate'@'127.0.0.1' WITH GRANT OPTION;
";

/// What tests need no disk for, and enough connections for all of them at once. What the operating system holds survives
/// the process.
const SETTINGS: [&str; 7] = [
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-flush-method=nosync",
    "--sync-frm=off",
    "--innodb-buffer-pool-size=64M",
    "--max-connections=500",
];

/// A MariaDB of one's own.
#[derive(Debug)]
pub struct MariaDb {
    process: Process,
    port: u16,
    options: Vec<String>,
    // Last, because the server must have ended before its folder goes.
    home: Home,
}

impl MariaDb {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// The package is missing.
    pub fn provide() -> Result<(), Error> {
        provide("mariadbd", "mariadb-server")
    }

    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(&[])
    }

    /// Starts one with more options, such as `--lower-case-table-names=1`.
    ///
    /// # Errors
    /// It is not installed, or does not start with these.
    pub fn start_with(options: &[&str]) -> Result<Self, Error> {
        Self::provide()?;
        let options = options.iter().copied().map(str::to_owned).collect();
        Self::start_in(Home::new()?, options)
    }

    /// Starts one that takes connections over TLS, too, with this certificate and key in PEM.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start_with_certificate(certificate: &str, key: &str) -> Result<Self, Error> {
        Self::provide()?;
        let home = Home::new()?;
        let certificate = home.keep("certificate.pem", certificate)?;
        let key = home.keep("key.pem", key)?;
        let options = [
            format!("--ssl-cert={}", certificate.display()),
            format!("--ssl-key={}", key.display()),
        ];
        Self::start_in(home, options.into())
    }

    fn start_in(home: Home, options: Vec<String>) -> Result<Self, Error> {
        initialise(&home)?;
        let port = Home::free_port()?;
        let process = serve(&home, port, &options)?;
        Ok(Self {
            process,
            port,
            options,
            home,
        })
    }

    /// Starts it again where it was, with what it had, however it ended.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.process.kill();
        self.process = serve(&self.home, self.port, &self.options)?;
        Ok(())
    }

    /// What it answers to a statement of its administrator: lines of columns with tabs between.
    ///
    /// # Errors
    /// It does not answer, or refuses the statement.
    pub fn query(&self, statement: &str) -> Result<String, Error> {
        query(&self.home, self.port, statement)
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// It does not answer.
    pub fn create_database(&self, name: &str) -> Result<(), Error> {
        query(&self.home, self.port, &format!("CREATE DATABASE {name}")).map(drop)
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.home.folder().join("socket")
    }

    /// Its URL without a database, as an account that may create them.
    #[must_use]
    pub fn url(&self) -> String {
        format!("mysql://wicketgate:wicketgate@127.0.0.1:{}/", self.port)
    }

    /// What it says about its version.
    ///
    /// # Errors
    /// It does not answer.
    pub fn version(&self) -> Result<String, Error> {
        self.home.run(self.home.command("mariadbd").arg("--version"))
    }

    /// The process, for tests in which it fails.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

pub(crate) fn initialise(home: &Home) -> Result<(), Error> {
    fs::write(home.folder().join("account.sql"), ACCOUNT).map_err(Error::io("account.sql"))?;
    let mut command = home.command("mariadb-install-db");
    command
        .args(["--no-defaults", "--skip-test-db", "--skip-name-resolve"])
        .arg(format!("--datadir={}/data", home.folder().display()))
        .arg(temporary_tables(home));
    home.run(&mut command).map(drop)
}

fn serve(home: &Home, port: u16, options: &[String]) -> Result<Process, Error> {
    let mut command = home.command("mariadbd");
    command
        .arg("--no-defaults")
        .args(SETTINGS)
        .arg(format!("--port={port}"))
        .arg(format!("--datadir={}/data", home.folder().display()))
        .arg(temporary_tables(home))
        .arg(format!("--socket={}/socket", home.folder().display()))
        .arg(format!("--init-file={}/account.sql", home.folder().display()))
        .args(options);
    let mut process = home.start("mariadb", &mut command)?;
    home.wait("mariadb", &mut process, || answers(port))?;
    Ok(process)
}

/// In a folder of the server's own: one that starts removes the temporary tables of all that share the folder.
pub(crate) fn temporary_tables(home: &Home) -> String {
    format!("--tmpdir={}", home.folder().display())
}

pub(crate) fn answers(port: u16) -> bool {
    let mut ask = Command::new("mariadb-admin");
    ask.args([
        "--no-defaults",
        "--protocol=tcp",
        "--host=127.0.0.1",
        "--connect-timeout=2",
    ])
    .args(["--user=wicketgate", "--password=wicketgate", "--silent", "ping"])
    .arg(format!("--port={port}"));
    ask.output().is_ok_and(|output| output.status.success())
}

/// What the server at this port answers to a statement: lines of columns with tabs between.
pub(crate) fn query(home: &Home, port: u16, statement: &str) -> Result<String, Error> {
    let mut command = home.command("mariadb");
    command
        .args([
            "--no-defaults",
            "--protocol=tcp",
            "--host=127.0.0.1",
            "--connect-timeout=2",
        ])
        .args([
            "--user=wicketgate",
            "--password=wicketgate",
            "--skip-column-names",
            "--batch",
        ])
        .arg(format!("--port={port}"))
        .args(["--execute", statement]);
    home.run(&mut command)
}
