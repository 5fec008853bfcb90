//! Bytes as text, as .NET writes and reads it: ordinary base64 (`Convert`) and base64url (`WebEncoders`).

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Base64 with padding, as .NET's `Convert.ToBase64String` writes it.
pub fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes of a base64 text, as .NET's `Convert.FromBase64String` reads it; `None` where that throws. White space is
/// passed over, padding must be there, and the unused bits of the last character are not looked at.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(without_white_space(text)).ok()
}

/// Base64url without padding, as .NET's `WebEncoders.Base64UrlEncode` writes it.
pub fn encode_url(bytes: &[u8]) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// The bytes of a base64url text, as .NET's `WebEncoders.Base64UrlDecode` reads it; `None` where that throws.
///
/// .NET is generous: padding may be there, in part or not at all, white space is passed over, and text with `+` or `/`
/// counts as [ordinary base64](decode), whose padding must be there.
pub fn decode_url(text: &str) -> Option<Vec<u8>> {
    // The usual form of tokens and cookies, many bytes at a time. It is strict: what else .NET takes is looked at below.
    if let Ok(bytes) = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text) {
        return Some(bytes);
    }
    if let Ok(bytes) = BASE64URL.decode(text) {
        return Some(bytes);
    }
    match text.chars().find(|c| matches!(c, '+' | '/' | '-' | '_')) {
        Some('+' | '/') => decode(text),
        // .NET also takes `%`, which some frameworks pad with.
        _ => BASE64URL.decode(without_white_space(text).replace('%', "=")).ok(),
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn without_white_space(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(encode(&[0xFB, 0xFF, 0, 1]), "+/8AAQ==");
        assert_eq!(decode("+/8AAQ==").as_deref(), Some(&[0xFB, 0xFF, 0, 1][..]));
        assert_eq!(encode_url(&[0xFB, 0xFF, 0, 1]), "-_8AAQ");
        assert_eq!(decode_url("-_8AAQ").as_deref(), Some(&[0xFB, 0xFF, 0, 1][..]));
    }

    #[test]
    fn base64_may_have_white_space_and_unused_bits() {
        for text in ["+w==", "+x==", " +\tw\r\n=="] {
            assert_eq!(decode(text).as_deref(), Some(&[0xFB][..]), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["+w", "+w=", "-w==", "+w===", "+", "="] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn base64url_in_every_form_that_dotnet_reads_is_read() {
        for text in ["-_8A", "-_ 8\tA\r\n", "+/8A", " +/8A"] {
            assert_eq!(decode_url(text).as_deref(), Some(&[0xFB, 0xFF, 0x00][..]), "{text:?}");
        }
        for text in ["-w", "-w=", "-w==", "-w%%", "+w=="] {
            assert_eq!(decode_url(text).as_deref(), Some(&[0xFB][..]), "{text:?}");
        }
        assert_eq!(decode_url("").as_deref(), Some(&[][..]));
    }

    #[test]
    fn what_is_not_base64url_is_refused() {
        for text in [
            "A", "-w===", "=", "-=w=", "+w", "+-AA", "-/AA", "-x", "AAA.", "AAAé", "AA=A",
        ] {
            assert_eq!(decode_url(text), None, "{text:?}");
        }
    }
}
