//! Identities and principals, which carry claims.

use std::{borrow::Cow, fmt};

use super::{Claim, claim_types};
use crate::options::ClaimsIdentityOptions;
use crate::text::equals_ignoring_case;

/// One identity of a principal (.NET's `ClaimsIdentity`). `Debug` leaves out the values of its claims.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimsIdentity {
    /// How the user signed in; `None` means not authenticated.
    pub authentication_type: Option<Cow<'static, str>>,
    /// The type of the name claim.
    pub name_claim_type: Cow<'static, str>,
    /// The type of role claims.
    pub role_claim_type: Cow<'static, str>,
    /// The claims, in the order in which they were added.
    pub claims: Vec<Claim>,
    /// .NET's bootstrap context (the token that the identity came from), kept unchanged.
    pub bootstrap_context: Option<String>,
    /// The acting identity, kept unchanged.
    pub actor: Option<Box<ClaimsIdentity>>,
}

impl ClaimsIdentity {
    /// An identity without claims, with .NET's default claim types.
    pub fn new(authentication_type: impl Into<Cow<'static, str>>) -> Self {
        Self {
            authentication_type: Some(authentication_type.into()),
            name_claim_type: claim_types::NAME.into(),
            role_claim_type: claim_types::ROLE.into(),
            claims: Vec::new(),
            bootstrap_context: None,
            actor: None,
        }
    }

    /// Whether a user is signed in.
    pub fn is_authenticated(&self) -> bool {
        self.authentication_type.as_deref().is_some_and(|text| !text.is_empty())
    }

    /// The name, if a claim gives it.
    pub fn name(&self) -> Option<&str> {
        self.find_all(&self.name_claim_type)
            .next()
            .map(|claim| claim.value.as_str())
    }

    /// The claims of a type, compared case-insensitively.
    pub fn find_all(&self, claim_type: &str) -> impl Iterator<Item = &Claim> {
        self.claims
            .iter()
            .filter(move |claim| equals_ignoring_case(&claim.claim_type, claim_type))
    }
}

/// Everything a request says about its user (.NET's `ClaimsPrincipal`). Claim types are compared case-insensitively,
/// values exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimsPrincipal {
    /// Usually one.
    pub identities: Vec<ClaimsIdentity>,
}

impl ClaimsPrincipal {
    /// Whether a user is signed in, by the first identity.
    pub fn is_authenticated(&self) -> bool {
        self.identities.first().is_some_and(ClaimsIdentity::is_authenticated)
    }

    /// The name, from the first identity.
    pub fn name(&self) -> Option<&str> {
        self.identities.first()?.name()
    }

    /// The user's id, from the claim that `options` name.
    pub fn user_id(&self, options: &ClaimsIdentityOptions) -> Option<&str> {
        self.find_first_value(&options.user_id_claim_type)
    }

    /// The claims of all identities.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.identities.iter().flat_map(|identity| &identity.claims)
    }

    /// The claims of a type in all identities.
    pub fn find_all(&self, claim_type: &str) -> impl Iterator<Item = &Claim> {
        self.identities
            .iter()
            .flat_map(move |identity| identity.find_all(claim_type))
    }

    /// The first claim of a type.
    pub fn find_first(&self, claim_type: &str) -> Option<&Claim> {
        self.find_all(claim_type).next()
    }

    /// The value of the first claim of a type.
    pub fn find_first_value(&self, claim_type: &str) -> Option<&str> {
        self.find_first(claim_type).map(|claim| claim.value.as_str())
    }

    /// Whether a claim has this type and value.
    pub fn has_claim(&self, claim_type: &str, value: &str) -> bool {
        self.find_all(claim_type).any(|claim| claim.value == value)
    }

    /// Whether the user has a role. Each identity determines which of its claims are roles.
    pub fn is_in_role(&self, role: &str) -> bool {
        self.identities.iter().any(|identity| {
            identity
                .find_all(&identity.role_claim_type)
                .any(|claim| claim.value == role)
        })
    }
}

impl fmt::Debug for ClaimsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimsIdentity")
            .field("authentication_type", &self.authentication_type)
            .field("name_claim_type", &self.name_claim_type)
            .field("role_claim_type", &self.role_claim_type)
            .field("claims", &self.claims)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal() -> ClaimsPrincipal {
        let first = ClaimsIdentity {
            claims: vec![
                Claim::new(claim_types::NAME_IDENTIFIER, "id"),
                Claim::new(claim_types::NAME, "ada"),
                Claim::new("Department", "engineering"),
                Claim::new("department", "research"),
                Claim::new(claim_types::ROLE, "Manager"),
            ],
            ..ClaimsIdentity::new("cookie")
        };
        let second = ClaimsIdentity {
            role_claim_type: "group".into(),
            claims: vec![Claim::new("group", "Auditor"), Claim::new(claim_types::ROLE, "Ignored")],
            ..ClaimsIdentity::new("other")
        };
        ClaimsPrincipal {
            identities: vec![first, second],
        }
    }

    #[test]
    fn types_are_compared_without_regard_to_case_and_values_exactly() {
        let principal = principal();
        assert_eq!(principal.find_first_value("DEPARTMENT"), Some("engineering"));
        assert_eq!(principal.find_all("dEPARTMENT").count(), 2);
        assert!(principal.has_claim("DEPARTMENT", "research"));
        assert!(!principal.has_claim("DEPARTMENT", "Research"));
        assert_eq!(principal.find_first("departments"), None);
    }

    #[test]
    fn each_identity_says_which_claims_are_roles() {
        let principal = principal();
        assert!(principal.is_in_role("Manager"));
        assert!(principal.is_in_role("Auditor"));
        assert!(!principal.is_in_role("Ignored"));
        assert!(!principal.is_in_role("manager"));
    }

    #[test]
    fn the_first_identity_gives_name_and_authentication() {
        let mut principal = principal();
        assert_eq!(principal.name(), Some("ada"));
        assert_eq!(principal.user_id(&ClaimsIdentityOptions::default()), Some("id"));
        assert!(principal.is_authenticated());
        principal.identities[0].authentication_type = None;
        assert!(!principal.is_authenticated());
        assert!(!ClaimsPrincipal::default().is_authenticated());
    }

    #[test]
    fn what_claims_say_is_not_printed() {
        let mut principal = principal();
        principal.identities[0].bootstrap_context = Some("a token".to_owned());
        let printed = format!("{principal:?}");
        assert!(printed.contains("Department"), "{printed}");
        for secret in ["engineering", "ada", "a token"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
