//! What a database holds.

use wicketgate_identity::options::{KeyType, OwnColumn};
use wicketgate_identity::password::{StoredForm, UnreadableHash};

use crate::normalized_names::NotNormalized;
use crate::odd_values::OddValues;
use crate::pooler::PoolerSigns;
use crate::schema::state::SchemaState;

/// What a database holds, without changing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Which of Identity's tables there are.
    pub schema: SchemaState,
    /// Columns of `AspNetUsers` that the application added, and that a registration here would have to fill but cannot.
    pub unfillable_columns: Vec<String>,
    /// The same of other tables, in which new rows would be refused: roles, claims, second factors.
    pub unfillable_columns_of_others: Vec<OwnColumn>,
    /// Signs of a pooler; nothing where they are not looked for, which is done with PostgreSQL alone.
    pub pooler: Option<PoolerSigns>,
    /// Values in `AspNetUsers` that are of another kind than their columns, which SQLite lets be.
    pub odd_values: Vec<OddValues>,
    /// How these tables are laid out; nothing where they are not complete.
    pub shape: Option<Shape>,
    /// Who is in these tables; nothing where they are not complete, or ids are bytes in place of texts.
    pub accounts: Option<AccountCounts>,
}

/// What is different from the tables of a plain `IdentityUser`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The type of the ids of users and roles.
    pub key_type: KeyType,
    /// Where the tables are; `None` where a name without a schema means them.
    pub schema: Option<String>,
    /// EF Core's own names of tables that have others, and these.
    pub tables: Vec<(&'static str, String)>,
    /// EF Core's own names of columns that have others, as `TABLE.COLUMN`, and these.
    pub columns: Vec<(String, String)>,
    /// Columns that the application added to the table for users.
    pub own_columns: Vec<String>,
    /// Whether there are tables for roles; .NET's `IdentityUserContext` has none.
    pub has_roles: bool,
}

/// Account counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountCounts {
    /// All accounts.
    pub total: u64,
    /// Accounts by what their password hash was made with, `None` for those without a password; the most frequent first.
    pub by_hash: Vec<(Option<Result<StoredForm, UnreadableHash>>, u64)>,
    /// Accounts with a confirmed address.
    pub confirmed: u64,
    /// Accounts that are locked now.
    pub locked: u64,
    /// Accounts that need a second factor.
    pub two_factor: u64,
    /// Accounts without a security stamp: no mailed link works for them, in ASP.NET Core neither.
    pub without_security_stamp: u64,
    /// Accounts whose names or addresses are not normalized: nobody finds them by these.
    pub not_normalized: NotNormalized,
    /// Authenticator keys that are encrypted, which ASP.NET Core cannot read.
    pub encrypted_authenticator_keys: u64,
    /// Accounts whose recovery codes are stored as hashes, which ASP.NET Core does not accept.
    pub hashed_recovery_codes: u64,
    /// Links to accounts at other services.
    pub external_logins: u64,
    /// Roles.
    pub roles: u64,
}
