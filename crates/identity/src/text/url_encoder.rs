//! .NET's URL encoding.

use std::borrow::Cow;

use super::encoder::{encode, push_hexadecimal};

/// A value inside a URL's query, as .NET writes it (`UrlEncoder.Default`).
///
/// # Examples
/// ```
/// assert_eq!(wicketgate_identity::text::encode_url("a b+é"), "a%20b%2B%C3%A9");
/// ```
pub fn encode_url(text: &str) -> Cow<'_, str> {
    encode(text, passes, write)
}

fn passes(c: char) -> bool {
    let punctuation = matches!(c, '!' | '$' | '(' | ')' | '*' | ',' | '-' | '.' | ';' | '@' | '_' | '~');
    c.is_ascii_alphanumeric() || punctuation
}

fn write(c: char, encoded: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        encoded.push('%');
        push_hexadecimal(u32::from(byte), 2, encoded);
    }
}
