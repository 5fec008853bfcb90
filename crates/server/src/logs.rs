use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;

use crate::settings::{LogFormat, LogLevel};

/// Begins to write logs to standard error; standard output is for what commands print.
///
/// Nothing that signs in may be logged: passwords, tokens, codes, links, cookies, nor addresses of users. Accounts are
/// named by their ids.
pub(crate) fn start(level: LogLevel, format: LogFormat) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(filter(level))
        .with_target(false)
        .with_writer(io::stderr);
    // An application that has logs of its own keeps them.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init(),
    };
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
