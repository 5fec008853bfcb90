//! `wicketgate users`: looking at accounts and changing them.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal},
    sync::Arc,
};

use clap::Parser;
use time::format_description::well_known::Rfc3339;
use wicketgate_identity::{Accounts, IdentityResult, PasswordHash, User, password::StoredForm};
use wicketgate_protection::{Clock, Random};
use zeroize::Zeroizing;

use super::{CommandError, UserOperation, events, fix_normalized_names::fix_normalized_names};
use crate::{
    application::OpenStore,
    assembly,
    command_line::{NoInvocation, explain},
    opening_error::OpeningError,
    password_files,
    settings::Settings,
};

/// For words that do not come from a process's command line.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct Words {
    #[command(subcommand)]
    operation: UserOperation,
}

/// How many accounts are listed at once.
const PAGE: usize = 500;

/// What `users …` does: `words` are what follows `users` on the command line. Gives what would be printed.
///
/// # Errors
/// No such operation or account, or the accounts refused or failed.
pub async fn users(words: impl IntoIterator<Item = String>, accounts: &Accounts) -> Result<String, CommandError> {
    let words = Words::try_parse_from(words).map_err(|error| match explain(&error) {
        NoInvocation::Asked(text) | NoInvocation::Mistaken(text) => CommandError::Words(text),
    })?;
    operate(words.operation, accounts).await
}

