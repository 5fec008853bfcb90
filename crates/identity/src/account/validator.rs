//! Which user names are allowed (.NET's `UserValidator`; the store checks that they are unique).

use crate::error::IdentityError;
use crate::options::UserOptions;

/// Whether an account may have this name, provided it is free.
pub(crate) fn validate_user_name(options: &UserOptions, name: &str) -> Result<(), IdentityError> {
    let allowed = &options.allowed_user_name_characters;
    if name.trim().is_empty() || !(allowed.is_empty() || name.chars().all(|c| allowed.contains(c))) {
        return Err(IdentityError::InvalidUserName(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(allowed: &str, name: &str) -> bool {
        let options = UserOptions {
            allowed_user_name_characters: allowed.to_owned(),
            ..UserOptions::default()
        };
        validate_user_name(&options, name).is_ok()
    }

    #[test]
    fn names_have_allowed_characters_only() {
        assert!(is_valid("abc@.", "a@b.c"));
        assert!(!is_valid("abc@.", "A@b.c"));
    }

    #[test]
    fn an_empty_list_allows_all_characters_but_not_white_space_alone() {
        assert!(is_valid("", "ü n'ï😀"));
        for name in ["", " ", "\u{a0}\t"] {
            assert!(!is_valid("", name), "{name:?}");
            assert!(!is_valid(" \u{a0}\t", name), "{name:?}");
        }
    }
}
