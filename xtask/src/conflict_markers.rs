//! Finds merge conflicts that were committed unresolved.

use std::path::Path;

use crate::{report::Outcome, tools::git};

/// Fails if a line of a tracked file begins as Git marks a conflict. The line of equals signs between the two sides is
/// not looked for: Markdown underlines headings with it, and it never comes without the other two.
pub(crate) fn check(workspace: &Path) -> Outcome {
    let marker = "^(<<<<<<<|>>>>>>>|\\|\\|\\|\\|\\|\\|\\|)([ \r]|$)";
    let search = ["grep", "--line-number", "-I", "--extended-regexp", "-e", marker];
    match git(workspace, &search) {
        Ok(found) if found.is_empty() => Outcome::Passed,
        Ok(found) => Outcome::Failed(format!("conflict markers:\n{}", found.trim_end())),
        Err(why) => Outcome::Failed(why),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_conflict_marker_in_a_tracked_file_is_found_and_other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        git(folder, &["init", "--quiet"]).unwrap();
        fs::write(
            folder.join("page.md"),
            "Heading\n=======\n\n    <<<<<<< indented, as in an explanation\n",
        )
        .unwrap();
        let [ours, base, theirs] = ["<", "|", ">"].map(|sign| sign.repeat(7));
        fs::write(folder.join("untracked.rs"), format!("{ours} HEAD\n")).unwrap();
        git(folder, &["add", "page.md"]).unwrap();
        assert_eq!(check(folder), Outcome::Passed);

        for line in [
            format!("{ours} HEAD\n"),
            format!("{base} base\r\n"),
            format!("{theirs}\n"),
            format!("{theirs} 1a2b3c\n"),
        ] {
            fs::write(folder.join("conflict.rs"), format!("fn main() {{}}\n{line}")).unwrap();
            git(folder, &["add", "conflict.rs"]).unwrap();
            let Outcome::Failed(why) = check(folder) else {
                panic!("{line:?} was not found");
            };
            assert!(why.contains("conflict.rs:2:") && !why.contains("page.md"), "{why}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_searched_fails() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        assert!(matches!(check(&missing), Outcome::Failed(_)));
    }
}
