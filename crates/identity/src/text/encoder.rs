//! What the encoders share.

use std::borrow::Cow;

/// Rewrites `text` character by character: `write` puts down what stands for a character that `passes` refuses.
pub(super) fn encode(text: &str, passes: fn(char) -> bool, write: fn(char, &mut String)) -> Cow<'_, str> {
    let Some(first) = text.find(|c| !passes(c)) else {
        return Cow::Borrowed(text);
    };
    let (unchanged, rest) = text.split_at(first);
    let mut encoded = String::with_capacity(text.len() * 2);
    encoded.push_str(unchanged);
    for c in rest.chars() {
        if passes(c) {
            encoded.push(c)
        } else {
            write(c, &mut encoded)
        }
    }
    Cow::Owned(encoded)
}

/// Puts down `number` in upper-case hexadecimal of at least `width` digits.
pub(super) fn push_hexadecimal(number: u32, width: u32, encoded: &mut String) {
    let digits = (u32::BITS - number.leading_zeros()).div_ceil(4).max(width);
    for place in (0..digits).rev() {
        let digit = char::from_digit(number >> (place * 4) & 0xF, 16).unwrap_or_default();
        encoded.push(digit.to_ascii_uppercase());
    }
}
