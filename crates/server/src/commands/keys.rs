//! `keys`

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;
use wicketgate_identity::Accounts;
use wicketgate_protection::{Clock, FolderKeyRepository, KeyInfo, KeyRepository, KeyRing, KeyRingOptions, Random};

use super::{
    CommandError,
    resting::{self, Resting},
};
use crate::{application::OpenStore, assembly, command_line::KeyOperation, key_ring::key_ring, settings::Settings};

/// Why a key was revoked, as .NET keeps it beside the revocation.
const REASON: &str = "revoked by an operator";

/// Lists, makes or revokes keys.
pub(crate) async fn operate_on_keys(
    settings: &Settings,
    own_store: Option<&OpenStore>,
    operation: KeyOperation,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<String, CommandError> {
    let ring = key_ring(settings, Arc::clone(&clock), Arc::clone(&random)).await?;
    let now = clock.now();
    let accounts = async || {
        assembly::accounts_with(
            settings,
            own_store,
            Arc::clone(&ring),
            Arc::clone(&clock),
            Arc::clone(&random),
        )
        .await
    };
    match operation {
        KeyOperation::List => Ok(list(&ring.keys().await?, now)),
        KeyOperation::New => new(&ring, &*clock).await,
        KeyOperation::Export { folder } => export(&ring, folder).await,
        KeyOperation::Revoke { id, force, .. } => {
            let ids = match id {
                Some(id) => vec![known(&ring, id).await?],
                None => ring.keys().await?.iter().map(|key| key.id).collect(),
            };
            // A database that does not exist has nothing that would be lost, and is not made for the question.
            if !force && (own_store.is_some() || !settings.database.to_url().is_missing_file()) {
                refuse_if_used(&ids, &accounts().await?).await?;
            }
            revoke(&ring, id, now).await
        }
        KeyOperation::Reprotect => resting::reprotect(&accounts().await?).await,
    }
}

/// The id alone is printed, for scripts; people are told more.
async fn new(ring: &KeyRing, clock: &dyn Clock) -> Result<String, CommandError> {
    let now = clock.now();
    let id = ring
        .create_key(now, now + KeyRingOptions::default().new_key_lifetime)
        .await?;
    let protects = match ring.protects_from(id).await? {
        Some(from) if from <= clock.now() => "protects from now on, since no other key can".to_owned(),
        Some(from) => format!("protects from {} on, when every server has it", date(from)),
        None => "never protects: another key is preferred as long as this one lives".to_owned(),
    };
    // Who cannot be told has the key all the same.
    let _ = writeln!(
        io::stderr(),
        "the key {protects}; running servers read it on SIGHUP or within a day"
    );
    Ok(format!("{id}\n"))
}

/// Only into a folder without keys: rings that mix open more than either did, and protect with another key.
async fn export(ring: &KeyRing, folder: PathBuf) -> Result<String, CommandError> {
    let target = FolderKeyRepository::new(folder);
    if !target.all_elements().await?.is_empty() {
        return Err(CommandError::HasKeys { place: target.place() });
    }
    let count = ring.copy_to(&target).await?;
    Ok(format!("{count} keys and revocations copied into {}\n", target.place()))
}

async fn known(ring: &KeyRing, id: Uuid) -> Result<Uuid, CommandError> {
    match ring.keys().await?.iter().any(|key| key.id == id) {
        true => Ok(id),
        false => Err(CommandError::NoSuchKey(id)),
    }
}

async fn refuse_if_used(ids: &[Uuid], accounts: &Accounts) -> Result<(), CommandError> {
    let resting = Resting::on(ids, accounts).await?;
    match resting.is_nothing() {
        true => Ok(()),
        false => Err(CommandError::KeysInUse {
            resting: resting.to_string(),
        }),
    }
}

/// A key, or all of them.
async fn revoke(ring: &KeyRing, id: Option<Uuid>, now: OffsetDateTime) -> Result<String, CommandError> {
    let what = match id {
        Some(id) => {
            ring.revoke_key(id, Some(REASON)).await?;
            format!("{id} is revoked")
        }
        None => {
            ring.revoke_all(now, Some(REASON)).await?;
            "all keys are revoked".to_owned()
        }
    };
    Ok(format!("{what}; running servers notice on SIGHUP or within a day\n"))
}

fn list(keys: &[KeyInfo], now: OffsetDateTime) -> String {
    let mut text = format!(
        "{:36}  {:20}  {:20}  {:20}  STATE\n",
        "KEY", "CREATED", "ACTIVATES", "EXPIRES"
    );
    for key in keys {
        let _ = writeln!(
            text,
            "{:36}  {:20}  {:20}  {:20}  {}",
            key.id,
            date(key.creation_date),
            date(key.activation_date),
            date(key.expiration_date),
            state(key, now)
        );
    }
    text
}

pub(super) fn state(key: &KeyInfo, now: OffsetDateTime) -> &'static str {
    if key.is_revoked {
        "revoked"
    } else if key.problem.is_some() {
        "unreadable"
    } else if key.is_default {
        "protects"
    } else if key.expiration_date <= now {
        "expired, still opens"
    } else if key.activation_date > now {
        "not active yet"
    } else {
        "opens"
    }
}

pub(super) fn date(instant: OffsetDateTime) -> String {
    let seconds = instant.replace_nanosecond(0).unwrap_or(instant);
    seconds.format(&Rfc3339).unwrap_or_default()
}
