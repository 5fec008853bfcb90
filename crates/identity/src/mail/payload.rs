//! What is inside a protected mail.

use wicketgate_protection::{ProtectError, Protector, UnprotectError, base64_text, key_of};
use zeroize::Zeroizing;

use super::queued::ProtectedMail;
use super::{AccountNotice, EmailMessage, EmailText};
use crate::account::UserId;
use crate::binary::{BinaryReader, BinaryWriter, Malformed};

/// Payloads are as long as a multiple of this, so that no length tells a mail from a decoy.
const BLOCK: usize = 1024;

/// The forms of the text.
const CONFIRMATION_LINK: i32 = 1;
const PASSWORD_RESET_CODE: i32 = 2;
const NOTICE: i32 = 3;

/// Protects a mail; `None` stands for a decoy.
pub(super) async fn protect(
    protector: &Protector,
    message: Option<&EmailMessage>,
) -> Result<ProtectedMail, ProtectError> {
    protect_bytes(protector, &message.map(write).unwrap_or_default()).await
}

/// Opens a mail, also one whose key was revoked.
pub(super) async fn open(protector: &Protector, mail: &ProtectedMail) -> Result<EmailMessage, UnprotectError> {
    let bytes = open_bytes(protector, mail).await?;
    read(&bytes).map_err(|Malformed| UnprotectError::Invalid)
}

/// The same mail under the key that protects now.
pub(super) async fn protect_again(
    protector: &Protector,
    mail: &ProtectedMail,
) -> Result<Result<ProtectedMail, ProtectError>, UnprotectError> {
    let bytes = open_bytes(protector, mail).await?;
    Ok(protect_bytes(protector, &bytes).await)
}

async fn protect_bytes(protector: &Protector, bytes: &[u8]) -> Result<ProtectedMail, ProtectError> {
    let length = bytes.len().max(1).next_multiple_of(BLOCK);
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(bytes);
    padded.resize(length, 0);
    let payload = protector.protect(&padded).await?;
    Ok(ProtectedMail {
        key_id: key_of(&payload).unwrap_or_default(),
        payload: base64_text::encode_url(&payload),
    })
}

async fn open_bytes(protector: &Protector, mail: &ProtectedMail) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
    let payload = base64_text::decode_url(&mail.payload).ok_or(UnprotectError::Invalid)?;
    protector.unprotect_at_rest(&payload).await
}

fn write(message: &EmailMessage) -> Zeroizing<Vec<u8>> {
    let (form, text) = match &message.text {
        EmailText::ConfirmationLink(text) => (CONFIRMATION_LINK, text.as_str()),
        EmailText::PasswordResetCode(text) => (PASSWORD_RESET_CODE, text.as_str()),
        EmailText::Notice(notice) => (NOTICE, notice.name()),
    };
    let mut writer = BinaryWriter::default();
    writer.int32(form);
    writer.string(message.user.as_str());
    writer.string(&message.to);
    writer.string(text);
    Zeroizing::new(writer.into_bytes())
}

fn read(bytes: &[u8]) -> Result<EmailMessage, Malformed> {
    let mut reader = BinaryReader::new(bytes);
    let form = reader.int32()?;
    let user = UserId::from_stored(reader.string()?);
    let to = reader.string()?.to_owned();
    let text = reader.string()?.to_owned();
    let text = match form {
        CONFIRMATION_LINK => EmailText::ConfirmationLink(text),
        PASSWORD_RESET_CODE => EmailText::PasswordResetCode(text),
        NOTICE => EmailText::Notice(AccountNotice::from_name(&text).ok_or(Malformed)?),
        _ => return Err(Malformed),
    };
    Ok(EmailMessage { user, to, text })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wicketgate_protection::{DataProtection, SeededRandom, SystemClock};

    use super::*;

    fn message(text: EmailText) -> EmailMessage {
        EmailMessage {
            user: UserId::from_stored("7"),
            to: "ädä@example.test".to_owned(),
            text,
        }
    }

    fn protection() -> DataProtection {
        DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SeededRandom::new(1)))
    }

    #[tokio::test]
    async fn a_mail_is_opened_as_it_was_also_when_its_key_was_revoked_or_replaced() {
        let protection = protection();
        let protector = protection.protector(&["mails"]);
        for text in [
            EmailText::ConfirmationLink("https://host/?a=b".to_owned()),
            EmailText::PasswordResetCode("x".repeat(3_000)),
        ] {
            let message = message(text);
            let old = protect(&protector, Some(&message)).await.unwrap();
            protection.ring().revoke_key(old.key_id, None).await.unwrap();
            assert_eq!(open(&protector, &old).await.unwrap(), message);
            let new = protect_again(&protector, &old).await.unwrap().unwrap();
            assert_ne!(new.key_id, old.key_id);
            assert_eq!(open(&protector, &new).await.unwrap(), message);
        }
    }

    #[tokio::test]
    async fn a_decoy_is_as_long_as_a_mail_and_is_none() {
        let protector = protection().protector(&["mails"]);
        let code = EmailText::PasswordResetCode("c".repeat(400));
        let mail = protect(&protector, Some(&message(code))).await.unwrap();
        let decoy = protect(&protector, None).await.unwrap();
        assert_eq!(mail.payload.len(), decoy.payload.len());
        assert!(open(&protector, &decoy).await.is_err());
    }
}
