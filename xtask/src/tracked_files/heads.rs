//! Finds source files that do not begin by saying what they are about.

use std::{fs, path::Path};

use xtask::report::Outcome;

/// Fails if the first line of a tracked Rust file is no `//!` comment.
pub(super) fn check(workspace: &Path) -> Outcome {
    let files = match super::files(workspace, "*.rs") {
        Ok(files) => files,
        Err(why) => return Outcome::Failed(why),
    };
    let has_head = |text: String| text.starts_with("//! ");
    let without = files
        .iter()
        .filter(|file| !fs::read_to_string(workspace.join(file)).is_ok_and(has_head))
        .map(|file| file.display().to_string());
    super::outcome(
        "begin with a sentence (`//!`) that says what the file is about",
        &without.collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_first_sentence_is_named() {
        let folder = super::super::repository(&[
            ("with.rs", "//! What it is about.\n"),
            ("without.rs", "use std::fmt;\n"),
            ("deleted.rs", "use std::fmt;\n"),
        ]);
        fs::remove_file(folder.path().join("deleted.rs")).unwrap();
        let Outcome::Failed(why) = check(folder.path()) else {
            panic!("nothing was found")
        };
        assert!(why.ends_with(":\nwithout.rs"), "{why}");
    }
}
