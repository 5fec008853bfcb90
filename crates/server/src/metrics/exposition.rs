//! Prometheus' text format, version 0.0.4.

use std::fmt::{Display, Write};

/// The media type.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// A text to which metrics are written, one after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

impl Exposition {
    /// Begins a metric. It is there even if it has no samples, so that who looks for it finds what it means.
    pub(super) fn metric(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', r"\\").replace('\n', r"\n");
        // Writing to a `String` does not fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A gauge without labels; without a sample where nobody knows its value.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        self.metric(name, Kind::Gauge, help);
        if let Some(value) = value {
            self.sample(name, [], value);
        }
    }

    /// Adds a sample to the metric that began last.
    pub(super) fn sample<'a>(
        &mut self,
        name: &str,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
        value: impl Display,
    ) {
        self.text.push_str(name);
        let mut before = '{';
        for (label, text) in labels {
            let text = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            let _ = write!(self.text, "{before}{label}=\"{text}\"");
            before = ',';
        }
        if before == ',' {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }

    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_its_kind_and_its_samples_and_no_text_ends_early() {
        let mut exposition = Exposition::default();
        exposition.metric("a_total", Kind::Counter, "Lines\nand \\");
        exposition.sample("a_total", [("kind", "say \"no\""), ("other", "a\nb\\")], 3);
        exposition.gauge("b", "Known", Some(0.5));
        exposition.gauge("c", "Not known", None::<u64>);
        assert_eq!(
            exposition.into_text(),
            "# HELP a_total Lines\\nand \\\\\n# TYPE a_total counter\n\
             a_total{kind=\"say \\\"no\\\"\",other=\"a\\nb\\\\\"} 3\n\
             # HELP b Known\n# TYPE b gauge\nb 0.5\n\
             # HELP c Not known\n# TYPE c gauge\n"
        );
    }
}
