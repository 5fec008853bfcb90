//! `cargo xtask generated-clients`: clients that are generated from the server's OpenAPI description, run against it.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use wicketgate_test_servers::{Error, provide};

use crate::{
    bench::server::{Program, Server},
    report::{Outcome, Report},
    tools::{cargo, run, target_folder},
};

/// What the sample server must do differently for a journey: until the mailed link is followed, nobody signs in.
const SETTINGS: &str = "[sign_in]\nrequire_confirmed_email = true\n";

/// What makes a client; each has a folder in `conformance/clients`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Generator {
    OpenapiFetch,
    Orval,
    TypescriptFetch,
    Python,
    OpenapiPythonClient,
    Rust,
}

impl Generator {
    const ALL: [Self; 6] = [
        Self::OpenapiFetch,
        Self::Orval,
        Self::TypescriptFetch,
        Self::Python,
        Self::OpenapiPythonClient,
        Self::Rust,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::OpenapiFetch => "openapi-fetch",
            Self::Orval => "orval",
            Self::TypescriptFetch => "typescript-fetch",
            Self::Python => "python",
            Self::OpenapiPythonClient => "openapi-python-client",
            Self::Rust => "rust",
        }
    }

    /// Programs that must be there, with the Debian packages that have them.
    fn programs(self) -> &'static [(&'static str, &'static str)] {
        const NODE: [(&str, &str); 2] = [("node", "nodejs"), ("npm", "npm")];
        const GENERATOR: [(&str, &str); 2] = [("java", "default-jre-headless"), ("python3", "python3-venv")];
        match self {
            Self::OpenapiFetch | Self::Orval => &NODE,
            Self::TypescriptFetch => const { &[NODE[0], NODE[1], GENERATOR[0], GENERATOR[1]] },
            Self::Python | Self::Rust => &GENERATOR,
            Self::OpenapiPythonClient => const { &[GENERATOR[1]] },
        }
    }

    fn by_name(name: &OsStr) -> Result<Self, String> {
        let generator = Self::ALL.into_iter().find(|generator| name == generator.name());
        generator.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("{} is none of the generators {names}", name.to_string_lossy())
        })
    }
}

/// Generates, compiles and runs the clients that are named, or all.
pub(crate) fn generated_clients(workspace: &Path, names: &[OsString]) -> Report {
    let mut generators = match names.iter().map(|name| Generator::by_name(name)).collect() {
        Ok(generators) => generators,
        Err(why) => return Report::of_arguments(why),
    };
    if Vec::is_empty(&generators) {
        generators = Generator::ALL.to_vec();
    }
    let mut report = Report::start();
    report.step("build", || crate::build_sample(workspace));
    for generator in generators {
        report.step(generator.name(), || test(workspace, generator));
    }
    report
}

/// The one that is light enough for every change. The sample server must be built already.
pub(crate) fn test_openapi_fetch(workspace: &Path) -> Outcome {
    test(workspace, Generator::OpenapiFetch)
}

