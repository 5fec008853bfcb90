//! Options of passkeys.

use time::Duration;
use wicketgate_protection::Random;

use crate::passkey::CoseAlgorithm;

/// .NET's `IdentityPasskeyOptions`, with its defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyOptions {
    /// How long the browser waits for the user, who has the same time for the whole ceremony: 5 minutes.
    pub authenticator_timeout: Duration,
    /// How many random bytes a challenge has: 32. At least 16 and at most 64 are used.
    pub challenge_size: usize,
    /// The domain that passkeys are bound to for good (the relying party's id), without a port; `None` for the request's host. It
    /// must be the browser's host or a parent of it.
    pub server_domain: Option<String>,
    /// Whether the authenticator makes sure who its user is, by a PIN or biometrically.
    pub user_verification_requirement: Option<UserVerificationRequirement>,
    /// Whether the authenticator can find the passkey by itself, so that its user need not type a name.
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
            authenticator_timeout: Duration::minutes(5),
            challenge_size: 32,
            server_domain: None,
            user_verification_requirement: Some(UserVerificationRequirement::Required),
            resident_key_requirement: Some(ResidentKeyRequirement::Preferred),
            attestation_conveyance_preference: None,
            authenticator_attachment: None,
            algorithms: CoseAlgorithm::DOTNET.to_vec(),
            origins: Vec::new(),
        }
    }
}

impl PasskeyOptions {
    /// The domain that passkeys are bound to, for a request with this header `Host`.
    pub fn domain<'a>(&'a self, host: &'a str) -> &'a str {
        self.server_domain.as_deref().unwrap_or_else(|| without_port(host))
    }

    pub(crate) fn new_challenge(&self, random: &dyn Random) -> Vec<u8> {
        let mut challenge = vec![0; self.challenge_size.clamp(16, 64)];
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
