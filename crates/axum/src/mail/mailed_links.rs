//! Mails to an account. They go to the address that the account has, never to one from a request: two addresses may look the
//! same to a lookup and yet belong to two people (CVE-2019-19844). The only exception is the link that confirms a new address,
//! which is only good for the address that it went to.

use async_trait::async_trait;
use wicketgate_identity::account::RegistrationMail;
use wicketgate_identity::text::encode_url;
use wicketgate_identity::{Accounts, EmailMessage, EmailText, Error, User};

use crate::{
    Endpoint, Identity, answer::Failure, authentication::AuthenticationContext, dotnet::PathBase, network::HostNamedBy,
};

/// What the mailed link does when it is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation<'a> {
    /// Confirms the account's address, to which it is mailed.
    Own,
    /// Gives the account this address, to which it is mailed.
    Change(&'a str),
}

/// A mail with a link that proves that the user receives mail at the address.
pub(crate) struct LinkMail<'a> {
    accounts: &'a Accounts,
    /// What the link begins with; `None` if it would not be trusted.
    base: Option<String>,
    /// The host that the request was for.
    host: String,
    confirmation: Confirmation<'a>,
}

impl<'a> LinkMail<'a> {
    /// For a request that was sent to `endpoint`.
    pub(crate) fn new(context: &'a AuthenticationContext, endpoint: Endpoint, confirmation: Confirmation<'a>) -> Self {
        Self {
            accounts: context.identity().accounts(),
            base: base(context, endpoint),
            host: context.origin().host.to_str().unwrap_or_default().to_owned(),
            confirmation,
        }
    }
}

#[async_trait]
impl RegistrationMail for LinkMail<'_> {
    /// `None` if the host in the link would not be trusted, and the log says why, but the answer is the same; also if the account
    /// has no address.
    async fn message(&self, user: &User) -> Result<Option<EmailMessage>, Error> {
        let Some(base) = &self.base else {
            tracing::error!(
                user = %user.id,
                host = self.host,
                "a mail with a link was not sent: anybody can ask for this host; set `public_url` to where the server is reached \
                 from outside, or name its hosts in `allowed_hosts`"
            );
            return Ok(None);
        };
        let token = match self.confirmation {
            Confirmation::Own => self.accounts.email_confirmation_token(user).await?,
            Confirmation::Change(address) => self.accounts.change_email_token(user, address).await?,
        };
        let mut link = format!(
            "{base}/confirmEmail?userId={}&code={}",
            encode_url(user.id.as_str()),
            token.to_code(),
        );
        let address = match self.confirmation {
            Confirmation::Own => user.email.as_deref(),
            Confirmation::Change(address) => {
                link.push_str("&changedEmail=");
                link.push_str(&encode_url(address));
                Some(address)
            }
        };
        Ok(message(user, address, EmailText::ConfirmationLink(link)))
    }
}

/// The [`LinkMail`] to a user.
pub(crate) async fn link_mail(
    context: &AuthenticationContext,
    endpoint: Endpoint,
    user: &User,
    confirmation: Confirmation<'_>,
) -> Result<Option<EmailMessage>, Failure> {
    Ok(LinkMail::new(context, endpoint, confirmation).message(user).await?)
}

/// A mail with a code for a new password; `None` if the account has no address.
pub(crate) async fn password_reset_mail(identity: &Identity, user: &User) -> Result<Option<EmailMessage>, Failure> {
    let token = identity.accounts().password_reset_token(user).await?;
    let text = EmailText::PasswordResetCode(token.to_code());
    Ok(message(user, user.email.as_deref(), text))
}

fn message(user: &User, address: Option<&str>, text: EmailText) -> Option<EmailMessage> {
    let Some(address) = address.filter(|address| !address.is_empty()) else {
        tracing::warn!(user = %user.id, "a mail was not sent: the account has no address");
        return None;
    };
    Some(EmailMessage {
        user: user.id.clone(),
        to: address.to_owned(),
        text,
    })
}

/// What links begin with, before the endpoints' paths; `None` if the host is not trusted.
fn base(context: &AuthenticationContext, endpoint: Endpoint) -> Option<String> {
    let parts = context.identity().parts();
    let origin = context.origin();
    let mounted_at = mounted_at(context, endpoint);
    if let Some(url) = &parts.public_url {
        return Some(format!("{url}{mounted_at}"));
    }
    // With allowed hosts, requests for other hosts do not get here.
    let is_vouched_for =
        parts.allowed_hosts.name(origin) || origin.named_by == HostNamedBy::TrustedProxy || origin.is_loopback();
    is_vouched_for.then(|| format!("{origin}{mounted_at}"))
}

/// Where the application has nested the endpoints, which the path of a request to one of them tells; otherwise the configured
/// prefix.
fn mounted_at(context: &AuthenticationContext, endpoint: Endpoint) -> String {
    let prefix = context.identity().prefix();
    let path = context.path();
    match endpoint
        .base_in(&path)
        .filter(|base| !base.eq_ignore_ascii_case(prefix))
        .and_then(PathBase::parse)
    {
        Some(base) => base.to_string(),
        None => prefix.to_owned(),
    }
}
