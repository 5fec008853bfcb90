//! Log lines on standard error. Writing them never blocks or fails what they tell about.

mod line_format;
mod line_queue;
mod panics;
mod standard_error;

use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;

use self::line_format::{JsonLines, TextLines};
pub(crate) use self::standard_error::StandardError;
use crate::settings::{LogFormat, LogLevel};

/// Begins to write logs to standard error; standard output is for what commands print.
///
/// Nothing that signs in may be logged: passwords, tokens, codes, links, cookies, nor e-mail addresses of users. Accounts
/// are named by their ids.
pub(crate) fn start(level: LogLevel, format: LogFormat, standard_error: &StandardError) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(filter(level))
        // What it says about failed writes would go to standard error, and panic there.
        .log_internal_errors(false)
        .with_writer(standard_error.make_writer());
    let started = match format {
        LogFormat::Text => builder
            .with_ansi(io::stderr().is_terminal())
            .event_format(TextLines::new())
            .try_init(),
        LogFormat::Json => builder.json().event_format(JsonLines::new()).try_init(),
    };
    // An application that has logs of its own keeps them.
    if started.is_ok() {
        panics::log();
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
