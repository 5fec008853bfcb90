//! Which keys Identity's tables have.

use wicketgate_identity::options::KeyType;

use super::columns::Column;
use super::dotnet::id_columns::IdColumns;
use super::key_sample::{self, Sample};
use crate::database::Connection;
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::layout::key_form::KeyForm;

/// What is known of a database's keys.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(super) form: KeyForm,
    /// Whether some ids are Guids in capitals, and some in small letters.
    pub(crate) are_mixed: bool,
    /// What they are and what they were to be, where these are of two types.
    pub(super) others: Option<(KeyType, KeyType)>,
}

/// Looks at the columns, and in SQLite at some ids.
pub(super) async fn find_keys<C: Connection>(
    connection: &mut C,
    columns: &[Column],
    wanted: Option<KeyType>,
) -> Result<Keys, DatabaseError> {
    let ids: &IdColumns = C::Dialect::ID_COLUMNS;
    let declared = |table: &str| {
        let mut columns = columns.iter();
        columns.find(|column: &&Column| column.table == table && column.name == "Id")
    };
    let Some(id) = declared("AspNetUsers").or_else(|| declared("AspNetRoles")) else {
        return Ok(Keys {
            form: wanted.map(|wanted| ids.form(wanted)).unwrap_or_default(),
            are_mixed: false,
            others: None,
        });
    };
    let form = KeyForm::of(&id.declared_type).unwrap_or_default();
    let others = wanted.map(|wanted| (form.key_type(), wanted));
    let mut keys = Keys {
        form,
        are_mixed: false,
        others: others.filter(|(_, wanted)| !ids.can_be(form, *wanted)),
    };
    if form == KeyForm::Text && ids.guids_are_texts() && keys.others.is_none() && wanted != Some(KeyType::Text) {
        let sample = key_sample::take(connection, |table| declared(table).is_some()).await?;
        keys.are_mixed = sample == Sample::MixedGuids;
        match (sample, wanted) {
            (Sample::UpperCaseGuids, _) | (Sample::Nothing | Sample::MixedGuids, Some(_)) => {
                keys.form = KeyForm::UpperCaseGuid;
            }
            (Sample::Others, _) => keys.others = others,
            (Sample::Nothing | Sample::MixedGuids, None) => {}
        }
    }
    Ok(keys)
}
