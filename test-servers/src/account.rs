//! The operating system's account that servers run as.

use std::{fs, path::Path, process::Command};

use rustix::process::geteuid;

use crate::Error;

/// Whom the servers run as: databases refuse to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// Who runs the tests.
    Own,
    /// Debian's account without rights, for tests that root runs.
    Nobody { user: u32, group: u32 },
}

impl Account {
    pub(crate) fn unprivileged() -> Result<Self, Error> {
        if !geteuid().is_root() {
            return Ok(Self::Own);
        }
        let accounts = fs::read_to_string("/etc/passwd").map_err(Error::io("/etc/passwd"))?;
        let nobody = accounts.lines().find_map(|line| {
            let mut fields = line.strip_prefix("nobody:")?.split(':').skip(1);
            let user = fields.next()?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            Some(Self::Nobody { user, group })
        });
        nobody.ok_or_else(|| Error::Failed {
            program: "/etc/passwd".to_owned(),
            output: "there is no account \"nobody\" to run servers as".to_owned(),
        })
    }

    /// A command that runs as this account.
    pub(crate) fn command(self, program: impl AsRef<Path>) -> Command {
        match self {
            Self::Own => Command::new(program.as_ref()),
            Self::Nobody { user, group } => {
                let mut command = Command::new("setpriv");
                command
                    .arg(format!("--reuid={user}"))
                    .arg(format!("--regid={group}"))
                    .args(["--clear-groups", "--"])
                    .arg(program.as_ref());
                command
            }
        }
    }

    pub(crate) fn give(self, folder: &Path) -> Result<(), Error> {
        match self {
            Self::Own => Ok(()),
            Self::Nobody { user, group } => std::os::unix::fs::chown(folder, Some(user), Some(group))
                .map_err(Error::io(format!("chown {}", folder.display()))),
        }
    }
}