fn test(workspace: &Path, generator: Generator) -> Outcome {
    for (program, package) in generator.programs() {
        if let Err(missing @ Error::Missing { .. }) = provide(program, package) {
            return Outcome::Skipped(missing.to_string());
        }
    }
    Journey::start(workspace, generator)
        .and_then(|journey| journey.travel(generator))
        .map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

/// A fresh sample server, and the client that is going to be generated for it.
struct Journey {
    server: Server,
    /// What the server writes.
    data: tempfile::TempDir,
    /// The client's folder.
    folder: PathBuf,
    /// Where tools are installed and Rust is compiled.
    tools: PathBuf,
}

impl Journey {
    fn start(workspace: &Path, generator: Generator) -> Result<Self, String> {
        let data = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        write(&data.path().join("wicketgate.toml"), SETTINGS)?;
        let target = target_folder(workspace);
        let program = Program::Sample(target.join("debug/spa-backend"));
        let journey = Self {
            server: Server::start(&program, data.path())?,
            data,
            folder: workspace.join("conformance/clients").join(generator.name()),
            tools: workspace.join("target/generated-clients"),
        };
        // What an earlier run left does not help this one.
        let _ = fs::remove_dir_all(journey.folder.join("generated"));
        let description = ureq::get(format!("{}/openapi/v1.json", journey.server.url)).call();
        let description = description.and_then(|mut answer| answer.body_mut().read_to_string());
        let description = description.map_err(|error| format!("/openapi/v1.json: {error}"))?;
        write(&journey.folder.join("generated/openapi.json"), &description)?;
        Ok(journey)
    }

    fn travel(&self, generator: Generator) -> Result<(), String> {
        match generator {
            Generator::OpenapiFetch => {
                self.npm_ci()?;
                self.npm_exec(&[
                    "openapi-typescript",
                    "generated/openapi.json",
                    "-o",
                    "generated/schema.ts",
                ])?;
                self.run_typescript(generator)
            }
            Generator::Orval => {
                self.npm_ci()?;
                self.npm_exec(&["orval", "--config", "orval.config.mjs"])?;
                self.run_typescript(generator)
            }
            Generator::TypescriptFetch => {
                self.npm_ci()?;
                self.openapi_generator("typescript-fetch", "generated", "importFileExtension=.js")?;
                self.run_typescript(generator)
            }
            Generator::Python => {
                self.openapi_generator("python", "generated", "packageName=generated_client")?;
                self.run_python()
            }
            Generator::OpenapiPythonClient => {
                self.openapi_python_client()?;
                self.run_python()
            }
            Generator::Rust => {
                let properties = "packageName=generated-client,packageVersion=0.0.0";
                self.openapi_generator("rust", "generated", properties)?;
                self.run_rust()
            }
        }
    }

    fn npm_ci(&self) -> Result<(), String> {
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        self.run(Command::new("npm").args(arguments))
    }

    /// Runs a program of an installed package.
    fn npm_exec(&self, words: &[&str]) -> Result<(), String> {
        let mut command = Command::new("npm");
        command.args(["exec", "--no", "--"]).args(words);
        self.run(command.env("BASE_URL", &self.server.url))
    }

    fn run_typescript(&self, generator: Generator) -> Result<(), String> {
        self.npm_exec(&["tsc"])?;
        self.run(self.with_addresses(Command::new("node").arg(format!("out/{}/journey.js", generator.name()))))
    }

    /// The programs of `conformance/clients/requirements.txt`, in an environment of their own. openapi-generator is among them: the
    /// package brings the Java archive along.
    fn python_program(&self, name: &str) -> Result<PathBuf, String> {
        let environment = self.tools.join("python");
        if !environment.join("bin/pip").is_file() {
            self.run(
                Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(&environment),
            )?;
        }
        let pip = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
        let requirements = self.folder.with_file_name("requirements.txt");
        self.run(Command::new(environment.join("bin/pip")).args(pip).arg(requirements))?;
        Ok(environment.join("bin").join(name))
    }

    fn openapi_generator(&self, generator: &str, folder: &str, properties: &str) -> Result<(), String> {
        let mut command = Command::new(self.python_program("openapi-generator-cli")?);
        command.args(["generate", "--input-spec", "generated/openapi.json"]);
        command.args(["--generator-name", generator, "--output", folder]);
        self.run(command.args(["--additional-properties", properties]))
    }

    fn openapi_python_client(&self) -> Result<(), String> {
        let mut command = Command::new(self.python_program("openapi-python-client")?);
        command.args([
            "generate",
            "--path",
            "generated/openapi.json",
            "--meta",
            "none",
            "--fail-on-warning",
        ]);
        command.args(["--config", "config.yml"]);
        self.run(command.args(["--output-path", "generated/generated_httpx_client"]))
    }

    fn run_python(&self) -> Result<(), String> {
        let paths = env::join_paths(["generated", ".."].map(|path| self.folder.join(path)));
        let paths = paths.map_err(|error| error.to_string())?;
        let mut command = Command::new(self.python_program("python")?);
        self.run(self.with_addresses(command.args(["-B", "journey.py"]).env("PYTHONPATH", paths)))
    }

    fn run_rust(&self) -> Result<(), String> {
        let mut command = cargo(["run", "--quiet", "--locked", "--target-dir"]);
        command.arg(self.tools.join("rust")).arg("--");
        self.run(self.with_addresses(&mut command))
    }

    /// Tells a journey where the server is and where its mail is.
    fn with_addresses<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.arg(&self.server.url).arg(self.data.path().join("data/mail"))
    }

    fn run(&self, command: &mut Command) -> Result<(), String> {
        match run(command.current_dir(&self.folder)) {
            Outcome::Passed => Ok(()),
            Outcome::Skipped(why) | Outcome::Failed(why) => Err(why),
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generator_has_a_folder_and_other_names_are_refused() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/clients");
        for generator in Generator::ALL {
            assert!(folder.join(generator.name()).is_dir(), "{generator:?}");
            assert_eq!(Generator::by_name(generator.name().as_ref()), Ok(generator));
        }
        assert!(Generator::by_name("kotlin".as_ref()).is_err());
    }
}
