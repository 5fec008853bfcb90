//! `cargo xtask client`: the TypeScript client (`clients/typescript`), alone, against real servers, and in a real browser.

use std::{env, fs, path::Path, process::Command};

use wicketgate_test_servers::Home;
use xtask::{
    report::{Outcome, Report},
    server::{Program, debug_build, home},
    tools::{cargo, npm_ci, provide_browser, run},
};

/// The client's own copy of the description that its types are generated from.
const DESCRIPTION: &str = "openapi.json";

/// Builds the servers, and tests the client.
pub(crate) fn client(workspace: &Path) -> Report {
    let mut report = Report::start();
    report.step("build", || {
        let build = ["build", "--locked", "-p", "wicketgate", "-p", "spa-backend"];
        run(cargo(build).current_dir(workspace))
    });
    report.step("client", || test(workspace));
    report
}

/// Tests the client with servers that must be built already: whether its types are those of the server's description, its size,
/// its own tests, and those against the sample server in both profiles, in Node and in Chromium. Then the sample's own front end,
/// which uses it.
pub(crate) fn test(workspace: &Path) -> Outcome {
    if let Err(missing) = provide_browser() {
        return Outcome::Skipped(missing.to_string());
    }
    let folder = workspace.join("clients/typescript");
    let sample = workspace.join("examples/spa-backend/front-end");
    let steps: [&dyn Fn() -> Outcome; 7] = [
        &|| npm_ci(&folder),
        &|| compare_description(workspace, &folder),
        &|| npm(&folder, &["test", "--silent"]),
        &|| in_profile(workspace, &folder, "compatible", &["test:server"]),
        &|| in_profile(workspace, &folder, "strict", &["test:server", "test:browser"]),
        &|| npm_ci(&sample),
        &|| in_profile(workspace, &sample, "compatible", &["test"]),
    ];
    let mut outcomes = steps.iter().map(|step| step());
    let failed = outcomes.find(|outcome| *outcome != Outcome::Passed);
    failed.unwrap_or(Outcome::Passed)
}

fn npm(folder: &Path, words: &[&str]) -> Outcome {
    run(Command::new("npm").args(words).current_dir(folder))
}

/// With `UPDATE` in the environment, the client takes the server's description over.
fn compare_description(workspace: &Path, folder: &Path) -> Outcome {
    let path = folder.join(DESCRIPTION);
    let description = match description(workspace) {
        Ok(description) => description,
        Err(why) => return Outcome::Failed(why),
    };
    if env::var_os("UPDATE").is_some() {
        return match fs::write(&path, description) {
            Ok(()) => npm(folder, &["run", "--silent", "types"]),
            Err(error) => Outcome::Failed(format!("{}: {error}", path.display())),
        };
    }
    if fs::read_to_string(&path).is_ok_and(|kept| shape(&kept) == shape(&description)) {
        return Outcome::Passed;
    }
    let path = path.display();
    Outcome::Failed(format!(
        "{path} is not what `wicketgate openapi` says with the strict profile: run `UPDATE=1 cargo xtask client`"
    ))
}

/// That of the strict profile, which has all routes.
fn description(workspace: &Path) -> Result<String, String> {
    let home = home()?;
    let program = Program::wicketgate(debug_build(workspace, "wicketgate")).set("PROFILE", "strict");
    let output = program.command(&home).arg("openapi").output();
    let output = output.map_err(|error| format!("wicketgate openapi: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        let why = text(&output.stderr);
        Err(format!("wicketgate openapi: {}: {}", output.status, why.trim_end()))
    }
}

/// The lines of a description without its texts: what only says something else makes no other types, and may lag behind.
fn shape(description: &str) -> Vec<&str> {
    let is_text = |line: &&str| line.starts_with("\"description\": \"") || line.starts_with("\"summary\": \"");
    let lines = description.lines().map(|line| line.trim().trim_end_matches(','));
    lines.filter(|line| !is_text(line)).collect()
}

/// Runs scripts of a package beside a fresh sample server.
fn in_profile(workspace: &Path, folder: &Path, profile: &str, scripts: &[&str]) -> Outcome {
    try_in_profile(workspace, folder, profile, scripts)
        .unwrap_or_else(|why| Outcome::Failed(format!("{profile}: {why}")))
}

fn try_in_profile(workspace: &Path, folder: &Path, profile: &str, scripts: &[&str]) -> Result<Outcome, String> {
    let home = home()?;
    let pages = Home::free_port().map_err(|error| error.to_string())?.to_string();
    let server = Program::wicketgate(debug_build(workspace, "spa-backend"))
        .set("PROFILE", profile)
        .set("CORS__ALLOWED_ORIGINS", format!("http://localhost:{pages}"))
        // The tests are about many sign-ins, not about what one costs.
        .set("PASSWORD_HASHER__ITERATION_COUNT", "10000")
        // Off by default in the compatible profile.
        .set("PASSKEYS__ENABLED", "true")
        .start(&home)?;
    for script in scripts {
        let mut command = Command::new("npm");
        command.args(["run", "--silent", script]).current_dir(folder);
        // Chromium keeps cookies that need TLS for `localhost`, but not for 127.0.0.1.
        command.env("SERVER", format!("http://localhost:{}", server.address().port()));
        command.env("MAILS", home.folder().join("mail"));
        command.env("PROFILE", profile).env("PAGES", &pages);
        let outcome = run(&mut command);
        if outcome != Outcome::Passed {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_makes_no_other_shape_and_another_member_does() {
        let schema =
            |members: &str| format!("{{\n  \"type\": \"object\",\n  \"properties\": {{\n{members}\n  }}\n}}\n");
        let text = schema("    \"a\": {\n      \"type\": \"string\"\n    }");
        let other_text = schema("    \"a\": {\n      \"type\": \"string\",\n      \"description\": \"A.\"\n    }");
        let described = schema("    \"description\": {\n      \"type\": \"string\"\n    }");
        assert_eq!(shape(&text), shape(&other_text));
        assert_ne!(shape(&text), shape(&described));
    }
}
