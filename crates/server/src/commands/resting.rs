//! What in the database rests on keys: it is protected with them, and lost without them.

use std::fmt;

use uuid::Uuid;
use wicketgate_identity::Accounts;
use wicketgate_identity::second_factor::ring_key;

use super::CommandError;

/// How many mails or authenticator keys are looked at or protected anew at a time.
const STEP: usize = 100;

/// How much rests on some keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Resting {
    /// Keys that sign events.
    event_keys: u64,
    /// Mails that wait to be sent.
    mails: u64,
    /// Keys that accounts share with authenticators.
    authenticator_keys: u64,
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
        let mut after = None;
        loop {
            let page = accounts.store().authenticator_keys(after.as_ref(), STEP).await?;
            let rests = |(_, stored): &&(_, String)| ring_key(stored).is_some_and(|key| keys.contains(&key));
            resting.authenticator_keys += page.iter().filter(rests).count() as u64;
            match page.last() {
                Some((last, _)) if page.len() == STEP => after = Some(last.clone()),
                _ => return Ok(resting),
            }
        }
    }

    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// `1 key of events, 12 mails and 3 authenticator keys`
impl fmt::Display for Resting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = counted(self.event_keys, "key of events", "keys of events");
        let mails = counted(self.mails, "mail", "mails");
        let authenticators = counted(self.authenticator_keys, "authenticator key", "authenticator keys");
        let parts: Vec<String> = keys.into_iter().chain(mails).chain(authenticators).collect();
        f.write_str(&match parts.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            _ => parts.concat(),
        })
    }
}

/// Where authenticator keys are not to be encrypted any more.
fn decrypted(done: Resting) -> String {
    let keys = counted(done.authenticator_keys, "authenticator key", "authenticator keys").unwrap_or_default();
    let others = Resting {
        authenticator_keys: 0,
        ..done
    };
    match others.is_nothing() {
        true => format!("no longer encrypted: {keys}\n"),
        false => format!("protected with the current key: {others}\nno longer encrypted: {keys}\n"),
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
    let mut unreadable = Resting::default();
    if let Some(events) = accounts.stores().events() {
        done.event_keys = events.reprotect_keys().await?;
    }
    let mut after = None;
    loop {
        let step = accounts.mails().reprotect(after, STEP).await?;
        done.mails += step.changed;
        unreadable.mails += step.unreadable;
        after = step.next;
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let step = accounts.reprotect_authenticator_keys(after.as_ref(), STEP).await?;
        done.authenticator_keys += step.changed;
        unreadable.authenticator_keys += step.unreadable;
        after = step.next;
        if after.is_none() {
            break;
        }
    }
    let mut text = match done.is_nothing() {
        true => "nothing to do: everything is protected with the current key\n".to_owned(),
        false if accounts.options().second_factor.encrypt_authenticator_keys || done.authenticator_keys == 0 => {
            format!("protected with the current key: {done}\n")
        }
        false => decrypted(done),
    };
    if !unreadable.is_nothing() {
        text += &format!("left as it is: {unreadable} that cannot be opened, because the key is lost\n");
    }
    Ok(text)
}
