//! The settings of passkeys.

use time::Duration;
use wicketgate_axum::network::{AllowedOrigin, Host, PublicUrl};
use wicketgate_identity::options::PasskeyOptions;

use super::table::{Setting, settings};

/// What the origin of an Android application begins with.
const ANDROID: &str = "android:apk-key-hash:";

/// Their rows in the table.
pub(super) static SETTINGS: &[Setting] = settings! {
    "passkeys.enabled" at identity.passkeys.enabled:
        "Whether users can sign in with passkeys: /passkeys/* and /manage/passkeys, which ASP.NET Core does not have. Needs the table AspNetUserPasskeys, which a database has from version 3 of ASP.NET Core Identity's schema on.";
    "passkeys.server_domain" at identity.passkeys.server_domain:
        "Domain that passkeys are bound to for good: the host of your pages, or a parent of it. Whoever changes it loses all passkeys. If not set, the host of public_url, or else that of the request.";
    "passkeys.origins" at identity.passkeys.origins:
        "Other origins than that of the request which passkeys may be used at: pages on other domains, which /.well-known/webauthn tells to browsers, and Android applications (android:apk-key-hash:...).";
    "passkeys.authenticator_timeout" at identity.passkeys.authenticator_timeout:
        "How long a browser waits for its user, and a challenge for its answer; from 30s to 1h.";
    "passkeys.challenge_size" at identity.passkeys.challenge_size: "Number of random bytes in a challenge, from 16 to 64.";
    "passkeys.user_verification" at identity.passkeys.user_verification_requirement:
        "Whether a passkey must make sure who its user is, by a PIN, a finger or a face. Answers without are refused only if it is required.";
    "passkeys.resident_key" at identity.passkeys.resident_key_requirement:
        "Whether a new passkey must be one that the browser finds by itself. Others cannot sign in here, since nobody is asked for a name first.";
    "passkeys.attestation" at identity.passkeys.attestation_conveyance_preference:
        "How much a new passkey tells about its make. It is stored, and not verified.";
    "passkeys.authenticator_attachment" at identity.passkeys.authenticator_attachment:
        "Whether new passkeys are to be on the device itself (platform) or on another one (cross-platform). Either, if not set.";
    "passkeys.algorithms" at identity.passkeys.algorithms:
        "Signature algorithms of new passkeys, those that are preferred first. ASP.NET Core cannot read passkeys of EdDSA.";
    "passkeys.count_as_two_factors" at identity.passkeys.count_as_two_factors:
        "Whether signing in with a passkey that made sure who its user is counts as two factors: the claim amr is then mfa, in place of pwd as in ASP.NET Core.";
    "passkeys.single_use" at identity.passkeys.single_use:
        "Whether a challenge is accepted once only, on all instances together. Needs Wicketgate's own tables.";
    "passkeys.enroll_url" at identity.passkeys.enroll_url:
        "URL of your page where users add passkeys, which /.well-known/passkey-endpoints tells to password managers.";
    "passkeys.manage_url" at identity.passkeys.manage_url:
        "URL of your page where users see and remove their passkeys, which /.well-known/passkey-endpoints tells to password managers.";
};

/// # Errors
/// What a value out of bounds must be instead.
pub(super) fn check(options: &PasskeyOptions) -> Result<(), &'static str> {
    let is_domain = |domain: &str| Host::parse(domain).is_some_and(|host| host.name() == domain);
    let is_upper = |domain: &str| domain.bytes().any(|byte| byte.is_ascii_uppercase());
    if options
        .server_domain
        .as_deref()
        .is_some_and(|domain| !is_domain(domain) || is_upper(domain))
    {
        return Err(
            "`passkeys.server_domain` must be a host in lower case without scheme and port, such as example.com",
        );
    }
    let is_origin = |origin: &String| origin.starts_with(ANDROID) || origin.parse::<AllowedOrigin>().is_ok();
    if !options.origins.iter().all(is_origin) {
        return Err(
            "`passkeys.origins` must be origins such as https://shop.example, or of Android applications such as \
             android:apk-key-hash:...",
        );
    }
    if !(Duration::seconds(30)..=PasskeyOptions::LONGEST_TIMEOUT).contains(&options.authenticator_timeout) {
        return Err("`passkeys.authenticator_timeout` must be from 30s to 1h");
    }
    if !PasskeyOptions::CHALLENGE_SIZES.contains(&options.challenge_size) {
        return Err("`passkeys.challenge_size` must be from 16 to 64");
    }
    if options.algorithms.is_empty() {
        return Err("`passkeys.algorithms` must name at least one algorithm");
    }
    let is_url = |url: &Option<String>| url.as_ref().is_none_or(|url| url.parse::<PublicUrl>().is_ok());
    if !is_url(&options.enroll_url) || !is_url(&options.manage_url) {
        return Err(
            "`passkeys.enroll_url` and `passkeys.manage_url` must be URLs such as https://app.example.com/passkeys",
        );
    }
    Ok(())
}
