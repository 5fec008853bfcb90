//! Finds files and tests that the documentation names and that are not there.

use std::{collections::HashSet, fs, path::Path};

use xtask::report::Outcome;

/// A word with so many underscores is the name of a test, on a line that names a file of Rust.
const UNDERSCORES: usize = 4;

/// Fails if a page names a file or folder of this repository, or a test, that does not exist.
pub(super) fn check(workspace: &Path) -> Outcome {
    match missing(workspace) {
        Ok(missing) => super::outcome("the documentation names what is not there", &missing),
        Err(why) => Outcome::Failed(why),
    }
}

fn missing(workspace: &Path) -> Result<Vec<String>, String> {
    let read = |file: &Path| fs::read_to_string(workspace.join(file)).unwrap_or_default();
    let tests: HashSet<String> = super::files(workspace, "*.rs")?
        .iter()
        .flat_map(|file| functions(&read(file)).collect::<Vec<_>>())
        .collect();
    let roots: HashSet<String> = super::files(workspace, "*/*")?
        .iter()
        .filter_map(|file| Some(file.iter().next()?.to_str()?.to_owned()))
        .collect();
    let is_there = |name: &str| {
        let root = name.split_once('/').map(|(root, _)| root);
        if root.is_some_and(|root| roots.contains(root)) && is_plain(name) {
            return workspace.join(name).exists();
        }
        !is_test(name) || tests.contains(name)
    };
    let mut missing = Vec::new();
    for page in super::files(workspace, "*.md")? {
        let text = read(&page);
        for line in lines(&text) {
            let names = || line.split('`').skip(1).step_by(2);
            let names_rust = names().any(|name| name.ends_with(".rs"));
            let gone = names().filter(|name| !is_there(name) && (names_rust || !is_test(name)));
            missing.extend(gone.map(|name| format!("{}: `{name}`", page.display())));
        }
    }
    Ok(missing)
}

/// The lines outside of blocks of code.
fn lines(page: &str) -> impl Iterator<Item = &str> {
    page.split("```").step_by(2).flat_map(str::lines)
}

/// Names of functions, and texts that may be names: tests without the usual harness are named by texts.
fn functions(source: &str) -> impl Iterator<Item = String> {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let functions = source.split("fn ").skip(1);
    let functions = functions.map(move |text| text.chars().take_while(is_part).collect());
    functions.chain(source.split('"').filter(|text| is_test(text)).map(str::to_owned))
}

/// Whether it is one path, and not a pattern or a command.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
}

fn is_test(name: &str) -> bool {
    name.matches('_').count() >= UNDERSCORES
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_or_test_that_is_not_there_is_named_with_its_page() {
        let page = "`crates/a/src/lib.rs`: `what_is_there_is_not_named`, `crates/*/src`, `a/b`, `two_words`\n`a_setting_of_some_database`\n\
                    `crates/a/src/gone.rs`: `what_is_gone_is_named_here`\n\
                    ```\n`crates/a/in/code.rs`\n```\n";
        let folder = super::super::repository(&[
            ("crates/a/src/lib.rs", "#[test]\nfn what_is_there_is_not_named() {}\n"),
            ("docs/PAGE.md", page),
        ]);
        let expected = [
            "docs/PAGE.md: `crates/a/src/gone.rs`",
            "docs/PAGE.md: `what_is_gone_is_named_here`",
        ];
        assert_eq!(missing(folder.path()).unwrap(), expected);
    }
}
