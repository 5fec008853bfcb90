//! What can be written behind `wicketgate users`.

use clap::Subcommand;

/// What to do with accounts. USER is a user name or an e-mail address.
#[derive(Debug, Subcommand)]
#[command(rename_all = "kebab-case")]
pub(crate) enum UserOperation {
    /// List all accounts by user name, one per line
    List,
    /// Show one account with its claims and roles
    Show {
        /// User name or e-mail address
        user: String,
    },
    /// Create an account; prompts for the password, or reads it from standard input
    Create {
        /// E-mail address; also the user name
        email: String,
    },
    /// Add the user to a role; the role is created if it does not exist
    AddRole {
        /// User name or e-mail address
        user: String,
        /// Name of the role
        role: String,
    },
    /// Remove the user from a role
    RemoveRole {
        /// User name or e-mail address
        user: String,
        /// Name of the role
        role: String,
    },
    /// Add a claim
    AddClaim {
        /// User name or e-mail address
        user: String,
        /// Type of the claim
        #[arg(value_name = "TYPE", allow_hyphen_values = true)]
        claim_type: String,
        /// Value of the claim
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Remove every claim with this type and value
    RemoveClaim {
        /// User name or e-mail address
        user: String,
        /// Type of the claim
        #[arg(value_name = "TYPE", allow_hyphen_values = true)]
        claim_type: String,
        /// Value of the claim
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Mark the e-mail address as confirmed
    ConfirmEmail {
        /// User name or e-mail address
        user: String,
    },
    /// Mark the telephone number as confirmed
    ConfirmPhone {
        /// User name or e-mail address
        user: String,
    },
    /// Lock the account permanently, which ends its sessions; without sessions, cookies and tokens go on (see
    /// sign-out-everywhere)
    Lock {
        /// User name or e-mail address
        user: String,
    },
    /// Unlock the account, reset its count of failed attempts, and cancel its deletion
    Unlock {
        /// User name or e-mail address
        user: String,
    },
    /// Exempt the account from lockout after failed attempts
    DisableLockout {
        /// User name or e-mail address
        user: String,
    },
    /// Restore an account whose user asked to have it deleted, as long as it is only closed
    Restore {
        /// User name or e-mail address
        user: String,
    },
    /// Delete the account and everything that belongs to it
    Delete {
        /// User name or e-mail address
        user: String,
    },
    /// Change the user name, and end the account's sessions
    SetUsername {
        /// Current user name, or e-mail address
        user: String,
        /// New user name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Set a password hash that was created elsewhere, and end the account's sessions
    SetHash {
        /// User name or e-mail address
        user: String,
        /// In ASP.NET Core Identity's format, or an argon2id PHC string
        hash: String,
    },
    /// Set a new password, and end the account's sessions; prompts for it, or reads it from standard input
    SetPassword {
        /// User name or e-mail address
        user: String,
    },
    /// Turn off the second factor, delete its key and recovery codes, and end the account's sessions
    ResetSecondFactor {
        /// User name or e-mail address
        user: String,
    },
    /// Normalize user names and addresses by which nobody is found, and list those that several accounts would have
    ///
    /// .NET and Wicketgate look accounts up by NormalizedUserName and NormalizedEmail. Rows that were imported without them are
    /// filled. Two accounts whose names are the same once normalized stay as they are.
    FixNormalizedNames {
        /// Print what would be done without doing it
        #[arg(long)]
        dry_run: bool,
    },
    /// End all sessions and invalidate pending links
    SignOutEverywhere {
        /// User name or e-mail address
        user: String,
    },
}

impl UserOperation {
    /// Whether it hashes a password, or takes a hash.
    pub(crate) fn sets_password(&self) -> bool {
        matches!(
            self,
            Self::Create { .. } | Self::SetPassword { .. } | Self::SetHash { .. }
        )
    }
}
