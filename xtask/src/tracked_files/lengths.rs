//! Finds files of the product that are too long to have one subject.

use std::{fs, path::Path};

use xtask::report::Outcome;

/// The most lines of a file.
const MOST: usize = 300;

/// The suite that stores are tested with is no part of the product.
const SUITE: &str = "crates/store-tests";

/// Fails if a Rust file below `crates/*/src` has more lines than that.
pub(super) fn check(workspace: &Path) -> Outcome {
    let files = match super::files(workspace, "crates/*/src/*.rs") {
        Ok(files) => files,
        Err(why) => return Outcome::Failed(why),
    };
    let lines = |file: &Path| fs::read_to_string(workspace.join(file)).map_or(0, |text| text.lines().count());
    let product = files.iter().filter(|file| !file.starts_with(SUITE));
    let long = product.map(|file| (file, lines(file)));
    let long = long.filter(|(_, lines)| *lines > MOST);
    let long = long.map(|(file, lines)| format!("{} has {lines} lines", file.display()));
    super::outcome(
        &format!("split by subject what has more than {MOST} lines"),
        &long.collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_product_that_is_too_long_is_named() {
        let (long, short) = ("//\n".repeat(MOST + 1), "//\n".repeat(MOST));
        let folder = super::super::repository(&[
            ("crates/a/src/deep/long.rs", &long),
            ("crates/a/src/short.rs", &short),
            ("crates/a/tests/long.rs", &long),
            ("crates/store-tests/src/long.rs", &long),
        ]);
        let Outcome::Failed(why) = check(folder.path()) else {
            panic!("nothing was found")
        };
        assert!(why.ends_with(":\ncrates/a/src/deep/long.rs has 301 lines"), "{why}");
    }
}
