//! Reading the elements of a key ring.

use base64::{Engine, prelude::BASE64_STANDARD};
use roxmltree::Node;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{CERTIFICATE_DECRYPTOR, ElementError, PASSPHRASE_DECRYPTOR, Revocation, RingElement, document};
use crate::key::{
    Algorithm, Key, KeyAtRest, KeyEncryption, KeyLife, KeyProblem, KeySecret, encrypted_xml, passphrase_xml,
};

/// Reads one element; `encryption` is used to decrypt keys. A key whose dates are known but whose secret cannot be used
/// still counts as a key.
pub(crate) fn parse(xml: &str, encryption: &[KeyEncryption]) -> Result<RingElement, ElementError> {
    let document = document(xml)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "key" => parse_key(root, encryption).map(RingElement::Key),
        "revocation" => parse_revocation(root).map(RingElement::Revocation),
        other => Ok(RingElement::Unknown(other.to_owned())),
    }
}

fn parse_key(element: Node<'_, '_>, encryption: &[KeyEncryption]) -> Result<Key, ElementError> {
    let id = element
        .attribute("id")
        .and_then(parse_id)
        .ok_or(ElementError::Key("id"))?;
    Ok(Key {
        id,
        life: KeyLife {
            creation_date: date_of(element, "creationDate").ok_or(ElementError::Key("creationDate"))?,
            activation_date: date_of(element, "activationDate").ok_or(ElementError::Key("activationDate"))?,
            expiration_date: date_of(element, "expirationDate").ok_or(ElementError::Key("expirationDate"))?,
        },
        is_revoked: false,
        at_rest: at_rest(element),
        secret: parse_secret(element, id, encryption),
    })
}

fn at_rest(key: Node<'_, '_>) -> KeyAtRest {
    let secret = child(key, "descriptor")
        .and_then(|outer| child(outer, "descriptor"))
        .and_then(|descriptor| child(descriptor, "encryptedSecret"));
    match secret.map(decryptor_of) {
        None => KeyAtRest::InClear,
        Some(CERTIFICATE_DECRYPTOR) => KeyAtRest::ForCertificate,
        Some(PASSPHRASE_DECRYPTOR) => KeyAtRest::WithPassphrase,
        Some(_) => KeyAtRest::Otherwise,
    }
}

fn parse_secret(key: Node<'_, '_>, id: Uuid, encryption: &[KeyEncryption]) -> Result<KeySecret, KeyProblem> {
    let descriptor = child(key, "descriptor")
        .and_then(|outer| child(outer, "descriptor"))
        .ok_or(KeyProblem::Malformed { element: "descriptor" })?;
    let master_key = match child(descriptor, "encryptedSecret") {
        None => child(descriptor, "masterKey").and_then(parse_master_key),
        Some(secret) => {
            let element = decrypt_secret(secret, id, encryption)?;
            let document = document(&element).ok();
            document.and_then(|document| parse_master_key(document.root_element()))
        }
    };
    let algorithm_of = |name| child(descriptor, name).and_then(|node| node.attribute("algorithm"));
    let encryption = algorithm_of("encryption").ok_or(KeyProblem::Malformed { element: "encryption" })?;
    let validation = algorithm_of("validation");
    let algorithm = Algorithm::from_names(encryption, validation).ok_or_else(|| KeyProblem::UnknownAlgorithm {
        algorithms: [Some(encryption), validation]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" and "),
    })?;
    Ok(KeySecret {
        algorithm,
        master_key: master_key.ok_or(KeyProblem::Malformed { element: "masterKey" })?,
    })
}

fn decrypt_secret(
    secret: Node<'_, '_>,
    id: Uuid,
    encryption: &[KeyEncryption],
) -> Result<Zeroizing<String>, KeyProblem> {
    let decryptor = decryptor_of(secret);
    match (child(secret, "EncryptedData"), child(secret, "encryptedKey")) {
        (Some(data), _) if decryptor == CERTIFICATE_DECRYPTOR => encrypted_xml::decrypt(data, encryption),
        (_, Some(key)) if decryptor == PASSPHRASE_DECRYPTOR => passphrase_xml::decrypt(key, id, encryption),
        _ => Err(KeyProblem::EncryptedAtRest {
            decryptor: decryptor.to_owned(),
        }),
    }
}

/// The .NET type that decrypts `<encryptedSecret>`.
fn decryptor_of<'a>(secret: Node<'a, '_>) -> &'a str {
    let decryptor = secret.attribute("decryptorType").unwrap_or("an unnamed decryptor");
    // The rest of an assembly-qualified name is the version of the writer.
    decryptor.split(',').next().unwrap_or(decryptor)
}

fn parse_master_key(master_key: Node<'_, '_>) -> Option<Zeroizing<Vec<u8>>> {
    let value = child(master_key, "value")?.text()?;
    let master_key = Zeroizing::new(BASE64_STANDARD.decode(value.trim()).ok()?);
    (!master_key.is_empty()).then_some(master_key)
}

fn parse_revocation(element: Node<'_, '_>) -> Result<Revocation, ElementError> {
    let id = child(element, "key")
        .and_then(|key| key.attribute("id"))
        .ok_or(ElementError::Revocation("key"))?;
    if id == "*" {
        date_of(element, "revocationDate")
            .map(Revocation::AllCreatedBefore)
            .ok_or(ElementError::Revocation("revocationDate"))
    } else {
        parse_id(id).map(Revocation::One).ok_or(ElementError::Revocation("key"))
    }
}

fn child<'a, 'input>(parent: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    parent.children().find(|node| node.tag_name().name() == name)
}

fn parse_id(id: &str) -> Option<Uuid> {
    Uuid::parse_str(id.trim()).ok()
}

fn date_of(parent: Node<'_, '_>, name: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(child(parent, name)?.text()?.trim(), &Rfc3339)
        .ok()?
        .checked_to_offset(UtcOffset::UTC)
}
