//! `users fix-normalized-names`

use std::fmt::Write as _;

use wicketgate_sql::FixNames;

use super::CommandError;
use crate::settings::Settings;

/// Normalizes names in the database, or says which.
pub(super) async fn fix_normalized_names(settings: &Settings, dry_run: bool) -> Result<String, CommandError> {
    if settings.database.is_memory() {
        return Ok("accounts in memory are always normalized\n".to_owned());
    }
    let (how, done) = match dry_run {
        true => (FixNames::Plan, "would be normalized"),
        false => (FixNames::Apply, "normalized"),
    };
    let url = &settings.database.to_url();
    let result = wicketgate_sql::fix_normalized_names(url, &settings.identity.stores, how).await?;
    let mut text = format!(
        "{done}: {} user names, {} addresses\n",
        result.fixed.user_names, result.fixed.emails
    );
    if result.changed_meanwhile > 0 {
        let _ = writeln!(
            text,
            "changed by others meanwhile, and left alone: {}; run this again",
            result.changed_meanwhile
        );
    }
    let conflicts = u64::try_from(result.conflicts.len()).unwrap_or(u64::MAX);
    let conflicts = conflicts.saturating_add(result.more_conflicts);
    if conflicts > 0 {
        let _ = writeln!(
            text,
            "left alone, because another account has the same once normalized: {conflicts}; give them other names \
             (`users set-username`, or in .NET)"
        );
    }
    for conflict in &result.conflicts {
        let _ = writeln!(
            text,
            "  {}  {}  {}",
            conflict.id,
            conflict.column,
            conflict.value.escape_debug()
        );
    }
    if result.more_conflicts > 0 {
        let _ = writeln!(text, "  and {} more", result.more_conflicts);
    }
    Ok(text)
}
