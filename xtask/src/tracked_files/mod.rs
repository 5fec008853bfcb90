//! Rules that every file in the repository keeps.

mod conflict_markers;
mod heads;
mod lengths;
mod names_in_docs;

use std::path::{Path, PathBuf};

use xtask::{report::Outcome, tools::git};

type Check = fn(&Path) -> Outcome;

/// The rules, with the names of their steps.
pub(crate) const RULES: [(&str, Check); 4] = [
    ("conflict markers", conflict_markers::check),
    ("first lines of files", heads::check),
    ("lengths of files", lengths::check),
    ("names in the documentation", names_in_docs::check),
];

/// The tracked files that match a pattern of Git's, and whether they exist: one that was deleted is still tracked.
fn files(workspace: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let files = git(workspace, &["ls-files", "-z", pattern])?;
    let files = files.split_terminator('\0').map(PathBuf::from);
    Ok(files.filter(|file| workspace.join(file).exists()).collect())
}

/// Fails with `what` if there is anything to complain about, which is then named.
fn outcome(what: &str, complaints: &[String]) -> Outcome {
    if complaints.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Failed(format!("{what}:\n{}", complaints.join("\n")))
    }
}

/// A repository of its own for a test.
#[cfg(test)]
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for arguments in [&["init", "--quiet"][..], &["add", "."]] {
        git(folder.path(), arguments).unwrap();
    }
    folder
}
