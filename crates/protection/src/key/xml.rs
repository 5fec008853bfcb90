//! The elements of a key ring as XML, in the form of .NET's `XmlKeyManager`.

use base64::{Engine, prelude::BASE64_STANDARD};
use roxmltree::{Document, Node};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key::algorithm::Algorithm;
use crate::key::{Key, KeyAtRest, KeyLife, KeyProblem, KeySecret, encrypted_xml, passphrase_xml};
use crate::{KeyEncryption, Random, ticks};

/// What one element of a ring says.
#[derive(Debug)]
pub(crate) enum RingElement {
    Key(Key),
    Revocation(Revocation),
    /// Something that .NET does not know either, and skips.
    Unknown(String),
}

/// Which keys may no longer be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revocation {
    One(Uuid),
    AllCreatedBefore(OffsetDateTime),
}

/// Why an element could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ElementError {
    #[error("no XML: {0}")]
    NotXml(#[from] roxmltree::Error),
    #[error("a key without a well-formed {0}")]
    Key(&'static str),
    /// Worse than a lost key: going on would use what was revoked.
    #[error("a revocation without a well-formed {0}")]
    Revocation(&'static str),
}

/// Reads one element; `encryption` is what may open encrypted keys. A key whose life is known but whose secret cannot
/// be used is a key nonetheless.
pub(crate) fn parse(xml: &str, encryption: &[KeyEncryption]) -> Result<RingElement, ElementError> {
    let document = Document::parse(xml)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "key" => parse_key(root, encryption).map(RingElement::Key),
        "revocation" => parse_revocation(root).map(RingElement::Revocation),
        other => Ok(RingElement::Unknown(other.to_owned())),
    }
}

/// A key's friendly name.
pub(crate) fn key_name(id: Uuid) -> String {
    format!("key-{id}")
}

/// A key around its `master_key` element, which is one of the next two.
pub(crate) fn write_key(id: Uuid, life: KeyLife, algorithm: Algorithm, master_key: &str) -> Zeroizing<String> {
    let validation = match algorithm {
        Algorithm::Cbc(_, validation) => format!(r#"<validation algorithm="{}" />"#, validation.name()),
        Algorithm::Gcm(_) => {
            "<!-- AES-GCM includes a 128-bit authentication tag, no extra validation algorithm required. -->".to_owned()
        }
    };
    let master_key = Zeroizing::new(master_key.replace('\n', "\n      "));
    Zeroizing::new(format!(
        r#"<key id="{id}" version="1">
  <creationDate>{creation}</creationDate>
  <activationDate>{activation}</activationDate>
  <expirationDate>{expiration}</expirationDate>
  <descriptor deserializerType="{DESERIALIZER}, {ASSEMBLY}">
    <descriptor>
      <encryption algorithm="{encryption}" />
      {validation}
      {master_key}
    </descriptor>
  </descriptor>
</key>"#,
        creation = write_date(life.creation_date),
        activation = write_date(life.activation_date),
        expiration = write_date(life.expiration_date),
        encryption = algorithm.encryption_name(),
        master_key = *master_key,
    ))
}

/// The master key in clear, with .NET's warning.
pub(crate) fn write_master_key(secret: &KeySecret) -> Zeroizing<String> {
    let value = Zeroizing::new(BASE64_STANDARD.encode(&secret.master_key));
    Zeroizing::new(format!(
        r#"<masterKey p4:requiresEncryption="true" xmlns:p4="{NAMESPACE}">
  <!-- Warning: the key below is in an unencrypted form. -->
  <value>{value}</value>
</masterKey>"#,
        value = *value
    ))
}

/// The master key of the key `id`, encrypted; `None` if that fails. Slow with a passphrase: not for an async thread.
pub(crate) fn write_encrypted_master_key(
    secret: &KeySecret,
    id: Uuid,
    encryption: &KeyEncryption,
    random: &dyn Random,
) -> Option<Zeroizing<String>> {
    let master_key = write_master_key(secret);
    let (decryptor, encrypted) = match encryption {
        KeyEncryption::Certificate(certificate) => (
            format!("{CERTIFICATE_DECRYPTOR}, {ASSEMBLY}"),
            encrypted_xml::encrypt(&master_key, certificate, random)?,
        ),
        KeyEncryption::Passphrase(passphrase) => (
            PASSPHRASE_DECRYPTOR.to_owned(),
            passphrase_xml::encrypt(&master_key, id, passphrase, random)?,
        ),
    };
    let encrypted = encrypted.replace('\n', "\n  ");
    Some(Zeroizing::new(format!(
        r#"<encryptedSecret decryptorType="{decryptor}" xmlns="{NAMESPACE}">
  {encrypted}
</encryptedSecret>"#
    )))
}

/// The friendly name of a revocation: after the key, or after the date.
pub(crate) fn revocation_name(revocation: Revocation) -> String {
    match revocation {
        Revocation::One(id) => format!("revocation-{id}"),
        Revocation::AllCreatedBefore(date) => {
            let date: String = write_date(date)
                .chars()
                .filter(|c| !matches!(c, '-' | ':' | '.'))
                .collect();
            format!("revocation-{date}")
        }
    }
}

/// A revocation; `date` is when it was made, which for all keys is the date itself.
pub(crate) fn write_revocation(revocation: Revocation, date: OffsetDateTime, reason: Option<&str>) -> String {
    let (date, key) = match revocation {
        Revocation::One(id) => (date, format!(r#"<key id="{id}" />"#)),
        Revocation::AllCreatedBefore(before) => (
            before,
            "<!-- All keys created before the revocation date are revoked. -->\n  <key id=\"*\" />".to_owned(),
        ),
    };
    let date = write_date(date);
    let reason = match reason {
        Some(reason) => format!("<reason>{}</reason>", escape(reason)),
        None => "<reason />".to_owned(),
    };
    format!("<revocation version=\"1\">\n  <revocationDate>{date}</revocationDate>\n  {key}\n  {reason}\n</revocation>")
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
            let document = Document::parse(&element).ok();
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
    // The rest of an assembly-qualified name is the version that wrote it.
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

/// In UTC, with as many digits of a second as .NET's ticks need.
fn write_date(date: OffsetDateTime) -> String {
    let date = ticks::truncate(date).to_offset(UtcOffset::UTC);
    let ticks = date.nanosecond() / 100;
    let fraction = format!(".{ticks:07}");
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        date.hour(),
        date.minute(),
        date.second(),
    )
}

/// Text as XML; what XML cannot hold at all becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#xD;"),
            '\t' | '\n' => escaped.push(c),
            '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// What .NET notes as the reader of its descriptors, and looks for again.
const DESERIALIZER: &str = "Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.\
    AuthenticatedEncryptorDescriptorDeserializer";
/// What .NET notes as the reader of secrets that are encrypted for a certificate.
const CERTIFICATE_DECRYPTOR: &str = "Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlDecryptor";
/// Where .NET 10 has both.
const ASSEMBLY: &str =
    "Microsoft.AspNetCore.DataProtection, Version=10.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60";
/// The reader of secrets that are encrypted with a passphrase. No .NET assembly has such a type.
const PASSPHRASE_DECRYPTOR: &str = "Wicketgate.Protection.PassphraseXmlDecryptor";
const NAMESPACE: &str = "http://schemas.asp.net/2015/03/dataProtection";
