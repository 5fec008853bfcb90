//! Random texts.

use data_encoding::BASE32_NOPAD;
use time::OffsetDateTime;
use uuid::{Builder, Uuid};
use wicketgate_protection::Random;
use zeroize::Zeroizing;

/// 160 random bits in base32: 32 characters (.NET's `Base32.GenerateBase32`).
pub(crate) fn new_base32(random: &dyn Random) -> String {
    let mut bytes = Zeroizing::new([0; 20]);
    random.fill(bytes.as_mut());
    BASE32_NOPAD.encode(bytes.as_ref())
}

/// A random GUID in lower case (RFC 9562 version 4, .NET's `Guid.NewGuid().ToString()`).
pub(crate) fn new_guid(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A GUID that sorts by its time, with these random bits (RFC 9562 version 7).
pub fn guid_of_time(at: OffsetDateTime, random: &[u8; 10]) -> Uuid {
    let milliseconds = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    Builder::from_unix_timestamp_millis(milliseconds, random).into_uuid()
}
