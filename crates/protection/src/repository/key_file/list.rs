//! A list of strings as `redis-cli` prints it: on a terminal (`1) "<key …"`), as CSV or as JSON.

use zeroize::Zeroizing;

/// Whether a text begins as such a list.
pub(super) fn is_list(text: &str) -> bool {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    text.starts_with(|first: char| first == '"' || first == '[' || first.is_ascii_digit())
}

/// All strings in the list, one a line. What is between them (numbers, commas, brackets) is nothing. `None` if a string does not end, or
/// has an escape that nobody writes.
pub(super) fn strings(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    let mut rest = text.bytes();
    while rest.by_ref().any(|byte| byte == b'"') {
        loop {
            match rest.next()? {
                b'"' => break,
                b'\\' => unescape(&mut rest, &mut bytes)?,
                byte => bytes.push(byte),
            }
        }
        bytes.push(b'\n');
    }
    Some(Zeroizing::new(str::from_utf8(&bytes).ok()?.to_owned()))
}

/// What a backslash begins: Redis' escapes (those of C), and JSON's.
fn unescape(rest: &mut impl Iterator<Item = u8>, into: &mut Vec<u8>) -> Option<()> {
    match rest.next()? {
        escaped @ (b'"' | b'\\' | b'/') => into.push(escaped),
        b'n' => into.push(b'\n'),
        b'r' => into.push(b'\r'),
        b't' => into.push(b'\t'),
        b'x' => into.push(u8::try_from(hex(rest, 2)?).ok()?),
        b'u' => {
            let character = char::from_u32(hex(rest, 4)?)?;
            into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        _ => return None,
    }
    Some(())
}

fn hex(rest: &mut impl Iterator<Item = u8>, digits: usize) -> Option<u32> {
    let mut number = 0;
    for _ in 0..digits {
        number = number * 16 + char::from(rest.next()?).to_digit(16)?;
    }
    Some(number)
}
