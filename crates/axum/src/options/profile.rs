//! What the strict profile changes about tokens and cookies.

use wicketgate_identity::options::Profile;

use super::AuthenticationOptions;

impl AuthenticationOptions {
    /// The options of a profile. The [default](AuthenticationOptions::default) is [`Profile::Compatible`].
    pub fn for_profile(profile: Profile) -> Self {
        match profile {
            Profile::Compatible | Profile::Strict => Self::default(),
        }
    }
}
