//! `cargo xtask browser`: the Swagger page and the cookies in a real browser.

use std::{path::Path, process::Command};

use wicketgate_test_servers::{Home, Nginx};
use xtask::{
    report::{Outcome, Report},
    server::{Program, debug_build, home},
    tools::{build_sample, npm_ci, provide_browser, run},
};

/// The path that nginx has the sample server under.
const PATH: &str = "/account";

/// Builds the sample server, and has Chromium drive its Swagger page and try its cookies.
pub(crate) fn browser(workspace: &Path) -> Report {
    let mut report = Report::start();
    report.step("build", || build_sample(workspace));
    report.step("browser", || test(workspace));
    report
}

/// Has Chromium drive the Swagger page of a fresh sample server (`conformance/browser`), which must be built already: as it
/// is, and behind an nginx that takes a path off and one that does not. Then pages of other sites try what they can do with its
/// cookies: those of the strict profile, and those that a setting has them send.
pub(crate) fn test(workspace: &Path) -> Outcome {
    if let Err(missing) = provide_browser() {
        return Outcome::Skipped(missing.to_string());
    }
    let folder = workspace.join("conformance/browser");
    if let Outcome::Failed(why) = npm_ci(&folder) {
        return Outcome::Failed(why);
    }
    let program = Program::wicketgate(debug_build(workspace, "spa-backend")).set("TRUSTED_PROXIES", "127.0.0.0/8");
    for place in [Place::Root, Place::StrippedPath, Place::Prefix] {
        match drive(&program, &folder, place) {
            Ok(Outcome::Passed) => {}
            Ok(outcome) => return outcome,
            Err(why) => return Outcome::Failed(format!("{place:?}: {why}")),
        }
    }
    for kind in ["strict", "same-site-none"] {
        match try_cookies(&program, &folder, kind) {
            Ok(Outcome::Passed) => {}
            Ok(outcome) => return outcome,
            Err(why) => return Outcome::Failed(format!("cookies, {kind}: {why}")),
        }
    }
    Outcome::Passed
}

fn try_cookies(program: &Program, folder: &Path, kind: &str) -> Result<Outcome, String> {
    let home = home()?;
    let pages = Home::free_port().map_err(|error| error.to_string())?;
    let program = match kind {
        // Nobody reads the mail with the link here.
        "strict" => program
            .clone()
            .set("PROFILE", "strict")
            .set("SIGN_IN__REQUIRE_CONFIRMED_EMAIL", "false"),
        _ => program
            .clone()
            .set("COOKIE__SAME_SITE", "None")
            .set("COOKIE__SECURE_POLICY", "Always")
            .set("CORS__ALLOWED_ORIGINS", format!("http://app.id.localhost:{pages}")),
    };
    let server = program.start(&home)?;
    let test = ["cookies.test.mjs", &server.url(), kind, &pages.to_string()];
    Ok(run(Command::new("node").args(test).current_dir(folder)))
}

/// Where the server is, as the browser sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where nothing stands in front of it.
    Root,
    /// Under a path that nginx takes off, as README.md describes it.
    StrippedPath,
    /// Under a path that nginx leaves, which is the server's `prefix`.
    Prefix,
}

fn drive(program: &Program, folder: &Path, place: Place) -> Result<Outcome, String> {
    let home = home()?;
    let prefix = if place == Place::Prefix { PATH } else { "" };
    let server = program.clone().set("PREFIX", prefix).start(&home)?;
    let nginx = match place {
        Place::Root => None,
        Place::StrippedPath => Some(Nginx::of_readme(server.address(), server.address())),
        Place::Prefix => Some(Nginx::site(&format!(
            "location {PATH}/ {{ proxy_pass http://{}; proxy_set_header Host $http_host; }}",
            server.address()
        ))),
    };
    let nginx = nginx.transpose().map_err(|error| error.to_string())?;
    let base = nginx
        .as_ref()
        .map_or_else(|| server.url(), |nginx| format!("http://{}{PATH}", nginx.address()));
    let test = ["swagger.test.mjs", &base, prefix];
    Ok(run(Command::new("node").args(test).current_dir(folder)))
}
