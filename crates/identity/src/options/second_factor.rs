//! Options of the second factor.

/// How strict the second factor is. The defaults are what .NET does, which has no options for it.
#[derive(Debug, Clone)]
pub struct SecondFactorOptions {
    /// How many steps of 30 seconds an authenticator's clock may be off, either way: 2. At most
    /// [`MAX_WINDOW`](Self::MAX_WINDOW).
    pub window: u8,
    /// Whether a code of the authenticator is accepted once only, on all instances together. Needs stores that keep
    /// [one-time secrets](crate::store::SecretStore).
    pub single_use: bool,
    /// Whether new recovery codes have 117 random bits and are stored as hashes. Otherwise they have 47 and are stored as they
    /// are. Those that an account has are accepted either way, until they are replaced. .NET accepts no hashed ones.
    pub hash_recovery_codes: bool,
    /// Whether new authenticator keys are encrypted in the store, with the key ring. Both kinds are read either way. .NET
    /// cannot read encrypted ones.
    pub encrypt_authenticator_keys: bool,
}

impl SecondFactorOptions {
    /// The widest window: five minutes either way.
    pub const MAX_WINDOW: u8 = 10;
}

impl Default for SecondFactorOptions {
    fn default() -> Self {
        Self {
            window: 2,
            single_use: false,
            hash_recovery_codes: false,
            encrypt_authenticator_keys: false,
        }
    }
}
