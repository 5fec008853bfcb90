//! Writing normalized names that are missing or wrong.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, NormalizedName};
use wicketgate_protection::Random;

use super::pages::{Name, Names, UPDATE, count, page};
use super::{FixNames, FixedNames, NameConflict, NotNormalized};
use crate::accounts::{is_email_of_another, is_name_of_another};
use crate::database::{Connection, Database};
use crate::database_error::DatabaseError;
use crate::statement::values;

/// How many names are compared with each other at once, which takes some 20 bytes for each. Where more are to be fixed, the table
/// is read once more for every further part of them.
const PART: u64 = 1 << 20;

/// Normalizes what is not, except where several accounts would then have the same: of those nobody knows whose it is.
pub(crate) async fn fix<D: Database>(
    database: &D,
    how: FixNames,
    random: &dyn Random,
) -> Result<FixedNames, DatabaseError> {
    fix_in_parts(database, how, random, PART).await
}

async fn fix_in_parts<D: Database>(
    database: &D,
    how: FixNames,
    random: &dyn Random,
    part: u64,
) -> Result<FixedNames, DatabaseError> {
    let mut reader = database.reader().await?;
    reader.expect_long_statements().await?;
    let wrong = count(&mut reader).await?;
    let mut work = Work {
        database,
        how,
        random,
        done: FixedNames::default(),
    };
    let parts = (wrong.user_names.max(wrong.emails)).div_ceil(part);
    for number in 0..parts {
        let part = Part { number, of: parts };
        let wanted = Wanted::find(&mut reader, part).await?;
        let mut last = None;
        loop {
            let accounts = page(&mut reader, last.as_ref()).await?;
            let Some(end) = accounts.last() else { break };
            for account in &accounts {
                work.fix(&mut reader, account, part, &wanted).await?;
            }
            last = Some(end.id.clone());
        }
    }
    Ok(work.done)
}

/// Some of all names, by their hashes.
#[derive(Clone, Copy)]
struct Part {
    number: u64,
    of: u64,
}

impl Part {
    /// What the name is to be, if that is wrong and the name belongs to this part.
    fn right(self, name: &Name) -> Option<NormalizedName> {
        name.right().filter(|right| hash(right) % self.of == self.number)
    }
}

fn hash(name: &NormalizedName) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.as_str().hash(&mut hasher);
    hasher.finish()
}

/// The hashes of names and addresses that accounts are to have, and whether several are to have the same.
#[derive(Default)]
struct Wanted {
    user_names: HashMap<u64, bool>,
    emails: HashMap<u64, bool>,
}

impl Wanted {
    async fn find(reader: &mut impl Connection, part: Part) -> Result<Self, DatabaseError> {
        let mut wanted = Self::default();
        let note = |among: &mut HashMap<u64, bool>, name: &Name| {
            if let Some(right) = part.right(name) {
                let are_several = among.entry(hash(&right));
                are_several.and_modify(|several| *several = true).or_insert(false);
            }
        };
        let mut last: Option<UserId> = None;
        loop {
            let accounts = page(reader, last.as_ref()).await?;
            let Some(end) = accounts.last() else { return Ok(wanted) };
            for account in &accounts {
                note(&mut wanted.user_names, &account.user_name);
                note(&mut wanted.emails, &account.email);
            }
            last = Some(end.id.clone());
        }
    }
}

struct Work<'a, D> {
    database: &'a D,
    how: FixNames,
    random: &'a dyn Random,
    done: FixedNames,
}

impl<D: Database> Work<'_, D> {
    async fn fix(
        &mut self,
        reader: &mut D::Connection,
        account: &Names,
        part: Part,
        wanted: &Wanted,
    ) -> Result<(), DatabaseError> {
        let mut user_name = part.right(&account.user_name);
        let mut email = part.right(&account.email);
        if let Some(name) = &user_name
            && (wanted.user_names.get(&hash(name)) == Some(&true)
                || is_name_of_another(reader, name, Some(&account.id)).await?)
        {
            user_name = None;
            self.conflict(account, "UserName", &account.user_name);
        }
        if let Some(address) = &email
            && (wanted.emails.get(&hash(address)) == Some(&true)
                || is_email_of_another(reader, address, Some(&account.id)).await?)
        {
            email = None;
            self.conflict(account, "Email", &account.email);
        }
        let fixed = NotNormalized {
            user_names: user_name.is_some().into(),
            emails: email.is_some().into(),
        };
        if fixed == NotNormalized::default() {
            return Ok(());
        }
        match self.write(account, user_name.as_ref(), email.as_ref()).await {
            Ok(true) => {
                self.done.fixed.user_names += fixed.user_names;
                self.done.fixed.emails += fixed.emails;
            }
            Ok(false) => self.done.changed_meanwhile += 1,
            // Somebody took the name since it was looked for.
            Err(DatabaseError::Duplicate(_)) => self.conflict(account, "UserName", &account.user_name),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether the account was still as it was read.
    async fn write(
        &self,
        account: &Names,
        user_name: Option<&NormalizedName>,
        email: Option<&NormalizedName>,
    ) -> Result<bool, DatabaseError> {
        if self.how == FixNames::Plan {
            return Ok(true);
        }
        let stamp = ConcurrencyStamp::generate(self.random);
        let (user_name, email) = (
            user_name.or(account.user_name.normalized.as_ref()),
            email.or(account.email.normalized.as_ref()),
        );
        let values = values![
            &account.id,
            stamp.as_str(),
            user_name.map(NormalizedName::as_str),
            email.map(NormalizedName::as_str),
            account.concurrency_stamp.as_ref().map(ConcurrencyStamp::as_str),
            account.user_name.text.as_deref(),
            account.email.text.as_deref(),
        ];
        Ok(self.database.writer().await?.execute(UPDATE, values).await? > 0)
    }

    fn conflict(&mut self, account: &Names, column: &'static str, name: &Name) {
        if self.done.conflicts.len() == FixedNames::MAX_CONFLICTS {
            self.done.more_conflicts += 1;
            return;
        }
        self.done.conflicts.push(NameConflict {
            id: account.id.clone(),
            column,
            value: name.text.clone().unwrap_or_default(),
        });
    }
}
