//! Random texts.

use data_encoding::BASE32_NOPAD;
use uuid::Builder;
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
