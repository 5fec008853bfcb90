//! The text in a file of keys: UTF-8, or UTF-16 as Windows' programs write it.

use zeroize::Zeroizing;

/// The text, as its byte order mark or its first character says.
pub(super) fn decode(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let Some(unit) = utf16(bytes) else {
        return Some(Zeroizing::new(str::from_utf8(bytes).ok()?.to_owned()));
    };
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    for character in char::decode_utf16(bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]))) {
        text.push(character.ok()?);
    }
    Some(text)
}

/// As much of the text as can be read of its beginning.
pub(super) fn decode_beginning(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(match utf16(bytes) {
        Some(unit) => char::decode_utf16(bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])))
            .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// How two bytes are a unit, if the text is UTF-16.
fn utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}
