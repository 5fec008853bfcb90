//! Browsers that skip the second factor.

use subtle::ConstantTimeEq;

use super::SignIn;
use super::outcome::RememberedMachine;
use crate::account::{User, UserId};
use crate::claims::{Claim, ClaimsIdentity, ClaimsPrincipal, claim_types};
use crate::error::Error;
use crate::schemes;
use crate::ticket::Ticket;

impl SignIn {
    /// Whether the opened, unexpired ticket of the cookie `Identity.TwoFactorRememberMe` is accepted for this account
    /// (.NET's `SignInManager.IsTwoFactorClientRememberedAsync`). Its security stamp is checked only if the ticket is
    /// older than
    /// [`SecurityStampOptions::validation_interval`](crate::options::SecurityStampOptions::validation_interval).
    pub async fn remembered_machine(&self, user: &User, ticket: Option<&Ticket>) -> Result<RememberedMachine, Error> {
        let Some(ticket) = ticket else {
            return Ok(RememberedMachine::NotRemembered);
        };
        if self.is_due_for_validation(ticket) && !self.has_current_stamp(user, ticket).await? {
            return Ok(RememberedMachine::Ended);
        }
        let name = ticket.principal.find_first_value(claim_types::NAME);
        Ok(if name == Some(user.id.as_str()) {
            RememberedMachine::Remembered
        } else {
            RememberedMachine::NotRemembered
        })
    }

    /// The content of the cookie `Identity.TwoFactorRememberMe`: the account's id as name, and its security stamp.
    pub fn remember_machine_principal(&self, user: &User) -> ClaimsPrincipal {
        let stamp_type = &self.accounts.options().claims_identity.security_stamp_claim_type;
        let stamp = user
            .security_stamp
            .as_ref()
            .map(|stamp| Claim::new(stamp_type.clone(), stamp.as_str()));
        let mut identity = identity_named(schemes::TWO_FACTOR_REMEMBER_ME, &user.id);
        identity.claims.extend(stamp);
        ClaimsPrincipal {
            identities: vec![identity],
        }
    }

    /// The content of the cookie `Identity.TwoFactorUserId`: the account's id as name.
    pub fn two_factor_user_principal(&self, user: &UserId) -> ClaimsPrincipal {
        ClaimsPrincipal {
            identities: vec![identity_named(schemes::TWO_FACTOR_USER_ID, user)],
        }
    }

    fn is_due_for_validation(&self, ticket: &Ticket) -> bool {
        let interval = self.accounts.options().security_stamp.validation_interval;
        ticket
            .properties
            .issued()
            .is_none_or(|issued| self.accounts.now() - issued > interval)
    }

    /// Whether the account that the ticket names, usually `user`, still has the ticket's security stamp.
    async fn has_current_stamp(&self, user: &User, ticket: &Ticket) -> Result<bool, Error> {
        match ticket.principal.name() {
            Some(name) if name == user.id.as_str() => Ok(self.has_stamp_of(user, &ticket.principal)),
            Some(name) => {
                let owner = self.accounts.find_by_id(&UserId::from_stored(name)).await?;
                Ok(owner.is_some_and(|owner| self.has_stamp_of(&owner, &ticket.principal)))
            }
            None => Ok(false),
        }
    }

    pub(super) fn has_stamp_of(&self, user: &User, principal: &ClaimsPrincipal) -> bool {
        let claim_type = &self.accounts.options().claims_identity.security_stamp_claim_type;
        match (&user.security_stamp, principal.find_first_value(claim_type)) {
            (Some(stamp), Some(claimed)) => stamp.as_str().as_bytes().ct_eq(claimed.as_bytes()).into(),
            // .NET throws for an account without a stamp.
            _ => false,
        }
    }
}

fn identity_named(scheme: &'static str, user: &UserId) -> ClaimsIdentity {
    let mut identity = ClaimsIdentity::new(scheme);
    identity.claims.push(Claim::new(claim_types::NAME, user.as_str()));
    identity
}
