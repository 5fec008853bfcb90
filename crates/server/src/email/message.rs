//! Mails as they travel.

use std::{sync::Arc, time::SystemTime};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType, MIME_VERSION_1_0},
    },
};
use wicketgate_identity::{EmailMessage, mail::EmailTexts};
use wicketgate_protection::{Clock, Random};

/// What turns a mail to a user into a message as it travels (RFC 5322).
#[derive(Debug)]
pub(super) struct MessageForm {
    from: Mailbox,
    texts: EmailTexts,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// The address is not one that mail can be sent to. The Identity API takes everything with one `@` for an address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("mail cannot be sent to this address")]
pub(super) struct Undeliverable;

/// The longest line that SMTP carries as it is (RFC 5321, section 4.5.3.1.6), without its end.
const LONGEST_LINE: usize = 998;

impl MessageForm {
    pub(super) fn new(from: Mailbox, texts: EmailTexts, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            from,
            texts,
            clock,
            random,
        }
    }

    pub(super) fn message(&self, mail: &EmailMessage) -> Result<Message, Undeliverable> {
        let to = address(&mail.to).ok_or(Undeliverable)?;
        // Said outright, since what lettre reads from the headers has no quoted names.
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()]).map_err(|_| Undeliverable)?;
        Message::builder()
            .envelope(envelope)
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.text.subject())
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(format!("<{}@{}>", self.unique_name(), self.from.email.domain())))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_HTML)
            .body(body(mail.text.html_in(self.texts)))
            .map_err(|_| Undeliverable)
    }

    /// Names sort by time.
    pub(super) fn unique_name(&self) -> String {
        let mut random = [0; 8];
        self.random.fill(&mut random);
        format!(
            "{}-{:016x}",
            self.clock.now().unix_timestamp(),
            u64::from_be_bytes(random)
        )
    }
}

/// As it is if SMTP carries it so, so that a link in a `.eml` file can be copied; otherwise encoded.
fn body(html: String) -> Body {
    let is_plain = html
        .lines()
        .all(|line| line.len() <= LONGEST_LINE && line.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')));
    if is_plain {
        Body::dangerous_pre_encoded(
            html.replace('\n', "\r\n").into_bytes(),
            ContentTransferEncoding::SevenBit,
        )
    } else {
        Body::new(html)
    }
}

/// `a b@c` travels as `"a b"@c` (RFC 5321, section 4.1.2).
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    if text.contains(char::is_control) {
        return None;
    }
    Address::new(user, domain).ok().or_else(|| {
        let quoted = format!("\"{}\"", user.replace('\\', "\\\\").replace('"', "\\\""));
        Address::new(quoted, domain).ok()
    })
}

#[cfg(test)]
mod tests {
    use wicketgate_identity::{EmailText, UserId};
    use wicketgate_protection::{SystemClock, SystemRandom};

    use super::*;

    fn mail(to: &str, text: EmailText) -> Result<String, Undeliverable> {
        let form = MessageForm::new(
            "Accounts <no-reply@example.test>".parse().unwrap(),
            EmailTexts::AspNetCore10,
            Arc::new(SystemClock),
            Arc::new(SystemRandom),
        );
        let user = UserId::from_stored("7");
        let message = form.message(&EmailMessage {
            user,
            to: to.to_owned(),
            text,
        })?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn the_link_is_one_unbroken_line() {
        let link = format!("https://id.example.test/confirmEmail?userId=7&code={}", "x".repeat(600));
        let text = EmailText::ConfirmationLink(link);
        let sent = mail("ada@example.test", text.clone()).unwrap();
        assert!(sent.contains(&format!("\r\n\r\n{}", text.html())), "{sent}");
        assert!(sent.contains("Content-Type: text/html; charset=utf-8\r\n"), "{sent}");
    }

    #[test]
    fn a_body_that_smtp_cannot_carry_is_encoded() {
        let sent = mail("ada@example.test", EmailText::PasswordResetCode("x".repeat(2_000))).unwrap();
        assert!(sent.lines().all(|line| line.len() <= 100), "{sent}");
    }

    #[test]
    fn unusual_addresses_are_quoted_as_smtp_wants_them() {
        for (given, sent) in [
            ("ada@example.test", "ada@example.test"),
            ("O'Hara+x@Example.Test", "O'Hara+x@Example.Test"),
            ("ädä@bücher.example", "ädä@bücher.example"),
            ("a b@c", "\"a b\"@c"),
            ("a\"b\\@c", "\"a\\\"b\\\\\"@c"),
        ] {
            assert_eq!(
                address(given).map(|address| address.to_string()).as_deref(),
                Some(sent),
                "{given}"
            );
        }
    }

    #[test]
    fn an_address_that_no_mail_reaches_is_undeliverable() {
        for text in [
            "ada",
            "@",
            "ada@",
            "@example.test",
            "ada@exa mple",
            "ada\r\nRCPT TO:<eve@example.test>@example.test",
        ] {
            assert_eq!(
                mail(text, EmailText::PasswordResetCode("x".to_owned())),
                Err(Undeliverable),
                "{text}"
            );
        }
    }
}
