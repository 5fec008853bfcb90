//! Options of passkeys.

use std::ops::RangeInclusive;

use time::Duration;
use wicketgate_protection::Random;

use crate::passkey::CoseAlgorithm;

/// .NET's `IdentityPasskeyOptions` with its defaults, except for
/// [`resident_key_requirement`](Self::resident_key_requirement), and what .NET does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyOptions {
    /// Whether there are endpoints for passkeys: no. (.NET has none.)
    pub enabled: bool,
    /// How long the browser waits for the user, who has the same time for the whole ceremony: 5 minutes.
    pub authenticator_timeout: Duration,
    /// How many random bytes a challenge has: 32. At least 16 and at most 64 are used.
    pub challenge_size: usize,
    /// The domain that passkeys are bound to for good (the relying party's id), without a port; `None` for the request's host. It
    /// must be the browser's host or a parent of it.
    pub server_domain: Option<String>,
    /// Whether the authenticator makes sure who its user is, by a PIN or biometrically.
    pub user_verification_requirement: Option<UserVerificationRequirement>,
    /// Whether the authenticator can find the passkey by itself, so that its user need not type a name: required, since nobody is
    /// asked for a name here. (In .NET preferred.)
    pub resident_key_requirement: Option<ResidentKeyRequirement>,
    /// How much the authenticator should tell about itself. What it tells is kept, not verified.
    pub attestation_conveyance_preference: Option<AttestationConveyancePreference>,
    /// Which authenticators may be used; `None` for all.
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// The algorithms that new passkeys may have, those that are preferred first (.NET's `IsAllowedAlgorithm`).
    pub algorithms: Vec<CoseAlgorithm>,
    /// Other origins than the request's that answers may come from: of pages on other domains (`https://shop.example`) and of
    /// applications (`android:apk-key-hash:…`). (.NET has `ValidateOrigin`.)
    pub origins: Vec<String>,
    /// Whether a sign-in counts as two factors, the device and the PIN or finger that it asked for: the claim `amr` is then `mfa`. If
    /// not, or if the authenticator asked for nothing, it is `pwd`, as in .NET.
    pub count_as_two_factors: bool,
    /// Whether a challenge is accepted once only, on all instances. Needs stores that keep
    /// [one-time secrets](crate::store::SecretStore). (In .NET it is good for 5 minutes to whoever has a copy of the cookie.)
    pub single_use: bool,
    /// The page where users add passkeys, which `/.well-known/passkey-endpoints` tells to password managers.
    pub enroll_url: Option<String>,
    /// The page where users see and remove their passkeys.
    pub manage_url: Option<String>,
}

/// Whether an authenticator makes sure who its user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserVerificationRequirement {
    /// Answers without are refused.
    Required,
    /// If it can.
    Preferred,
    /// Not unless it wants to.
    Discouraged,
}

/// Whether an authenticator can find a passkey by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidentKeyRequirement {
    /// An authenticator that cannot is not used.
    Required,
    /// If it can.
    Preferred,
    /// Not unless it wants to.
    Discouraged,
}

/// How much an authenticator tells about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationConveyancePreference {
    /// Nothing.
    None,
    /// As much as the browser lets through.
    Indirect,
    /// Its make.
    Direct,
    /// Itself.
    Enterprise,
}

/// Where an authenticator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticatorAttachment {
    /// In the device.
    Platform,
    /// Outside the device.
    CrossPlatform,
}

impl Default for PasskeyOptions {
    fn default() -> Self {
        Self {
            enabled: false,
            authenticator_timeout: Duration::minutes(5),
            challenge_size: 32,
            server_domain: None,
            user_verification_requirement: Some(UserVerificationRequirement::Required),
            resident_key_requirement: Some(ResidentKeyRequirement::Required),
            attestation_conveyance_preference: None,
            authenticator_attachment: None,
            algorithms: CoseAlgorithm::DOTNET.to_vec(),
            origins: Vec::new(),
            count_as_two_factors: false,
            single_use: false,
            enroll_url: None,
            manage_url: None,
        }
    }
}

impl PasskeyOptions {
    /// The sizes that [`challenge_size`](Self::challenge_size) may have.
    pub const CHALLENGE_SIZES: RangeInclusive<usize> = 16..=64;
    /// The longest [`authenticator_timeout`](Self::authenticator_timeout).
    pub const LONGEST_TIMEOUT: Duration = Duration::HOUR;

    /// The domain that passkeys are bound to, for a request with this header `Host`.
    pub fn domain<'a>(&'a self, host: &'a str) -> &'a str {
        self.server_domain.as_deref().unwrap_or_else(|| without_port(host))
    }

    pub(crate) fn new_challenge(&self, random: &dyn Random) -> Vec<u8> {
        let mut challenge = vec![
            0;
            self.challenge_size
                .clamp(*Self::CHALLENGE_SIZES.start(), *Self::CHALLENGE_SIZES.end())
        ];
        random.fill(&mut challenge);
        challenge
    }

    pub(crate) fn timeout_milliseconds(&self) -> u32 {
        u32::try_from(self.authenticator_timeout.whole_milliseconds()).unwrap_or_default()
    }
}

/// An IPv6 address is in brackets.
fn without_port(host: &str) -> &str {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']').map(|end| end + 2),
        None => host.find(':'),
    };
    end.and_then(|end| host.get(..end)).unwrap_or(host)
}

impl UserVerificationRequirement {
    /// Its name in WebAuthn.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Discouraged => "discouraged",
        }
    }
}

impl ResidentKeyRequirement {
    /// Its name in WebAuthn.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Discouraged => "discouraged",
        }
    }
}

impl AttestationConveyancePreference {
    /// Its name in WebAuthn.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Indirect => "indirect",
            Self::Direct => "direct",
            Self::Enterprise => "enterprise",
        }
    }
}

impl AuthenticatorAttachment {
    /// Its name in WebAuthn.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::CrossPlatform => "cross-platform",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_no_port() {
        let options = PasskeyOptions::default();
        for (host, domain) in [
            ("id.example.test", "id.example.test"),
            ("localhost:5099", "localhost"),
            ("[::1]:5099", "[::1]"),
            ("[::1]", "[::1]"),
            ("", ""),
        ] {
            assert_eq!(options.domain(host), domain);
        }
    }
}
