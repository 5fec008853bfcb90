//! The passwords that are used most, which are the first that anybody tries.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Length of a key, in bytes: one password in eleven million is refused although nobody uses it.
const KEY_LENGTH: usize = 5;

/// The sorted keys of the 100,000 most used passwords in lower case; [SOURCE.md](SOURCE.md) says where they come from. They stay
/// in the program's file until somebody looks one up.
static COMMON: &[u8] = include_bytes!("common_passwords.bin");

/// Units of so few characters make no password, however often they are repeated.
const TRIVIAL_UNIT: usize = 3;

/// Whether the password is one of those that are used most, in whatever case, or one of them or a few characters again and
/// again.
pub(crate) fn is_common(password: &str) -> bool {
    let lower = Zeroizing::new(password.to_lowercase());
    is_listed(&lower) || repeated_units(&lower).any(|unit| unit.chars().count() <= TRIVIAL_UNIT || is_listed(unit))
}

/// What the whole is a repetition of, at least twice, the shortest first. The last time it may be cut off.
fn repeated_units(whole: &str) -> impl Iterator<Item = &str> {
    let bytes = whole.as_bytes();
    let lengths = (1..=bytes.len() / 2).filter(|length| bytes[*length..] == bytes[..bytes.len() - length]);
    // A unit ends where it begins again, and so between two characters.
    lengths.filter_map(|length| whole.get(..length))
}

fn is_listed(lower_case: &str) -> bool {
    let digest = Sha256::digest(lower_case.as_bytes());
    let (keys, _) = COMMON.as_chunks::<KEY_LENGTH>();
    digest
        .first_chunk::<KEY_LENGTH>()
        .is_some_and(|key| keys.binary_search(key).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_of_the_size_that_its_source_gives() {
        let (keys, rest) = COMMON.as_chunks::<KEY_LENGTH>();
        assert!(rest.is_empty());
        assert_eq!(
            keys.len(),
            96_518,
            "100,000 passwords, of which some differ in case only"
        );
        assert!(keys.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_everybody_uses_is_refused_in_every_case() {
        for password in ["123456", "password", "PassWord", "qwertyuiop12345", "PolniyPizdec0211"] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_everybody_uses_is_no_better_again_and_again() {
        for password in [
            "passwordpassword",
            "Qwerty123qwerty123qwerty123",
            "aaaaaaaaaaaaaaaaaaaa",
            "xyzxyzxyzxyzxyzxyz",
            "äääääääääääääää",
            // Not a whole number of times.
            "passwordpasswordpass",
            "Qwerty123qwerty123q",
            "xyzxyzxyzxyzxyzx",
            // Three characters of two bytes.
            "äöüäöüäöüäöüäöü",
            "日本語日本語日本語日本語日本",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn other_passwords_are_let_through() {
        for password in [
            "",
            "a long enough passphrase",
            "correct horse battery staple",
            "password of Ada and nobody else",
            "Vq7#m!x2Lw",
            "kf93hw kf93hw kf93hw",
            "äöüßäöüßäöüßäöü",
            "passwordp",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
