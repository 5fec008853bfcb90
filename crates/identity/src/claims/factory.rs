//! A user's claims principal.

use crate::account::User;
use crate::claims::{AuthenticationMethod, Claim, ClaimsIdentity, ClaimsPrincipal, claim_types};
use crate::options::ClaimsIdentityOptions;
use crate::schemes;
use crate::store::UserClaims;

/// Creates the principal of a user (.NET's `UserClaimsPrincipalFactory<TUser, TRole>`).
#[derive(Debug, Clone)]
pub struct ClaimsFactory {
    options: ClaimsIdentityOptions,
}

impl ClaimsFactory {
    /// A factory with the claim types that `options` choose.
    pub fn new(options: ClaimsIdentityOptions) -> Self {
        Self { options }
    }

    /// The principal of `user`: id, name, address, security stamp, the user's claims, then each role with the role's
    /// claims, and at the end `method`, which a login knows and a later renewal does not.
    pub fn create(&self, user: &User, claims: &UserClaims, method: Option<AuthenticationMethod>) -> ClaimsPrincipal {
        let mut all = self.claims_of_row(user);
        all.extend(claims.claims.iter().map(claim));
        for (role, claims_of_role) in &claims.roles {
            all.push(Claim::new(self.options.role_claim_type.clone(), role));
            all.extend(claims_of_role.iter().map(claim));
        }
        all.extend(method.map(|method| Claim::new(claim_types::AUTHENTICATION_METHOD, method.amr())));
        ClaimsPrincipal {
            identities: vec![ClaimsIdentity {
                authentication_type: Some(schemes::APPLICATION.into()),
                name_claim_type: self.options.user_name_claim_type.clone().into(),
                role_claim_type: self.options.role_claim_type.clone().into(),
                claims: all,
                bootstrap_context: None,
                actor: None,
            }],
        }
    }

    /// What the user's own row says. .NET fails for a user without name or stamp; here that claim is left out.
    fn claims_of_row(&self, user: &User) -> Vec<Claim> {
        let id = Some(user.id.as_str());
        let name = user.user_name.as_deref();
        let email = user.email.as_deref().filter(|email| !email.is_empty());
        let stamp = user.security_stamp.as_ref().map(|stamp| stamp.as_str());
        [
            (&self.options.user_id_claim_type, id),
            (&self.options.user_name_claim_type, name),
            (&self.options.email_claim_type, email),
            (&self.options.security_stamp_claim_type, stamp),
        ]
        .into_iter()
        .filter_map(|(claim_type, value)| Some(Claim::new(claim_type.clone(), value?)))
        .collect()
    }
}

fn claim((claim_type, value): &(String, String)) -> Claim {
    Claim::new(claim_type.clone(), value)
}
