//! A key's algorithms.

/// How a key encrypts and authenticates (.NET's `AuthenticatedEncryptorConfiguration`).
///
/// The default is .NET's: AES-256-CBC with HMACSHA256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// AES in CBC mode, with an HMAC over the ciphertext.
    Cbc(AesKeySize, ValidationAlgorithm),
    /// AES in Galois/counter mode.
    Gcm(AesKeySize),
}

/// The length of an AES key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AesKeySize {
    /// 128 bits.
    Aes128,
    /// 192 bits.
    Aes192,
    /// 256 bits.
    Aes256,
}

/// The HMAC that authenticates a CBC payload (.NET's `ValidationAlgorithm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValidationAlgorithm {
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
}

impl Default for Algorithm {
    fn default() -> Self {
        Self::Cbc(AesKeySize::Aes256, ValidationAlgorithm::HmacSha256)
    }
}

impl Algorithm {
    /// Its name in a key's `<encryption algorithm="…">`.
    pub(crate) fn encryption_name(self) -> &'static str {
        match self {
            Self::Cbc(AesKeySize::Aes128, _) => "AES_128_CBC",
            Self::Cbc(AesKeySize::Aes192, _) => "AES_192_CBC",
            Self::Cbc(AesKeySize::Aes256, _) => "AES_256_CBC",
            Self::Gcm(AesKeySize::Aes128) => "AES_128_GCM",
            Self::Gcm(AesKeySize::Aes192) => "AES_192_GCM",
            Self::Gcm(AesKeySize::Aes256) => "AES_256_GCM",
        }
    }

    /// The algorithm with these names. CBC needs a validation algorithm, GCM ignores it.
    pub(crate) fn from_names(encryption: &str, validation: Option<&str>) -> Option<Self> {
        let (size, mode) = encryption.strip_prefix("AES_")?.split_once('_')?;
        let size = match size {
            "128" => AesKeySize::Aes128,
            "192" => AesKeySize::Aes192,
            "256" => AesKeySize::Aes256,
            _ => return None,
        };
        match mode {
            "CBC" => Some(Self::Cbc(size, ValidationAlgorithm::from_name(validation?)?)),
            "GCM" => Some(Self::Gcm(size)),
            _ => None,
        }
    }
}

impl AesKeySize {
    /// In bytes.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }
}

impl ValidationAlgorithm {
    /// Its name in a key's `<validation algorithm="…">`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HMACSHA256",
            Self::HmacSha512 => "HMACSHA512",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::HmacSha256, Self::HmacSha512]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The length of its output, and of its key, in bytes.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::HmacSha256 => 32,
            Self::HmacSha512 => 64,
        }
    }
}
