//! What docs/MIGRATING.md shows of `check-dotnet` for each shape of the tables is what it prints for the database of that shape.

use std::{fs, path::Path};

use crate::process::Place;

/// A section of the page, and the recorded database in SQLite that it is about. PostgreSQL's alone are left out.
const SECTIONS: [(&str, &str); 6] = [
    ("### Guid keys", "guid-keys"),
    ("### Integer keys", "int-keys"),
    ("### Renamed tables", "renamed-tables"),
    ("### Snake case", "snake-case"),
    ("### Snake case", "snake-case-tables"),
    ("### Columns of your own", "own-columns"),
];

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn every_line_of_a_section_is_printed_for_its_shape() {
    let page = fs::read_to_string(repository().join("docs/MIGRATING.md")).unwrap();
    for (heading, variant) in SECTIONS {
        let (_, section) = page.split_once(&format!("{heading}\n")).unwrap();
        let section = section.split("\n#").next().unwrap();
        let shown: Vec<&str> = section.lines().filter(|line| line.starts_with("  ")).collect();
        assert!(!shown.is_empty(), "{heading}");
        let report = report_of(variant);
        for line in shown {
            assert!(report.contains(line), "{heading}, {variant}: {line}\n{report}");
        }
    }
}

/// Also where registering needs a value, which is an obstacle.
fn report_of(variant: &str) -> String {
    let place = Place::new().with("WICKETGATE__LOG", "off");
    let recorded = repository()
        .join("conformance/goldens/variants")
        .join(variant)
        .join("sqlite");
    fs::copy(recorded.join("app.db"), place.path().join("app.db")).unwrap();
    let keys = recorded.join("keys");
    let words = [
        "check-dotnet",
        "--database",
        "sqlite://app.db",
        "--keys",
        keys.to_str().unwrap(),
    ];
    String::from_utf8(place.run(&words).stdout).unwrap()
}
