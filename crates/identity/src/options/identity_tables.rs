//! What settings call Identity's tables and their columns.

use std::fmt;
use std::str::FromStr;

/// A table of ASP.NET Core Identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityTable {
    /// `AspNetUsers`
    Users,
    /// `AspNetRoles`
    Roles,
    /// `AspNetUserRoles`
    UserRoles,
    /// `AspNetUserClaims`
    UserClaims,
    /// `AspNetUserLogins`
    UserLogins,
    /// `AspNetRoleClaims`
    RoleClaims,
    /// `AspNetUserTokens`
    UserTokens,
    /// `AspNetUserPasskeys`
    UserPasskeys,
}

impl IdentityTable {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Users,
        Self::Roles,
        Self::UserRoles,
        Self::UserClaims,
        Self::UserLogins,
        Self::RoleClaims,
        Self::UserTokens,
        Self::UserPasskeys,
    ];

    /// As settings call it: `user_roles`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Roles => "roles",
            Self::UserRoles => "user_roles",
            Self::UserClaims => "user_claims",
            Self::UserLogins => "user_logins",
            Self::RoleClaims => "role_claims",
            Self::UserTokens => "user_tokens",
            Self::UserPasskeys => "user_passkeys",
        }
    }

    /// As EF Core calls it without another name: `AspNetUserRoles`.
    #[must_use]
    pub fn dotnet_name(self) -> &'static str {
        match self {
            Self::Users => "AspNetUsers",
            Self::Roles => "AspNetRoles",
            Self::UserRoles => "AspNetUserRoles",
            Self::UserClaims => "AspNetUserClaims",
            Self::UserLogins => "AspNetUserLogins",
            Self::RoleClaims => "AspNetRoleClaims",
            Self::UserTokens => "AspNetUserTokens",
            Self::UserPasskeys => "AspNetUserPasskeys",
        }
    }

    /// As EF Core calls its columns without other names.
    #[must_use]
    pub fn dotnet_columns(self) -> &'static [&'static str] {
        match self {
            Self::Users => &[
                "Id",
                "UserName",
                "NormalizedUserName",
                "Email",
                "NormalizedEmail",
                "EmailConfirmed",
                "PasswordHash",
                "SecurityStamp",
                "ConcurrencyStamp",
                "PhoneNumber",
                "PhoneNumberConfirmed",
                "TwoFactorEnabled",
                "LockoutEnd",
                "LockoutEnabled",
                "AccessFailedCount",
            ],
            Self::Roles => &["Id", "Name", "NormalizedName", "ConcurrencyStamp"],
            Self::UserRoles => &["UserId", "RoleId"],
            Self::UserClaims => &["Id", "UserId", "ClaimType", "ClaimValue"],
            Self::UserLogins => &["LoginProvider", "ProviderKey", "ProviderDisplayName", "UserId"],
            Self::RoleClaims => &["Id", "RoleId", "ClaimType", "ClaimValue"],
            Self::UserTokens => &["UserId", "LoginProvider", "Name", "Value"],
            Self::UserPasskeys => &["CredentialId", "UserId", "Data"],
        }
    }

    /// The table that EF Core calls so.
    #[must_use]
    pub fn by_dotnet_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.dotnet_name() == name)
    }
}

/// A column of ASP.NET Core Identity's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityColumn {
    table: IdentityTable,
    dotnet_name: &'static str,
}

impl IdentityColumn {
    /// The column that EF Core calls so.
    #[must_use]
    pub fn by_dotnet_name(table: IdentityTable, name: &str) -> Option<Self> {
        let dotnet_name = table.dotnet_columns().iter().copied().find(|column| *column == name)?;
        Some(Self { table, dotnet_name })
    }

    /// Its table.
    #[must_use]
    pub fn table(self) -> IdentityTable {
        self.table
    }

    /// As EF Core calls it without another name.
    #[must_use]
    pub fn dotnet_name(self) -> &'static str {
        self.dotnet_name
    }
}

