//! What new rows get in columns that the application added.

use wicketgate_identity::options::StoreOptions;

use super::names::Fill;
use crate::dialect::Dialect;
use crate::schema::columns::Column;
use crate::schema::dotnet::tables::ColumnKind;

/// What settings say about columns of the application's own.
#[derive(Debug, Default)]
pub(crate) struct OwnColumns {
    pub(crate) fills: Vec<Fill>,
    /// What they say that cannot be done, as the end of a sentence that begins with the setting.
    pub(crate) problems: Vec<String>,
}

impl OwnColumns {
    /// For these columns, which stand under EF Core's own names of tables.
    pub(crate) fn new<D: Dialect>(options: &StoreOptions, columns: &[Column]) -> Self {
        let mut own = Self::default();
        for (wanted, value) in &options.column_defaults {
            let table = wanted.table.dotnet_name();
            let mut there = columns.iter().filter(|column| column.table == table).peekable();
            // A table that is not there is missed for itself.
            if there.peek().is_none() {
                continue;
            }
            let column = there.find(|column| {
                column.name == wanted.name || (!D::COLUMNS_HAVE_CASE && column.name.eq_ignore_ascii_case(&wanted.name))
            });
            let is_dotnets = |column: &Column| wanted.table.dotnet_columns().contains(&&*column.name);
            match column {
                None => own.problems.push(format!("{wanted} names no column")),
                Some(column) if is_dotnets(column) => {
                    own.problems
                        .push(format!("{wanted} is a column of ASP.NET Core Identity's own"));
                }
                Some(column) => match number(value, &column.declared_type) {
                    Some(value) => own.fills.push(Fill {
                        table,
                        column: column.name.clone(),
                        literal: D::literal(value),
                    }),
                    None => own.problems.push(format!("{wanted} is no {}", column.declared_type)),
                },
            }
        }
        own
    }

    /// Whether new rows of the table get something in this column.
    pub(crate) fn fill(&self, table: &str, column: &str) -> bool {
        let mut fills = self.fills.iter();
        fills.any(|fill| fill.table == table && fill.column == column)
    }
}

/// The value as databases take it for a column of this type; `None` where it is no number and should be one.
fn number<'a>(value: &'a str, declared_type: &str) -> Option<&'a str> {
    let declared_type = declared_type.to_ascii_lowercase();
    let digit = match value {
        "true" => "1",
        "false" => "0",
        other => other,
    };
    match ColumnKind::of(&declared_type) {
        ColumnKind::Integer => digit.parse::<i64>().is_ok().then_some(digit),
        ColumnKind::Boolean => matches!(digit, "0" | "1").then_some(digit),
        ColumnKind::Text | ColumnKind::Instant | ColumnKind::Other => Some(value),
    }
}
