//! Equality of texts to the last byte, where a database's collation takes others for equal, too.

use crate::statement::{Id, Value};

/// The condition that a statement begins its comparisons with; what is in front of it sets columns.
const WHERE: &str = "WHERE ";
const EQUALS: &str = " = ";

/// The statement with a second condition behind each one that compares a column with a text, `"Id" = $1`: that both are
/// also the same in the form that `bytes` gives them. The first one is left as it is, for the index.
///
/// Where a statement means what a column's collation takes for equal, as its unique index does, it says `"Id" IN ($1)`.
pub(crate) fn exact(statement: &str, values: &[Value<'_>], bytes: impl Fn(&str) -> String) -> String {
    let start = statement.find(WHERE).unwrap_or(statement.len());
    let (head, mut rest) = statement.split_at(start);
    let mut exact = head.to_owned();
    while let Some(equals) = rest.find(EQUALS) {
        let (before, after) = (&rest[..equals], &rest[equals + EQUALS.len()..]);
        let column = column(before);
        let text = text(after, values);
        match (column, text) {
            ("", _) | (_, "") => exact.push_str(&rest[..equals + EQUALS.len()]),
            (column, text) => {
                exact.push_str(&before[..before.len() - column.len()]);
                exact.push_str(&format!("({column} = {text} AND {} = {})", bytes(column), bytes(text)));
            }
        }
        rest = match column.is_empty() {
            true => after,
            false => &after[text.len()..],
        };
    }
    exact.push_str(rest);
    exact
}

/// The column that the text ends with, `"Id"` or `u."UserId"`.
fn column(before: &str) -> &str {
    let quoted = before.strip_suffix('"').and_then(|before| before.rfind('"'));
    let Some(start) = quoted else { return "" };
    let is_part_of_alias = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = match before[..start].strip_suffix('.') {
        Some(alias) => alias.trim_end_matches(is_part_of_alias).len(),
        None => start,
    };
    &before[start..]
}

/// What the statement goes on with: a parameter that is a text, or a text in quotes.
fn text<'a>(after: &'a str, values: &[Value<'_>]) -> &'a str {
    if let Some(quoted) = after.strip_prefix('\'') {
        return quoted.find('\'').map_or("", |end| &after[..end + 2]);
    }
    let Some(parameter) = after.strip_prefix('$') else {
        return "";
    };
    let digits = parameter.find(|c: char| !c.is_ascii_digit()).unwrap_or(parameter.len());
    let index = parameter[..digits].parse::<usize>().ok();
    let value = index.and_then(|number| values.get(number.checked_sub(1)?));
    match value {
        Some(Value::Text(Some(_)) | Value::Id(Id::Text(_))) => &after[..digits + 1],
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::values;

    fn of(statement: &str, values: &[Value<'_>]) -> String {
        exact(statement, values, |text| format!("B({text})"))
    }

    #[test]
    fn texts_are_compared_to_the_last_byte_behind_the_index() {
        assert_eq!(
            of(
                r#"UPDATE "T" SET "A" = $2 WHERE t."B" = $1 AND "C" = 'c' AND "N" = $3"#,
                values!["b", "a", 7]
            ),
            r#"UPDATE "T" SET "A" = $2 WHERE (t."B" = $1 AND B(t."B") = B($1)) AND ("C" = 'c' AND B("C") = B('c')) AND "N" = $3"#
        );
        assert_eq!(
            of(r#"SELECT 1 FROM "T" WHERE t."E-Mail 2" = $1"#, values!["b"]),
            r#"SELECT 1 FROM "T" WHERE (t."E-Mail 2" = $1 AND B(t."E-Mail 2") = B($1))"#
        );
        assert_eq!(
            of(
                r#"DELETE FROM "T" WHERE "A" IN (SELECT "A" FROM "S" WHERE "B" = $10)"#,
                &[Value::from("b"); 10]
            ),
            r#"DELETE FROM "T" WHERE "A" IN (SELECT "A" FROM "S" WHERE ("B" = $10 AND B("B") = B($10)))"#
        );
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        let nothing: Option<&str> = None;
        for statement in [
            r#"INSERT INTO "T" ("A") VALUES ($1)"#,
            r#"SELECT "A" = $1 FROM "T""#,
            r#"SELECT "A" FROM "T" AS t JOIN "S" AS s ON s."B" = t."B" WHERE "B" IN ($1) AND t."B" = s."B" AND 1 = 1"#,
            r#"SELECT "A" FROM "T" WHERE "A" = $2 OR $2 IS NULL"#,
            r#"SELECT "A" FROM "T" WHERE t.table_type = 'BASE TABLE' AND x = DATABASE()"#,
            r#"SELECT "A" FROM "T" WHERE "A" = $9"#,
        ] {
            assert_eq!(of(statement, values!["a", nothing]), statement);
        }
    }
}
