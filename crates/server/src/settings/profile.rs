//! The profile: which defaults the other settings have.

use wicketgate_axum::options::AuthenticationOptions;
use wicketgate_identity::{Options, options::Profile};

use super::{PasswordHashSettings, Settings, SettingsError, source::Given, table};

/// The setting that chooses it.
const KEY: &str = "profile";

impl Settings {
    /// The settings of a profile where nothing else is given.
    pub fn for_profile(profile: Profile) -> Self {
        Self {
            profile,
            identity: Options::for_profile(profile),
            password_hashes: PasswordHashSettings::for_profile(profile),
            authentication: AuthenticationOptions::for_profile(profile),
            ..Self::default()
        }
    }

    /// The defaults for what was given: those of the profile that it names last.
    ///
    /// # Errors
    /// There is no such profile.
    pub(super) fn defaults_for(given: &[Given]) -> Result<Self, SettingsError> {
        let mut named = Self::default();
        let chosen = given.iter().rev().find(|given| given.key == KEY);
        if let (Some(chosen), Some(setting)) = (chosen, table::find(KEY)) {
            let place = (setting.place)(&mut named);
            place
                .set(&chosen.value)
                .map_err(|refused| SettingsError::refused(KEY, &chosen.source, &chosen.value, place, &refused))?;
        }
        Ok(Self::for_profile(named.profile))
    }
}
