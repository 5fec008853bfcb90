//! `migrate`

use std::fmt::Write as _;

use super::CommandError;
use crate::{key_ring::KeyPlace, settings::Settings};

/// Brings the database's tables up to date, or prints how.
pub(crate) async fn migrate(settings: &Settings, dry_run: bool) -> Result<String, CommandError> {
    let url = &settings.database.to_url();
    let stores = &settings.identity.stores;
    if settings.database.is_memory() {
        return Ok("accounts in memory have no tables\n".to_owned());
    }
    let mut statements = if dry_run {
        wicketgate_sql::plan_migration(url, stores).await?
    } else {
        wicketgate_sql::migrate(url, stores).await?
    };
    if KeyPlace::of(settings) == KeyPlace::Database {
        statements.extend(if dry_run {
            wicketgate_sql::plan_keys_migration(url, &settings.identity.stores).await?
        } else {
            wicketgate_sql::migrate_keys(url, &settings.identity.stores).await?
        });
    }
    let mut text = String::new();
    for statement in &statements {
        let _ = writeln!(text, "{};", statement.trim().trim_end_matches(';'));
    }
    if statements.is_empty() {
        text.push_str("nothing to do: the database's tables are up to date\n");
    } else if !dry_run {
        let _ = writeln!(text, "done: {} statements", statements.len());
    }
    Ok(text)
}
