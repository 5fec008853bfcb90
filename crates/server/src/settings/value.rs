//! How the text of a setting becomes a value, and back.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
};

use ipnet::IpNet;
use lettre::message::Mailbox;
use time::Duration;
use wicketgate_axum::{AllowedHost, AllowedOrigin, CookieSecurePolicy, Endpoint, PublicUrl, SameSite};
use wicketgate_identity::{Argon2idCosts, CompatibilityMode, PasswordHasherOptions, SchemaVersion};

use wicketgate_sql::Pooler;

use super::{KeyStore, LogClientAddress, LogFormat, LogLevel};
use crate::email::SmtpUrl;

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

/// A value that is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(pub T);

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

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

impl SettingValue for bool {
    fn parse(text: &str) -> Result<Self, Refused> {
        one_of(text, &[("true", true), ("false", false)])
    }
    fn takes() -> String {
        "true or false".to_owned()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

/// Values that their own type reads and writes. Some types say well what is wrong with a text.
macro_rules! from_str {
    ($($type:ty: $takes:expr),* $(,)?) => {
        from_str! { |_| Refused::default(); $($type: $takes),* }
    };
    (with reasons $($type:ty: $takes:expr),* $(,)?) => {
        from_str! { |error| Refused { reason: Some(error.to_string()) }; $($type: $takes),* }
    };
    (|$error:pat_param| $refused:expr; $($type:ty: $takes:expr),*) => {$(
        impl SettingValue for $type {
            fn parse(text: &str) -> Result<Self, Refused> {
                text.parse::<Self>().map_err(|$error| $refused)
            }
            fn takes() -> String {
                $takes.to_owned()
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

from_str! {
    String: "text",
    i32: "a whole number",
    u32: "a whole number from 0",
    usize: "a whole number from 0",
    Argon2idCosts: "costs such as m=19456,t=2,p=1, with m up to 262144 and m times t up to 1048576",
    SocketAddr: "an address and a port, such as 127.0.0.1:8080 or [::]:8080",
    Mailbox: "an address such as no-reply@example.com or Accounts <no-reply@example.com>",
}

from_str! { with reasons
    PublicUrl: "a URL such as https://id.example.com",
    AllowedHost: "a host such as id.example.com or *.example.com",
    AllowedOrigin: "an origin such as https://app.example.com",
}

const MAX_ITERATIONS: u32 = PasswordHasherOptions::MAX_ITERATION_COUNT;

impl SettingValue for NonZeroU32 {
    fn parse(text: &str) -> Result<Self, Refused> {
        let number: Option<Self> = text.parse().ok();
        number
            .filter(|number| number.get() <= MAX_ITERATIONS)
            .ok_or_else(Refused::default)
    }
    fn takes() -> String {
        format!("a whole number from 1 to {MAX_ITERATIONS}")
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

/// An address stands for the network that it alone is in.
impl SettingValue for IpNet {
    fn parse(text: &str) -> Result<Self, Refused> {
        let address = || text.parse::<IpAddr>().map(Self::from);
        text.parse().or_else(|_| address()).map_err(|_| Refused::default())
    }
    fn takes() -> String {
        "a network such as 10.0.0.0/8, or an address".to_owned()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingValue for PathBuf {
    fn parse(text: &str) -> Result<Self, Refused> {
        if text.is_empty() {
            Err(Refused::default())
        } else {
            Ok(Self::from(text))
        }
    }
    fn takes() -> String {
        "a path".to_owned()
    }
    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl SettingValue for SmtpUrl {
    fn parse(text: &str) -> Result<Self, Refused> {
        text.parse().map_err(|error: crate::email::SmtpUrlError| Refused {
            reason: Some(error.to_string()),
        })
    }
    fn takes() -> String {
        "a URL such as smtps://user:password@mail.example.com or smtp://mail.example.com:587?tls=required".to_owned()
    }
    fn show(&self) -> String {
        // Only ever inside `Secret`.
        String::new()
    }
}

/// The units of durations, the longest first.
const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
/// Added to any time there is, this stays in the range of dates.
const LONGEST: Duration = Duration::days(36_525);

impl SettingValue for Duration {
    fn parse(text: &str) -> Result<Self, Refused> {
        let (number, unit) = UNITS
            .into_iter()
            .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
            .unwrap_or((text, 1));
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refused::default());
        }
        let seconds = number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit));
        seconds
            .map(Self::seconds)
            .filter(|duration| *duration <= LONGEST)
            .ok_or_else(|| Refused {
                reason: Some("more than 100 years".to_owned()),
            })
    }
    fn takes() -> String {
        "a duration such as 300s, 5m, 1h or 14d".to_owned()
    }
    fn show(&self) -> String {
        let seconds = self.whole_seconds();
        UNITS
            .into_iter()
            .find(|(_, unit)| seconds != 0 && seconds % unit == 0)
            .map_or_else(
                || format!("{seconds}s"),
                |(name, unit)| format!("{}{name}", seconds / unit),
            )
    }
}

/// Enums, by the names of their values.
macro_rules! names {
    ($($type:ty { $($name:literal => $value:expr),* $(,)? })*) => {$(
        impl SettingValue for $type {
            fn parse(text: &str) -> Result<Self, Refused> {
                one_of(text, &[$(($name, $value)),*])
            }
            fn takes() -> String {
                let names = [$($name),*];
                let (last, others) = names.split_last().unwrap_or((&"", &[]));
                format!("{} or {last}", others.join(", "))
            }
            fn show(&self) -> String {
                [$(($name, $value)),*]
                    .into_iter()
                    .find(|(_, value)| value == self)
                    .map(|(name, _)| name.to_owned())
                    .unwrap_or_default()
            }
        }
    )*};
}

names! {
    LogLevel {
        "off" => LogLevel::Off,
        "error" => LogLevel::Error,
        "warn" => LogLevel::Warn,
        "info" => LogLevel::Info,
        "debug" => LogLevel::Debug,
        "trace" => LogLevel::Trace,
    }
    LogFormat {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
    }
    LogClientAddress {
        "full" => LogClientAddress::Full,
        "prefix" => LogClientAddress::Prefix,
        "off" => LogClientAddress::Off,
    }
    Pooler {
        "none" => Pooler::None,
        "transaction" => Pooler::Transaction,
    }
    KeyStore {
        "auto" => KeyStore::Auto,
        "folder" => KeyStore::Folder,
        "database" => KeyStore::Database,
    }
    SameSite {
        "Unspecified" => SameSite::Unspecified,
        "None" => SameSite::None,
        "Lax" => SameSite::Lax,
        "Strict" => SameSite::Strict,
    }
    CookieSecurePolicy {
        "SameAsRequest" => CookieSecurePolicy::SameAsRequest,
        "Always" => CookieSecurePolicy::Always,
        "None" => CookieSecurePolicy::None,
    }
    CompatibilityMode {
        "IdentityV2" => CompatibilityMode::IdentityV2,
        "IdentityV3" => CompatibilityMode::IdentityV3,
        "Argon2id" => CompatibilityMode::Argon2id,
    }
    SchemaVersion {
        "1" => SchemaVersion::V1,
        "2" => SchemaVersion::V2,
        "3" => SchemaVersion::V3,
    }
}

/// An endpoint goes by its path, with or without the slash in front.
impl SettingValue for Endpoint {
    fn parse(text: &str) -> Result<Self, Refused> {
        let name = text.strip_prefix('/').unwrap_or(text);
        one_of(name, &Self::ALL.map(|endpoint| (name_of(endpoint), endpoint))).map_err(|_| Refused {
            reason: Some(format!("there is no endpoint `{}`", text.escape_debug())),
        })
    }
    fn takes() -> String {
        let names = Self::ALL.map(name_of);
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        format!("{} or {last}", others.join(", "))
    }
    fn show(&self) -> String {
        name_of(*self).to_owned()
    }
}

fn name_of(endpoint: Endpoint) -> &'static str {
    endpoint.path().trim_start_matches('/')
}

/// The value with this name, in any case of letters, as .NET reads names.
fn one_of<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, Refused> {
    names
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, value)| *value)
        .ok_or_else(Refused::default)
}