pub(crate) async fn operate_on_users(
    settings: &Settings,
    own_store: Option<&OpenStore>,
    operation: UserOperation,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<String, CommandError> {
    if let UserOperation::FixNormalizedNames { dry_run } = operation {
        return match own_store {
            None => fix_normalized_names(settings, dry_run).await,
            Some(_) => Err(CommandError::OwnStore),
        };
    }
    let with_files;
    let settings = match operation.sets_password() {
        true => {
            with_files = password_files::opened(settings).map_err(OpeningError::from)?;
            &with_files
        }
        false => settings,
    };
    let accounts = assembly::accounts(settings, own_store, clock, random).await?;
    operate(operation, &accounts).await
}

async fn operate(operation: UserOperation, accounts: &Accounts) -> Result<String, CommandError> {
    match operation {
        UserOperation::List => list(accounts).await,
        UserOperation::Show { user } => show(&find(accounts, &user).await?, accounts).await,
        UserOperation::Create { email } => {
            let password = read_password()?;
            let user = accepted(accounts.register(&email, &password).await?)?;
            Ok(format!("{}\n", user.id))
        }
        UserOperation::Delete { user } => {
            let user = find(accounts, &user).await?;
            let id = user.id.clone();
            accounts.delete(user).await?;
            events::erase(accounts, &id).await;
            Ok(String::new())
        }
        UserOperation::AddRole { user, role } => done(accounts.add_role(&find(accounts, &user).await?, &role).await?),
        UserOperation::RemoveRole { user, role } => {
            done(accounts.remove_role(&find(accounts, &user).await?, &role).await?)
        }
        UserOperation::AddClaim {
            user,
            claim_type,
            value,
        } => done(
            accounts
                .add_claim(&find(accounts, &user).await?, &claim_type, &value)
                .await?,
        ),
        UserOperation::RemoveClaim {
            user,
            claim_type,
            value,
        } => done(
            accounts
                .remove_claim(&find(accounts, &user).await?, &claim_type, &value)
                .await?,
        ),
        UserOperation::ConfirmEmail { user } => {
            done(accounts.mark_email_confirmed(&mut find(accounts, &user).await?).await?)
        }
        UserOperation::ConfirmPhone { user } => done(
            accounts
                .mark_phone_number_confirmed(&mut find(accounts, &user).await?)
                .await?,
        ),
        UserOperation::Lock { user } => done(accounts.lock(&mut find(accounts, &user).await?).await?),
        UserOperation::Unlock { user } => done(accounts.unlock(&mut find(accounts, &user).await?).await?),
        UserOperation::Restore { user } => match accounts.cancel_deletion(&mut find(accounts, &user).await?).await? {
            true => Ok(String::new()),
            false => Err(CommandError::NotToBeDeleted(user)),
        },
        UserOperation::DisableLockout { user } => {
            done(accounts.disable_lockout(&mut find(accounts, &user).await?).await?)
        }
        UserOperation::SetUsername { user, name } => {
            done(accounts.set_user_name(&mut find(accounts, &user).await?, &name).await?)
        }
        UserOperation::SetHash { user, hash } => {
            let hash = verifiable(PasswordHash::from_stored(hash), accounts)?;
            let mut user = find(accounts, &user).await?;
            done(accounts.set_password_hash(&mut user, hash).await?)
        }
        UserOperation::SetPassword { user } => {
            let mut user = find(accounts, &user).await?;
            let password = read_password()?;
            done(accounts.set_password(&mut user, &password).await?)
        }
        UserOperation::ResetSecondFactor { user } => {
            done(accounts.reset_second_factor(&mut find(accounts, &user).await?).await?)
        }
        UserOperation::FixNormalizedNames { .. } => Err(CommandError::OwnStore),
        UserOperation::SignOutEverywhere { user } => {
            done(accounts.sign_out_everywhere(&mut find(accounts, &user).await?).await?)
        }
    }
}

/// A hash that some password matches here.
fn verifiable(hash: PasswordHash, accounts: &Accounts) -> Result<PasswordHash, CommandError> {
    let form = StoredForm::of(&hash).map_err(|_| CommandError::NoHash)?;
    match form.pepper {
        Some(id) if accounts.options().password_hasher.find_pepper(id).is_none() => {
            Err(CommandError::UnknownPepper(id))
        }
        _ => Ok(hash),
    }
}

/// User names are unique, so they are looked at first.
async fn find(accounts: &Accounts, user: &str) -> Result<User, CommandError> {
    let by_name = accounts.find_by_name(user).await?;
    let found = match by_name {
        Some(user) => Some(user),
        None => accounts.find_by_email(user).await?,
    };
    found.ok_or_else(|| CommandError::NoSuchUser(user.to_owned()))
}

fn accepted<T>(result: IdentityResult<T>) -> Result<T, CommandError> {
    result.map_err(CommandError::Refused)
}

fn done(result: IdentityResult) -> Result<String, CommandError> {
    accepted(result).map(|()| String::new())
}

async fn list(accounts: &Accounts) -> Result<String, CommandError> {
    let mut text = String::new();
    let mut after = None;
    loop {
        let page = accounts.list(after.as_ref(), PAGE).await?;
        for user in &page {
            let _ = writeln!(
                text,
                "{}\t{}",
                user.user_name.as_deref().unwrap_or("-"),
                state(user, accounts).join(", ")
            );
        }
        after = page.last().and_then(|user| user.normalized_user_name.clone());
        if page.len() < PAGE || after.is_none() {
            return Ok(text);
        }
    }
}

async fn show(user: &User, accounts: &Accounts) -> Result<String, CommandError> {
    let claims = accounts.claims(user).await?;
    let mut text = String::new();
    let _ = writeln!(text, "id: {}", user.id);
    let _ = writeln!(text, "user name: {}", user.user_name.as_deref().unwrap_or("-"));
    let _ = writeln!(text, "email: {}", user.email.as_deref().unwrap_or("-"));
    let _ = writeln!(text, "phone number: {}", user.phone_number.as_deref().unwrap_or("-"));
    let _ = writeln!(text, "state: {}", state(user, accounts).join(", "));
    let _ = writeln!(text, "failed attempts: {}", user.access_failed_count);
    if let Some(end) = user.lockout_end {
        let _ = writeln!(text, "lockout ends: {}", end.format(&Rfc3339).unwrap_or_default());
    }
    if let Some(deletion) = accounts.pending_deletion(user).await? {
        let _ = writeln!(
            text,
            "to be deleted: {}",
            deletion.due.format(&Rfc3339).unwrap_or_default()
        );
    }
    for (role, _) in &claims.roles {
        let _ = writeln!(text, "role: {role}");
    }
    for (claim_type, value) in &claims.claims {
        let _ = writeln!(text, "claim: {claim_type} = {value}");
    }
    Ok(text)
}

/// Never the hash or a stamp: what is printed gets copied.
fn state(user: &User, accounts: &Accounts) -> Vec<&'static str> {
    let mut state = vec![if user.email_confirmed {
        "confirmed"
    } else {
        "not confirmed"
    }];
    if accounts.is_locked_out(user) {
        state.push("locked");
    }
    if user.phone_number_confirmed {
        state.push("phone confirmed");
    }
    if user.two_factor_enabled {
        state.push("second factor");
    }
    if user.password_hash.is_none() {
        state.push("no password");
    }
    if !user.lockout_enabled {
        state.push("cannot be locked by failures");
    }
    state
}

/// From a person without showing it, or from a pipe; never from the command line, which others can see.
fn read_password() -> Result<Zeroizing<String>, CommandError> {
    let password = if io::stdin().is_terminal() {
        let prompted = rpassword::prompt_password("Password: ").map_err(|_| CommandError::NoPassword)?;
        Zeroizing::new(prompted)
    } else {
        let mut line = Zeroizing::new(String::new());
        io::stdin().read_line(&mut line).map_err(|_| CommandError::NoPassword)?;
        Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    if password.is_empty() {
        Err(CommandError::NoPassword)
    } else {
        Ok(password)
    }
}
