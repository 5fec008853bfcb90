//! The claim types and values that ASP.NET Core Identity uses.

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