/// A column that an application added to one of Identity's tables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnColumn {
    /// The table.
    pub table: IdentityTable,
    /// The column, as the database has it.
    pub name: String,
}

/// A name that settings do not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not one of {}", known.join(", "))]
pub struct UnknownName {
    name: String,
    known: Vec<String>,
}

impl UnknownName {
    fn new(name: &str, known: impl IntoIterator<Item = String>) -> Self {
        Self {
            name: name.to_owned(),
            known: known.into_iter().collect(),
        }
    }
}

/// By what settings call it.
impl FromStr for IdentityTable {
    type Err = UnknownName;

    fn from_str(key: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|table| table.key() == key);
        found.ok_or_else(|| UnknownName::new(key, Self::ALL.map(|table| table.key().to_owned())))
    }
}

impl fmt::Display for IdentityTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// `users.email`, or `users.Email`.
impl FromStr for IdentityColumn {
    type Err = UnknownName;

    fn from_str(key: &str) -> Result<Self, UnknownName> {
        let Some((table, column)) = key.split_once('.') else {
            return Err(UnknownName::new(
                key,
                IdentityTable::ALL.map(|table| format!("{table}.COLUMN")),
            ));
        };
        let table: IdentityTable = table.parse()?;
        let mut columns = table.dotnet_columns().iter();
        let found = columns.find(|name| **name == column || snake_case(name) == column);
        let known = || {
            let columns = table.dotnet_columns().iter();
            columns.map(|name| format!("{table}.{}", snake_case(name)))
        };
        match found {
            Some(dotnet_name) => Ok(Self { table, dotnet_name }),
            None => Err(UnknownName::new(key, known())),
        }
    }
}

impl fmt::Display for IdentityColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, snake_case(self.dotnet_name))
    }
}

/// `Tenant`, which is a column of the users' table, or `roles.Tenant`.
impl FromStr for OwnColumn {
    type Err = UnknownName;

    fn from_str(key: &str) -> Result<Self, UnknownName> {
        let (table, name) = match key.split_once('.') {
            Some((table, name)) => (table.parse()?, name),
            None => (IdentityTable::Users, key),
        };
        let name = name.to_owned();
        Ok(Self { table, name })
    }
}

impl fmt::Display for OwnColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.table {
            IdentityTable::Users => f.write_str(&self.name),
            table => write!(f, "{table}.{}", self.name),
        }
    }
}

/// `normalized_user_name` for `NormalizedUserName`, as `UseSnakeCaseNamingConvention` has it.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let mut snake_case = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake_case.is_empty() {
            snake_case.push('_');
        }
        snake_case.push(c.to_ascii_lowercase());
    }
    snake_case
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_settings_are_read_as_they_are_written() {
        for table in IdentityTable::ALL {
            assert_eq!(table.key().parse(), Ok(table));
            assert_eq!(IdentityTable::by_dotnet_name(table.dotnet_name()), Some(table));
            for name in table.dotnet_columns() {
                let column: IdentityColumn = format!("{table}.{name}").parse().unwrap();
                assert_eq!(column.dotnet_name(), *name);
                assert_eq!(column.to_string().parse(), Ok(column));
            }
        }
        for key in ["Tenant", "roles.Tenant"] {
            let column: OwnColumn = key.parse().unwrap();
            assert_eq!((column.to_string().as_str(), column.name.as_str()), (key, "Tenant"));
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let table = "user".parse::<IdentityTable>().unwrap_err().to_string();
        assert!(table.contains("`user`") && table.contains("user_passkeys"), "{table}");
        let column = "users.mail".parse::<IdentityColumn>().unwrap_err().to_string();
        assert!(column.contains("users.normalized_email"), "{column}");
        "email".parse::<IdentityColumn>().unwrap_err();
        "clients.Tenant".parse::<OwnColumn>().unwrap_err();
    }
}
