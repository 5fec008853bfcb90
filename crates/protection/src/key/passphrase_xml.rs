//! Encryption of a key's secret with a passphrase: AES-256-GCM with a key that Argon2id derives. The format is our own.

use std::str::FromStr;

use aes_gcm::{
    AeadInOut, Aes256Gcm, KeyInit,
    aead::{Nonce, Tag},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use roxmltree::Node;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key::KeyProblem;
use crate::key::passphrase::{DerivedKey, KeyDerivation};
use crate::payload::base64_text;
use crate::{KeyEncryption, KeyPassphrase, Random};

/// Encrypts the element of the key `id` with `passphrase`, as `<encryptedKey>`; `None` if the library fails.
pub(crate) fn encrypt(element: &str, id: Uuid, passphrase: &KeyPassphrase, random: &dyn Random) -> Option<String> {
    let derivation = KeyDerivation::generate(random);
    let mut nonce = [0; NONCE_LENGTH];
    random.fill(&mut nonce);
    let mut value = Zeroizing::new(element.as_bytes().to_vec());
    let tag = cipher(&passphrase.derive(derivation)?)?
        .encrypt_inout_detached(
            &Nonce::<Aes256Gcm>::from(nonce),
            id.as_bytes(),
            value.as_mut_slice().into(),
        )
        .ok()?;
    value.extend_from_slice(&tag);
    Some(format!(
        r#"<encryptedKey xmlns="">
  <!-- Encrypted with a passphrase by Wicketgate; .NET cannot read this key. -->
  <derivation algorithm="{ARGON2ID}" memory="{memory}" iterations="{iterations}" parallelism="{parallelism}" salt="{salt}" />
  <encryption algorithm="{AES_256_GCM}" nonce="{nonce}" />
  <value>{value}</value>
</encryptedKey>"#,
        memory = derivation.memory(),
        iterations = derivation.iterations(),
        parallelism = derivation.parallelism(),
        salt = BASE64_STANDARD.encode(derivation.salt()),
        nonce = BASE64_STANDARD.encode(nonce),
        value = BASE64_STANDARD.encode(&*value),
    ))
}

/// Decrypts the element of the key `id` inside `<encryptedKey>` with whichever passphrase of `encryption` fits.
pub(crate) fn decrypt(
    encrypted_key: Node<'_, '_>,
    id: Uuid,
    encryption: &[KeyEncryption],
) -> Result<Zeroizing<String>, KeyProblem> {
    let derivation = parse_derivation(child(encrypted_key, "derivation", ARGON2ID)?).ok_or(MALFORMED)?;
    let nonce = child(encrypted_key, "encryption", AES_256_GCM)?
        .attribute("nonce")
        .and_then(bytes)
        .ok_or(MALFORMED)?;
    let value = encrypted_key
        .children()
        .find(|node| node.tag_name().name() == "value")
        .and_then(|value| base64_text::decode(value.text()?))
        .ok_or(MALFORMED)?;

    let mut passphrases = encryption.iter().filter_map(KeyEncryption::passphrase).peekable();
    if passphrases.peek().is_none() {
        return Err(KeyProblem::NoPassphrase);
    }
    passphrases
        .find_map(|passphrase| open(&passphrase.derive(derivation)?, nonce, id, &value))
        .ok_or(KeyProblem::WrongPassphrase)
}

fn open(key: &DerivedKey, nonce: [u8; NONCE_LENGTH], id: Uuid, value: &[u8]) -> Option<Zeroizing<String>> {
    let (ciphertext, tag) = value.split_last_chunk::<TAG_LENGTH>()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    cipher(key)?
        .decrypt_inout_detached(
            &Nonce::<Aes256Gcm>::from(nonce),
            // Bound to its key, so that secrets cannot be swapped between keys.
            id.as_bytes(),
            text.as_mut_slice().into(),
            &Tag::<Aes256Gcm>::from(*tag),
        )
        .ok()?;
    Some(Zeroizing::new(str::from_utf8(&text).ok()?.to_owned()))
}

fn cipher(key: &DerivedKey) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(&**key).ok()
}

fn parse_derivation(derivation: Node<'_, '_>) -> Option<KeyDerivation> {
    let number = |name| u32::from_str(derivation.attribute(name)?).ok();
    KeyDerivation::new(
        number("memory")?,
        number("iterations")?,
        number("parallelism")?,
        derivation.attribute("salt").and_then(bytes)?,
    )
}

/// The child with this name, if it has this algorithm.
fn child<'a, 'input>(parent: Node<'a, 'input>, name: &str, algorithm: &str) -> Result<Node<'a, 'input>, KeyProblem> {
    let child = parent
        .children()
        .find(|node| node.tag_name().name() == name)
        .ok_or(MALFORMED)?;
    match child.attribute("algorithm") {
        Some(named) if named == algorithm => Ok(child),
        other => Err(KeyProblem::UnknownAlgorithm {
            algorithms: other.unwrap_or("none").to_owned(),
        }),
    }
}

fn bytes<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    base64_text::decode(text)?.try_into().ok()
}

const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;
const MALFORMED: KeyProblem = KeyProblem::Malformed {
    element: "encryptedSecret",
};
const ARGON2ID: &str = "argon2id";
const AES_256_GCM: &str = "AES_256_GCM";
