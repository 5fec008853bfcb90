//! A strict reader of Prometheus' text format, version 0.0.4.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::get;

/// All that `GET /metrics` shows.
pub(super) struct Scrape {
    pub(super) text: String,
    pub(super) metrics: BTreeMap<String, Metric>,
}

/// A metric with its samples.
pub(super) struct Metric {
    pub(super) kind: String,
    samples: Vec<Sample>,
}

struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Scrape {
    /// Reads what is shown at this address, which must be right in all that the format asks for.
    pub(super) fn of(address: &str) -> Self {
        let answer = get(address, "/metrics");
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(
            head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"),
            "{head}"
        );
        Self::read(text)
    }

    pub(super) fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut metrics: BTreeMap<String, Metric> = BTreeMap::new();
        let (mut described, mut current) = (None, String::new());
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').unwrap();
                assert!(is_name(name) && !help.is_empty(), "{line}");
                described = Some(name.to_owned());
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert_eq!(described.take().as_deref(), Some(name), "{line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
                let (kind, samples) = (kind.to_owned(), Vec::new());
                let before = metrics.insert(name.to_owned(), Metric { kind, samples });
                assert!(before.is_none(), "{name} is there twice");
                name.clone_into(&mut current);
            } else {
                let sample = Sample::read(line);
                let metric = metrics.get_mut(&current).unwrap();
                let is_twin = |other: &Sample| other.name == sample.name && other.labels == sample.labels;
                assert!(!metric.samples.iter().any(is_twin), "{line} is there twice");
                assert!(sample.belongs_to(&current, &metric.kind), "{line}");
                metric.samples.push(sample);
            }
        }
        metrics
            .values()
            .filter(|metric| metric.kind == "histogram")
            .for_each(Metric::check_histogram);
        Self {
            text: text.to_owned(),
            metrics,
        }
    }

    /// The value of the sample with this name and exactly these labels.
    pub(super) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let mut samples = self.metrics.values().flat_map(|metric| &metric.samples);
        let found = samples.find(|sample| {
            sample.name == name
                && sample.labels.len() == labels.len()
                && labels
                    .iter()
                    .all(|(label, text)| sample.labels.get(*label).is_some_and(|found| found == text))
        });
        found.map(|sample| sample.value)
    }

    /// The labels that the samples of this name have, all the same ones; `None` if there is no sample.
    pub(super) fn labels(&self, name: &str) -> Option<BTreeSet<&str>> {
        let samples = self.metrics.values().flat_map(|metric| &metric.samples);
        let named = samples.filter(|sample| sample.name == name);
        let mut labels = named.map(|sample| sample.labels.keys().map(String::as_str).collect());
        let first = labels.next()?;
        assert!(labels.all(|others| others == first), "{name}");
        Some(first)
    }

    /// How many samples there are.
    pub(super) fn size(&self) -> usize {
        self.metrics.values().map(|metric| metric.samples.len()).sum()
    }
}

impl Metric {
    /// Buckets are in order, have all that is in those before, and the last one has all.
    fn check_histogram(&self) {
        let mut series: BTreeMap<Vec<(&str, &str)>, Vec<&Sample>> = BTreeMap::new();
        for sample in &self.samples {
            let labels = sample.labels.iter().filter(|(label, _)| *label != "le");
            let labels = labels.map(|(label, text)| (label.as_str(), text.as_str())).collect();
            series.entry(labels).or_default().push(sample);
        }
        for samples in series.values() {
            let (buckets, others): (Vec<&Sample>, Vec<&Sample>) =
                samples.iter().partition(|sample| sample.labels.contains_key("le"));
            let bounds: Vec<f64> = buckets.iter().map(|bucket| number(&bucket.labels["le"])).collect();
            assert!(bounds.is_sorted_by(|a, b| a < b), "{bounds:?}");
            assert_eq!(bounds.last(), Some(&f64::INFINITY));
            let counts: Vec<f64> = buckets.iter().map(|bucket| bucket.value).collect();
            assert!(counts.is_sorted(), "{counts:?}");
            let [sum, count] = others[..] else {
                panic!("a histogram has a sum and a count")
            };
            assert!(sum.name.ends_with("_sum") && count.name.ends_with("_count"));
            assert_eq!(Some(&count.value), counts.last());
        }
    }
}

impl Sample {
    /// `name{label="text",…} value`
    fn read(line: &str) -> Self {
        let end = line.find(['{', ' ']).unwrap();
        let (name, mut rest) = line.split_at(end);
        let mut labels = BTreeMap::new();
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside;
            loop {
                let (label, behind) = rest.split_once("=\"").unwrap();
                assert!(is_name(label) && !label.contains(':'), "{line}");
                let (text, behind) = quoted(behind);
                assert!(labels.insert(label.to_owned(), text).is_none(), "{line}");
                if let Some(end) = behind.strip_prefix('}') {
                    rest = end;
                    break;
                }
                rest = behind.strip_prefix(',').unwrap();
            }
        }
        assert!(is_name(name), "{line}");
        Self {
            name: name.to_owned(),
            labels,
            value: number(rest.strip_prefix(' ').unwrap()),
        }
    }

    fn belongs_to(&self, metric: &str, kind: &str) -> bool {
        let Some(end) = self.name.strip_prefix(metric) else {
            return false;
        };
        match kind {
            "histogram" => match end {
                "_bucket" => self.labels.contains_key("le"),
                "_sum" | "_count" => !self.labels.contains_key("le"),
                _ => false,
            },
            "counter" => end.is_empty() && self.value >= 0.0,
            _ => end.is_empty(),
        }
    }
}

/// The text up to the closing quotation mark, and what is behind that.
fn quoted(written: &str) -> (String, &str) {
    let mut text = String::new();
    let mut characters = written.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, &written[at + 1..]),
            '\\' => text.push(match characters.next() {
                Some((_, 'n')) => '\n',
                Some((_, escaped @ ('\\' | '"'))) => escaped,
                other => panic!("an unknown escape: {other:?}"),
            }),
            _ => text.push(character),
        }
    }
    panic!("no closing quotation mark: {written}")
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        _ => {
            assert!(
                text.bytes().all(|byte| byte.is_ascii_digit() || b".e-".contains(&byte)),
                "{text}"
            );
            text.parse().unwrap()
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.starts_with(|c: char| is_part(c) && !c.is_ascii_digit()) && text.chars().all(is_part)
}
