//! How the application's tables are laid out, as `check-dotnet` tells it.

use std::fmt::Write as _;

use wicketgate_sql::{Inspection, Shape};

/// What is different from a plain `IdentityUser`.
pub(super) fn describe(report: &mut String, inspection: &Inspection) {
    let Some(shape) = &inspection.shape else { return };
    report.push_str("\nShape\n");
    let mut line = |what: &str, value: &str| {
        let _ = writeln!(report, "  {what:<12} {value}");
    };
    line("key type", shape.key_type.name());
    line("schema", shape.schema.as_deref().unwrap_or("the default one"));
    line("tables", &renamed(&shape.tables));
    line("columns", &columns(shape));
    if !shape.has_roles {
        line("roles", "no tables for them");
    }
    let own = shape.own_columns.iter();
    let own = own.map(|column| match inspection.unfillable_columns.contains(column) {
        true => format!("{column} (needs a value: stores.column_defaults)"),
        false => column.clone(),
    });
    let own: Vec<String> = own.collect();
    match own.is_empty() {
        true => line("own columns", "none"),
        false => line("own columns", &own.join(", ")),
    }
}

fn columns(shape: &Shape) -> String {
    let is_snake_case = |(known, name): &(String, String)| {
        let known = known.rsplit('.').next().unwrap_or(known);
        name.to_lowercase() == *name && name.replace('_', "") == known.to_lowercase()
    };
    match &shape.columns[..] {
        columns if !columns.is_empty() && columns.iter().all(is_snake_case) => "snake_case".to_owned(),
        columns => renamed(columns),
    }
}

fn renamed<T: AsRef<str>>(names: &[(T, String)]) -> String {
    let names = names
        .iter()
        .map(|(known, name)| format!("{} is {name}", known.as_ref()));
    let names: Vec<String> = names.collect();
    match names.is_empty() {
        true => "EF Core's own names".to_owned(),
        false => names.join(", "),
    }
}
