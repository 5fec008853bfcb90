//! What owners hear of sign-ins from devices that their accounts were not used with lately.

use wicketgate_identity::claims::claim_types;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::{ClaimsPrincipal, Error, UserId};

use super::AuthenticationContext;
use crate::Identity;

/// Whom to tell once the sign-in has succeeded, if anybody.
pub(super) struct NewDevice(Option<UserId>);

impl NewDevice {
    /// Looks whether the sign-in of this user, whose session has yet to begin, is from a new device. If that cannot be told, the
    /// sign-in goes on without a mail.
    pub(super) async fn of(context: &AuthenticationContext, principal: &ClaimsPrincipal) -> Self {
        Self::find(context, principal).await.unwrap_or_else(|error| {
            tracing::error!(%error, "could not tell whether a sign-in was from a new device");
            Self(None)
        })
    }

    async fn find(context: &AuthenticationContext, principal: &ClaimsPrincipal) -> Result<Self, Error> {
        let accounts = context.identity().accounts();
        let (Some(sessions), true) = (accounts.sessions(), accounts.options().user.notify_owners) else {
            return Ok(Self(None));
        };
        let Some(user) = principal.user_id(context.claim_types()) else {
            return Ok(Self(None));
        };
        if has_cookie_of(context, user).await? {
            return Ok(Self(None));
        }
        let user = UserId::from_stored(user);
        let is_new = sessions.is_new_device(&user, &context.device.device()).await?;
        Ok(Self(is_new.then_some(user)))
    }

    /// Tells the account's owner, unless nobody ever confirmed the address: whoever registered it may be a stranger to its owner.
    pub(super) async fn tell(self, identity: &Identity) {
        let Some(user) = self.0 else { return };
        match identity.accounts().find_by_id(&user).await {
            Ok(Some(user)) if user.email_confirmed => identity.notify(&user, AccountNotice::NewDevice).await,
            Ok(_) => {}
            Err(error) => tracing::error!(%user, %error, "the owner of an account was not told of a new device"),
        }
    }
}

/// Whether the browser was signed in as this user before, wherever it is now: its session may have ended since.
async fn has_cookie_of(context: &AuthenticationContext, user: &str) -> Result<bool, Error> {
    let scheme = &context.identity().schemes().application;
    if let Some(ticket) = scheme.read(&context.cookies).await?
        && ticket.principal.user_id(context.claim_types()) == Some(user)
    {
        return Ok(true);
    }
    let scheme = &context.identity().schemes().remember_machine;
    let machine = scheme.read(&context.cookies).await?;
    Ok(machine.is_some_and(|ticket| ticket.principal.find_first_value(claim_types::NAME) == Some(user)))
}
