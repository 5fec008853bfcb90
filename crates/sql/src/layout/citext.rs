//! PostgreSQL's `citext`: texts that are equal whatever their case.
//!
//! Compared with a parameter, which is a text, such a column is one, too, and its index is of no use: each login would read the
//! whole table. So the parameter is made a `citext`, and where one account is meant, the texts are compared to the last byte besides.

use std::collections::BTreeSet;

/// Behind this word columns are compared.
const WHERE: &str = "WHERE ";

/// The statement for a database where columns of these names are `citext`. Another column of such a name stays what it is: what
/// is compared with a text is compared as a text.
pub(super) fn with_citext(statement: &str, columns: &BTreeSet<String>) -> String {
    let start = statement.find(WHERE).unwrap_or(statement.len());
    let (head, conditions) = statement.split_at(start);
    let mut translated = head.to_owned();
    let mut rest = conditions;
    while let Some((before, name, after)) = next_name(rest) {
        translated += before;
        let column = format!("\"{name}\"");
        translated += &column;
        rest = after;
        if !columns.contains(name) {
            continue;
        }
        let alias = alias(&translated[..translated.len() - column.len()]).to_owned();
        if let Some((parameter, after)) = parameter(after, " = ", "") {
            translated += &format!(" = CAST({parameter} AS citext) AND CAST({alias}{column} AS text) = {parameter}");
            rest = after;
        } else if let Some((parameter, after)) = parameter(after, " IN (", ")") {
            translated += &format!(" IN (CAST({parameter} AS citext))");
            rest = after;
        } else if let Some((parameter, after)) = parameter(after, " > ", "") {
            translated += &format!(" > CAST({parameter} AS citext)");
            rest = after;
        }
    }
    translated + rest
}

/// What is before the next name in quotes, the name, and what is behind it.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('"')?;
    let (name, after) = rest.split_once('"')?;
    Some((before, name, after))
}

/// `u.`, if a text ends with such a thing.
fn alias(before: &str) -> &str {
    match before.strip_suffix('.') {
        Some(rest) => &before[rest.trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len()..],
        None => "",
    }
}

/// The parameter between these, and what is behind them.
fn parameter<'a>(text: &'a str, begin: &str, end: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix(begin)?;
    let digits = rest.strip_prefix('$')?;
    let length = 1 + digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (parameter, after) = rest.split_at(length);
    Some((parameter, after.strip_prefix(end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_with_such_a_column_is_one() {
        let columns = ["Id", "Name"].map(str::to_owned).into();
        for (statement, expected) in [
            (
                r#"SELECT "Id" FROM "T" WHERE "Name" = $1"#,
                r#"SELECT "Id" FROM "T" WHERE "Name" = CAST($1 AS citext) AND CAST("Name" AS text) = $1"#,
            ),
            (
                r#"UPDATE "T" SET "Name" = $2 WHERE u."Id" = $1 AND ("Stamp" = $3 OR "Name" IS NULL)"#,
                r#"UPDATE "T" SET "Name" = $2 WHERE u."Id" = CAST($1 AS citext) AND CAST(u."Id" AS text) = $1 AND ("Stamp" = $3 OR "Name" IS NULL)"#,
            ),
            (
                r#"SELECT "Id" FROM "T" WHERE "Name" IN ($12) AND "Id" <> $2"#,
                r#"SELECT "Id" FROM "T" WHERE "Name" IN (CAST($12 AS citext)) AND "Id" <> $2"#,
            ),
            (
                r#"SELECT "Id" FROM "T" WHERE "Name" > $1 ORDER BY "Name" LIMIT $2"#,
                r#"SELECT "Id" FROM "T" WHERE "Name" > CAST($1 AS citext) ORDER BY "Name" LIMIT $2"#,
            ),
        ] {
            assert_eq!(with_citext(statement, &columns), expected);
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        let columns = ["Name".to_owned()].into();
        for statement in [
            r#"INSERT INTO "T" ("Name") VALUES ($1)"#,
            r#"SELECT "Name" = $1 FROM "T""#,
            r#"DELETE FROM "T" WHERE "Id" = $1 AND "Name" = 'x' AND a."Name" = b."Name""#,
        ] {
            assert_eq!(with_citext(statement, &columns), statement);
        }
    }
}
