//! The dashboard and the page for operators name the metrics that there are.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::{place, scrape::Scrape, serve};
use crate::{accounts::ADA, http::post};

/// What PromQL has that is no metric and no label.
const WORDS: [&str; 7] = [
    "sum",
    "rate",
    "increase",
    "max",
    "by",
    "histogram_quantile",
    "clamp_min",
];

fn document(name: &str) -> String {
    fs::read_to_string(format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Metrics, with a sample of each histogram as well.
fn scrape() -> Scrape {
    let (server, metrics) = serve(&place(), &[]);
    assert!(post(&server.address, "/register", ADA).starts_with("HTTP/1.1 200"));
    assert!(post(&server.address, "/login", ADA).starts_with("HTTP/1.1 200"));
    Scrape::of(&metrics)
}

/// All texts that are under this key, at whatever depth.
fn texts<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, found)),
        Value::Object(members) => {
            for (name, member) in members {
                if let (true, Value::String(text)) = (name == key, member) {
                    found.push(text);
                }
                texts(member, key, found);
            }
        }
        _ => {}
    }
}

/// The names in an expression of PromQL, without those in brackets and quotation marks: metrics and labels.
fn names(expression: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut metrics, mut labels) = (Vec::new(), Vec::new());
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut rest, mut after_by, mut in_labels) = (expression, false, false);
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '[' {
            let end = if first == '"' { '"' } else { ']' };
            rest = &rest[1..];
            rest = &rest[rest.find(end).unwrap() + 1..];
            continue;
        }
        if !is_part(first) || first.is_ascii_digit() {
            match first {
                '{' => in_labels = true,
                '(' if after_by => in_labels = true,
                '}' | ')' => in_labels = false,
                _ => {}
            }
            after_by = after_by && first == ' ';
            rest = &rest[first.len_utf8()..];
            if first.is_ascii_digit() {
                rest = rest.trim_start_matches(is_part);
            }
            continue;
        }
        let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        rest = &rest[word.len()..];
        after_by = word == "by";
        if in_labels {
            labels.push(word);
        } else if !WORDS.contains(&word) {
            metrics.push(word);
        }
    }
    (metrics, labels)
}

/// The metric of a sample.
fn metric_of<'a>(scrape: &Scrape, sample: &'a str) -> &'a str {
    let base = ["_bucket", "_sum", "_count"]
        .iter()
        .find_map(|end| sample.strip_suffix(end));
    match base {
        Some(base)
            if scrape
                .metrics
                .get(base)
                .is_some_and(|metric| metric.kind == "histogram") =>
        {
            base
        }
        _ => sample,
    }
}

#[test]
fn every_expression_of_the_dashboard_names_metrics_and_labels_that_exist() {
    let dashboard: Value = serde_json::from_str(&document("grafana-dashboard.json")).unwrap();
    let mut expressions = Vec::new();
    texts(&dashboard, "expr", &mut expressions);
    let scrape = scrape();
    let mut shown = BTreeSet::new();
    for expression in expressions {
        let (metrics, labels) = names(expression);
        assert!(!metrics.is_empty(), "{expression}");
        for sample in &metrics {
            let metric = metric_of(&scrape, sample);
            let found = scrape.metrics.get(metric);
            let found = found.unwrap_or_else(|| panic!("{sample} of {expression} is no metric"));
            assert!(
                found.kind != "histogram" || metric != *sample,
                "{sample} of {expression} is a histogram"
            );
            let counts = ["counter", "histogram"].contains(&found.kind.as_str());
            let is_rate = expression.contains("rate(") || expression.contains("increase(");
            assert!(counts == is_rate || metrics.len() > 1, "{expression}");
            let known = scrape.labels(sample);
            for label in labels.iter().filter(|label| !known.is_empty() && **label != "instance") {
                assert!(known.contains(label) || metrics.len() > 1, "{label} of {expression}");
            }
            shown.insert(metric.to_owned());
        }
    }
    // What is worth counting is worth looking at; the version is for joins.
    let all: BTreeSet<String> = scrape.metrics.into_keys().collect();
    let hidden: Vec<&String> = all.difference(&shown).collect();
    assert_eq!(hidden, ["wicketgate_build_info"]);
}

#[test]
fn the_page_for_operators_lists_all_metrics() {
    let page = document("OPERATING.md");
    let section = page
        .split("\n## Metrics\n")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: BTreeSet<&str> = rows.map(|row| row.split('`').next().unwrap()).collect();
    let scrape = scrape();
    let all: BTreeSet<&str> = scrape.metrics.keys().map(String::as_str).collect();
    assert_eq!(listed, all);
}

#[test]
fn names_are_told_from_what_surrounds_them() {
    let expression = r#"histogram_quantile(0.95, sum by (le, kind) (rate(a_bucket{b="c",d=~"e"}[5m]))) / 2e3"#;
    assert_eq!(names(expression), (vec!["a_bucket"], vec!["le", "kind", "b", "d"]));
}
