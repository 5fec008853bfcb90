//! What `check-dotnet` found, for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use wicketgate_protection::KeyInfo;
use wicketgate_sql::{AccountCounts, Inspection, PoolerSigns, SchemaState, Shape};

use crate::commands::keys;

/// One line of JSON.
pub(super) fn report(
    inspection: &Inspection,
    keys: &[KeyInfo],
    now: OffsetDateTime,
    obstacles: &[String],
    obstacles_back: &[String],
) -> String {
    let keys = keys.iter().map(|key| {
        json!({
            "id": key.id.to_string(),
            "activation_date": keys::date(key.activation_date),
            "expiration_date": keys::date(key.expiration_date),
            "state": keys::state(key, now),
        })
    });
    let object = json!({
        "database": inspection.schema.to_string(),
        "is_complete": matches!(inspection.schema, SchemaState::Complete(_)),
        "shape": inspection.shape.as_ref().map(|shape| self::shape(shape, inspection)),
        "pooler": inspection.pooler.map(pooler),
        "accounts": inspection.accounts.as_ref().map(accounts),
        "odd_values": inspection.odd_values.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "keys": keys.collect::<Value>(),
        "obstacles": obstacles,
        "obstacles_back": obstacles_back,
    });
    format!("{object}\n")
}

fn shape(shape: &Shape, inspection: &Inspection) -> Value {
    json!({
        "key_type": shape.key_type.name(),
        "schema": shape.schema,
        "tables": shape.tables.iter().cloned().collect::<BTreeMap<_, _>>(),
        "columns": shape.columns.iter().cloned().collect::<BTreeMap<_, _>>(),
        "own_columns": shape.own_columns,
        "own_columns_without_value": unfillable(inspection),
        "has_roles": shape.has_roles,
    })
}

/// As settings call them.
fn unfillable(inspection: &Inspection) -> Vec<String> {
    let others = inspection.unfillable_columns_of_others.iter().map(ToString::to_string);
    inspection.unfillable_columns.iter().cloned().chain(others).collect()
}

fn pooler(signs: PoolerSigns) -> &'static str {
    match signs {
        PoolerSigns::None => "none",
        PoolerSigns::Forwarded { .. } => "perhaps",
        PoolerSigns::Transaction => "transaction",
    }
}

fn accounts(accounts: &AccountCounts) -> Value {
    let hashes = accounts.by_hash.iter().map(|(hash, count)| {
        let hash = hash.as_ref().map(|hash| match hash {
            Ok(known) => known.to_string(),
            Err(unreadable) => unreadable.to_string(),
        });
        json!({ "hash": hash, "count": count })
    });
    json!({
        "total": accounts.total,
        "by_hash": hashes.collect::<Value>(),
        "confirmed": accounts.confirmed,
        "locked": accounts.locked,
        "two_factor": accounts.two_factor,
        "without_security_stamp": accounts.without_security_stamp,
        "user_names_not_normalized": accounts.not_normalized.user_names,
        "emails_not_normalized": accounts.not_normalized.emails,
        "encrypted_authenticator_keys": accounts.encrypted_authenticator_keys,
        "hashed_recovery_codes": accounts.hashed_recovery_codes,
        "external_logins": accounts.external_logins,
        "roles": accounts.roles,
    })
}
