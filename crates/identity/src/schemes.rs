//! The names of authentication schemes (.NET's `IdentityConstants`).

/// The cookie of a signed-in user.
pub const APPLICATION: &str = "Identity.Application";
/// The cookie of an unfinished login with an external provider.
pub const EXTERNAL: &str = "Identity.External";
/// The cookie between password and second factor.
pub const TWO_FACTOR_USER_ID: &str = "Identity.TwoFactorUserId";
/// The cookie of a remembered machine, which needs no second factor.
pub const TWO_FACTOR_REMEMBER_ME: &str = "Identity.TwoFactorRememberMe";
/// Tokens in the `Authorization` header.
pub const BEARER: &str = "Identity.Bearer";
/// In access tokens.
pub const BEARER_ACCESS_TOKEN: &str = "Identity.Bearer:AccessToken";
/// In refresh tokens.
pub const BEARER_REFRESH_TOKEN: &str = "Identity.Bearer:RefreshToken";
