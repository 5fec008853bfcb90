//! Finds merge conflicts that were committed unresolved.

use std::path::Path;

use xtask::{report::Outcome, tools::git};

/// Fails if a line of a tracked file begins as Git marks a conflict. The line of equals signs between the two sides is
/// not looked for: Markdown underlines headings with it, and it never comes without the other two.
pub(super) fn check(workspace: &Path) -> Outcome {
    let marker = "^(<<<<<<<|>>>>>>>|\\|\\|\\|\\|\\|\\|\\|)([ \r]|$)";
    let search = ["grep", "--line-number", "-I", "--extended-regexp", "-e", marker];
    match git(workspace, &search) {
        Ok(found) => super::outcome(
            "conflict markers",
            &found.lines().map(str::to_owned).collect::<Vec<_>>(),
        ),
        Err(why) => Outcome::Failed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_marker_in_a_tracked_file_is_found_and_other_files_are_left_alone() {
        let [ours, base, theirs] = ["<", "|", ">"].map(|sign| sign.repeat(7));
        let page = "Heading\n=======\n\n    <<<<<<< indented, as in an explanation\n";
        let folder = super::super::repository(&[("page.md", page)]);
        std::fs::write(folder.path().join("untracked.rs"), format!("{ours} HEAD\n")).unwrap();
        assert_eq!(check(folder.path()), Outcome::Passed);

        for line in [
            format!("{ours} HEAD\n"),
            format!("{base} base\r\n"),
            format!("{theirs}\n"),
            format!("{theirs} 1a2b3c\n"),
        ] {
            let conflict = format!("fn main() {{}}\n{line}");
            let folder = super::super::repository(&[("page.md", page), ("conflict.rs", &conflict)]);
            let Outcome::Failed(why) = check(folder.path()) else {
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
