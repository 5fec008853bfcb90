//! .NET's HTML encoding.

use std::borrow::Cow;

use super::encoder::{encode, push_hexadecimal};

/// Text inside HTML, as .NET writes it (`HtmlEncoder.Default`).
///
/// # Examples
/// ```
/// assert_eq!(wicketgate_identity::text::encode_html("<é>"), "&lt;&#xE9;&gt;");
/// ```
pub fn encode_html(text: &str) -> Cow<'_, str> {
    encode(text, passes, write)
}

fn passes(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '&' | '\'' | '+' | '<' | '>')
}

fn write(c: char, encoded: &mut String) {
    let named = match c {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        _ => {
            encoded.push_str("&#x");
            push_hexadecimal(u32::from(c), 1, encoded);
            encoded.push(';');
            return;
        }
    };
    encoded.push_str(named);
}
