//! Every setting as a flag: `lockout.max_failed_access_attempts` is `--lockout-max-failed-access-attempts`.

use std::ffi::OsString;

use clap::{Arg, ArgMatches, Command};

use super::{
    Settings,
    source::{Given, Source, variable},
    table::{self, Setting},
};

/// The heading of settings that are in no section.
const GENERAL: &str = "Settings";

/// Adds the flags to a command and to those below it that the words of the command line name. Only the command itself
/// lists them in its `--help`; everywhere else seventy lines would hide what is the command's own.
///
/// Where no word is a flag or asks for help, none is missed: all flags of all commands would be two megabytes of memory,
/// which a server that was started without any would keep.
pub(crate) fn with_flags(command: Command, words: &[OsString]) -> Command {
    let is_named = |name: &str| words.iter().any(|word| word == name || word == HELP);
    let has_flags = words.iter().any(|word| word.as_encoded_bytes().starts_with(b"-"));
    if !has_flags && !is_named(HELP) {
        return command;
    }
    let mut defaults = Settings::default();
    let command = command.args(table::all().map(|setting| arg(setting, &mut defaults)));
    below(command, &is_named)
}

/// Asks for help as a word.
const HELP: &str = "help";

fn with_hidden_flags(command: Command, is_named: &dyn Fn(&str) -> bool) -> Command {
    let mut defaults = Settings::default();
    let command = command
        .args(table::all().map(|setting| arg(setting, &mut defaults).hide(true)))
        .after_help("Every setting is also a flag here; `--help` without a command lists them.");
    below(command, is_named)
}

/// The command with flags for those below it.
fn below(command: Command, is_named: &dyn Fn(&str) -> bool) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .filter(|name| is_named(name))
        .collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |inner| with_hidden_flags(inner, is_named))
    })
}

/// What was given as flags, before or after the names of commands.
pub(crate) fn given_flags(matches: &ArgMatches) -> Vec<Given> {
    let mut given: Vec<Given> = table::all()
        .filter_map(|setting| {
            // A command that no flag was written for may have none.
            let value = matches.try_get_one::<String>(setting.key).ok()??;
            Some(Given {
                key: setting.key.to_owned(),
                value: value.clone(),
                source: Source::Flag(format!("--{}", flag(setting))),
            })
        })
        .collect();
    if let Some((_, inner)) = matches.subcommand() {
        given.extend(given_flags(inner));
    }
    given
}

fn flag(setting: &Setting) -> String {
    setting.key.replace(['.', '_'], "-")
}

fn arg(setting: &Setting, defaults: &mut Settings) -> Arg {
    let place = (setting.place)(defaults);
    let default = match place.show() {
        shown if shown.is_empty() => "none".to_owned(),
        shown => shown,
    };
    Arg::new(setting.key)
        .long(flag(setting))
        .value_name("VALUE")
        .allow_hyphen_values(true)
        .hide_short_help(true)
        .help_heading(setting.section().unwrap_or(GENERAL))
        .help(format!(
            "{} Takes {}. [default: {default}] [{}]",
            setting.about,
            place.takes(),
            variable(setting.key)
        ))
}
