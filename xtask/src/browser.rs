//! `cargo xtask browser`: the Swagger page in a real browser, through nginx.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use wicketgate_test_servers::{Nginx, provide};

use crate::{
    report::Outcome,
    tools::{run, target_folder},
};

const START_LIMIT: Duration = Duration::from_secs(20);

/// The path that nginx has the sample server under.
const PATH: &str = "/account";

/// Has Chromium drive the Swagger page of a fresh sample server (`conformance/browser`), which must be built already: as it
/// is, and behind an nginx that takes a path off and one that does not.
pub(crate) fn test(workspace: &Path) -> Outcome {
    for (program, package) in [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")] {
        if let Err(missing) = provide(program, package) {
            return Outcome::Skipped(missing.to_string());
        }
    }
    let folder = workspace.join("conformance/browser");
    let install = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    if let Outcome::Failed(why) = run(Command::new("npm").args(install).current_dir(&folder)) {
        return Outcome::Failed(why);
    }
    let target = target_folder(workspace);
    let program = target.join("debug/spa-backend");
    for place in [Place::Root, Place::StrippedPath, Place::Prefix] {
        match drive(&program, &folder, place) {
            Ok(Outcome::Passed) => {}
            Ok(outcome) => return outcome,
            Err(why) => return Outcome::Failed(format!("{place:?}: {why}")),
        }
    }
    Outcome::Passed
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

fn drive(program: &Path, folder: &Path, place: Place) -> Result<Outcome, String> {
    let data = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let prefix = if place == Place::Prefix { PATH } else { "" };
    let server = Server::start(program, data.path(), prefix)?;
    let nginx = match place {
        Place::Root => None,
        Place::StrippedPath => Some(Nginx::of_readme(server.address, server.address)),
        Place::Prefix => Some(Nginx::site(&format!(
            "location {PATH}/ {{ proxy_pass http://{}; proxy_set_header Host $http_host; }}",
            server.address
        ))),
    };
    let nginx = nginx.transpose().map_err(|error| error.to_string())?;
    let base = nginx.as_ref().map_or_else(
        || format!("http://{}", server.address),
        |nginx| format!("http://{}{PATH}", nginx.address()),
    );
    let test = ["swagger.test.mjs", &base, prefix];
    Ok(run(Command::new("node").args(test).current_dir(folder)))
}

/// The sample server, with everything it writes in one folder. It ends with this value.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(program: &Path, data: &Path, prefix: &str) -> Result<Self, String> {
        let address = free_address().map_err(|error| format!("no free port: {error}"))?;
        let process = Command::new(program)
            .arg("serve")
            .current_dir(data)
            .env("WICKETGATE__LISTEN", address.to_string())
            .env(
                "WICKETGATE__DATABASE__URL",
                format!("sqlite://{}/app.db", data.display()),
            )
            .env("WICKETGATE__KEYS__DIRECTORY", data.join("keys"))
            .env("WICKETGATE__PREFIX", prefix)
            .env("WICKETGATE__TRUSTED_PROXIES", "127.0.0.0/8")
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut server = Self { process, address };
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if is_ready(address) {
                return Ok(server);
            }
            if let Ok(Some(status)) = server.process.try_wait() {
                return Err(format!("the server ended at once: {status}"));
            }
            sleep(Duration::from_millis(50));
        }
        Err("the server was not ready in time".to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}
