use wicketgate_identity::{EmailMessage, EmailText, User, text::encode_url};

use crate::{Identity, authentication::AuthenticationContext, problem::Failure};

/// What following the mailed link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// Confirms the account's own address.
    Own,
    /// Gives the account the address that the mail went to.
    Change,
}

/// Mails a link to `address` that proves that the account's user reads what goes there.
pub(crate) async fn mail_link(
    context: &AuthenticationContext,
    user: &User,
    address: &str,
    confirmation: Confirmation,
) -> Result<(), Failure> {
    let accounts = context.identity().accounts();
    let token = match confirmation {
        Confirmation::Own => accounts.email_confirmation_token(user).await?,
        Confirmation::Change => accounts.change_email_token(user, address).await?,
    };
    let mut link = format!(
        "{}/confirmEmail?userId={}&code={}",
        base(context),
        encode_url(user.id.as_str()),
        token.to_code(),
    );
    if confirmation == Confirmation::Change {
        link.push_str("&changedEmail=");
        link.push_str(&encode_url(address));
    }
    send(context.identity(), user, address, EmailText::ConfirmationLink(link)).await;
    Ok(())
}

/// Sends a mail. If it cannot be sent, the log says so and the caller's answer is the same, lest it tell strangers
/// whether an account exists; `POST /resendConfirmationEmail` is there for a second try.
pub(crate) async fn send(identity: &Identity, user: &User, address: &str, text: EmailText) {
    let message = EmailMessage {
        user: user.id.clone(),
        to: address.to_owned(),
        text,
    };
    if let Err(error) = identity.parts().email.send(message).await {
        tracing::error!(user = %user.id, %error, "a mail could not be sent");
    }
}

/// What the endpoints' paths follow in links.
fn base(context: &AuthenticationContext) -> String {
    let parts = context.identity().parts();
    match &parts.public_url {
        Some(url) => format!("{url}{}", parts.prefix),
        None => format!("{}{}", context.origin(), parts.prefix),
    }
}
