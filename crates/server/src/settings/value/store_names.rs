//! What tables and columns are called: a table in the file, a JSON object in a variable.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde_json::{Map, Value};
use wicketgate_identity::options::{IdentityColumn, IdentityTable, OwnColumn, UnknownName};

use super::{Refused, SettingValue};

/// What a name is given to.
trait Named: Ord + fmt::Display + FromStr<Err = UnknownName> {
    const TAKES: &'static str;
}

impl Named for IdentityTable {
    const TAKES: &'static str = "names as JSON, such as {\"users\":\"Users\"}, for users, roles, user_roles, user_claims, \
                                 user_logins, role_claims, user_tokens and user_passkeys";
}

impl Named for IdentityColumn {
    const TAKES: &'static str = "names as JSON, such as {\"users.email\":\"Mail\"}";
}

impl Named for OwnColumn {
    const TAKES: &'static str = "values as JSON, such as {\"Tenant\":\"default\"}";
}

impl<K: Named> SettingValue for BTreeMap<K, String> {
    fn parse(text: &str) -> Result<Self, Refused> {
        if text.trim().is_empty() {
            return Ok(Self::new());
        }
        let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| Refused::default())?;
        let mut entries = Self::new();
        for (key, value) in entries_of(object)? {
            let key = key.parse().map_err(|error: UnknownName| Refused {
                reason: Some(error.to_string()),
            })?;
            entries.insert(key, value);
        }
        Ok(entries)
    }

    fn takes() -> String {
        K::TAKES.to_owned()
    }

    fn show(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let entries = self
            .iter()
            .map(|(key, value)| (key.to_string(), Value::from(value.clone())));
        Value::Object(entries.collect()).to_string()
    }
}

/// `users.email = "Mail"` without quotes is a table in a table for the file.
fn entries_of(object: Map<String, Value>) -> Result<Vec<(String, String)>, Refused> {
    let mut entries = Vec::new();
    for (key, value) in object {
        match value {
            Value::String(text) => entries.push((key, text)),
            Value::Number(number) => entries.push((key, number.to_string())),
            Value::Bool(boolean) => entries.push((key, boolean.to_string())),
            Value::Object(inner) => {
                for (inner_key, value) in inner {
                    match value {
                        Value::String(text) => entries.push((format!("{key}.{inner_key}"), text)),
                        _ => return Err(Refused::default()),
                    }
                }
            }
            Value::Null | Value::Array(_) => return Err(Refused::default()),
        }
    }
    Ok(entries)
}
