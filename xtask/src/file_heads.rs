//! Finds source files that do not begin by saying what they are about.

use std::{fs, path::Path};

use crate::{report::Outcome, tools::git};

/// Fails if the first line of a tracked Rust file is no `//!` comment.
pub(crate) fn check(workspace: &Path) -> Outcome {
    let files = match git(workspace, &["ls-files", "-z", "*.rs"]) {
        Ok(files) => files,
        Err(why) => return Outcome::Failed(why),
    };
    let without: Vec<_> = files
        .split_terminator('\0')
        .filter(|file| !has_head(&workspace.join(file)))
        .collect();
    if without.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Failed(format!(
            "begin with a sentence (`//!`) that says what the file is about:\n{}",
            without.join("\n")
        ))
    }
}

/// A file that was deleted and is still tracked needs none.
fn has_head(file: &Path) -> bool {
    fs::read_to_string(file).map_or(true, |text| text.starts_with("//! "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_first_sentence_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("with.rs", "//! What it is about.\n"),
            ("without.rs", "use std::fmt;\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        for arguments in [&["init", "--quiet"][..], &["add", "."]] {
            git(folder.path(), arguments).unwrap();
        }
        let Outcome::Failed(why) = check(folder.path()) else {
            panic!("nothing was found")
        };
        assert!(why.ends_with(":\nwithout.rs"), "{why}");
    }
}
