//! Words that an attacker would try first for this account: its user's name and address, and the service's name.

use zeroize::Zeroizing;

/// Shorter words are in too many good passwords.
const SHORTEST: usize = 4;
/// What is behind so many characters of a name is not looked at: a registration may come with megabytes, of which each word
/// would be looked for before the length of the address is checked.
const LONGEST_TEXT: usize = 1_024;
/// How many characters a password must have beside such words.
const NEEDED_BESIDE: usize = 8;

/// Whether the password is made of such words and little else.
pub(crate) fn is_made_of<'a>(password: &str, words: impl IntoIterator<Item = &'a str>) -> bool {
    let mut rest = Zeroizing::new(password.to_lowercase());
    let mut words: Vec<String> = words.into_iter().flat_map(parts).collect();
    // Longer ones first, so that none leaves its pieces behind.
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let before = rest.len();
    for word in words {
        // A mark in its place, so that what stood on both sides of it makes no new word.
        rest = Zeroizing::new(rest.replace(word.as_str(), "\0"));
    }
    let is_any_in_it = rest.len() < before;
    is_any_in_it && rest.chars().filter(|c| *c != '\0').count() < NEEDED_BESIDE
}

/// A name or address as a whole, and its parts between punctuation, without the last label of a domain.
fn parts(text: &str) -> Vec<String> {
    let text = text.chars().take(LONGEST_TEXT).collect::<String>().to_lowercase();
    let name = match text.rsplit_once('@') {
        Some((local, domain)) => {
            let domain = domain.rsplit_once('.').map_or(domain, |(labels, _)| labels);
            format!("{local} {domain}")
        }
        None => text.clone(),
    };
    let mut parts: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_owned)
        .chain([text])
        .filter(|part| part.chars().count() >= SHORTEST)
        .collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 2] = ["ada.lovelace@engine.example", "Wicketgate"];

    #[test]
    fn a_name_with_a_little_decoration_is_no_password() {
        for password in [
            "ada.lovelace@engine.example",
            "Ada.Lovelace@Engine.example1!",
            "lovelace",
            "LoveLace2026!!",
            "wicketgate-lovelace",
            "WicketgateWicketgate1",
            "engine engine engine",
        ] {
            assert!(is_made_of(password, WORDS), "{password}");
        }
    }

    #[test]
    fn an_address_of_megabytes_has_few_words() {
        let long: String = (0..200_000).map(|number| format!("w{number:06}.")).collect();
        assert!(parts(&long).len() <= LONGEST_TEXT / SHORTEST);
        assert!(is_made_of("w000000w000001", [long.as_str()]));
    }

    #[test]
    fn a_password_with_a_name_in_it_is_one_if_there_is_enough_beside() {
        for password in [
            "my wicketgate passphrase",
            "lovelace counts to twelve",
            "a long enough passphrase",
            "ada likes tea",
            "short",
            "",
        ] {
            assert!(!is_made_of(password, WORDS), "{password}");
        }
        assert!(
            !is_made_of("ada ada ada ada", ["ada@a.b"]),
            "short names are left alone"
        );
        assert!(!is_made_of("anything at all", []));
    }
}
