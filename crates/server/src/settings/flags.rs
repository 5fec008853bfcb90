//! Every setting as a flag: `lockout.max_failed_access_attempts` is `--lockout-max-failed-access-attempts`.

use clap::{Arg, ArgMatches, Command};

use super::{
    Setting, Settings,
    source::{Given, Source, variable},
    table::SETTINGS,
};

/// The heading of settings that are in no section.
const GENERAL: &str = "Settings";

/// Adds the flags to a command and to all below it. Only the command itself lists them in its `--help`; everywhere else
/// seventy lines would hide what is the command's own.
pub(crate) fn with_flags(command: Command) -> Command {
    let mut defaults = Settings::default();
    let names: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    let command = command.args(SETTINGS.iter().map(|setting| arg(setting, &mut defaults)));
    names
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, with_hidden_flags))
}

fn with_hidden_flags(command: Command) -> Command {
    let mut defaults = Settings::default();
    let names: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    let command = command
        .args(SETTINGS.iter().map(|setting| arg(setting, &mut defaults).hide(true)))
        .after_help("Every setting is a flag here too; `--help` without a command lists them.");
    names
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, with_hidden_flags))
}

/// What was given as flags, before or after the names of commands.
pub(crate) fn given_flags(matches: &ArgMatches) -> Vec<Given> {
    let mut given: Vec<Given> = SETTINGS
        .iter()
        .filter_map(|setting| {
            // Every command has all flags, so the argument is always defined; `try_` only keeps this free of panics.
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
