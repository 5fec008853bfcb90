//! The names of authentication schemes (.NET's `IdentityConstants`).

/// The cookie of a signed-in user.
pub const APPLICATION: &str = "Identity.Application";
/// The cookie of a login with another provider that is not finished.
pub const EXTERNAL: &str = "Identity.External";
/// The cookie between password and second factor.
pub const TWO_FACTOR_USER_ID: &str = "Identity.TwoFactorUserId";
/// The cookie of a machine that needs no second factor.
pub const TWO_FACTOR_REMEMBER_ME: &str = "Identity.TwoFactorRememberMe";
/// Tokens in the `Authorization` header.
pub const BEARER: &str = "Identity.Bearer";
/// In the ticket of an access token.
pub const BEARER_ACCESS_TOKEN: &str = "Identity.Bearer:AccessToken";
/// In the ticket of a refresh token.
pub const BEARER_REFRESH_TOKEN: &str = "Identity.Bearer:RefreshToken";
