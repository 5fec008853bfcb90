//! How a log line says which request it is about.
//!
//! Not by a span of `tracing`: that would have to be made for every request, also where nothing is logged, and costs more
//! than checking a token.

use std::fmt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Full, Json, Writer},
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};
use wicketgate_identity::request::RequestContext;

/// Lines for people: `2026-11-28T10:00:00.000000Z  INFO request{id=… client=…}: answered status=200`.
pub(super) struct TextLines {
    /// Spans, message and fields.
    rest: Format<Full, ()>,
}

/// Lines for programs: an object each, with the request as the member `request`.
pub(super) struct JsonLines {
    all_but_the_request: Format<Json>,
}

impl TextLines {
    pub(super) fn new() -> Self {
        Self {
            rest: tracing_subscriber::fmt::format()
                .with_target(false)
                .with_level(false)
                .without_time(),
        }
    }
}

impl JsonLines {
    pub(super) fn new() -> Self {
        Self {
            all_but_the_request: tracing_subscriber::fmt::format()
                .with_target(false)
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false),
        }
    }
}

impl<S, N> FormatEvent<S, N> for TextLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let level = *event.metadata().level();
        if writer.has_ansi_escapes() {
            writer.write_str("\x1b[2m")?;
            SystemTime.format_time(&mut writer)?;
            write!(writer, "\x1b[0m {}{level:>5}\x1b[0m ", color(level))?;
        } else {
            SystemTime.format_time(&mut writer)?;
            write!(writer, " {level:>5} ")?;
        }
        if let Some(request) = RequestContext::current() {
            write!(writer, "{request}: ")?;
        }
        self.rest.format_event(context, writer, event)
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(request) = RequestContext::current() else {
            return self.all_but_the_request.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.all_but_the_request
            .format_event(context, Writer::new(&mut line), event)?;
        let members = line.trim_end().strip_suffix('}').ok_or(fmt::Error)?;
        let client = request.client.map(|client| client.to_string());
        let request = serde_json::json!({ "id": request.id, "client": client });
        writeln!(writer, r#"{members},"request":{request}}}"#)
    }
}

/// As terminals know them.
fn color(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}
