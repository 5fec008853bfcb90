//! The figures in `docs/DATABASES.md`.

use std::{fmt::Write, path::Path};

use super::{Figures, SAMPLES};
use crate::marked_page;

/// Puts the figures into `docs/DATABASES.md`, between their marks.
pub(super) fn write(workspace: &Path, figures: &Figures) -> Result<(), String> {
    let path = workspace.join("docs/DATABASES.md");
    let text = text(figures);
    eprintln!("{text}");
    marked_page::write(&path, "cargo trials cost-at-size", &text)?;
    match figures.plans.whole_tables.as_slice() {
        [] => Ok(()),
        tables => Err(format!("a table is read to its end:\n{}", tables.join("\n"))),
    }
}

fn text(figures: &Figures) -> String {
    let mut text = format!(
        "{} with its default settings and a {} build of the product, all on one machine: {}. Medians and 99th percentiles of \
         {SAMPLES} samples, one after the other, in µs.\n\n",
        figures.database,
        figures.build,
        marked_page::machine()
    );
    text.push_str(
        "| accounts | on disk | login | of an unknown account | `GET /manage/info` |\n|---:|---:|---:|---:|---:|\n",
    );
    for size in &figures.sizes {
        let pair = |[median, p99]: [f64; 2]| format!("{median:.0}, {p99:.0}");
        let _ = writeln!(
            text,
            "| {} | {:.1} MB | {} | {} | {} |",
            size.accounts,
            size.disk as f64 / 1e6,
            pair(size.login),
            pair(size.unknown),
            pair(size.info)
        );
    }
    let plans = &figures.plans;
    let verdict = match plans.whole_tables.len() {
        0 => "all went by an index".to_owned(),
        number => format!("{number} of them read a table to its end"),
    };
    let _ = writeln!(
        text,
        "\nOf the statements that logins, a registration, `/forgotPassword` and `/manage/info` then ran, PostgreSQL logged the \
         plans (`auto_explain`): {} were about accounts, and {verdict}.",
        plans.statements
    );
    text
}
