//! The event of a step, written in the step's transaction.

use wicketgate_identity::event::{EventKey, EventRecord};
use wicketgate_identity::{Event, EventKind};
use wicketgate_protection::Random;

use super::unknown::{self, Clients};
use crate::database::Transaction;
use crate::database_error::DatabaseError;
use crate::sessions;
use crate::statement::{Statement, Value, statement};

pub(super) const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_events (id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt,
        personal_hash, key_number, mac)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    [
        Text,
        Integer,
        Text,
        Text,
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        NullableText,
        Text,
        Integer,
        Text
    ]
);

/// An event that is written with the step that it tells of, if events are kept.
#[derive(Clone, Copy)]
pub(crate) struct StepEvent<'a> {
    event: &'a Event,
    kept: Option<Kept<'a>>,
}

#[derive(Clone, Copy)]
struct Kept<'a> {
    key: &'a EventKey,
    random: &'a dyn Random,
    clients: &'a Clients,
}

impl<'a> StepEvent<'a> {
    pub(crate) fn not_kept(event: &'a Event) -> Self {
        Self { event, kept: None }
    }

    pub(super) fn kept(event: &'a Event, key: &'a EventKey, random: &'a dyn Random, clients: &'a Clients) -> Self {
        let kept = Some(Kept { key, random, clients });
        Self { event, kept }
    }

    /// What happens.
    pub(crate) fn event(&self) -> &'a Event {
        self.event
    }

    /// Whether the step needs a transaction for it or for the account's sessions, even where one statement would do.
    pub(crate) fn needs_transaction(&self) -> bool {
        self.kept.is_some() || self.event.sessions().is_some()
    }

    /// Does with the account's sessions what it says, and writes it, behind everything else that the transaction does.
    pub(crate) async fn write(&self, transaction: &mut impl Transaction) -> Result<(), DatabaseError> {
        sessions::after_change(transaction, self.event).await?;
        self.write_event(transaction, self.event).await
    }

    /// The same for what an attempt came to; nothing where that is no event.
    pub(crate) async fn write_as(
        &self,
        transaction: &mut impl Transaction,
        came_to: impl FnOnce(Event) -> Option<Event> + Send,
    ) -> Result<(), DatabaseError> {
        if self.kept.is_none() {
            return Ok(());
        }
        match came_to(self.event.clone()) {
            Some(event) => self.write_event(transaction, &event).await,
            None => Ok(()),
        }
    }

    async fn write_event(&self, transaction: &mut impl Transaction, event: &Event) -> Result<(), DatabaseError> {
        let Some(Kept { key, random, clients }) = self.kept else {
            return Ok(());
        };
        match (&event.user, &event.kind) {
            // Nobody can fill the table with accounts that there are not.
            (None, EventKind::SignInFailed { reason, .. }) => {
                unknown::count(transaction, clients, random, event, *reason).await
            }
            _ => insert(transaction, &key.record(event, random)).await,
        }
    }
}

/// Inserts an event.
pub(super) async fn insert(transaction: &mut impl Transaction, record: &EventRecord) -> Result<(), DatabaseError> {
    let personal = &record.personal;
    let values: [Value<'_>; 12] = [
        record.id.as_str().into(),
        record.at.into(),
        (*record.kind).into(),
        record.detail.as_str().into(),
        personal.user.as_deref().into(),
        personal.client.as_deref().into(),
        personal.name_hash.as_deref().into(),
        personal.request_id.as_deref().into(),
        personal.salt.as_deref().into(),
        record.personal_hash.as_str().into(),
        record.key_number.into(),
        record.mac.as_str().into(),
    ];
    transaction.execute(INSERT, &values).await.map(drop)
}
