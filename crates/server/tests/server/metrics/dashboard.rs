//! The dashboard and the page for operators name the metrics that there are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use super::{eventually, place, scrape::Scrape, serve};
use crate::{
    accounts::ADA,
    http::{get, post},
    mailed_links::mailed_link,
};

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

/// Metrics of a server whose first user has followed the mailed link and signed in, so that nearly all have a sample.
fn scrape() -> Scrape {
    let place = place();
    let (server, metrics) = serve(&place, &[]);
    assert!(post(&server.address, "/register", ADA).starts_with("HTTP/1.1 200"));
    let link = mailed_link(&place);
    let path = link.strip_prefix(&format!("http://{}", server.address)).unwrap();
    assert!(get(&server.address, path).starts_with("HTTP/1.1 200"), "{link}");
    assert!(post(&server.address, "/login", ADA).starts_with("HTTP/1.1 200"));
    eventually(&metrics, |scrape| {
        scrape.value("wicketgate_database_up", &[]) == Some(1.0)
    })
}

/// What the page for operators says of each metric: its kind and its labels.
fn rows(page: &str) -> BTreeMap<&str, (&str, BTreeSet<&str>)> {
    let section = page.split("\n## Metrics\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|row| {
        let [_, name, kind, labels, ..] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let labels = labels.split('`').skip(1).step_by(2).collect();
        (name.trim().trim_matches('`'), (kind.trim(), labels))
    });
    rows.collect()
}

/// All expressions, at whatever depth, each with the legend of what it finds.
fn targets<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| targets(item, found)),
        Value::Object(members) => {
            if let Some(expression) = members.get("expr") {
                let legend = members.get("legendFormat").and_then(Value::as_str);
                found.push((expression.as_str().unwrap(), legend.unwrap()));
            }
            members.values().for_each(|member| targets(member, found));
        }
        _ => {}
    }
}

/// The labels by which an expression tells series apart.
fn groups(expression: &str) -> BTreeSet<&str> {
    let lists = expression.split("by (").skip(1);
    let labels = lists.flat_map(|rest| rest.split(')').next().unwrap().split(", "));
    labels.filter(|label| *label != "le").collect()
}

/// The labels that a legend shows.
fn shown_labels(legend: &str) -> BTreeSet<&str> {
    let inside = legend.split("{{").skip(1);
    inside.map(|rest| rest.split("}}").next().unwrap()).collect()
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
    targets(&dashboard, &mut expressions);
    let (page, scrape) = (document("OPERATING.md"), scrape());
    let rows = rows(&page);
    let mut shown = BTreeSet::new();
    for (expression, legend) in expressions {
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
            let (_, known) = &rows[metric];
            for label in labels.iter().filter(|label| **label != "instance") {
                let is_bound = *label == "le" && sample.ends_with("_bucket");
                assert!(is_bound || known.contains(label), "{label} of {expression}");
            }
            shown.insert(metric.to_owned());
        }
        assert_eq!(shown_labels(legend), groups(expression), "{legend} of {expression}");
    }
    // What is worth counting is worth looking at; the version is for joins.
    let all: BTreeSet<String> = scrape.metrics.into_keys().collect();
    let hidden: Vec<&String> = all.difference(&shown).collect();
    assert_eq!(hidden, ["wicketgate_build_info"]);
}

#[test]
fn the_page_for_operators_lists_all_metrics_with_their_kinds_and_labels() {
    let (page, scrape) = (document("OPERATING.md"), scrape());
    let rows = rows(&page);
    let listed: BTreeSet<&str> = rows.keys().copied().collect();
    let all: BTreeSet<&str> = scrape.metrics.keys().map(String::as_str).collect();
    assert_eq!(listed, all);
    let mut without_samples = Vec::new();
    for (name, (kind, labels)) in rows {
        assert_eq!(scrape.metrics[name].kind, kind, "{name}");
        let sample = match kind {
            "histogram" => format!("{name}_count"),
            _ => name.to_owned(),
        };
        match scrape.labels(&sample) {
            Some(found) => assert_eq!(found, labels, "{name}"),
            None => without_samples.push(name),
        }
    }
    // No account is deleted within a test's time, and SQLite's connections are not counted.
    assert_eq!(
        without_samples,
        [
            "aspnetcore_identity_user_delete_duration_seconds",
            "wicketgate_database_connections",
            "wicketgate_database_connections_limit",
        ]
    );
}

#[test]
fn names_are_told_from_what_surrounds_them() {
    let expression = r#"histogram_quantile(0.95, sum by (le, kind) (rate(a_bucket{b="c",d=~"e"}[5m]))) / 2e3"#;
    assert_eq!(names(expression), (vec!["a_bucket"], vec!["le", "kind", "b", "d"]));
}
