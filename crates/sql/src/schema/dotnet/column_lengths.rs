//! The lengths that version 2 of Identity's tables gave to columns, where columns have any.

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::schema::found::Schema;
use crate::statement::{Statement, statement};

/// How long a column's values may be from version 2 on.
#[derive(Debug)]
pub(crate) struct ColumnLength {
    pub(crate) table: &'static str,
    column: &'static str,
    pub(crate) characters: u32,
    /// Counts the values that have one more character.
    pub(crate) count_longer: Statement,
}

macro_rules! column_length {
    ($table:literal, $column:literal, $characters:literal) => {
        ColumnLength {
            table: $table,
            column: $column,
            characters: $characters,
            count_longer: statement!(concat!(
                r#"SELECT COUNT(*) AS "Count" FROM ""#,
                $table,
                r#"" WHERE SUBSTRING(""#,
                $column,
                r#"", "#,
                $characters,
                " + 1, 1) LIKE '_'"
            )),
        }
    };
}

pub(crate) const COLUMN_LENGTHS: [ColumnLength; 5] = [
    column_length!("AspNetUsers", "PhoneNumber", 256),
    column_length!("AspNetUserLogins", "LoginProvider", 128),
    column_length!("AspNetUserLogins", "ProviderKey", 128),
    column_length!("AspNetUserTokens", "LoginProvider", 128),
    column_length!("AspNetUserTokens", "Name", 128),
];

impl ColumnLength {
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }

    /// Whether the column is there and takes longer values.
    pub(crate) fn is_exceeded(&self, found: &Schema) -> bool {
        let column = found.column(self.table, self.column);
        column.is_some_and(|column| column.length().is_none_or(|length| length > self.characters))
    }

    pub(crate) async fn count_longer(&self, connection: &mut impl Connection) -> Result<i64, DatabaseError> {
        let row = connection.fetch_optional(self.count_longer, &[]).await?;
        let count = row.map(|row| row.integer("Count")).transpose()?.flatten();
        Ok(count.unwrap_or_default())
    }
}
