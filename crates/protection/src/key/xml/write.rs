//! Writing the elements of a key ring.

use base64::{Engine, prelude::BASE64_STANDARD};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{CERTIFICATE_DECRYPTOR, PASSPHRASE_DECRYPTOR, Revocation};
use crate::key::{Algorithm, KeyEncryption, KeyLife, KeySecret, encrypted_xml, passphrase_xml};
use crate::random::Random;
use crate::ticks;

/// A key's friendly name.
pub(crate) fn key_name(id: Uuid) -> String {
    format!("key-{id}")
}

/// A key with its `master_key` element, which one of the next two functions writes.
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

/// The encrypted master key of the key `id`; `None` if encryption fails. Slow with a passphrase, so never call it on an
/// async thread.
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

/// A revocation, made at `date`. For a revocation of all keys, the date in the revocation is used instead.
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

/// Escapes text for XML; characters that XML cannot represent become U+FFFD.
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

/// The type that .NET records as the reader of its descriptors, and expects.
const DESERIALIZER: &str = "Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.\
    AuthenticatedEncryptorDescriptorDeserializer";
/// .NET 10's assembly with both types.
const ASSEMBLY: &str =
    "Microsoft.AspNetCore.DataProtection, Version=10.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60";
const NAMESPACE: &str = "http://schemas.asp.net/2015/03/dataProtection";
