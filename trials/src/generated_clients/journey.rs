//! A generated client's journey against a server of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use wicketgate_test_servers::Home;
use xtask::{
    report::Outcome,
    server::{Program, Server, debug_build, home},
    tools::{cargo, npm_ci, run},
};

use super::generator::Generator;

/// A fresh sample server, and the client that is going to be generated for it.
pub(super) struct Journey {
    generator: Generator,
    /// Where the server writes its mail.
    mails: PathBuf,
    /// The client's folder.
    folder: PathBuf,
    /// Where tools are installed and Rust is compiled.
    tools: PathBuf,
    server: Server,
    // Last, because the server must have ended before its folder goes.
    _home: Home,
}

impl Journey {
    pub(super) fn start(workspace: &Path, generator: Generator) -> Result<Self, String> {
        let home = home()?;
        let program = Program::wicketgate(debug_build(workspace, "spa-backend"))
            // Until the mailed link is followed, nobody signs in.
            .set("SIGN_IN__REQUIRE_CONFIRMED_EMAIL", "true");
        let journey = Self {
            generator,
            mails: home.folder().join("mail"),
            folder: workspace.join("conformance/clients").join(generator.name()),
            tools: workspace.join("target/generated-clients"),
            server: program.start(&home)?,
            _home: home,
        };
        // What an earlier run left does not help this one.
        let _ = fs::remove_dir_all(journey.folder.join("generated"));
        let description = ureq::get(format!("{}/openapi/v1.json", journey.server.url())).call();
        let description = description.and_then(|mut answer| answer.body_mut().read_to_string());
        let description = description.map_err(|error| format!("/openapi/v1.json: {error}"))?;
        write(&journey.folder.join("generated/openapi.json"), &description)?;
        Ok(journey)
    }

    pub(super) fn travel(&self) -> Result<(), String> {
        match self.generator {
            Generator::OpenapiFetch => {
                self.npm_ci()?;
                self.npm_exec(&[
                    "openapi-typescript",
                    "generated/openapi.json",
                    "-o",
                    "generated/schema.ts",
                ])?;
                self.run_typescript()
            }
            Generator::Orval => {
                self.npm_ci()?;
                self.npm_exec(&["orval", "--config", "orval.config.mjs"])?;
                self.run_typescript()
            }
            Generator::TypescriptFetch => {
                self.npm_ci()?;
                self.openapi_generator("typescript-fetch", "generated", "importFileExtension=.js")?;
                self.run_typescript()
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
        match npm_ci(&self.folder) {
            Outcome::Failed(why) => Err(why),
            _ => Ok(()),
        }
    }

    /// Runs a program of an installed package.
    fn npm_exec(&self, words: &[&str]) -> Result<(), String> {
        let mut command = Command::new("npm");
        command.args(["exec", "--no", "--"]).args(words);
        self.run(command.env("BASE_URL", self.server.url()))
    }

    fn run_typescript(&self) -> Result<(), String> {
        self.npm_exec(&["tsc"])?;
        let journey = format!("out/{}/journey.js", self.generator.name());
        self.run(self.with_addresses(Command::new("node").arg(journey)))
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
        command.arg(self.server.url()).arg(&self.mails)
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
