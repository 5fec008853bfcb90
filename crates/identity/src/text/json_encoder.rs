//! .NET's JSON encoding.

use std::borrow::Cow;

use unicode_general_category::{GeneralCategory, get_general_category};

use super::encoder::{encode, push_hexadecimal};

/// What .NET puts between the quotation marks of a JSON text (`JavaScriptEncoder.Default`): everything outside ASCII is
/// escaped, and in ASCII also what HTML could take for its own.
///
/// # Examples
/// ```
/// assert_eq!(wicketgate_identity::text::encode_json("<é>\n"), r"\u003C\u00E9\u003E\n");
/// ```
pub fn encode_json(text: &str) -> Cow<'_, str> {
    encode(text, passes, write)
}

/// What ASP.NET Core puts between the quotation marks of a JSON text in an answer
/// (`JavaScriptEncoder.UnsafeRelaxedJsonEscaping`): printable characters of Unicode's first plane pass, whatever HTML
/// would make of them.
///
/// # Examples
/// ```
/// use wicketgate_identity::text::encode_json_relaxed;
///
/// assert_eq!(encode_json_relaxed("<é> \"日本\""), r#"<é> \"日本\""#);
/// assert_eq!(encode_json_relaxed("\u{A0}😀"), r"\u00A0\uD83D\uDE00");
/// ```
pub fn encode_json_relaxed(text: &str) -> Cow<'_, str> {
    // Nearly all texts are such.
    let passes = |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if text.bytes().all(passes) {
        return Cow::Borrowed(text);
    }
    encode(text, passes_relaxed, |c, encoded| match c {
        '"' => encoded.push_str("\\\""),
        _ => write(c, encoded),
    })
}

/// .NET's table of the characters that every encoder knows is of Unicode 16 and ends with the first plane.
fn passes_relaxed(c: char) -> bool {
    use GeneralCategory::{
        Control, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    match c {
        '"' | '\\' | '\u{10000}'.. => false,
        ' '..='~' => true,
        _ => !matches!(
            get_general_category(c),
            Control | LineSeparator | ParagraphSeparator | PrivateUse | SpaceSeparator | Surrogate | Unassigned
        ),
    }
}

fn passes(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '&' | '\'' | '+' | '<' | '>' | '\\' | '`')
}

fn write(c: char, encoded: &mut String) {
    let short = match c {
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{C}' => "\\f",
        '\r' => "\\r",
        '\\' => "\\\\",
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                encoded.push_str("\\u");
                push_hexadecimal(u32::from(*unit), 4, encoded);
            }
            return;
        }
    };
    encoded.push_str(short);
}
