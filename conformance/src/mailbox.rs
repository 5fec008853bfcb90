//! An e-mail sender that keeps the mail for the test.

use std::{
    borrow::Cow,
    sync::{LazyLock, Mutex, PoisonError},
};

use async_trait::async_trait;
use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};
use wicketgate_identity::{EmailError, EmailMessage, EmailSender, mail::EmailTexts};

use crate::scenario::MailField;

/// Keeps what is sent. The reference hands its mail over before it answers, so a mail step finds it here without waiting.
#[derive(Debug, Default)]
pub struct Mailbox {
    texts: EmailTexts,
    messages: Mutex<Vec<EmailMessage>>,
}

impl Mailbox {
    /// One whose mails have this wording, as the server would send them.
    pub fn with_texts(texts: EmailTexts) -> Self {
        Self {
            texts,
            ..Self::default()
        }
    }

    /// What a mail says.
    pub fn html(&self, message: &EmailMessage) -> String {
        message.text.html_in(self.texts)
    }

    /// The messages since the last call, in order.
    pub fn take(&self) -> Vec<EmailMessage> {
        std::mem::take(&mut self.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl EmailSender for Mailbox {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        Ok(())
    }
}

/// What a reader of the mail would take from it: a value in the query of its link, or the code at its end.
pub fn field_of_mail(html: &str, field: MailField) -> Option<String> {
    // The reference encodes its links twice.
    let html = unescaped(&unescaped(html)).into_owned();
    let name = match field {
        // In the words of 11, a sentence follows.
        MailField::CodeText => return html.rsplit(": ").next()?.split(". ").next().map(str::to_owned),
        MailField::UserId => "userId",
        MailField::Code => "code",
        MailField::ChangedEmail => "changedEmail",
    };
    let link = LINK.captures(&html)?.get(1)?.as_str();
    let (_, query) = link.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    let value = value.replace('+', " ");
    Some(percent_decode_str(&value).decode_utf8().ok()?.into_owned())
}

/// The path and query of a mail's link.
pub fn link_of_mail(html: &str) -> Option<String> {
    let html = unescaped(html);
    let html = unescaped(&html);
    let (_, link) = LINK.captures(&html)?.get(1)?.as_str().split_once("://")?;
    link.find('/').map(|path| link[path..].to_owned())
}

#[expect(clippy::expect_used, reason = "a constant pattern")]
static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new("href='([^']*)'").expect("the pattern is valid"));

#[expect(clippy::expect_used, reason = "a constant pattern")]
static ENTITY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("&(?:(amp|lt|gt|quot)|#x([0-9A-Fa-f]+)|#([0-9]+));").expect("the pattern is valid"));

/// The text that HTML shows, of the entities that an encoder writes.
fn unescaped(html: &str) -> Cow<'_, str> {
    ENTITY.replace_all(html, |entity: &Captures<'_>| {
        let group = |index| entity.get(index).map(|group: regex::Match<'_>| group.as_str());
        let number = match (group(2), group(3)) {
            (Some(hexadecimal), _) => u32::from_str_radix(hexadecimal, 16).ok(),
            (_, Some(decimal)) => decimal.parse().ok(),
            _ => None,
        };
        match (group(1), number.and_then(char::from_u32)) {
            (Some("amp"), _) => "&".to_owned(),
            (Some("lt"), _) => "<".to_owned(),
            (Some("gt"), _) => ">".to_owned(),
            (Some(_), _) => "\"".to_owned(),
            (None, Some(character)) => character.to_string(),
            (None, None) => entity[0].to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_link_are_read_through_both_encodings() {
        let html = "Please confirm <a href='http://127.0.0.1/confirmEmail?userId=1-2&amp;amp;code=Q0%2Bx&amp;amp;\
                    changedEmail=ada%2Btag@example.test&#x26;#x27;'>here</a>: now.";
        for (field, value) in [
            (MailField::UserId, "1-2"),
            (MailField::Code, "Q0+x"),
            (MailField::CodeText, "now."),
        ] {
            assert_eq!(field_of_mail(html, field).as_deref(), Some(value), "{field:?}");
        }
        assert_eq!(field_of_mail("no link: here", MailField::UserId), None);
        assert_eq!(
            link_of_mail(html).as_deref(),
            Some("/confirmEmail?userId=1-2&code=Q0%2Bx&changedEmail=ada%2Btag@example.test")
        );
        assert_eq!(link_of_mail("no link: here"), None);
    }
}
