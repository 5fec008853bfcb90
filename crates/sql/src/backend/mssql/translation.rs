//! From the SQL that all databases understand to T-SQL: other names for parameters, and nulls as part of the text.

use crate::exact::exact;
use crate::placeholders;
use crate::statement::{Id, Value};

/// The statement with `@Pn` for each parameter, and the values that are left.
///
/// A null is written into the statement, with its type: the driver sends nulls without one, and not every server takes
/// these. A `$` in a text would be taken for a parameter; no statement here has one. Names in double quotes stay as they
/// are, since connections have `QUOTED_IDENTIFIER` on.
///
/// A text is equal to another one only to the last byte, whatever its column's collation says: most have no case, and all
/// leave out spaces at the end, those for bytes too.
pub(super) fn translate<'a>(statement: &str, values: &[Value<'a>]) -> (String, Vec<Value<'a>>) {
    let statement = exact(statement, values, |text| {
        format!("CAST(CAST({text} AS nvarchar(max)) AS varbinary(max))")
    });
    let mut sent = Vec::with_capacity(values.len());
    let names: Vec<String> = values
        .iter()
        .map(|value| match value {
            Value::Text(None) => "CAST(NULL AS nvarchar(max))".to_owned(),
            Value::Instant(None) => "CAST(NULL AS datetimeoffset)".to_owned(),
            Value::Id(Id::Guid(None)) => "CAST(NULL AS uniqueidentifier)".to_owned(),
            Value::Id(Id::Integer(None)) => "CAST(NULL AS bigint)".to_owned(),
            value => {
                sent.push(*value);
                format!("@P{}", sent.len())
            }
        })
        .collect();
    let translated = placeholders::replace(&statement, |number| {
        let name = number.checked_sub(1).and_then(|index| names.get(index));
        name.map_or("", String::as_str)
    });
    (with_fetch(translated), sent)
}

/// A page, which is ordered in any case: `OFFSET 0 ROWS FETCH NEXT n ROWS ONLY` for the last `LIMIT n`.
fn with_fetch(statement: String) -> String {
    match statement.rsplit_once(" LIMIT ") {
        Some((ordered, rest)) => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (limit, rest) = rest.split_at(end);
            format!("{ordered} OFFSET 0 ROWS FETCH NEXT {limit} ROWS ONLY{rest}")
        }
        None => statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::values;

    #[test]
    fn parameters_have_the_names_that_the_driver_gives() {
        let statement = r#"UPDATE "T" SET "A" = $2 WHERE "B" = $1 OR $1 IS NULL"#;
        let (translated, sent) = translate(statement, values!["b", 7]);
        assert_eq!(
            translated,
            r#"UPDATE "T" SET "A" = @P2 WHERE ("B" = @P1 AND CAST(CAST("B" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) OR @P1 IS NULL"#
        );
        assert_eq!(sent, values!["b", 7]);
    }

    #[test]
    fn nulls_are_in_the_text_with_their_type_and_the_others_move_up() {
        let statement = "INSERT INTO T VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let never: Option<time::OffsetDateTime> = None;
        let nobody: Option<&str> = None;
        let values = values!["1", nobody, "3", never, "5", "6", "7", "8", "9", "10", "11"];
        let (translated, sent) = translate(statement, values);
        assert_eq!(
            translated,
            "INSERT INTO T VALUES (@P1, CAST(NULL AS nvarchar(max)), @P2, CAST(NULL AS datetimeoffset), @P3, @P4, @P5, \
             @P6, @P7, @P8, @P9)"
        );
        assert_eq!(sent, values!["1", "3", "5", "6", "7", "8", "9", "10", "11"]);
    }
}
