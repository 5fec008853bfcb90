//! The elements of a key ring as XML, in the form of .NET's `XmlKeyManager`.

use base64::{Engine, prelude::BASE64_STANDARD};
use roxmltree::{Document, Node};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    algorithm::Algorithm,
    key::{Key, KeyLife, KeyProblem, KeySecret},
    ticks,
};

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

/// Reads one element. A key whose life is known but whose secret cannot be used is a key nonetheless.
pub(crate) fn parse(xml: &str) -> Result<RingElement, ElementError> {
    let document = Document::parse(xml)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "key" => parse_key(root).map(RingElement::Key),
        "revocation" => parse_revocation(root).map(RingElement::Revocation),
        other => Ok(RingElement::Unknown(other.to_owned())),
    }
}

/// A key's friendly name.
pub(crate) fn key_name(id: Uuid) -> String {
    format!("key-{id}")
}

/// A key with its secret in clear, as .NET writes it for no encryption at rest.
pub(crate) fn write_key(id: Uuid, life: KeyLife, secret: &KeySecret) -> Zeroizing<String> {
    let validation = match secret.algorithm {
        Algorithm::Cbc(_, validation) => format!(r#"<validation algorithm="{}" />"#, validation.name()),
        Algorithm::Gcm(_) => {
            "<!-- AES-GCM includes a 128-bit authentication tag, no extra validation algorithm required. -->".to_owned()
        }
    };
    let master_key = Zeroizing::new(BASE64_STANDARD.encode(&secret.master_key));
    Zeroizing::new(format!(
        r#"<key id="{id}" version="1">
  <creationDate>{creation}</creationDate>
  <activationDate>{activation}</activationDate>
  <expirationDate>{expiration}</expirationDate>
  <descriptor deserializerType="{DESERIALIZER_TYPE}">
    <descriptor>
      <encryption algorithm="{encryption}" />
      {validation}
      <masterKey p4:requiresEncryption="true" xmlns:p4="http://schemas.asp.net/2015/03/dataProtection">
        <!-- Warning: the key below is in an unencrypted form. -->
        <value>{master_key}</value>
      </masterKey>
    </descriptor>
  </descriptor>
</key>"#,
        creation = write_date(life.creation_date),
        activation = write_date(life.activation_date),
        expiration = write_date(life.expiration_date),
        encryption = secret.algorithm.encryption_name(),
        master_key = *master_key,
    ))
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

fn parse_key(element: Node<'_, '_>) -> Result<Key, ElementError> {
    Ok(Key {
        id: element
            .attribute("id")
            .and_then(parse_id)
            .ok_or(ElementError::Key("id"))?,
        life: KeyLife {
            creation_date: date_of(element, "creationDate").ok_or(ElementError::Key("creationDate"))?,
            activation_date: date_of(element, "activationDate").ok_or(ElementError::Key("activationDate"))?,
            expiration_date: date_of(element, "expirationDate").ok_or(ElementError::Key("expirationDate"))?,
        },
        is_revoked: false,
        secret: parse_secret(element),
    })
}

fn parse_secret(key: Node<'_, '_>) -> Result<KeySecret, KeyProblem> {
    let encrypted = key
        .descendants()
        .find(|node| node.tag_name().name() == "encryptedSecret");
    if let Some(encrypted) = encrypted {
        let decryptor = encrypted.attribute("decryptorType").unwrap_or("an unnamed decryptor");
        // The rest of an assembly-qualified name says nothing to the reader.
        let decryptor = decryptor.split(',').next().unwrap_or(decryptor).to_owned();
        return Err(KeyProblem::EncryptedAtRest { decryptor });
    }
    let descriptor = child(key, "descriptor")
        .and_then(|outer| child(outer, "descriptor"))
        .ok_or(KeyProblem::Malformed { element: "descriptor" })?;
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
    let master_key = child(descriptor, "masterKey")
        .and_then(|master_key| child(master_key, "value"))
        .and_then(|value| BASE64_STANDARD.decode(value.text()?.trim()).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or(KeyProblem::Malformed { element: "masterKey" })?;
    Ok(KeySecret {
        algorithm,
        master_key: Zeroizing::new(master_key),
    })
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

/// What .NET 10 notes as the reader of its descriptors, and looks for again.
const DESERIALIZER_TYPE: &str = "Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.\
    AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection, Version=10.0.0.0, \
    Culture=neutral, PublicKeyToken=adb9793829ddae60";
