//! The tables in which .NET Framework kept accounts, which are recognised and not served.

use std::fmt;

use super::columns::Column;

/// What kept accounts before ASP.NET Core Identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OlderTables {
    /// ASP.NET Identity 1 or 2: `AspNetUsers` without normalized names.
    Identity2,
    /// ASP.NET membership: `aspnet_Users` and `aspnet_Membership`.
    Membership,
    /// SimpleMembership: `webpages_Membership`, beside a table of the application's own with names.
    SimpleMembership,
}

impl OlderTables {
    /// Those that there are. None of them is in the way of ASP.NET Core Identity's tables, except for
    /// [`Identity2`](Self::Identity2), whose tables have the same names.
    pub(super) fn among(columns: &[Column]) -> Option<Self> {
        let has_table = |name: &str| columns.iter().any(|column| column.table.eq_ignore_ascii_case(name));
        let has_column = |name: &str| {
            let mut columns = columns.iter().filter(|column| column.table.eq_ignore_ascii_case(USERS));
            columns.any(|column| column.name.eq_ignore_ascii_case(name))
        };
        if !has_column("NormalizedUserName") && (has_column("LockoutEndDateUtc") || has_column("Discriminator")) {
            return Some(Self::Identity2);
        }
        let membership = [
            ("aspnet_Users", "aspnet_Membership"),
            ("my_aspnet_users", "my_aspnet_membership"),
        ];
        if membership.iter().any(|(users, own)| has_table(users) && has_table(own)) {
            return Some(Self::Membership);
        }
        has_table("webpages_Membership").then_some(Self::SimpleMembership)
    }
}

const USERS: &str = "AspNetUsers";

impl fmt::Display for OlderTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity2 => "ASP.NET Identity 2",
            Self::Membership => "ASP.NET membership",
            Self::SimpleMembership => "SimpleMembership",
        })
    }
}
