//! Signature algorithms.

/// A signature algorithm of passkeys (a COSE algorithm identifier, RFC 9053).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CoseAlgorithm {
    /// ECDSA with SHA-256; -7.
    Es256,
    /// RSASSA-PSS with SHA-256; -37.
    Ps256,
    /// ECDSA with SHA-384; -35.
    Es384,
    /// RSASSA-PSS with SHA-384; -38.
    Ps384,
    /// RSASSA-PSS with SHA-512; -39.
    Ps512,
    /// RSASSA-PKCS1-v1_5 with SHA-256; -257.
    Rs256,
    /// ECDSA with SHA-512; -36.
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-384; -258.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512; -259.
    Rs512,
    /// Ed25519; -8. .NET does not know it.
    EdDsa,
}

impl CoseAlgorithm {
    /// Those of .NET, in the order in which it offers them.
    pub const DOTNET: [Self; 9] = [
        Self::Es256,
        Self::Ps256,
        Self::Es384,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Es512,
        Self::Rs384,
        Self::Rs512,
    ];

    const ALL: [Self; 10] = [
        Self::Es256,
        Self::Ps256,
        Self::Es384,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Es512,
        Self::Rs384,
        Self::Rs512,
        Self::EdDsa,
    ];

    /// Its number in COSE.
    pub fn id(self) -> i32 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Es512 => -36,
            Self::Ps256 => -37,
            Self::Ps384 => -38,
            Self::Ps512 => -39,
            Self::Rs256 => -257,
            Self::Rs384 => -258,
            Self::Rs512 => -259,
        }
    }

    /// The algorithm with this number in COSE.
    pub fn from_id(id: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.id() == id)
    }

    /// Its name, such as `ES256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_algorithm_is_found_by_its_number() {
        for algorithm in CoseAlgorithm::ALL {
            assert_eq!(CoseAlgorithm::from_id(algorithm.id()), Some(algorithm));
        }
        assert_eq!(CoseAlgorithm::from_id(0), None);
        assert_eq!(CoseAlgorithm::ALL[..9], CoseAlgorithm::DOTNET);
    }
}
