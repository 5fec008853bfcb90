//! What in the database rests on keys: it is protected with them, and lost without them.

use std::fmt;

use uuid::Uuid;
use wicketgate_identity::Accounts;

use super::CommandError;

/// How many mails are protected anew at a time.
const STEP: usize = 100;

/// How much rests on some keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Resting {
    /// Keys that sign events.
    event_keys: u64,
    /// Mails that wait to be sent.
    mails: u64,
}

impl Resting {
    pub(super) async fn on(keys: &[Uuid], accounts: &Accounts) -> Result<Self, CommandError> {
        let mut resting = Self::default();
        for key in keys {
            if let Some(events) = accounts.stores().events() {
                resting.event_keys += events.count_keys_under(&key.to_string()).await?;
            }
            resting.mails += accounts.mails().count_protected_with(*key).await?;
        }
        Ok(resting)
    }

    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// `1 key of events and 12 mails`
impl fmt::Display for Resting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = counted(self.event_keys, "key of events", "keys of events");
        let mails = counted(self.mails, "mail", "mails");
        let parts: Vec<String> = keys.into_iter().chain(mails).collect();
        f.write_str(&parts.join(" and "))
    }
}

fn counted(count: u64, one: &str, more: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    }
}

/// Protects everything with the key that protects now, in bounded steps, and says how much was under another one.
pub(super) async fn reprotect(accounts: &Accounts) -> Result<String, CommandError> {
    let mut done = Resting::default();
    let mut unreadable = 0;
    if let Some(events) = accounts.stores().events() {
        done.event_keys = events.reprotect_keys().await?;
    }
    let mut after = None;
    loop {
        let step = accounts.mails().reprotect(after, STEP).await?;
        done.mails += step.changed;
        unreadable += step.unreadable;
        after = step.next;
        if after.is_none() {
            break;
        }
    }
    let mut text = match done.is_nothing() {
        true => "nothing to do: everything is protected with the current key\n".to_owned(),
        false => format!("protected with the current key: {done}\n"),
    };
    if let Some(mails) = counted(unreadable, "mail", "mails") {
        text += &format!("left as it is: {mails} that cannot be opened, because the key is lost\n");
    }
    Ok(text)
}
