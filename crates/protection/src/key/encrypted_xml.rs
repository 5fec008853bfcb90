//! XML Encryption with certificates, as far as .NET's `CertificateXmlEncryptor` and `EncryptedXmlDecryptor` use it: the
//! element under AES-256-CBC, that key under RSA (<https://www.w3.org/TR/xmlenc-core1/>).

use aes::{
    Aes256,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::block_padding::Iso10126;
use roxmltree::Node;
use zeroize::Zeroizing;

use crate::key::KeyProblem;
use crate::key::certificate::{fingerprint, thumbprint};
use crate::payload::base64_text;
use crate::{KeyCertificate, KeyEncryption, Random};

/// Encrypts `element` for `certificate`, as `<EncryptedData>`; `None` if the library fails.
pub(crate) fn encrypt(element: &str, certificate: &KeyCertificate, random: &dyn Random) -> Option<String> {
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    let mut iv = [0; IV_LENGTH];
    random.fill(&mut *key);
    random.fill(&mut iv);
    let encrypted = cbc::Encryptor::<Aes256>::new_from_slices(&*key, &iv)
        .ok()?
        .encrypt_padded_vec::<Iso10126>(element.as_bytes());
    Some(format!(
        r#"<EncryptedData Type="{XML_ENCRYPTION}Element" xmlns="{XML_ENCRYPTION}">
  <EncryptionMethod Algorithm="{AES_256_CBC}" />
  <KeyInfo xmlns="{XML_SIGNATURE}">
    <EncryptedKey xmlns="{XML_ENCRYPTION}">
      <EncryptionMethod Algorithm="{RSA_1_5}" />
      <KeyInfo xmlns="{XML_SIGNATURE}">
        <X509Data>
          <X509Certificate>{certificate_der}</X509Certificate>
        </X509Data>
      </KeyInfo>
      <CipherData>
        <CipherValue>{encrypted_key}</CipherValue>
      </CipherData>
    </EncryptedKey>
  </KeyInfo>
  <CipherData>
    <CipherValue>{encrypted}</CipherValue>
  </CipherData>
</EncryptedData>"#,
        certificate_der = BASE64_STANDARD.encode(certificate.der()),
        encrypted_key = BASE64_STANDARD.encode(certificate.encrypt(&*key)?),
        encrypted = BASE64_STANDARD.encode([&iv[..], &encrypted].concat()),
    ))
}

/// Decrypts the element inside `<EncryptedData>` with the certificate of `encryption` that it names.
pub(crate) fn decrypt(
    encrypted_data: Node<'_, '_>,
    encryption: &[KeyEncryption],
) -> Result<Zeroizing<String>, KeyProblem> {
    let encrypted_key = child(encrypted_data, "KeyInfo")
        .and_then(|info| child(info, "EncryptedKey"))
        .ok_or(MALFORMED)?;
    for (element, expected) in [(encrypted_data, AES_256_CBC), (encrypted_key, RSA_1_5)] {
        let method = child(element, "EncryptionMethod").and_then(|method| method.attribute("Algorithm"));
        if method != Some(expected) {
            return Err(KeyProblem::UnknownAlgorithm {
                algorithms: method.unwrap_or("none").to_owned(),
            });
        }
    }
    let certificate = child(encrypted_key, "KeyInfo")
        .and_then(|info| child(info, "X509Data"))
        .and_then(|data| child(data, "X509Certificate"))
        .and_then(base64_of)
        .ok_or(MALFORMED)?;
    let certificate = encryption
        .iter()
        .filter_map(KeyEncryption::certificate)
        .find(|known| known.der() == certificate)
        .ok_or_else(|| KeyProblem::NoCertificate {
            thumbprint: thumbprint(&certificate),
            fingerprint: fingerprint(&certificate),
        })?;
    let key = cipher_value(encrypted_key)
        .and_then(|value| certificate.decrypt(&value))
        .ok_or(MALFORMED)?;
    let encrypted = cipher_value(encrypted_data).ok_or(MALFORMED)?;
    let (iv, encrypted) = encrypted.split_at_checked(IV_LENGTH).ok_or(MALFORMED)?;
    let mut text = Zeroizing::new(encrypted.to_vec());
    let length = cbc::Decryptor::<Aes256>::new_from_slices(&key, iv)
        .map_err(|_| MALFORMED)?
        .decrypt_padded::<Iso10126>(&mut text)
        .map_err(|_| MALFORMED)?
        .len();
    let text = str::from_utf8(&text[..length]).map_err(|_| MALFORMED)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn cipher_value(element: Node<'_, '_>) -> Option<Vec<u8>> {
    base64_of(child(child(element, "CipherData")?, "CipherValue")?)
}

fn base64_of(element: Node<'_, '_>) -> Option<Vec<u8>> {
    base64_text::decode(element.text()?)
}

fn child<'a, 'input>(parent: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    parent.children().find(|node| node.tag_name().name() == name)
}

const KEY_LENGTH: usize = 32;
const IV_LENGTH: usize = 16;
const MALFORMED: KeyProblem = KeyProblem::Malformed {
    element: "encryptedSecret",
};
const XML_ENCRYPTION: &str = "http://www.w3.org/2001/04/xmlenc#";
const XML_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const AES_256_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
const RSA_1_5: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
