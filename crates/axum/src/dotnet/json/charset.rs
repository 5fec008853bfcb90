//! Character encodings that .NET supports.

use zeroize::Zeroizing;

/// A character encoding that .NET supports without further packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
    Utf32LittleEndian,
    Utf32BigEndian,
    Latin1,
    Ascii,
}

impl Charset {
    /// The encoding with this name, by IANA's and .NET's lists; `None` if it is not supported.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8"
            | "utf8"
            | "unicode-1-1-utf-8"
            | "unicode-2-0-utf-8"
            | "x-unicode-1-1-utf-8"
            | "x-unicode-2-0-utf-8" => Self::Utf8,
            "utf-16" | "utf-16le" | "ucs-2" | "unicode" | "iso-10646-ucs-2" => Self::Utf16LittleEndian,
            "utf-16be" | "unicodefffe" => Self::Utf16BigEndian,
            "utf-32" | "utf-32le" => Self::Utf32LittleEndian,
            "utf-32be" => Self::Utf32BigEndian,
            "iso-8859-1" | "iso_8859-1" | "iso8859-1" | "latin1" | "l1" | "cp819" | "ibm819" | "iso-ir-100"
            | "iso_8859-1:1987" | "csisolatin1" => Self::Latin1,
            "us-ascii" | "ascii" | "us" | "ansi_x3.4-1968" | "ansi_x3.4-1986" | "cp367" | "ibm367" | "csascii"
            | "iso-ir-6" | "iso646-us" | "iso_646.irv:1991" => Self::Ascii,
            _ => return None,
        })
    }

    /// The text in UTF-8. Invalid sequences become U+FFFD, except in UTF-8 itself, which is left for the JSON reader to refuse.
    pub(super) fn into_utf8(self, bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
        let text: String = match self {
            Self::Utf8 => return bytes,
            Self::Utf16LittleEndian => utf16(&bytes, u16::from_le_bytes),
            Self::Utf16BigEndian => utf16(&bytes, u16::from_be_bytes),
            Self::Utf32LittleEndian => utf32(&bytes, u32::from_le_bytes),
            Self::Utf32BigEndian => utf32(&bytes, u32::from_be_bytes),
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Ascii => bytes
                .iter()
                .map(|&byte| if byte.is_ascii() { byte.into() } else { '\u{FFFD}' })
                .collect(),
        };
        Zeroizing::new(text.into_bytes())
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks();
    let units = pairs.iter().copied().map(unit);
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    text.chain(incomplete(rest)).collect()
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let (quads, rest) = bytes.as_chunks();
    let units = quads.iter().copied().map(unit);
    let text = units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    text.chain(incomplete(rest)).collect()
}

/// What replaces an incomplete code unit.
fn incomplete(rest: &[u8]) -> Option<char> {
    (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> String {
        let utf8 = Charset::by_name(name)
            .unwrap()
            .into_utf8(Zeroizing::new(bytes.to_vec()));
        String::from_utf8(utf8.to_vec()).unwrap()
    }

    #[test]
    fn every_charset_reads_its_own_bytes() {
        assert_eq!(read("UTF-8", "é😀".as_bytes()), "é😀");
        assert_eq!(read("utf-16", b"\xe9\0\x3d\xd8\0\xde"), "é😀");
        assert_eq!(read("utf-16BE", b"\0\xe9\xd8\x3d\xde\0"), "é😀");
        assert_eq!(read("utf-32", b"\xe9\0\0\0\0\xf6\x01\0"), "é😀");
        assert_eq!(read("utf-32be", b"\0\0\0\xe9\0\x01\xf6\0"), "é😀");
        assert_eq!(read("iso-8859-1", b"\xe9"), "é");
        assert_eq!(read("us-ascii", b"e\xe9"), "e\u{FFFD}");
    }

    #[test]
    fn a_half_code_unit_is_replaced() {
        assert_eq!(read("utf-16", b"a\0b"), "a\u{FFFD}");
        assert_eq!(read("utf-16", b"\0\xd8"), "\u{FFFD}");
        assert_eq!(read("utf-32", b"a\0\0\0b"), "a\u{FFFD}");
    }

    #[test]
    fn unknown_names_are_none() {
        for name in ["nope", "", "windows-1252", "utf-7"] {
            assert_eq!(Charset::by_name(name), None, "{name}");
        }
    }
}
