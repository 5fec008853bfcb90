//! The settings of new password hashes, which together choose one algorithm.

use std::num::NonZeroU32;

use wicketgate_identity::options::Profile;
use wicketgate_identity::password::Argon2idCosts;
use wicketgate_identity::{Options, PasswordAlgorithm};

/// How new password hashes are made.
#[derive(Debug, Clone)]
pub struct PasswordHashSettings {
    /// Who has to be able to read them.
    pub compatibility_mode: CompatibilityMode,
    /// Rounds of PBKDF2 in [`CompatibilityMode::IdentityV3`].
    pub iteration_count: NonZeroU32,
    /// What [`CompatibilityMode::Argon2id`] costs.
    pub argon2id_costs: Argon2idCosts,
}

/// .NET's `PasswordHasherCompatibilityMode`, and argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompatibilityMode {
    /// ASP.NET Identity, version 2.
    IdentityV2,
    /// ASP.NET Core Identity.
    IdentityV3,
    /// Nobody but Wicketgate.
    Argon2id,
}

impl PasswordHashSettings {
    /// Those of a profile, as [`Options::for_profile`] has them.
    pub(crate) fn for_profile(profile: Profile) -> Self {
        let default = Self::default();
        match Options::for_profile(profile).password_hasher.algorithm {
            PasswordAlgorithm::IdentityV3 { iterations, .. } => Self {
                iteration_count: iterations,
                ..default
            },
            PasswordAlgorithm::IdentityV2 | PasswordAlgorithm::Argon2id(_) => default,
        }
    }

    pub(crate) fn algorithm(&self) -> PasswordAlgorithm {
        match self.compatibility_mode {
            CompatibilityMode::IdentityV2 => PasswordAlgorithm::IdentityV2,
            CompatibilityMode::IdentityV3 => PasswordAlgorithm::identity_v3(self.iteration_count),
            CompatibilityMode::Argon2id => PasswordAlgorithm::Argon2id(self.argon2id_costs),
        }
    }
}

/// As [`PasswordAlgorithm::default`].
impl Default for PasswordHashSettings {
    fn default() -> Self {
        Self {
            compatibility_mode: CompatibilityMode::IdentityV3,
            iteration_count: const { NonZeroU32::new(100_000).unwrap() },
            argon2id_costs: Argon2idCosts::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_both_profiles_are_those_of_the_library() {
        assert_eq!(
            PasswordHashSettings::default().algorithm(),
            PasswordAlgorithm::default()
        );
        for profile in [Profile::Compatible, Profile::Strict] {
            assert_eq!(
                PasswordHashSettings::for_profile(profile).algorithm(),
                Options::for_profile(profile).password_hasher.algorithm
            );
        }
    }
}
