//! How the application's tables are laid out, as `check-dotnet` tells it.

use std::fmt::{Display, Write as _};

use wicketgate_sql::{Inspection, Pooler, PoolerSigns, Shape};

/// What is different from a plain `IdentityUser`.
pub(super) fn describe(report: &mut String, inspection: &Inspection, pooler: Pooler) {
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
    let needs_value = |column: &dyn Display| format!("{column} (needs a value: stores.column_defaults)");
    let own = shape.own_columns.iter();
    let own = own.map(|column| match inspection.unfillable_columns.contains(column) {
        true => needs_value(column),
        false => column.clone(),
    });
    let others = inspection.unfillable_columns_of_others.iter();
    let own: Vec<String> = own.chain(others.map(|column| needs_value(column))).collect();
    match own.is_empty() {
        true => line("own columns", "none"),
        false => line("own columns", &own.join(", ")),
    }
    if let Some(signs) = inspection.pooler {
        line("pooler", &described(signs, pooler));
    }
}

/// Signs of one, and what settings say of it.
fn described(signs: PoolerSigns, set: Pooler) -> String {
    match (signs, set) {
        (_, Pooler::Transaction) => "one of transactions (database.pooler)".to_owned(),
        // Only what is set gets as far as here.
        (PoolerSigns::Transaction, Pooler::None) => "one of transactions: set database.pooler".to_owned(),
        (PoolerSigns::None, Pooler::None) => "no sign of one".to_owned(),
        (PoolerSigns::Forwarded { port }, Pooler::None) => {
            let place = port.map_or("a socket".to_owned(), |port| format!("port {port}"));
            format!(
                "perhaps: the server itself is reached at {place}. If that is PgBouncer with pool_mode = transaction, set \
                 database.pooler = \"transaction\""
            )
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// docs/MIGRATING.md shows it.
    #[test]
    fn a_pooler_is_told_with_the_setting() {
        let perhaps = described(PoolerSigns::Forwarded { port: Some(5432) }, Pooler::None);
        assert_eq!(
            perhaps,
            "perhaps: the server itself is reached at port 5432. If that is PgBouncer with pool_mode = transaction, set \
             database.pooler = \"transaction\""
        );
        assert_eq!(described(PoolerSigns::None, Pooler::None), "no sign of one");
        let set = described(PoolerSigns::None, Pooler::Transaction);
        assert_eq!(set, "one of transactions (database.pooler)");
    }
}
