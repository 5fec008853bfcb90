//! Payloads as text, as .NET's `WebEncoders` writes and reads it.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};

/// Base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a text, or `None` if it is none.
///
/// .NET is generous: padding may be there, in part or not at all, white space is skipped, and text with `+` or `/`
/// counts as ordinary base64, whose padding must be there.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = URL_SAFE.decode(text) {
        return Some(bytes);
    }
    let is_url_safe = text
        .find(['+', '/', '-', '_'])
        .is_none_or(|first| matches!(text.as_bytes()[first], b'-' | b'_'));
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'))
        .collect();
    if is_url_safe {
        // .NET also takes `%`, which some frameworks pad with.
        URL_SAFE.decode(text.replace('%', "=")).ok()
    } else {
        BASE64_STANDARD.decode(text).ok()
    }
}

const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_every_form_that_dotnet_reads_is_read() {
        for text in ["-_8A", "-_ 8\tA\r\n", "+/8A", " +/8A"] {
            assert_eq!(decode(text).as_deref(), Some(&[0xFB, 0xFF, 0x00][..]), "{text:?}");
        }
        for text in ["-w", "-w=", "-w==", "-w%%", "+w=="] {
            assert_eq!(decode(text).as_deref(), Some(&[0xFB][..]), "{text:?}");
        }
        assert_eq!(decode("").as_deref(), Some(&[][..]));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "A", "-w===", "=", "-=w=", "+w", "+-AA", "-/AA", "-x", "AAA.", "AAAé", "AA=A",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
