//! What can be written behind the program's name.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};
use uuid::Uuid;

use crate::{
    commands::{EventOperation, UserOperation},
    settings::{Given, given_flags, with_flags},
};

/// Accounts for single page applications: the Identity API of ASP.NET Core.
///
/// Settings come from wicketgate.toml, from WICKETGATE__SECTION__KEY variables and from flags; later ones override earlier
/// ones.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct CommandLine {
    /// Configuration file [default: wicketgate.toml, if it exists]
    #[arg(long, value_name = "FILE", env = "WICKETGATE_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve requests (the default)
    Serve,
    /// Update the database schema, and print the statements that were run
    Migrate {
        /// Print the statements without running them
        #[arg(long)]
        dry_run: bool,
    },
    /// List, show, create and change accounts; USER is a user name or an e-mail address
    Users {
        #[command(subcommand)]
        operation: UserOperation,
    },
    /// List, create, export and revoke the keys that protect tokens and cookies
    Keys {
        #[command(subcommand)]
        operation: KeyOperation,
    },
    /// List what happened to accounts, and check that nobody changed it afterwards
    Events {
        #[command(subcommand)]
        operation: EventOperation,
    },
    /// Check whether an ASP.NET Core application's database and keys can be used here; changes nothing
    CheckDotnet(DotnetParts),
    /// Print the OpenAPI document
    Openapi,
    /// Check that the server with these settings is alive; fails if it is not
    Healthcheck,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyOperation {
    /// List all keys, newest last
    List,
    /// Create a key and print its id
    ///
    /// Standard error says when the key comes into use: in two days, when every server has read it, or immediately if there is
    /// no other usable key.
    New,
    /// Copy all keys and revocations to a folder that has none, as .NET's XML files
    ///
    /// Keep them with each backup of the database: without its keys, everybody is signed out, mailed links are invalid,
    /// mails that wait are lost, and its events can no longer be checked.
    Export {
        /// Folder; created if it does not exist
        folder: PathBuf,
    },
    /// Revoke a key: every token, cookie and link that it protected becomes invalid
    ///
    /// Running servers notice on SIGHUP or within a day. A server that has no other key creates one.
    #[command(arg_required_else_help = true)]
    Revoke {
        /// Id of the key, as shown by `keys list`
        #[arg(value_name = "KEY", required_unless_present = "all", conflicts_with = "all")]
        id: Option<Uuid>,
        /// Revoke all existing keys
        #[arg(long)]
        all: bool,
        /// Revoke keys although something in the database is protected with them; `keys reprotect` is next
        #[arg(long)]
        force: bool,
    },
    /// Protect what is in the database with the current key, where it is protected with another or a revoked one
    ///
    /// This is for what outlives its key: mails that wait, the keys that sign events, and authenticator keys, which are encrypted or
    /// decrypted as second_factor.encrypt_authenticator_keys says. Revoked keys still open it. Tokens, cookies and mailed links are
    /// not in the database: nothing can be done for those of a revoked key.
    Reprotect,
}

/// What an ASP.NET Core application leaves behind.
#[derive(Debug, Args)]
pub(crate) struct DotnetParts {
    /// URL of the application's database
    #[arg(long, value_name = "URL")]
    pub(crate) database: String,
    /// Folder of its data protection keys, if they are not in the database
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Name that it passes to SetApplicationName; without such a call, its content root path
    #[arg(long, value_name = "NAME")]
    pub(crate) application_name: Option<String>,
    /// Print the report as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A command line, understood.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) command: Command,
    pub(crate) config: Option<PathBuf>,
    pub(crate) flags: Vec<Given>,
}

/// Why there is no invocation.
#[derive(Debug)]
pub(crate) enum NoInvocation {
    /// Help or the version was asked for: the text, for standard output.
    Asked(String),
    /// It is no command line; one line on why.
    Mistaken(String),
}

/// Reads a command line, with the program's name in front.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Invocation, NoInvocation> {
    let words: Vec<OsString> = words.into_iter().collect();
    let mut command = with_flags(CommandLine::command(), &words);
    let matches = command
        .try_get_matches_from_mut(words)
        .map_err(|error| explain(&error))?;
    let flags = given_flags(&matches);
    let line = CommandLine::from_arg_matches(&matches).map_err(|error| explain(&error))?;
    Ok(Invocation {
        command: line.command.unwrap_or(Command::Serve),
        config: line.config,
        flags,
    })
}

/// clap explains a mistake in a paragraph; logs and scripts want a line.
pub(crate) fn explain(error: &clap::Error) -> NoInvocation {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => NoInvocation::Asked(text),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            NoInvocation::Mistaken("the command is incomplete; `--help` shows what can follow".to_owned())
        }
        _ => {
            let without_usage = text.split("\n\nUsage:").next().unwrap_or(&text);
            let without_hint = without_usage
                .split("\n\nFor more information")
                .next()
                .unwrap_or(without_usage);
            let words: Vec<&str> = without_hint.split_whitespace().collect();
            NoInvocation::Mistaken(words.join(" ").trim_start_matches("error: ").to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Invocation {
        parse(line.split(' ').map(OsString::from)).unwrap()
    }

    #[test]
    fn every_command_and_all_that_it_takes_has_help() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                let name = argument.get_id();
                assert!(argument.get_help().is_some(), "{} {name}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&CommandLine::command());
    }

    #[test]
    fn flags_are_found_wherever_they_stand() {
        for line in [
            "wicketgate --listen 127.0.0.1:1 serve",
            "wicketgate serve --listen 127.0.0.1:1",
            "wicketgate --listen=127.0.0.1:1",
            "wicketgate keys --listen 127.0.0.1:1 list",
            "wicketgate keys list --listen 127.0.0.1:1",
        ] {
            assert_eq!(parsed(line).flags.len(), 1, "{line}");
        }
    }

    #[test]
    fn a_command_without_flags_is_understood_without_them() {
        for line in [
            "wicketgate",
            "wicketgate serve",
            "wicketgate keys list",
            "wicketgate keys export folder",
        ] {
            assert!(parsed(line).flags.is_empty(), "{line}");
        }
    }

    #[test]
    fn help_of_a_command_speaks_of_the_settings() {
        for line in [
            "wicketgate serve --help",
            "wicketgate help serve",
            "wicketgate help keys list",
        ] {
            let Err(NoInvocation::Asked(text)) = parse(line.split(' ').map(OsString::from)) else {
                panic!("{line}")
            };
            assert!(text.contains("Every setting is also a flag here"), "{line}: {text}");
        }
    }
}
