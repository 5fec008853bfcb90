//! Which scripts a database has yet to run.

use super::effect::Effect;
use super::journal::{self, Entry};
use super::scripts::{Script, ScriptText};
use crate::schema::columns::{Column, Index};
use crate::schema::own::tables::OwnTables;
use crate::schema::state::SchemaState;

/// What a database has of our own tables.
#[derive(Debug)]
pub(crate) struct Own {
    /// The scripts that began; `None` without a journal.
    pub(crate) journal: Option<Vec<Entry>>,
    /// Of our own tables.
    pub(crate) columns: Vec<Column>,
    /// Those of a script for this kind of database.
    pub(crate) text: fn(&'static Script) -> &'static ScriptText,
}

impl Own {
    /// Why it is nothing for this version, which knows these scripts.
    pub(crate) fn refusal(&self, scripts: &'static [Script]) -> Option<SchemaState> {
        let known = scripts.last().map_or(0, |script| script.number);
        let newest = self.journal.iter().flatten().map(|entry| entry.number).max();
        if let Some(found) = newest.filter(|newest| *newest > known) {
            return Some(SchemaState::NewerScript { found, known });
        }
        let is_other = |script: &&'static Script| {
            let entry = self.entry(script);
            entry.is_some_and(|entry| entry.checksum != (self.text)(script).checksum)
        };
        scripts.iter().find(is_other).map(|script| SchemaState::OtherScript {
            number: script.number,
            name: script.name,
        })
    }

    /// A table that has the name of the journal, or of one that a script has yet to make.
    pub(crate) fn taken_name(&self, scripts: &'static [Script]) -> Option<&'static str> {
        let mut new = scripts.iter().filter(|script| self.entry(script).is_none()).peekable();
        if self.journal.is_none() && new.peek().is_some() && self.has_table(journal::TABLE) {
            return Some(journal::TABLE);
        }
        let mut made = new.flat_map(|script| (self.text)(script).statements());
        made.find_map(|statement| match Effect::of(statement) {
            Some(Effect::Table(table)) if self.has_table(table) => Some(table),
            _ => None,
        })
    }

    /// Whether all that these scripts make is there.
    pub(crate) fn tables(&self, scripts: &'static [Script]) -> OwnTables {
        let missing: Vec<&'static str> = self.pending(scripts).map(|script| script.name).collect();
        match missing.is_empty() {
            true => OwnTables::Present,
            false => OwnTables::Absent(missing),
        }
    }

    /// Whether scripts were cut off, which can be in MySQL: the journal names all that are to run before any table is made.
    pub(crate) fn is_cut_off(&self) -> bool {
        let journal = self.journal.as_ref();
        journal.is_some_and(|entries| entries.is_empty() || entries.iter().any(|entry| !entry.is_finished))
    }

    /// The statements that write into the journal which of these scripts are to run.
    pub(crate) fn plan_journal(&self, scripts: &'static [Script]) -> Vec<&'static str> {
        let new = scripts.iter().filter(|script| self.entry(script).is_none());
        let mut statements: Vec<&'static str> = new.map(|script| (self.text)(script).begin).collect();
        if !statements.is_empty() && self.journal.is_none() {
            statements.insert(0, journal::CREATE_TABLE);
        }
        statements
    }

    /// The statements that are left of these scripts, in order. Of a script that began, those that have had their effect are
    /// left out.
    pub(crate) fn plan(&self, scripts: &'static [Script], indexes: &[Index]) -> Vec<&'static str> {
        let mut statements = Vec::new();
        for script in self.pending(scripts) {
            let text = (self.text)(script);
            let has_begun = self.entry(script).is_some();
            let is_left = |statement: &&'static str| !has_begun || !self.is_done(statement, indexes);
            statements.extend(text.statements().filter(is_left));
            statements.push(text.finish);
        }
        statements
    }

    fn pending(&self, scripts: &'static [Script]) -> impl Iterator<Item = &'static Script> {
        let is_finished = |script: &Script| self.entry(script).is_some_and(|entry| entry.is_finished);
        scripts.iter().filter(move |script| !is_finished(script))
    }

    fn entry(&self, script: &Script) -> Option<&Entry> {
        let mut entries = self.journal.iter().flatten();
        entries.find(|entry| entry.number == script.number)
    }

    fn has_table(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.table == name)
    }

    fn is_done(&self, statement: &'static str, indexes: &[Index]) -> bool {
        match Effect::of(statement) {
            Some(Effect::Table(table)) => self.has_table(table),
            Some(Effect::Column { table, name }) => self
                .columns
                .iter()
                .any(|column| column.table == table && column.name == name),
            Some(Effect::Index { table, name }) => {
                indexes.iter().any(|index| index.table == table && index.name == name)
            }
            None => false,
        }
    }
}
