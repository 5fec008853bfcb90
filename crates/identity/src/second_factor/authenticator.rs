//! Codes of an authenticator application (.NET's `AuthenticatorTokenProvider`): RFC 6238 with HMAC-SHA1, steps of 30
//! seconds and six digits.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use time::OffsetDateTime;
use wicketgate_protection::Random;
use zeroize::Zeroizing;

use crate::text::random::new_base32;

const STEP_SECONDS: i64 = 30;
const CODES: u32 = 1_000_000;

/// A new shared key: 160 random bits in base32.
pub fn new_key(random: &dyn Random) -> String {
    new_base32(random)
}

/// The step in which an authenticator with the shared `key` (base32) shows `code`, as the user typed it: the latest one
/// that is at most `window` steps away from `now`. `None` if there is none; a key that is not base32 has no codes.
pub fn step_of_code(key: &str, code: &str, now: OffsetDateTime, window: u8) -> Option<i64> {
    let (key, code) = (decode_key(key)?, parse_code(code)?);
    let (step, window) = (now.unix_timestamp().div_euclid(STEP_SECONDS), i64::from(window));
    let (mut found, mut is_found) = (0, Choice::from(0));
    // All of them are compared, whichever it is.
    for step in step - window..=step + window {
        let equal = code_at(&key, step).ct_eq(&code);
        found.conditional_assign(&step, equal);
        is_found |= equal;
    }
    bool::from(is_found).then_some(found)
}

/// What an authenticator with the shared `key` (base32) shows at this instant, for tests of an application.
pub fn code(key: &str, now: OffsetDateTime) -> Option<String> {
    let step = now.unix_timestamp().div_euclid(STEP_SECONDS);
    Some(format!("{:06}", code_at(&decode_key(key)?, step)))
}

/// The last instant at which the code of a step is accepted.
pub fn end_of_step(step: i64, window: u8) -> OffsetDateTime {
    let ends = (step + i64::from(window) + 1) * STEP_SECONDS;
    OffsetDateTime::from_unix_timestamp(ends).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The code of one step, as a number (RFC 4226 section 5.3).
fn code_at(key: &[u8], step: i64) -> u32 {
    let mac = hmac_sha1(key, &step.to_be_bytes());
    let offset = usize::from(mac[19] & 0x0F);
    let truncated = u32::from_be_bytes([mac[offset], mac[offset + 1], mac[offset + 2], mac[offset + 3]]);
    (truncated & 0x7FFF_FFFF) % CODES
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut hmac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of every length");
    hmac.update(message);
    hmac.finalize().into_bytes().into()
}

/// Base32 in either case, with or without padding.
fn decode_key(key: &str) -> Option<Zeroizing<Vec<u8>>> {
    let key = Zeroizing::new(key.trim_end_matches('=').to_ascii_uppercase());
    BASE32_NOPAD.decode(key.as_bytes()).ok().map(Zeroizing::new)
}

/// The code as .NET's `int.TryParse` reads it: surrounding white space, one sign and leading zeros are allowed, and a
/// NUL may only be followed by NULs. Negative numbers are no codes.
fn parse_code(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(WHITE_SPACE);
    let text = text.trim_end_matches('\0').trim_end_matches(WHITE_SPACE);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|&code| !negative || code == 0)
}

const WHITE_SPACE: [char; 6] = ['\t', '\n', '\u{B}', '\u{C}', '\r', ' '];

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    /// The key of RFC 6238's examples, `12345678901234567890`.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn is_valid_code(key: &str, code: &str, now: OffsetDateTime) -> bool {
        step_of_code(key, code, now, 2).is_some()
    }

    #[test]
    fn codes_are_the_last_six_digits_of_the_examples_in_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert!(is_valid_code(KEY, code, at(seconds)), "{seconds} s");
            assert!(!is_valid_code(KEY, code, at(seconds + 86_400)), "{seconds} s");
        }
    }

    #[test]
    fn two_steps_early_or_late_are_accepted_and_three_are_not() {
        // 081804 is shown from 1 111 111 080 on.
        for (seconds, accepted) in [
            (1_111_111_080 - 61, false),
            (1_111_111_080 - 60, true),
            (1_111_111_080, true),
            (1_111_111_109, true),
            (1_111_111_080 + 89, true),
            (1_111_111_080 + 90, false),
        ] {
            assert_eq!(is_valid_code(KEY, "081804", at(seconds)), accepted, "{seconds} s");
        }
    }

    #[test]
    fn a_code_is_of_one_step_which_ends_with_the_window() {
        let step = 1_111_111_080 / 30;
        for (window, seconds, accepted) in [
            (1, -31, false),
            (1, -30, true),
            (1, 59, true),
            (1, 60, false),
            (0, 29, true),
        ] {
            let now = at(1_111_111_080 + seconds);
            let found = step_of_code(KEY, "081804", now, window);
            assert_eq!(found, accepted.then_some(step), "{window} {seconds}");
            assert!(!accepted || end_of_step(step, window) > now);
        }
        assert_eq!(end_of_step(step, 1), at(1_111_111_080 + 60));
    }

    #[test]
    fn keys_are_read_in_either_case_and_with_padding() {
        for key in [KEY.to_ascii_lowercase(), format!("{KEY}======")] {
            assert!(is_valid_code(&key, "287082", at(59)), "{key}");
        }
    }

    #[test]
    fn a_key_that_is_no_base32_has_no_codes() {
        for key in ["0", "A!", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ1", "\u{17F}"] {
            assert!(!is_valid_code(key, "287082", at(59)), "{key}");
        }
    }

    #[test]
    fn codes_are_read_as_dotnet_reads_numbers() {
        for text in [
            "5924",
            " 005924",
            "005924\t\r\n",
            "+5924",
            "00000000000000005924",
            "5924 \0\0",
        ] {
            assert_eq!(parse_code(text), Some(5_924), "{text:?}");
        }
        for text in [
            "",
            " ",
            "+",
            "-5924",
            "5924-",
            "5 924",
            "+ 5924",
            "++5924",
            "5924.0",
            "5,924",
            "5924\0 ",
            "5924x",
            "０",
            "٥٩٢٤",
            "4294967296",
            "99999999999999999999",
        ] {
            assert_eq!(parse_code(text), None, "{text:?}");
        }
        assert_eq!(parse_code("-000000"), Some(0));
    }

    #[test]
    fn a_code_is_shown_with_its_leading_zeros() {
        assert_eq!(code(KEY, at(1_234_567_890)).as_deref(), Some("005924"));
        assert_eq!(code("0", at(59)), None);
    }

    #[test]
    fn new_keys_are_160_random_bits_in_base32() {
        let key = new_key(&crate::test_random::CountingRandom::default());
        assert_eq!(key, "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT");
        assert_eq!(decode_key(&key).unwrap().as_slice(), (0..20).collect::<Vec<u8>>());
    }
}
