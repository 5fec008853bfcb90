//! `wicketgate.toml`.

use std::{
    io,
    path::{Path, PathBuf},
};

use toml::{Spanned, de::DeTable, de::DeValue};

use super::{
    SettingsError,
    source::{Given, Source},
    table,
};

/// The file that is read if it is there and no other is named.
const DEFAULT: &str = "wicketgate.toml";

/// What the file says: `config`, or else the default if there is one.
pub(super) fn read(config: Option<PathBuf>) -> Result<Vec<Given>, SettingsError> {
    let (path, required) = config.map_or((PathBuf::from(DEFAULT), false), |path| (path, true));
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !required => Ok(Vec::new()),
        Err(source) => Err(SettingsError::Unreadable { path, source }),
    }
}

/// All values in the order of the text, with their tables' names in front: `max_…` in `[lockout]` is `lockout.max_…`.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<Given>, SettingsError> {
    let line = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let document = DeTable::parse(text).map_err(|error| SettingsError::Syntax {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line(span.start)),
        problem: error.message().replace('\n', " "),
    })?;
    let mut values = Vec::new();
    flatten("", document.get_ref(), &mut values);
    values.sort_by_key(|(offset, ..)| *offset);
    Ok(values
        .into_iter()
        .map(|(offset, key, value)| Given {
            key,
            value,
            source: Source::File {
                path: path.to_owned(),
                line: line(offset),
            },
        })
        .collect())
}

fn flatten(prefix: &str, table: &DeTable<'_>, into: &mut Vec<(usize, String, String)>) {
    for (name, value) in table {
        let key = format!("{prefix}{}", name.get_ref());
        match value.get_ref() {
            DeValue::Table(_) if table::find(&key).is_some() => {
                into.push((name.span().start, key, json_of(value.get_ref()).to_string()));
            }
            DeValue::Table(inner) => flatten(&format!("{key}."), inner, into),
            other => into.push((name.span().start, key, text_of(other))),
        }
    }
}

/// A table that is a value itself, as a variable would have it.
fn json_of(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::Table(inner) => {
            let entries = inner.iter();
            let entries = entries.map(|(name, value)| (name.get_ref().to_string(), json_of(value.get_ref())));
            serde_json::Value::Object(entries.collect())
        }
        other => text_of(other).into(),
    }
}

/// The value as the other sources would write it; a list with commas.
fn text_of(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(values) => {
            let texts: Vec<String> = values
                .iter()
                .map(|value: &Spanned<DeValue<'_>>| text_of(value.get_ref()))
                .collect();
            texts.join(",")
        }
        DeValue::Table(_) => "a table".to_owned(),
    }
}
