//! Single-use codes that replace a lost authenticator.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use wicketgate_protection::Random;
use zeroize::Zeroizing;

/// How many codes an account gets.
const COUNT: usize = 10;

/// Characters that are hard to confuse when read out or written down.
const ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// What a hashed code begins with where it is stored. A code never has a dot.
const HASHED: &str = "sha256.";

/// An account's remaining recovery codes, each as it is stored: as it is, as .NET does, or hashed. `Debug` does not show them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<String>);

impl RecoveryCodes {
    /// Parses the text that .NET stores: codes separated by `;`.
    pub fn from_stored(text: &str) -> Self {
        let codes = text.split(';').filter(|code| !code.is_empty());
        Self(codes.map(str::to_owned).collect())
    }

    /// The text that .NET stores.
    pub fn to_stored(&self) -> String {
        self.0.join(";")
    }

    /// The number of codes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no codes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codes that remain after this one is used; `None` if it is not one of them. What a hashed code is stored as is no
    /// code.
    pub fn without(&self, code: &str) -> Option<Self> {
        let hashed = hashed(code);
        let is_it = |kept: &String| {
            let code = if kept.starts_with(HASHED) { &hashed } else { code };
            bool::from(kept.as_bytes().ct_eq(code.as_bytes()))
        };
        let left: Vec<String> = self.0.iter().filter(|kept| !is_it(kept)).cloned().collect();
        (left.len() < self.0.len()).then_some(Self(left))
    }
}

impl From<Vec<String>> for RecoveryCodes {
    fn from(codes: Vec<String>) -> Self {
        Self(codes)
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodes({} left)", self.0.len())
    }
}

/// New codes, and how they are stored.
pub(crate) struct NewRecoveryCodes {
    /// To be shown once.
    pub(crate) shown: Vec<String>,
    pub(crate) stored: RecoveryCodes,
}

impl NewRecoveryCodes {
    /// Ten of them. Those that are stored as hashes have 117 bits: from 112 on, NIST SP 800-63B-4 and OWASP ASVS 5.0
    /// (6.5.2) take a plain hash for enough.
    pub(crate) fn generate(random: &dyn Random, are_hashed: bool) -> Self {
        let shown = generate(random, if are_hashed { 5 } else { 2 });
        let stored = match are_hashed {
            true => shown.iter().map(|code| hashed(code)).collect(),
            false => shown.clone(),
        };
        Self {
            shown,
            stored: RecoveryCodes(stored),
        }
    }
}

/// A code as it is stored hashed. Hyphens, white space and case do not matter: it is long, and may be typed from paper.
fn hashed(code: &str) -> String {
    let code = code.chars().filter(|c| *c != '-' && !c.is_whitespace());
    let code: Zeroizing<String> = Zeroizing::new(code.map(|c| c.to_ascii_uppercase()).collect());
    let hash = Sha256::new_with_prefix("Wicketgate recovery code ").chain_update(code.as_bytes());
    format!("{HASHED}{}", BASE64URL_NOPAD.encode(&hash.finalize()))
}

/// [`COUNT`] new codes, no two alike, of so many groups of five characters, of which .NET has two, `XXXXX-XXXXX`
/// (`UserManager.CreateTwoFactorRecoveryCode`).
fn generate(random: &dyn Random, groups: usize) -> Vec<String> {
    let mut codes = Vec::with_capacity(COUNT);
    while codes.len() < COUNT {
        let code = new_code(random, groups);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn new_code(random: &dyn Random, groups: usize) -> String {
    (1..6 * groups)
        .map(|place| match place % 6 {
            0 => '-',
            _ => new_character(random),
        })
        .collect()
}

/// Rejects bytes outside the alphabet and draws again, so that every character is equally likely.
fn new_character(random: &dyn Random) -> char {
    loop {
        let mut byte = [0];
        random.fill(&mut byte);
        if let Some(&character) = ALPHABET.get(usize::from(byte[0] & 0x1F)) {
            return char::from(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use wicketgate_protection::SystemRandom;

    use crate::test_random::CountingRandom;

    use super::*;

    #[test]
    fn codes_are_two_groups_of_five_from_the_alphabet() {
        let codes = generate(&CountingRandom::default(), 2);
        // Bytes 26 to 31 are drawn again.
        assert_eq!(codes[..3], ["23456-789BC", "DFGHJ-KMNPQ", "RTVWX-Y2345"]);
        assert_eq!(codes.len(), 10);
    }

    #[test]
    fn hashed_codes_are_long_and_are_taken_however_they_are_typed() {
        let NewRecoveryCodes { shown, stored } = NewRecoveryCodes::generate(&SystemRandom, true);
        let text = stored.to_stored();
        assert!(shown.iter().all(|code| code.len() == 29 && !text.contains(code)));
        assert_eq!(RecoveryCodes::from_stored(&text), stored);
        for typed in [shown[3].clone(), shown[3].to_lowercase(), shown[3].replace('-', "  ")] {
            let left = stored.without(&typed).unwrap();
            assert_eq!(left.len(), 9);
            assert_eq!(left.without(&typed), None);
        }
    }

    #[test]
    fn what_a_code_is_stored_as_is_no_code() {
        let NewRecoveryCodes { stored, .. } = NewRecoveryCodes::generate(&SystemRandom, true);
        for stored_code in stored.to_stored().split(';') {
            assert_eq!(stored.without(stored_code), None);
        }
        // Those that .NET made work as they did.
        let mixed = RecoveryCodes::from_stored("23456-789BC;DFGHJ-KMNPQ");
        assert_eq!(mixed.without("23456-789BC").unwrap().len(), 1);
        assert_eq!(mixed.without("23456789bc"), None);
    }

    #[test]
    fn every_character_of_the_alphabet_comes_up_and_no_other() {
        let characters: HashSet<char> = (0..50)
            .flat_map(|_| generate(&SystemRandom, 2))
            .flat_map(|code| code.chars().collect::<Vec<_>>())
            .collect();
        let expected = ALPHABET.iter().map(|&byte| char::from(byte)).chain(['-']).collect();
        assert_eq!(characters, expected);
    }

    #[test]
    fn a_code_that_comes_twice_is_drawn_again() {
        /// Repeats the first code once: ten bytes, the same ten bytes, then others.
        #[derive(Debug, Default)]
        struct Repeating(AtomicUsize);
        impl Random for Repeating {
            fn fill(&self, bytes: &mut [u8]) {
                for byte in bytes {
                    let drawn = self.0.fetch_add(1, Ordering::Relaxed);
                    let code = (drawn / 10).saturating_sub(1);
                    *byte = u8::try_from(code).unwrap();
                }
            }
        }
        let codes = generate(&Repeating::default(), 2);
        assert_eq!(codes[..2], ["22222-22222", "33333-33333"]);
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 10);
    }
}
