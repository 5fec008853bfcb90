//! Codes as an authenticator app shows them (RFC 6238).

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use time::OffsetDateTime;

const STEP_SECONDS: i64 = 30;

/// What an authenticator app with the base32 key `key` shows `steps` time steps from `now` (RFC 6238, SHA-1, six
/// digits). It is written apart from the server's own, so that the two check each other. `None` if the key is no base32.
pub fn one_time_code(key: &str, now: OffsetDateTime, steps: i64) -> Option<String> {
    let key = BASE32_NOPAD.decode(key.as_bytes()).ok()?;
    let counter = now.unix_timestamp().div_euclid(STEP_SECONDS) + steps;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).ok()?;
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[digest.len() - 1] & 0x0f);
    let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().ok()?) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

/// A code that the key has at no time step near `now`.
pub fn wrong_code(key: &str, now: OffsetDateTime) -> Option<String> {
    let right: Vec<String> = (-3..=3)
        .map(|steps| one_time_code(key, now, steps))
        .collect::<Option<_>>()?;
    (0..10)
        .map(|number| format!("{number:06}"))
        .find(|code| !right.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The key of RFC 6238, appendix B, "12345678901234567890"; its codes have eight digits, of which six are the last.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(one_time_code(KEY, now, 0).unwrap(), code);
        }
    }

    #[test]
    fn steps_move_the_code_in_time() {
        let now = OffsetDateTime::from_unix_timestamp(59 + 2 * STEP_SECONDS).unwrap();
        assert_eq!(one_time_code(KEY, now, -2).unwrap(), "287082");
    }

    #[test]
    fn a_wrong_code_is_wrong_at_every_step_nearby() {
        let now = OffsetDateTime::from_unix_timestamp(1_111_111_109).unwrap();
        let wrong = wrong_code(KEY, now).unwrap();
        assert!((-3..=3).all(|steps| one_time_code(KEY, now, steps).unwrap() != wrong));
    }
}
