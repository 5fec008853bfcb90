//! Which passwords are allowed (.NET's `PasswordValidator`).

use std::collections::HashSet;

use super::{blocklist, context_words};
use crate::account::User;
use crate::error::{IdentityError, IdentityResult};
use crate::options::PasswordOptions;

/// Whose password it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordOwner<'a> {
    names: [Option<&'a str>; 2],
    has_second_factor: bool,
}

impl<'a> PasswordOwner<'a> {
    /// Somebody who is about to get an account.
    pub(crate) fn new(email: &'a str) -> Self {
        Self {
            names: [Some(email), None],
            has_second_factor: false,
        }
    }

    /// A user.
    pub(crate) fn of(user: &'a User) -> Self {
        Self {
            names: [user.email.as_deref(), user.user_name.as_deref()],
            has_second_factor: user.two_factor_enabled,
        }
    }

    fn required_length(self, options: &PasswordOptions) -> usize {
        let shorter = options.required_length_with_second_factor;
        shorter
            .filter(|_| self.has_second_factor)
            .unwrap_or(options.required_length)
    }
}

/// Every rule that the password breaks, in .NET's order and then those that .NET does not have. As in .NET, lengths are in
/// UTF-16 code units, and only ASCII counts as letters and digits. A password that is too long is not examined further.
pub(crate) fn validate(options: &PasswordOptions, password: &str, owner: PasswordOwner<'_>) -> IdentityResult {
    validate_size(options, password)?;
    let required_length = owner.required_length(options);
    let rules = [
        (
            is_too_short(password, required_length),
            IdentityError::PasswordTooShort(required_length),
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
        (
            options.refuse_common && blocklist::is_common(password),
            IdentityError::PasswordTooCommon,
        ),
        (
            options.refuse_context_words && {
                let own = owner.names.into_iter().flatten();
                let service = options.context_words.iter().map(String::as_str);
                context_words::is_made_of(password, own.chain(service))
            },
            IdentityError::PasswordContainsName,
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
pub(crate) fn is_too_short(password: &str, required_length: usize) -> bool {
    password.trim().is_empty() || password.encode_utf16().count() < required_length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Options, Profile};

    fn codes(options: &PasswordOptions, password: &str) -> Vec<&'static str> {
        codes_of(options, password, PasswordOwner::new("ada.lovelace@example.test"))
    }

    fn codes_of(options: &PasswordOptions, password: &str, owner: PasswordOwner<'_>) -> Vec<&'static str> {
        let errors = validate(options, password, owner).err().unwrap_or_default();
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
    fn the_strict_profile_wants_length_and_nothing_that_everybody_or_this_user_would_choose() {
        let mut options = Options::for_profile(Profile::Strict).password;
        options.context_words = vec!["Wicketgate".to_owned()];
        for (password, expected) in [
            ("a long passphrase", &[][..]),
            ("äöü äöü äöü äöü", &[]),
            ("fourteen chars", &["PasswordTooShort"]),
            ("password", &["PasswordTooShort", "PasswordTooCommon"]),
            ("PasswordPassword", &["PasswordTooCommon"]),
            ("ada.lovelace@example.test", &["PasswordContainsName"]),
            ("wicketgate lovelace 1", &["PasswordContainsName"]),
        ] {
            assert_eq!(codes(&options, password), expected, "{password}");
        }
        let with_second_factor = PasswordOwner {
            has_second_factor: true,
            ..PasswordOwner::new("ada.lovelace@example.test")
        };
        for (password, expected) in [
            ("8 chars!", &[][..]),
            ("7 chars", &["PasswordTooShort"]),
            ("lovelace", &["PasswordTooCommon", "PasswordContainsName"]),
            ("lovelace2026!", &["PasswordContainsName"]),
            ("12345678", &["PasswordTooCommon"]),
        ] {
            assert_eq!(codes_of(&options, password, with_second_factor), expected, "{password}");
        }
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
