//! Normalized names and addresses.

use unicode_normalization::UnicodeNormalization;

use crate::account::NormalizedName;

/// A name or address as it is looked up: Unicode form C, then the simple invariant upper case (.NET's
/// `UpperInvariantLookupNormalizer`).
///
/// # Examples
/// ```
/// use wicketgate_identity::text::normalize;
///
/// assert_eq!(normalize("ada@example.test").as_str(), "ADA@EXAMPLE.TEST");
/// assert_eq!(normalize("Straße").as_str(), "STRAßE");
/// ```
pub fn normalize(text: &str) -> NormalizedName {
    NormalizedName::from_stored(text.nfc().map(simple_upper_case).collect::<String>())
}

/// .NET's `StringComparison.OrdinalIgnoreCase`.
pub(crate) fn equals_ignoring_case(left: &str, right: &str) -> bool {
    // Types of claims, which every request compares, are ASCII.
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars()
        .map(simple_upper_case)
        .eq(right.chars().map(simple_upper_case))
}

/// One character for one character, as .NET's invariant culture maps them: Unicode 15.1's simple mappings.
fn simple_upper_case(c: char) -> char {
    match c {
        // The dotless i stays, since the dotted one must not become it anywhere.
        'ı' => c,
        // Mapped by later versions of Unicode only.
        'ƛ' | 'ɤ' | '\u{1C8A}' | '\u{A7CD}' | '\u{A7CF}' | '\u{A7D3}' | '\u{A7D5}' | '\u{A7DB}' => c,
        '\u{10D70}'..='\u{10D85}' | '\u{16EBB}'..='\u{16ED3}' => c,
        // Greek letters with an iota below have a full mapping of two letters, and a simple one of one.
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => offset(c, 8),
        'ᾳ' | 'ῃ' | 'ῳ' => offset(c, 9),
        _ => only(c.to_uppercase()).unwrap_or(c),
    }
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next();
    if characters.next().is_some() { None } else { first }
}

fn offset(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}
