//! Where settings come from: file, environment and command line.

use std::path::PathBuf;

use wicketgate_sql::DatabaseUrl;

use super::{Secret, Settings, SettingsError, check, contradictions, file, source, source::Given, table};

impl Settings {
    /// The defaults, overridden by variables such as `WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS`. Variables without the
    /// prefix `WICKETGATE__` are ignored.
    ///
    /// # Errors
    /// The first unknown key or invalid value.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        Self::from_sources(source::variables(variables))
    }

    /// The defaults, changed by everything that was given, the later of two for the same key winning.
    pub(crate) fn from_sources(given: impl IntoIterator<Item = Given>) -> Result<Self, SettingsError> {
        let given: Vec<Given> = given.into_iter().collect();
        let mut settings = Self::defaults_for(&given)?;
        let mut has_database_url = false;
        for Given { key, value, source } in given {
            has_database_url |= key == "database.url";
            let setting = table::find(&key).ok_or_else(|| SettingsError::Unknown {
                suggestion: table::nearest(&key),
                key: key.clone(),
                source_name: source.clone(),
            })?;
            let place = (setting.place)(&mut settings);
            place
                .set(&value)
                .map_err(|refused| SettingsError::refused(&key, &source, &value, place, &refused))?;
        }
        if settings.database.url_file.is_some() {
            if has_database_url {
                return Err(SettingsError::Conflict(contradictions::DATABASE_URL_TWICE.to_owned()));
            }
            // Not the default's: nobody must take that for the database before the file is read.
            settings.database.url = Secret(String::new());
        }
        check::check(&settings)?;
        Ok(settings)
    }

    /// From the file, the environment and the flags of this process.
    pub(crate) fn load(config: Option<PathBuf>, flags: Vec<Given>) -> Result<Self, SettingsError> {
        let file = file::read(config)?;
        // A variable that is not UTF-8 is none of ours: all names and values here are text.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        let mut settings = Self::from_sources(file.into_iter().chain(source::variables(environment)).chain(flags))?;
        settings.read_database_url()?;
        Ok(settings)
    }

    /// Reads the file that [`DatabaseSettings::url_file`](super::DatabaseSettings::url_file) names, if it names one.
    ///
    /// # Errors
    /// The file cannot be read, or other settings do not go with the URL in it.
    pub fn read_database_url(&mut self) -> Result<(), SettingsError> {
        let Some(path) = &self.database.url_file else {
            return Ok(());
        };
        let url = DatabaseUrl::read(path).map_err(|source| SettingsError::DatabaseUrl {
            path: path.clone(),
            source,
        })?;
        self.database.url = Secret(url.as_str().to_owned());
        // Only now is it known which kind of database it is.
        contradictions::check(self)
    }
}
