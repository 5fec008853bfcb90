//! Base64url as .NET's `Base64Url` reads it: padding, spaces and the unused bits of the last character do not matter.

use std::sync::LazyLock;

use data_encoding::{BASE64URL_NOPAD, Encoding, Specification};

static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    specification.check_trailing_bits = false;
    // These symbols always make an encoding; the strict one is here for the type.
    specification.encoding().unwrap_or(BASE64URL_NOPAD)
});

/// Without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// `None` for what is not base64url. Four characters may be filled up with `=`, or `%` as .NET has it, but not more.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let characters: String = text.chars().filter(|c| !is_space(*c)).collect();
    let data = characters.trim_end_matches(['=', '%']);
    let (padding, last) = (characters.len() - data.len(), data.len() % 4);
    if padding > 0 && (last == 0 || last + padding > 4) {
        return None;
    }
    LENIENT.decode(data.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_is_optional_and_may_be_short() {
        for text in ["fQ", "fQ=", "fQ==", "f Q", "fR", "fQ%="] {
            assert_eq!(decode(text).as_deref(), Some(&b"}"[..]), "{text:?}");
        }
        assert_eq!(decode("").as_deref(), Some(&b""[..]));
        for text in ["f", "fQ===", "AAAA=", "f===", "=", "f=Q", "fQ+/", "!!!", "é"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn bytes_are_read_as_they_were_written(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = decode(&text);
        }
    }
}
