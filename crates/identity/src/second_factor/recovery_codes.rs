//! Single-use codes that replace a lost authenticator.

use std::fmt;

use subtle::ConstantTimeEq;
use wicketgate_protection::Random;

/// How many codes an account gets.
const COUNT: usize = 10;

/// Characters that are hard to confuse when read out or written down.
const ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// An account's remaining recovery codes. `Debug` does not show them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<String>);

impl RecoveryCodes {
    /// Ten new ones.
    pub(crate) fn generate(random: &dyn Random) -> Self {
        Self(generate(random))
    }

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

    /// The codes, to be shown once.
    pub fn into_codes(self) -> Vec<String> {
        self.0
    }

    /// The codes that remain after this one is used; `None` if it is not one of them.
    pub fn without(&self, code: &str) -> Option<Self> {
        let is_it = |kept: &String| bool::from(kept.as_bytes().ct_eq(code.as_bytes()));
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

/// [`COUNT`] new codes of the form `XXXXX-XXXXX`, no two alike (.NET's `UserManager.CreateTwoFactorRecoveryCode`).
fn generate(random: &dyn Random) -> Vec<String> {
    let mut codes = Vec::with_capacity(COUNT);
    while codes.len() < COUNT {
        let code = new_code(random);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn new_code(random: &dyn Random) -> String {
    (0..11)
        .map(|place| if place == 5 { '-' } else { new_character(random) })
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
        let codes = generate(&CountingRandom::default());
        // Bytes 26 to 31 are drawn again.
        assert_eq!(codes[..3], ["23456-789BC", "DFGHJ-KMNPQ", "RTVWX-Y2345"]);
        assert_eq!(codes.len(), 10);
    }

    #[test]
    fn every_character_of_the_alphabet_comes_up_and_no_other() {
        let characters: HashSet<char> = (0..50)
            .flat_map(|_| generate(&SystemRandom))
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
        let codes = generate(&Repeating::default());
        assert_eq!(codes[..2], ["22222-22222", "33333-33333"]);
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 10);
    }
}
