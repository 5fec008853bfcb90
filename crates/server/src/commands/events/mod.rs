//! `wicketgate events`: looking at what happened, and checking that nobody changed it afterwards.

mod client;
mod erase;
mod list;
mod moment;
mod rows;
mod verify;

use std::sync::Arc;

use wicketgate_identity::{Accounts, EventLog};
use wicketgate_protection::{Clock, Random};

pub(super) use self::erase::erase;
pub(crate) use self::{client::Client, moment::Moment};
use super::{CommandError, EventOperation};
use crate::{application::OpenStore, assembly, settings::Settings};

/// Lists events page by page into `print`, which says whether anybody reads on, or gives what a check found.
pub(crate) async fn operate_on_events(
    settings: &Settings,
    own_store: Option<&OpenStore>,
    operation: EventOperation,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    print: impl FnMut(&str) -> Result<bool, String>,
) -> Result<String, CommandError> {
    let now = clock.now();
    let accounts = assembly::accounts(settings, own_store, clock, random).await?;
    match operation {
        EventOperation::List(conditions) => {
            list::list(&accounts, &conditions, now, print).await?;
            Ok(String::new())
        }
        EventOperation::Verify {
            expect_head,
            allow_unverifiable,
        } => {
            let report = log(&accounts)?.verify(expect_head.as_ref()).await?;
            verify::judge(&report, allow_unverifiable)
        }
    }
}

fn log(accounts: &Accounts) -> Result<&dyn EventLog, CommandError> {
    accounts.stores().events().ok_or(CommandError::NoEvents)
}
