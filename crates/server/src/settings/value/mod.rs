//! How the text of a setting becomes a value, and back.

mod duration;
mod names;
mod store_names;
mod texts;

use super::secret::Secret;

/// A type of values that settings have.
pub(crate) trait SettingValue: Sized {
    /// Whether the text must not be shown.
    const IS_SECRET: bool = false;

    /// The value that `text` means.
    fn parse(text: &str) -> Result<Self, Refused>;
    /// What values there are, as the end of "it takes …".
    fn takes() -> String;
    /// The text that [`parse`](Self::parse) would read as this value.
    fn show(&self) -> String;
}

/// The text is not such a value; why, if there is more to say than what it takes.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    pub(crate) reason: Option<String>,
}

/// Where a value is in the settings, whatever its type.
pub(crate) trait Place {
    /// Puts the value there that `text` means.
    fn set(&mut self, text: &str) -> Result<(), Refused>;
    /// See [`SettingValue::takes`].
    fn takes(&self) -> String;
    /// See [`SettingValue::show`]. For defaults: a value that was given may be a secret.
    fn show(&self) -> String;
    /// See [`SettingValue::IS_SECRET`].
    fn is_secret(&self) -> bool;
}

impl<T: SettingValue> Place for T {
    fn set(&mut self, text: &str) -> Result<(), Refused> {
        *self = T::parse(text)?;
        Ok(())
    }
    fn takes(&self) -> String {
        T::takes()
    }
    fn show(&self) -> String {
        SettingValue::show(self)
    }
    fn is_secret(&self) -> bool {
        T::IS_SECRET
    }
}

/// A secret is what is in it, but is not shown.
impl<T: SettingValue> SettingValue for Secret<T> {
    const IS_SECRET: bool = true;

    fn parse(text: &str) -> Result<Self, Refused> {
        T::parse(text).map(Self)
    }
    fn takes() -> String {
        T::takes()
    }
    fn show(&self) -> String {
        self.0.show()
    }
}

/// Empty text means that there is no value.
impl<T: SettingValue> SettingValue for Option<T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn parse(text: &str) -> Result<Self, Refused> {
        if text.is_empty() {
            Ok(None)
        } else {
            T::parse(text).map(Some)
        }
    }
    fn takes() -> String {
        T::takes()
    }
    fn show(&self) -> String {
        self.as_ref().map(SettingValue::show).unwrap_or_default()
    }
}

/// Values between commas.
impl<T: SettingValue> SettingValue for Vec<T> {
    fn parse(text: &str) -> Result<Self, Refused> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(T::parse)
            .collect()
    }
    fn takes() -> String {
        format!("{}; several separated by commas", T::takes())
    }
    fn show(&self) -> String {
        let parts: Vec<String> = self.iter().map(SettingValue::show).collect();
        parts.join(",")
    }
}
