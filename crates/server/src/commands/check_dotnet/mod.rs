//! `check-dotnet`

mod application_name;
mod json;
mod shape;

use std::{fmt::Write as _, sync::Arc};

use time::OffsetDateTime;
use wicketgate_identity::PasswordAlgorithm;
use wicketgate_identity::password::{StoredForm, UnreadableHash};
use wicketgate_protection::key::KeyAtRest;
use wicketgate_protection::{Clock, FolderKeyRepository, KeyInfo, KeyRepository, Random};
use wicketgate_sql::{AccountCounts, DatabaseUrl, Inspection, SchemaState};

use super::{CommandError, keys};
use crate::{command_line::DotnetParts, key_ring::key_ring_in, settings::Settings};

/// Looks at the database and the keys of an ASP.NET Core application, and judges whether they can be served here.
/// Changes neither.
///
/// # Errors
/// [`CommandError::NotReady`] with the report where something stands in the way; others where something cannot be
/// looked at.
pub(crate) async fn check_dotnet(
    settings: &Settings,
    parts: DotnetParts,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<String, CommandError> {
    let now = clock.now();
    let database = DatabaseUrl::from(&parts.database).with_pooler(settings.database.pooler);
    let inspection = wicketgate_sql::inspect(&database, &settings.identity.stores, now).await?;
    let mut other_files = Vec::new();
    let place = match parts.keys {
        Some(_) => "this folder",
        None => "the table DataProtectionKeys",
    };
    let repository: Arc<dyn KeyRepository> = match parts.keys {
        Some(folder) => {
            let folder = FolderKeyRepository::new(folder);
            other_files = folder.other_files().await?;
            Arc::new(folder)
        }
        None => match wicketgate_sql::inspect_keys(&database, &settings.identity.stores).await? {
            Some(keys) => Arc::new(keys),
            None => return Err(CommandError::NoKeys),
        },
    };
    // Certificates and passphrases are given as for serving.
    let ring = key_ring_in(repository, &settings.keys, clock, random)?;
    let keys = ring.keys().await?;
    let skipped = Skipped {
        elements: ring.skipped_elements().await?,
        files: other_files,
    };

    let mut report = String::new();
    describe_database(&mut report, &inspection);
    shape::describe(&mut report, &inspection, settings.database.pooler);
    describe_keys(&mut report, &keys, now);
    skipped.describe(&mut report);
    application_name::describe(&mut report, parts.application_name.as_deref());
    let obstacles: Vec<String> = database_obstacles(&inspection)
        .into_iter()
        .chain(key_obstacles(&keys, place))
        .chain(skipped.obstacles())
        .collect();
    describe_obstacles(&mut report, "Obstacles to a move", &obstacles);
    let obstacles_back = obstacles_back(&inspection, &keys);
    describe_obstacles(&mut report, "Obstacles to a move back", &obstacles_back);
    if parts.json {
        report = json::report(&inspection, &keys, now, &obstacles, &obstacles_back);
    }
    if obstacles.is_empty() {
        return Ok(report);
    }
    Err(CommandError::NotReady {
        report,
        obstacles: obstacles.len(),
    })
}

/// What is among the keys and gives none.
struct Skipped {
    /// Names of what is neither key nor revocation, or no XML.
    elements: Vec<String>,
    /// Files that are not `*.xml`.
    files: Vec<String>,
}

impl Skipped {
    fn describe(&self, report: &mut String) {
        for (count, what) in [
            (self.files.len(), "files that are not XML: ignored"),
            (
                self.elements.len(),
                "XML documents that are unreadable, or neither key nor revocation: skipped",
            ),
        ] {
            if count > 0 {
                let _ = writeln!(report, "  {count:>7}  {what}");
            }
        }
    }

    /// Those that once were keys, by their names.
    fn obstacles(&self) -> impl Iterator<Item = String> {
        let keys = self.elements.iter().filter(|name| name.starts_with("key-"));
        keys.map(|name| format!("{name} contains no readable key: what that key protected cannot be opened"))
    }
}

fn describe_database(report: &mut String, inspection: &Inspection) {
    let _ = writeln!(report, "Database\n  {}", inspection.schema);
    let Some(accounts) = &inspection.accounts else { return };
    let _ = writeln!(report, "\nAccounts");
    line(report, accounts.total, "in total");
    for (hash, count) in &accounts.by_hash {
        let hash = match hash {
            None => "no password".to_owned(),
            Some(Ok(form)) => format!("password hash of {form}"),
            Some(Err(unreadable)) => format!("password hash of {unreadable}"),
        };
        line(report, *count, &hash);
    }
    line(report, accounts.confirmed, "with a confirmed address");
    line(report, accounts.locked, "currently locked");
    line(report, accounts.two_factor, "with a second factor");
    if accounts.without_security_stamp > 0 {
        line(
            report,
            accounts.without_security_stamp,
            "without a security stamp: no mailed link works for them",
        );
    }
    for (count, what) in [
        (accounts.not_normalized.user_names, "user names"),
        (accounts.not_normalized.emails, "addresses"),
    ] {
        if count > 0 {
            line(
                report,
                count,
                &format!("{what} that are not normalized: nobody is found by them"),
            );
        }
    }
    line(
        report,
        accounts.external_logins,
        "external logins (kept; there is no endpoint for them)",
    );
    line(report, accounts.roles, "roles");
}

fn line(report: &mut String, count: u64, what: &str) {
    let _ = writeln!(report, "  {count:>7}  {what}");
}

fn describe_keys(report: &mut String, keys: &[KeyInfo], now: OffsetDateTime) {
    report.push_str("\nKeys\n");
    for key in keys {
        let _ = writeln!(
            report,
            "  {}  {} to {}  {}",
            key.id,
            keys::date(key.activation_date),
            keys::date(key.expiration_date),
            keys::state(key, now)
        );
    }
    if keys.is_empty() {
        report.push_str("  none\n");
    } else if !keys.iter().any(|key| key.is_default && key.expiration_date > now) {
        report.push_str("  none of them is active now: the first application that starts creates a new one\n");
    }
}

fn describe_obstacles(report: &mut String, heading: &str, obstacles: &[String]) {
    let _ = writeln!(report, "\n{heading}");
    for obstacle in obstacles {
        let _ = writeln!(report, "  - {obstacle}");
    }
    if obstacles.is_empty() {
        report.push_str("  none found\n");
    }
}

fn database_obstacles(inspection: &Inspection) -> Vec<String> {
    let mut obstacles = Vec::new();
    if !matches!(inspection.schema, SchemaState::Complete(_)) {
        obstacles.push(format!("the database cannot be used as it is: {}", inspection.schema));
    }
    for column in &inspection.unfillable_columns {
        obstacles.push(format!(
            "nobody can register: AspNetUsers.{column} is NOT NULL and has no default; give new accounts a value by \
             stores.column_defaults"
        ));
    }
    for column in &inspection.unfillable_columns_of_others {
        obstacles.push(format!(
            "{}.{} is NOT NULL and has no default, so nothing can be added to that table; give new rows a value by \
             stores.column_defaults (\"{column}\")",
            column.table.dotnet_name(),
            column.name
        ));
    }
    obstacles.extend(inspection.odd_values.iter().map(ToString::to_string));
    if let Some(accounts) = &inspection.accounts {
        let unreadable = unreadable_hashes(accounts);
        if unreadable > 0 {
            obstacles.push(format!(
                "password hashes in an unknown format: {unreadable}; their users must reset their passwords first"
            ));
        }
        if accounts.not_normalized.user_names > 0 {
            obstacles.push(format!(
                "user names whose NormalizedUserName is missing or wrong: {}; their users cannot log in until \
                 `wicketgate users fix-normalized-names` has run",
                accounts.not_normalized.user_names
            ));
        }
    }
    obstacles
}

fn unreadable_hashes(accounts: &AccountCounts) -> u64 {
    count_hashes(accounts, |hash| hash == Err(UnreadableHash))
}

fn count_hashes(accounts: &AccountCounts, is_meant: impl Fn(Result<StoredForm, UnreadableHash>) -> bool) -> u64 {
    let counts = accounts.by_hash.iter();
    let meant = counts.filter(|(hash, _)| hash.is_some_and(&is_meant));
    meant.map(|(_, count)| count).sum()
}

/// What ASP.NET Core could not read of what was written here.
fn obstacles_back(inspection: &Inspection, keys: &[KeyInfo]) -> Vec<String> {
    let mut obstacles = Vec::new();
    let count = |is_meant: fn(StoredForm) -> bool| {
        let accounts = inspection.accounts.as_ref();
        accounts.map_or(0, |accounts| count_hashes(accounts, |hash| hash.is_ok_and(is_meant)))
    };
    let argon2id = count(|hash| matches!(hash.algorithm, PasswordAlgorithm::Argon2id(_)));
    let peppered = count(|hash| hash.pepper.is_some());
    if argon2id > 0 {
        obstacles.push(format!(
            "argon2id password hashes: {argon2id}; their users must log in here once more under IdentityV3, or reset their \
             passwords there"
        ));
    }
    if peppered > 0 {
        obstacles.push(format!(
            "password hashes with a pepper: {peppered}; their users must log in here once more with the pepper under \
             password_hasher.previous_pepper_files alone, or reset their passwords there"
        ));
    }
    if let Some(accounts) = &inspection.accounts {
        if accounts.encrypted_authenticator_keys > 0 {
            obstacles.push(format!(
                "encrypted authenticator keys: {}; `wicketgate keys reprotect` decrypts them if \
                 second_factor.encrypt_authenticator_keys is false",
                accounts.encrypted_authenticator_keys
            ));
        }
        if accounts.hashed_recovery_codes > 0 {
            obstacles.push(format!(
                "accounts with hashed recovery codes: {}; these codes work here only: their users must make new ones, under \
                 second_factor.hash_recovery_codes = false or there",
                accounts.hashed_recovery_codes
            ));
        }
    }
    // A revoked key opens nothing there either.
    let keys = keys.iter().filter(|key| !key.is_revoked);
    for key in keys.filter(|key| key.at_rest == KeyAtRest::WithPassphrase) {
        obstacles.push(format!(
            "the key {} is encrypted with a passphrase: ASP.NET Core skips it and cannot open what it protected",
            key.id
        ));
    }
    obstacles
}

fn key_obstacles(keys: &[KeyInfo], place: &str) -> Vec<String> {
    if keys.is_empty() {
        return vec![format!(
            "there are no keys in {place}: every session, token and mailed link would end"
        )];
    }
    // A revoked key opens nothing, so that it need not be readable.
    keys.iter()
        .filter(|key| !key.is_revoked)
        .filter_map(|key| {
            let problem = key.problem.as_ref()?;
            Some(format!("the key {} cannot be used: {problem}", key.id))
        })
        .collect()
}
