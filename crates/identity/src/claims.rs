/// A statement about a user (.NET's `Claim`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What the statement is about, often a URI of [`claim_types`].
    pub claim_type: String,
    /// What it says.
    pub value: String,
    /// The XML Schema type of the value; `http://www.w3.org/2001/XMLSchema#string` by default.
    pub value_type: String,
    /// Who says it; `LOCAL AUTHORITY` by default.
    pub issuer: String,
    /// Who said it first; the issuer by default.
    pub original_issuer: String,
    /// Further facts in the order they were added.
    pub properties: Vec<(String, String)>,
}

impl Claim {
    /// A text claim of the local authority.
    pub fn new(claim_type: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            claim_type: claim_type.into(),
            value: value.into(),
            value_type: claim_types::STRING.to_owned(),
            issuer: claim_types::LOCAL_AUTHORITY.to_owned(),
            original_issuer: claim_types::LOCAL_AUTHORITY.to_owned(),
            properties: Vec::new(),
        }
    }
}

/// One identity of a principal (.NET's `ClaimsIdentity`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsIdentity {
    /// How the user signed in; `None` means not authenticated.
    pub authentication_type: Option<String>,
    /// The type of the claim that gives the name.
    pub name_claim_type: String,
    /// The type of the claims that give roles.
    pub role_claim_type: String,
    /// In the order they were added.
    pub claims: Vec<Claim>,
    /// .NET's bootstrap context, kept as it came.
    pub bootstrap_context: Option<String>,
    /// On whose behalf, kept as it came.
    pub actor: Option<Box<ClaimsIdentity>>,
}

/// Everything a request says about its user (.NET's `ClaimsPrincipal`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimsPrincipal {
    /// Usually one.
    pub identities: Vec<ClaimsIdentity>,
}

/// The claim types and values that ASP.NET Core Identity uses.
pub mod claim_types {
    /// The user's id.
    pub const NAME_IDENTIFIER: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
    /// The user's name.
    pub const NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
    /// The e-mail address.
    pub const EMAIL: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    /// A role.
    pub const ROLE: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
    /// The security stamp.
    pub const SECURITY_STAMP: &str = "AspNet.Identity.SecurityStamp";
    /// How the user authenticated: `pwd`, `mfa`.
    pub const AUTHENTICATION_METHOD: &str = "amr";
    /// The value type of text.
    pub const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
    /// The default issuer.
    pub const LOCAL_AUTHORITY: &str = "LOCAL AUTHORITY";
}
