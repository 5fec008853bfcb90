//! Codes that stand in for a lost authenticator, each once.

use wicketgate_protection::Random;

/// How many codes an account gets.
pub const COUNT: usize = 10;

/// Characters that are not mistaken for one another when read out or written down.
const ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// [`COUNT`] new codes of the form `XXXXX-XXXXX`, no two alike (.NET's `UserManager.CreateTwoFactorRecoveryCode`).
pub fn generate(random: &dyn Random) -> Vec<String> {
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

/// Draws again what lies beyond the alphabet, so that every character is equally likely.
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
