//! `events list`

use time::OffsetDateTime;
use wicketgate_identity::event::{EventFilter, StoredEvent};
use wicketgate_identity::{Accounts, UserId};

use super::{CommandError, log, rows};
use crate::commands::event_operation::EventConditions;

/// Prints events, newest first, a page at a time.
pub(super) async fn list(
    accounts: &Accounts,
    conditions: &EventConditions,
    now: OffsetDateTime,
    mut print: impl FnMut(&str) -> Result<bool, String>,
) -> Result<(), CommandError> {
    let events = log(accounts)?;
    let mut filter = EventFilter {
        user: match &conditions.user {
            Some(user) => Some(find_user(accounts, user).await?),
            None => None,
        },
        kind: conditions.kind.clone(),
        client: conditions.client.clone().map(|client| client.0),
        since: conditions.since.map(|since| since.instant(now)),
        until: conditions.until.map(|until| until.instant(now)),
        before: None,
        limit: 0,
    };
    if !conditions.json {
        print(&rows::heading()).map_err(CommandError::Output)?;
    }
    let mut left = conditions.limit;
    while left > 0 {
        filter.limit = left.min(EventFilter::MAX_LIMIT);
        let page = events.list(&filter).await?;
        let is_read = print(&text(&page, conditions.json)).map_err(CommandError::Output)?;
        if page.len() < filter.limit || !is_read {
            break;
        }
        left -= page.len();
        filter.before = page.last().map(|event| event.id.clone());
    }
    Ok(())
}

fn text(events: &[StoredEvent], as_json: bool) -> String {
    let line = if as_json { rows::json_line } else { rows::line };
    events.iter().map(line).collect()
}

/// By user name, address or id. Events of an account that is gone name nobody.
async fn find_user(accounts: &Accounts, user: &str) -> Result<UserId, CommandError> {
    if let Some(found) = accounts.find_by_name(user).await? {
        return Ok(found.id);
    }
    if let Some(found) = accounts.find_by_email(user).await? {
        return Ok(found.id);
    }
    let found = match accounts.read_id(user) {
        Some(id) => accounts.find_by_id(&id).await?,
        None => None,
    };
    match found {
        Some(found) => Ok(found.id),
        None => Err(CommandError::NoSuchUserOrId(user.to_owned())),
    }
}
