//! From the SQL that all databases understand to MySQL's: other quotes around names, and parameters without numbers.

use crate::exact::exact;
use crate::placeholders;
use crate::statement::Value;

/// The statement with `?` for each `$n`, and the values in the order of these. A `$`, `"` or `?` in a text would be taken
/// for something else; no statement here has one.
///
/// A text is equal to another one only to the last byte, whatever its column's collation says: that has no case and no
/// accents, and leaves out spaces at the end. Nor do the collations for bytes tell these apart, so it is not left to one.
pub(super) fn translate<'a>(statement: &str, values: &[Value<'a>]) -> (String, Vec<Value<'a>>) {
    let statement = exact(statement, values, |text| {
        format!("CAST(CONVERT({text} USING utf8mb4) AS BINARY)")
    });
    let mut in_order = Vec::with_capacity(values.len());
    let translated = placeholders::replace(&statement, |number| {
        in_order.extend(number.checked_sub(1).and_then(|index| values.get(index)));
        "?"
    });
    (translated.replace('"', "`"), in_order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::all_statements;
    use crate::backend::mysql::dialect::MySql;
    use crate::statement::values;

    #[test]
    fn parameters_go_where_their_numbers_were() {
        let statement = r#"UPDATE "T" SET "A" = $2 WHERE "B" = $1 OR $1 IS NULL LIMIT $3"#;
        let (translated, in_order) = translate(statement, values!["b", "a", 7]);
        assert_eq!(
            translated,
            "UPDATE `T` SET `A` = ? WHERE (`B` = ? AND CAST(CONVERT(`B` USING utf8mb4) AS BINARY) = \
             CAST(CONVERT(? USING utf8mb4) AS BINARY)) OR ? IS NULL LIMIT ?"
        );
        assert_eq!(in_order, values!["a", "b", "b", "b", 7]);
    }

    #[test]
    fn no_statement_has_a_mark_in_a_text() {
        for statement in all_statements::all::<MySql>() {
            let text = statement.text;
            let texts = text.split('\'').skip(1).step_by(2);
            assert!(!texts.into_iter().any(|text| text.contains(['$', '"'])), "{text}");
            assert!(!text.contains(['?', '`', '\\']), "{text}");
        }
    }
}
