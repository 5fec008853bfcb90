//! Finds files and tests that the documentation names and that are not there.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use xtask::report::Outcome;

/// A word with so many underscores is the name of a test, on a line that names a file of Rust.
const UNDERSCORES: usize = 4;

/// Fails if a page names a file or folder of this repository, or a test, that does not exist. A test that is named behind a
/// file or folder must be in it.
pub(super) fn check(workspace: &Path) -> Outcome {
    match missing(workspace) {
        Ok(missing) => super::outcome("the documentation names what is not there", &missing),
        Err(why) => Outcome::Failed(why),
    }
}

fn missing(workspace: &Path) -> Result<Vec<String>, String> {
    let read = |file: &Path| fs::read_to_string(workspace.join(file)).unwrap_or_default();
    let sources = super::files(workspace, "*.rs")?;
    let tests: HashMap<&Path, HashSet<String>> = sources
        .iter()
        .map(|file| (file.as_path(), functions(&read(file)).collect()))
        .collect();
    let is_in = |name: &str, place: &str| {
        let mut there = tests.iter().filter(|(file, _)| file.starts_with(place));
        there.any(|(_, tests)| tests.contains(name))
    };
    let roots: HashSet<String> = super::files(workspace, "*/*")?
        .iter()
        .filter_map(|file| Some(file.iter().next()?.to_str()?.to_owned()))
        .collect();
    let is_path = |name: &str| {
        let root = name.split_once('/').map(|(root, _)| root);
        root.is_some_and(|root| roots.contains(root)) && is_plain(name)
    };
    let mut missing = Vec::new();
    for page in super::files(workspace, "*.md")? {
        let text = read(&page);
        for line in lines(&text) {
            let names = || line.split('`').skip(1).step_by(2);
            let names_rust = names().any(|name| name.ends_with(".rs"));
            // Where the tests are that are named next; anywhere, before a file is named, or behind a part of its path.
            let mut place = "";
            for name in names() {
                let is_there = if is_path(name) {
                    place = name;
                    workspace.join(name).exists()
                } else if name.ends_with(".rs") {
                    place = "";
                    true
                } else {
                    !names_rust || !is_test(name) || is_in(name, place)
                };
                if !is_there {
                    missing.push(format!("{}: `{name}`", page.display()));
                }
            }
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
                    `crates/a/src/lib.rs`: `what_is_there_is_not_named`, `what_is_elsewhere_is_no_test_of_it`; `crates/a`: \
                    `what_is_elsewhere_is_no_test_of_it`; `lib.rs`: `what_is_there_is_not_named`\n\
                    ```\n`crates/a/in/code.rs`\n```\n";
        let folder = super::super::repository(&[
            ("crates/a/src/lib.rs", "#[test]\nfn what_is_there_is_not_named() {}\n"),
            (
                "crates/a/tests/b.rs",
                "#[test]\nfn what_is_elsewhere_is_no_test_of_it() {}\n",
            ),
            ("docs/PAGE.md", page),
        ]);
        let expected = [
            "docs/PAGE.md: `crates/a/src/gone.rs`",
            "docs/PAGE.md: `what_is_gone_is_named_here`",
            "docs/PAGE.md: `what_is_elsewhere_is_no_test_of_it`",
        ];
        assert_eq!(missing(folder.path()).unwrap(), expected);
    }
}
