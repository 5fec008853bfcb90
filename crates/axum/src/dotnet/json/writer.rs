//! Writing JSON as System.Text.Json escapes it.

use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use wicketgate_identity::text::encode_json_relaxed;

/// Most answers are shorter.
const USUAL_LENGTH: usize = 256;

/// The JSON, as ASP.NET Core's minimal APIs write it.
pub(crate) fn to_json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut json = Vec::with_capacity(USUAL_LENGTH);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut json, DotNet))?;
    Ok(json)
}

/// Escapes text as ASP.NET Core does.
struct DotNet;

impl Formatter for DotNet {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        writer.write_all(encode_json_relaxed(fragment).as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(byte) => write!(writer, "\\u{byte:04X}"),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_in_the_reference() {
        for (text, json) in [
            ("ünï<b>&'+/`", r#""ünï<b>&'+/`""#),
            ("\"\\", r#""\"\\""#),
            ("\n\u{1f}\u{7f}\u{80}\u{2028}", r#""\n\u001F\u007F\u0080\u2028""#),
            ("日本😀", r#""日本\uD83D\uDE00""#),
        ] {
            assert_eq!(String::from_utf8(to_json(&text).unwrap()).unwrap(), json);
        }
    }
}
