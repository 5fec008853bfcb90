//! A scenario's .NET options as settings of the server.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;

/// The environment variables that give the server the options of a scenario, which are named as .NET names them
/// (`Identity:Lockout:MaxFailedAccessAttempts`), or as this project's file of settings does (`limits.max_request_body_size`).
///
/// ```
/// # use wicketgate_conformance::variables;
/// let options = [("Identity:Lockout:DefaultLockoutTimeSpan".to_owned(), "1.00:05:00".to_owned())].into();
/// let expected = [("WICKETGATE__LOCKOUT__DEFAULT_LOCKOUT_TIME_SPAN".to_owned(), "86700s".to_owned())];
/// assert_eq!(variables(&options), expected);
/// ```
pub fn variables(options: &BTreeMap<String, String>) -> Vec<(String, String)> {
    options.iter().map(|(name, value)| variable(name, value)).collect()
}

fn variable(name: &str, value: &str) -> (String, String) {
    let name = name
        .strip_prefix("Identity:")
        .unwrap_or(name)
        .replace("Cookie:Cookie:", "Cookie:");
    if name == "TrustForwardedHeaders" {
        return ("WICKETGATE__TRUSTED_PROXIES".to_owned(), "127.0.0.0/8".to_owned());
    }
    let parts: Vec<String> = name.split([':', '.']).map(upper_snake_case).collect();
    let value = seconds(value).map_or_else(|| value.to_owned(), |seconds| format!("{seconds}s"));
    (format!("WICKETGATE__{}", parts.join("__")), value)
}

/// `SignIn` is `SIGN_IN`, and `HTTPOnly` would be `HTTP_ONLY`.
fn upper_snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(index + 1);
        let starts_word = character.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase));
        if starts_word {
            snake.push('_');
        }
        snake.push(character.to_ascii_uppercase());
    }
    snake
}

#[expect(clippy::expect_used, reason = "a constant pattern")]
static TIME_SPAN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\A(?:([0-9]+)\.)?([0-9]{2}):([0-9]{2}):([0-9]{2})\z").expect("the pattern is valid"));

/// A .NET time span, `[d.]hh:mm:ss`.
fn seconds(value: &str) -> Option<u64> {
    let parts = TIME_SPAN.captures(value)?;
    let part = |index| {
        parts
            .get(index)
            .map_or(Ok(0), |part: regex::Match<'_>| part.as_str().parse::<u64>())
    };
    let [days, hours, minutes, seconds] = [part(1).ok()?, part(2).ok()?, part(3).ok()?, part(4).ok()?];
    Some(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_dotnet_get_the_names_and_units_of_this_project() {
        for (name, value, variable_name, variable_value) in [
            (
                "Identity:Lockout:MaxFailedAccessAttempts",
                "3",
                "WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS",
                "3",
            ),
            ("Cookie:Cookie:Name", "wicket", "WICKETGATE__COOKIE__NAME", "wicket"),
            (
                "Cookie:ExpireTimeSpan",
                "01:00:00",
                "WICKETGATE__COOKIE__EXPIRE_TIME_SPAN",
                "3600s",
            ),
            (
                "RememberMachineCookie:Cookie:Name",
                "m",
                "WICKETGATE__REMEMBER_MACHINE_COOKIE__NAME",
                "m",
            ),
            (
                "Identity:SignIn:RequireConfirmedEmail",
                "true",
                "WICKETGATE__SIGN_IN__REQUIRE_CONFIRMED_EMAIL",
                "true",
            ),
            (
                "Bearer:BearerTokenExpiration",
                "14.00:00:01",
                "WICKETGATE__BEARER__BEARER_TOKEN_EXPIRATION",
                "1209601s",
            ),
            ("Cookie:Cookie:HTTPOnly", "x", "WICKETGATE__COOKIE__HTTP_ONLY", "x"),
            (
                "TrustForwardedHeaders",
                "true",
                "WICKETGATE__TRUSTED_PROXIES",
                "127.0.0.0/8",
            ),
            ("Prefix", "/api/identity", "WICKETGATE__PREFIX", "/api/identity"),
            (
                "limits.max_request_body_size",
                "30000000",
                "WICKETGATE__LIMITS__MAX_REQUEST_BODY_SIZE",
                "30000000",
            ),
        ] {
            assert_eq!(
                variable(name, value),
                (variable_name.to_owned(), variable_value.to_owned())
            );
        }
    }
}
