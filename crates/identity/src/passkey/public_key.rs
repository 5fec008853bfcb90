//! Public keys of passkeys.

use super::algorithm::CoseAlgorithm;
use super::cbor::{CborForm, CborReader, MalformedCbor, MapEntries};
use super::refusal::PasskeyRefusal;
use super::signature::{Curve, SignatureKey};

/// The public key of a passkey: a COSE key (RFC 9052) in the canonical form of CTAP2, with nothing in it but the key.
#[derive(Debug, Clone)]
pub struct CredentialPublicKey {
    algorithm: i32,
    key: SignatureKey,
}

/// The labels of a COSE key.
mod label {
    pub(super) const KEY_TYPE: i32 = 1;
    pub(super) const ALGORITHM: i32 = 3;
    pub(super) const KEY_OPERATIONS: i32 = 4;
    pub(super) const CURVE: i32 = -1;
    pub(super) const X: i32 = -2;
    pub(super) const Y: i32 = -3;
    pub(super) const MODULUS: i32 = -1;
    pub(super) const EXPONENT: i32 = -2;
}

impl CredentialPublicKey {
    /// Reads a key as stores keep it.
    ///
    /// # Errors
    /// [`PasskeyRefusal::InvalidCredentialPublicKey`]. Unlike .NET, this refuses RSA keys of fewer than 2,048 bits or more than
    /// 8,192, and accepts Ed25519.
    pub fn decode(bytes: &[u8]) -> Result<Self, PasskeyRefusal> {
        Self::read(bytes).map(|(key, _)| key)
    }

    /// What it signs with; `None` if that is not supported.
    pub fn algorithm(&self) -> Option<CoseAlgorithm> {
        CoseAlgorithm::from_id(self.algorithm)
    }

    /// Whether it is an Ed25519 key, which .NET cannot read.
    pub(super) fn is_ed25519(&self) -> bool {
        matches!(self.key, SignatureKey::Ed25519(_))
    }

    /// Reads the key in front of these bytes, and tells how many it has.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), PasskeyRefusal> {
        let invalid = |MalformedCbor| PasskeyRefusal::InvalidCredentialPublicKey;
        let mut reader = CborReader::new(bytes, CborForm::Ctap2Canonical);
        let key = read_key(&mut reader).map_err(invalid)?;
        Ok((key, reader.position()))
    }

    /// Whether the key made this signature of these bytes.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PasskeyRefusal> {
        let algorithm = self
            .algorithm()
            .ok_or(PasskeyRefusal::UnknownAlgorithm(self.algorithm))?;
        self.key.verify(algorithm, message, signature)
    }
}

/// The labels in canonical order, so that none can be there twice.
fn read_key(reader: &mut CborReader<'_>) -> Result<CredentialPublicKey, MalformedCbor> {
    let mut entries = reader.map()?;
    let mut next = Labels {
        reader,
        entries: &mut entries,
    };
    next.expect(label::KEY_TYPE)?;
    let key_type = next.reader.int()?;
    next.expect(label::ALGORITHM)?;
    let algorithm = next.reader.int()?;
    let mut label = next.read()?;
    if label == Some(label::KEY_OPERATIONS) {
        next.reader.skip()?;
        label = next.read()?;
    }
    let key = match (key_type, label) {
        (1, Some(label::CURVE)) => next.ed25519(algorithm),
        (2, Some(label::CURVE)) => next.elliptic_curve(),
        (3, Some(label::MODULUS)) => next.rsa(),
        _ => Err(MalformedCbor),
    }?;
    next.end()?;
    Ok(CredentialPublicKey { algorithm, key })
}

/// What is left of a key.
struct Labels<'r, 'b> {
    reader: &'r mut CborReader<'b>,
    entries: &'r mut MapEntries,
}

impl Labels<'_, '_> {
    fn read(&mut self) -> Result<Option<i32>, MalformedCbor> {
        let has_next = self.reader.has_next(self.entries)?;
        has_next.then(|| self.reader.int()).transpose()
    }

    fn expect(&mut self, label: i32) -> Result<(), MalformedCbor> {
        (self.read()? == Some(label)).then_some(()).ok_or(MalformedCbor)
    }

    fn end(&mut self) -> Result<(), MalformedCbor> {
        self.read()?.is_none().then_some(()).ok_or(MalformedCbor)
    }

    fn elliptic_curve(&mut self) -> Result<SignatureKey, MalformedCbor> {
        let curve = match self.reader.int()? {
            1 => Curve::P256,
            2 => Curve::P384,
            3 => Curve::P521,
            _ => return Err(MalformedCbor),
        };
        self.expect(label::X)?;
        let x = self.reader.bytes()?;
        self.expect(label::Y)?;
        let y = self.reader.bytes()?;
        SignatureKey::elliptic_curve(curve, x, y).ok_or(MalformedCbor)
    }

    fn rsa(&mut self) -> Result<SignatureKey, MalformedCbor> {
        let modulus = self.reader.bytes()?;
        self.expect(label::EXPONENT)?;
        let exponent = self.reader.bytes()?;
        SignatureKey::rsa(modulus, exponent).ok_or(MalformedCbor)
    }

    fn ed25519(&mut self, algorithm: i32) -> Result<SignatureKey, MalformedCbor> {
        if self.reader.int()? != 6 || algorithm != CoseAlgorithm::EdDsa.id() {
            return Err(MalformedCbor);
        }
        self.expect(label::X)?;
        let x = self.reader.bytes()?;
        SignatureKey::ed25519(x).ok_or(MalformedCbor)
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    /// A P-256 key of the W3C's test vectors.
    const X: &str = "5820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61";
    const Y: &str = "5820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";

    fn algorithm(key: &str) -> Option<i32> {
        let bytes = HEXLOWER.decode(key.as_bytes()).unwrap();
        let (key, length) = CredentialPublicKey::read(&bytes).ok()?;
        assert_eq!(length, bytes.len());
        Some(key.algorithm)
    }

    #[test]
    fn a_key_is_read_label_by_label() {
        assert_eq!(algorithm(&format!("a501020326200121{X}22{Y}")), Some(-7));
        assert_eq!(
            algorithm(&format!("a6010203260481022001 21{X}22{Y}").replace(' ', "")),
            Some(-7)
        );
    }

    #[test]
    fn a_key_with_anything_else_in_it_is_refused() {
        for key in [
            format!("a50326010220 0121{X}22{Y}"),
            format!("a40102032620 0121{X}"),
            format!("a6010203262001 21{X}22{Y}23 40"),
            format!("a60102024103262001 21{X}22{Y}"),
            format!("a501020326200221{X}22{Y}"),
            format!("a501010326200121{X}22{Y}"),
            format!("a501020326200121{X}22{X}"),
            format!("bf01020326200121{X}22{Y}ff"),
            format!("a5180102032620 0121{X}22{Y}"),
            "a401030339010020 4021 43010001".to_owned(),
            "a0".to_owned(),
            String::new(),
        ] {
            assert_eq!(algorithm(&key.replace(' ', "")), None, "{key}");
        }
    }
}
