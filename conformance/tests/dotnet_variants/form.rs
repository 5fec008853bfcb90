//! The form of a value: what two of the same kind have in common, whatever they say.

use std::sync::LazyLock;

use regex::Regex;

use crate::rows::{Row, plain};

/// The forms of a row's values, by the column's plain name. A value of no special form is its own form.
pub(crate) fn forms(row: &Row) -> Vec<(String, String)> {
    let forms = row.iter().map(|(column, value)| {
        let column = plain(column);
        let of = if column.ends_with("id") { form_of_id } else { form };
        (column, value.as_deref().map_or("null".to_owned(), of))
    });
    let mut forms: Vec<_> = forms.collect();
    forms.sort();
    forms
}

/// The database counts up numbers.
pub(crate) fn form_of_id(id: &str) -> String {
    match id.parse::<i64>() {
        Ok(_) => "number".to_owned(),
        Err(_) => form(id),
    }
}

fn form(value: &str) -> String {
    let found = FORMS.iter().find(|(_, pattern)| pattern.is_match(value));
    found.map_or(value, |(name, _)| name).to_owned()
}

/// SQLite's texts are in quotes.
static FORMS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let forms = [
        ("Guid in small letters", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("Guid in capitals", "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        ("Guid in bytes", "(0x|X')[0-9A-F]{32}"),
        ("stamp or key", "[A-Z2-7]{32}"),
        (
            "version 3 hash, 100,000 rounds of SHA-512",
            "AQAAAAIAAYagAAAAE[0-9A-Za-z+/]{65}==",
        ),
        ("address", "[a-z]+@example.test"),
        ("normalized address", "[A-Z]+@EXAMPLE.TEST"),
        ("name", "[A-Z][a-z]+"),
        ("normalized name", "[A-Z]+"),
    ];
    let quoted = forms.map(|(name, pattern)| (name, format!("\\A'?{pattern}'?\\z")));
    quoted
        .map(|(name, pattern)| (name, Regex::new(&pattern).unwrap()))
        .into()
});

pub(crate) mod tests {
    use super::form;

    pub(crate) fn the_forms_of_values_differ() {
        let values = [
            "'0a3d6a7c-2b7e-4a6f-9d63-f0e1d2c3b4a5'",
            "0A3D6A7C-2B7E-4A6F-9D63-F0E1D2C3B4A5",
            "ZC6D73BI6OWQVZYLJJZE4IXOZY33JG2Z",
            "AQAAAAIAAYagAAAAENhDaVdfhHlr5mKXIdTw2maVtIdmB58h3VDUmhWM6RR1e25f2eq7w70GsC76B4EGQA==",
            "ada@example.test",
            "ADA@EXAMPLE.TEST",
            "Ada",
            "ADA",
            "1",
            "'1'",
        ];
        let mut forms: Vec<_> = values.into_iter().map(form).collect();
        forms.sort();
        forms.dedup();
        assert_eq!(forms.len(), values.len());
    }
}
