//! How a database keeps Identity's tables: what they are called there, and which kind of keys they have.
//!
//! Every statement is written for the tables of a plain `IdentityUser`. Each connection has the [`Layout`] of its database, and
//! sends what that makes of a statement and its values.

mod citext;
pub(crate) mod detection;
pub(crate) mod key_form;
pub(crate) mod names;
pub(crate) mod own_columns;
mod tokens;
mod translated;
mod translation;

use std::borrow::Cow;

use key_form::KeyForm;
use names::Names;
use translated::Translated;

use crate::statement::{Statement, Value};

/// What is different from the tables of a plain `IdentityUser`, which is the default.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    keys: KeyForm,
    /// Whether there are no tables for roles.
    lacks_roles: bool,
    /// `None` where every name is EF Core's own.
    translated: Option<Translated>,
}

impl Layout {
    /// With these names, and ids in this form.
    pub(crate) fn new(names: Names, keys: KeyForm) -> Self {
        let translated = (!names.are_plain()).then(|| Translated::new(names));
        Self {
            keys,
            lacks_roles: false,
            translated,
        }
    }

    /// The same without tables for roles.
    pub(crate) fn without_roles(self) -> Self {
        Self {
            lacks_roles: true,
            ..self
        }
    }

    /// Whether there are tables for roles; .NET's `IdentityUserContext` has none.
    pub(crate) fn has_roles(&self) -> bool {
        !self.lacks_roles
    }

    /// How ids are kept.
    pub(crate) fn keys(&self) -> KeyForm {
        self.keys
    }

    /// The statement with the names that this database has for tables and columns.
    pub(crate) fn statement(&self, statement: Statement) -> Statement {
        match &self.translated {
            None => statement,
            Some(translated) => Statement {
                text: translated.text(statement.text),
                ..statement
            },
        }
    }

    /// The same for a statement that makes a table or an index.
    pub(crate) fn definition(&self, definition: &'static str) -> &'static str {
        match &self.translated {
            None => definition,
            Some(translated) => translated.text(definition),
        }
    }

    /// The values with ids in the form that columns have here.
    pub(crate) fn values<'v, 'a>(&self, values: &'v [Value<'a>]) -> Cow<'v, [Value<'a>]> {
        match self.keys {
            KeyForm::Text => Cow::Borrowed(values),
            keys => Cow::Owned(values.iter().map(|value| keys.value(*value)).collect()),
        }
    }
}
