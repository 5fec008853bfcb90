//! Programs from Debian.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::geteuid;

use crate::Error;

/// Where Debian keeps what is no command for everyone.
const MORE_FOLDERS: [&str; 2] = ["/usr/sbin", "/sbin"];

/// What maintainer scripts ask before they start a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Whether a program is there: on the path, in a folder for administrators, or at its absolute path.
#[must_use]
pub fn installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let more = MORE_FOLDERS.map(Into::into);
    env::split_paths(&path)
        .chain(more)
        .any(|folder| folder.join(program).is_file())
}

/// Sees to it that `program` is there, from the Debian package `package` if need be.
///
/// # Errors
/// [`Error::Missing`] says what the reader can do about it.
pub fn provide(program: &str, package: &str) -> Result<(), Error> {
    if installed(program) {
        return Ok(());
    }
    if installed("apt-get") && geteuid().is_root() {
        eprintln!("installing {package}");
        let policy = NoServices::declare();
        apt_get(&["update", "-qq"]);
        apt_get(&["install", "-y", "-qq", "--no-install-recommends", package]);
        drop(policy);
    }
    if installed(program) {
        return Ok(());
    }
    Err(Error::Missing {
        program: program.to_owned(),
        package: package.to_owned(),
    })
}

fn apt_get(arguments: &[&str]) {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    // Whether it succeeded shows in the program that is there or not.
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
}

/// While this lives, installing a package starts no service of the system's.
struct NoServices {
    declared: bool,
}

impl NoServices {
    fn declare() -> Self {
        let policy = Path::new(POLICY);
        let declared = !policy.exists()
            && fs::write(policy, "#!/bin/sh\nexit 101\n").is_ok()
            && fs::set_permissions(policy, fs::Permissions::from_mode(0o755)).is_ok();
        Self { declared }
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.declared {
            let _ = fs::remove_file(POLICY);
        }
    }
}
