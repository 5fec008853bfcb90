//! Runs what the command line says.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use wicketgate_protection::{Clock, Random, SystemClock, SystemRandom};

use crate::{
    application::{Application, MakeRouter},
    command_line::{self, Command, Invocation, NoInvocation},
    commands::{self, CommandError},
    logs::{self, StandardError},
    serve::{self, ServeError},
    settings::{Settings, SettingsError},
};

const MOST_WORKERS: usize = 8;

/// Parses the command line and does what it says, with this application.
pub(crate) fn run_application(application: Application<impl MakeRouter>) -> ExitCode {
    let standard_error = match StandardError::start() {
        Ok(standard_error) => standard_error,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: cannot start the thread that writes logs: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = match command_line::parse(std::env::args_os()) {
        Ok(invocation) => execute(invocation, application, &standard_error).map_err(|failure| {
            if let Failure::Command(
                CommandError::NotReady { report, .. } | CommandError::EventsNotIntact { report, .. },
            ) = &failure
            {
                let _ = print(report);
            }
            failure.to_string()
        }),
        Err(NoInvocation::Asked(text)) => Ok(text),
        Err(NoInvocation::Mistaken(line)) => Err(line),
    };
    match done.and_then(|text| print(&text)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(line) => {
            standard_error.say(&format!("error: {line}"));
            ExitCode::FAILURE
        }
    }
}

/// Why what the command line says was not done. Each message is one line.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The operating system gave no threads.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
}

/// Does what the command line says, and gives what is to be printed.
fn execute(
    invocation: Invocation,
    application: Application<impl MakeRouter>,
    standard_error: &StandardError,
) -> Result<String, Failure> {
    let settings = Settings::load(invocation.config, invocation.flags)?;
    logs::start(settings.log, settings.log_format, standard_error);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);

    let mut runtime = match invocation.command {
        Command::Serve => serving_runtime(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = runtime.enable_all().build().map_err(Failure::Runtime)?;
    let result = runtime.block_on(async {
        let done = match invocation.command {
            Command::Serve => {
                serve::serve(settings, application, clock, random).await?;
                return Ok(String::new());
            }
            Command::Migrate { dry_run } => commands::migrate(&settings, dry_run).await,
            Command::Users { operation } => {
                let own_store = application.parts.store.as_ref();
                commands::operate_on_users(&settings, own_store, operation, clock, random).await
            }
            Command::Events { operation } => {
                let own_store = application.parts.store.as_ref();
                commands::operate_on_events(&settings, own_store, operation, clock, random, print).await
            }
            Command::Keys { operation } => {
                let own_store = application.parts.store.as_ref();
                commands::operate_on_keys(&settings, own_store, operation, clock, random).await
            }
            Command::CheckDotnet(parts) => commands::check_dotnet(&settings, parts, clock, random).await,
            Command::Openapi => commands::openapi(&settings, application.parts, clock, random),
            Command::Healthcheck => commands::healthcheck(&settings).await,
        };
        Ok(done?)
    });
    // Not waiting for a file system that does not answer.
    runtime.shutdown_background();
    result
}

/// Passwords are hashed on threads of their own, so a few workers carry all the rest, and each costs memory.
fn serving_runtime() -> tokio::runtime::Builder {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(cores.clamp(2, MOST_WORKERS));
    builder
}

/// Whether anybody reads on. Who closes standard output has read enough, as `head` does; what cannot be written for another
/// reason was not done.
fn print(text: &str) -> Result<bool, String> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("cannot write to standard output: {error}")),
    }
}
