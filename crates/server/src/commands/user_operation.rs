//! What can be written behind `wicketgate users`.

use clap::Subcommand;

/// What to do with accounts. USER is a user name or an e-mail address.
#[derive(Debug, Subcommand)]
#[command(rename_all = "kebab-case")]
pub(crate) enum UserOperation {
    /// All accounts by user name, a line each
    List,
    /// One account with its claims and roles
    Show {
        /// A user name or an e-mail address
        user: String,
    },
    /// Make an account; asks for the password, or reads it from standard input
    Create {
        /// The e-mail address, which is the user name, too
        email: String,
    },
    /// Put the user into a role, which is made if it does not exist
    AddRole {
        /// A user name or an e-mail address
        user: String,
        /// The role's name
        role: String,
    },
    /// Take the user out of a role
    RemoveRole {
        /// A user name or an e-mail address
        user: String,
        /// The role's name
        role: String,
    },
    /// Add a claim
    AddClaim {
        /// A user name or an e-mail address
        user: String,
        /// The claim's type
        #[arg(value_name = "TYPE", allow_hyphen_values = true)]
        claim_type: String,
        /// The claim's value
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Remove every claim with this type and value
    RemoveClaim {
        /// A user name or an e-mail address
        user: String,
        /// The claim's type
        #[arg(value_name = "TYPE", allow_hyphen_values = true)]
        claim_type: String,
        /// The claim's value
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Mark the address as confirmed
    ConfirmEmail {
        /// A user name or an e-mail address
        user: String,
    },
    /// Mark the telephone number as confirmed
    ConfirmPhone {
        /// A user name or an e-mail address
        user: String,
    },
    /// Lock the account for ever; who is signed in stays so, see sign-out-everywhere
    Lock {
        /// A user name or an e-mail address
        user: String,
    },
    /// Unlock the account and forget its failures
    Unlock {
        /// A user name or an e-mail address
        user: String,
    },
    /// Failures do not lock this account any more
    DisableLockout {
        /// A user name or an e-mail address
        user: String,
    },
    /// Remove the account and everything that belongs to it
    Delete {
        /// A user name or an e-mail address
        user: String,
    },
    /// Give the account another user name, and end its sessions
    SetUsername {
        /// The user name so far, or an e-mail address
        user: String,
        /// The new user name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Give the account a password hash that was made elsewhere, and end its sessions
    SetHash {
        /// A user name or an e-mail address
        user: String,
        /// As ASP.NET Core Identity stores it, or an argon2id PHC string
        hash: String,
    },
    /// Give the account another password and end its sessions; asks for it, or reads it from standard input
    SetPassword {
        /// A user name or an e-mail address
        user: String,
    },
    /// Switch the second factor off, with its key and recovery codes, and end the account's sessions
    ResetSecondFactor {
        /// A user name or an e-mail address
        user: String,
    },
    /// End all sessions and pending links
    SignOutEverywhere {
        /// A user name or an e-mail address
        user: String,
    },
}
