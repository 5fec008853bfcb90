//! Statements as they are sent to a database with other names: each is translated once.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::citext::with_citext;
use super::names::Names;
use super::translation::translate;
use crate::static_text::keep;

/// The translations of constant statements, by the address of each, which never changes.
#[derive(Debug)]
pub(super) struct Translated {
    names: Names,
    texts: RwLock<HashMap<usize, &'static str>>,
}

impl Translated {
    pub(super) fn new(names: Names) -> Self {
        let texts = RwLock::default();
        Self { names, texts }
    }

    fn translated(&self, text: &str) -> String {
        let translated = translate(text, &self.names);
        match self.names.citext.is_empty() {
            true => translated,
            false => with_citext(&translated, &self.names.citext),
        }
    }

    /// The text in this database's names.
    pub(super) fn text(&self, text: &'static str) -> &'static str {
        let address = text.as_ptr().addr();
        let known = self
            .texts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&address)
            .copied();
        if let Some(known) = known {
            return known;
        }
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        texts.entry(address).or_insert_with(|| keep(self.translated(text)))
    }
}
