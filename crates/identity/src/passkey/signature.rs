//! Signatures.

use std::fmt;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, EcdsaVerificationAlgorithm, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, UnparsedPublicKey,
};

use super::algorithm::CoseAlgorithm;
use super::refusal::PasskeyRefusal;

/// A key that signatures can be verified with.
#[derive(Clone)]
pub(super) enum SignatureKey {
    /// On a curve, as an uncompressed point (SEC 1).
    EllipticCurve(Curve, Vec<u8>),
    Rsa(PublicKeyComponents<Vec<u8>>),
    Ed25519([u8; 32]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

/// The hash of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The sizes of RSA moduli that can be verified with, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

impl SignatureKey {
    /// `None` if the point is not on the curve.
    pub(super) fn elliptic_curve(curve: Curve, x: &[u8], y: &[u8]) -> Option<Self> {
        let length = curve.coordinate_length();
        let mut point = Vec::with_capacity(1 + 2 * length);
        point.push(4);
        for coordinate in [x, y] {
            let digits = without_leading_zeros(coordinate);
            let padding = length.checked_sub(digits.len())?;
            point.extend(std::iter::repeat_n(0, padding));
            point.extend_from_slice(digits);
        }
        ParsedPublicKey::new(curve.algorithm(Hash::Sha256), &point).ok()?;
        Some(Self::EllipticCurve(curve, point))
    }

    /// `None` if no signature could be verified with it.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (n, e) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        let is_usable = RSA_BITS.contains(&bits(n)) && is_odd(n) && (2..=33).contains(&bits(e)) && is_odd(e);
        is_usable.then(|| {
            Self::Rsa(PublicKeyComponents {
                n: n.to_vec(),
                e: e.to_vec(),
            })
        })
    }

    pub(super) fn ed25519(bytes: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(&ED25519, bytes).ok()?;
        bytes.try_into().ok().map(Self::Ed25519)
    }

    /// As in .NET, the key and not the algorithm says what kind of signature it is: the algorithm says how it hashes.
    pub(super) fn verify(
        &self,
        algorithm: CoseAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), PasskeyRefusal> {
        let mismatch = PasskeyRefusal::AlgorithmOfAnotherKey(algorithm);
        let outcome = match self {
            Self::EllipticCurve(curve, point) => {
                let hash = Hash::of(algorithm).ok_or(mismatch)?;
                UnparsedPublicKey::new(curve.algorithm(hash), point).verify(message, signature)
            }
            Self::Rsa(components) => {
                let parameters = rsa_parameters(algorithm).ok_or(mismatch)?;
                components.verify(parameters, message, signature)
            }
            Self::Ed25519(bytes) => UnparsedPublicKey::new(&ED25519, bytes).verify(message, signature),
        };
        outcome.map_err(|_| PasskeyRefusal::InvalidAssertionSignature)
    }
}

/// Only which kind it is.
impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EllipticCurve(curve, _) => curve.fmt(f),
            Self::Rsa(components) => write!(f, "Rsa({})", bits(&components.n)),
            Self::Ed25519(_) => f.write_str("Ed25519"),
        }
    }
}

impl Curve {
    fn coordinate_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn algorithm(self, hash: Hash) -> &'static EcdsaVerificationAlgorithm {
        match (self, hash) {
            (Self::P256, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
            (Self::P256, Hash::Sha384) => &ECDSA_P256_SHA384_ASN1,
            (Self::P256, Hash::Sha512) => &ECDSA_P256_SHA512_ASN1,
            (Self::P384, Hash::Sha256) => &ECDSA_P384_SHA256_ASN1,
            (Self::P384, Hash::Sha384) => &ECDSA_P384_SHA384_ASN1,
            (Self::P384, Hash::Sha512) => &ECDSA_P384_SHA512_ASN1,
            (Self::P521, Hash::Sha256) => &ECDSA_P521_SHA256_ASN1,
            (Self::P521, Hash::Sha384) => &ECDSA_P521_SHA384_ASN1,
            (Self::P521, Hash::Sha512) => &ECDSA_P521_SHA512_ASN1,
        }
    }
}

impl Hash {
    fn of(algorithm: CoseAlgorithm) -> Option<Self> {
        match algorithm {
            CoseAlgorithm::Es256 | CoseAlgorithm::Ps256 | CoseAlgorithm::Rs256 => Some(Self::Sha256),
            CoseAlgorithm::Es384 | CoseAlgorithm::Ps384 | CoseAlgorithm::Rs384 => Some(Self::Sha384),
            CoseAlgorithm::Es512 | CoseAlgorithm::Ps512 | CoseAlgorithm::Rs512 => Some(Self::Sha512),
            CoseAlgorithm::EdDsa => None,
        }
    }
}

fn rsa_parameters(algorithm: CoseAlgorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        CoseAlgorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        CoseAlgorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        CoseAlgorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        CoseAlgorithm::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
        CoseAlgorithm::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
        CoseAlgorithm::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Of a number without leading zeros.
fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rsa_keys_have_from_2048_to_8192_bits_and_a_small_exponent() {
        let modulus = |bytes: usize| [vec![0x80], vec![0; bytes - 2], vec![1]].concat();
        for bytes in [256, 1024] {
            assert!(SignatureKey::rsa(&modulus(bytes), &[1, 0, 1]).is_some());
            assert!(SignatureKey::rsa(&[vec![0], modulus(bytes)].concat(), &[0, 3]).is_some());
        }
        let even = [vec![0x80], vec![0; 255]].concat();
        for modulus in [modulus(255), modulus(1025), even, Vec::new()] {
            assert!(SignatureKey::rsa(&modulus, &[1, 0, 1]).is_none());
        }
        for exponent in [&[][..], &[0], &[1], &[2], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 1]] {
            assert!(SignatureKey::rsa(&modulus(256), exponent).is_none(), "{exponent:?}");
        }
        assert!(SignatureKey::rsa(&modulus(256), &[1, 0, 0, 0, 1]).is_some());
    }

    #[test]
    fn a_point_beside_the_curve_is_no_key() {
        assert!(SignatureKey::elliptic_curve(Curve::P256, &[1], &[1]).is_none());
        assert!(SignatureKey::elliptic_curve(Curve::P256, &[], &[]).is_none());
        assert!(SignatureKey::elliptic_curve(Curve::P256, &[1; 33], &[1; 32]).is_none());
        assert!(SignatureKey::ed25519(&[1; 31]).is_none());
    }
}
