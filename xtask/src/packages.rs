//! What applications depend on: that each crate can be packaged, and that features can be left out.

use std::{fs, io, path::Path};

use xtask::{
    report::Outcome,
    tools::{cargo, run},
};

/// Makes the packages that crates.io would get, without compiling them: what a package lacks is found, and what it would be
/// built of is in the workspace's own build.
pub(crate) fn package(workspace: &Path) -> Outcome {
    let names = match published(workspace) {
        Ok(names) => names,
        Err(error) => return Outcome::Failed(format!("crates: {error}")),
    };
    let mut command = cargo(["package", "--locked", "--no-verify", "--allow-dirty", "--quiet"]);
    for name in names {
        command.args(["--package", &name]);
    }
    run(command.current_dir(workspace))
}

/// Compiles the server with one kind of database and without all else that can be left out, and the stores with each of the
/// other kinds alone.
pub(crate) fn without_features(workspace: &Path) -> Outcome {
    let alone = [
        ("wicketgate", "sqlite"),
        ("wicketgate-sql", "postgres"),
        ("wicketgate-sql", "mysql"),
        ("wicketgate-sql", "mssql"),
    ];
    for (package, feature) in alone {
        let check = ["check", "--locked", "--no-default-features", "--package", package];
        let outcome = run(cargo(check).args(["--features", feature]).current_dir(workspace));
        if outcome != Outcome::Passed {
            return outcome;
        }
    }
    Outcome::Passed
}

/// The names of the crates that do not say `publish.workspace`, which is `false`.
fn published(workspace: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in fs::read_dir(workspace.join("crates"))? {
        let manifest = fs::read_to_string(folder?.path().join("Cargo.toml"))?;
        names.extend(name_of_published(&manifest).map(str::to_owned));
    }
    Ok(names)
}

fn name_of_published(manifest: &str) -> Option<&str> {
    if manifest.lines().any(|line| line.starts_with("publish")) {
        return None;
    }
    let name = manifest.lines().find_map(|line| line.strip_prefix("name = "))?;
    Some(name.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_is_not_for_others_is_not_packaged() {
        let manifest = "[package]\nname = \"a\"\n";
        assert_eq!(name_of_published(manifest), Some("a"));
        assert_eq!(
            name_of_published(&format!("{manifest}publish.workspace = true\n")),
            None
        );
    }
}
