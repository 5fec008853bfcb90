//! Which passwords are allowed (.NET's `PasswordValidator`).

use std::collections::HashSet;

use crate::error::{IdentityError, IdentityResult};
use crate::options::PasswordOptions;

/// Every rule that the password breaks, in .NET's order. As in .NET, lengths are in UTF-16 code units, and only ASCII
/// counts as letters and digits. A password that is too long is not examined further.
pub(crate) fn validate(options: &PasswordOptions, password: &str) -> IdentityResult {
    validate_size(options, password)?;
    let rules = [
        (
            is_too_short(options, password),
            IdentityError::PasswordTooShort(options.required_length),
        ),
        (
            options.require_non_alphanumeric && password.chars().all(|c| c.is_ascii_alphanumeric()),
            IdentityError::PasswordRequiresNonAlphanumeric,
        ),
        (
            options.require_digit && !password.contains(|c: char| c.is_ascii_digit()),
            IdentityError::PasswordRequiresDigit,
        ),
        (
            options.require_lowercase && !password.contains(|c: char| c.is_ascii_lowercase()),
            IdentityError::PasswordRequiresLower,
        ),
        (
            options.require_uppercase && !password.contains(|c: char| c.is_ascii_uppercase()),
            IdentityError::PasswordRequiresUpper,
        ),
        (
            password.encode_utf16().collect::<HashSet<_>>().len() < options.required_unique_chars,
            IdentityError::PasswordRequiresUniqueChars(options.required_unique_chars),
        ),
    ];
    let errors: Vec<_> = rules
        .into_iter()
        .filter(|(broken, _)| *broken)
        .map(|(_, error)| error)
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Whether the password is short enough to be examined.
pub(crate) fn validate_size(options: &PasswordOptions, password: &str) -> IdentityResult {
    if password.len() > options.max_length {
        return Err(vec![IdentityError::PasswordTooLong(options.max_length)]);
    }
    Ok(())
}

/// White space alone is always too short.
fn is_too_short(options: &PasswordOptions, password: &str) -> bool {
    password.trim().is_empty() || password.encode_utf16().count() < options.required_length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(options: &PasswordOptions, password: &str) -> Vec<&'static str> {
        let errors = validate(options, password).err().unwrap_or_default();
        errors.iter().map(IdentityError::code).collect()
    }

    #[test]
    fn every_broken_rule_is_told_in_the_order_of_dotnet() {
        assert_eq!(
            codes(&PasswordOptions::default(), ""),
            [
                "PasswordTooShort",
                "PasswordRequiresNonAlphanumeric",
                "PasswordRequiresDigit",
                "PasswordRequiresLower",
                "PasswordRequiresUpper",
                "PasswordRequiresUniqueChars",
            ]
        );
    }

    #[test]
    fn each_rule_looks_for_its_own_kind_of_character() {
        for (password, expected) in [
            ("Passw0rd!", None),
            ("Passw0rd", Some("PasswordRequiresNonAlphanumeric")),
            ("Password!", Some("PasswordRequiresDigit")),
            ("PASSW0RD!", Some("PasswordRequiresLower")),
            ("passw0rd!", Some("PasswordRequiresUpper")),
            ("Aa1!x", Some("PasswordTooShort")),
            // A letter outside ASCII is "not alphanumeric" to .NET.
            ("pässW0rd", None),
        ] {
            let codes = codes(&PasswordOptions::default(), password);
            assert_eq!(codes, Vec::from_iter(expected), "{password}");
        }
    }

    #[test]
    fn the_longest_password_is_counted_in_bytes_and_a_longer_one_breaks_no_other_rule() {
        let options = PasswordOptions::default();
        let longest = format!("Aa1!{}", "ü".repeat(510));
        assert_eq!(longest.len(), 1024);
        assert_eq!(codes(&options, &longest), [""; 0]);
        assert_eq!(codes(&options, &format!("{longest}x")), ["PasswordTooLong"]);
        assert_eq!(codes(&options, &"x".repeat(1025)), ["PasswordTooLong"]);
    }

    #[test]
    fn length_and_variety_are_counted_in_utf_16() {
        let none = PasswordOptions {
            required_length: 2,
            required_unique_chars: 2,
            require_non_alphanumeric: false,
            require_lowercase: false,
            require_uppercase: false,
            require_digit: false,
            ..PasswordOptions::default()
        };
        assert_eq!(codes(&none, "🔑"), [""; 0]);
        assert_eq!(codes(&none, "aa"), ["PasswordRequiresUniqueChars"]);
        assert_eq!(codes(&none, " \u{a0}\t"), ["PasswordTooShort"]);
    }
}
