//! Tells whoever measures this process what happens in it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::account::UserTokenPurpose;
use crate::claims::AuthenticationMethod;
use crate::event::{Event, EventKind};
use crate::limit::LimitExceeded;
use crate::password::PasswordVerification;
use crate::session::SessionKind;
use crate::sign_in::SignInResult;

/// Is told what happens, for metrics. Requests wait for it, so it only counts.
pub trait Observer: Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, what: &Observation<'_>);
}

impl<O: Observer> Observer for Arc<O> {
    fn observe(&self, what: &Observation<'_>) {
        (**self).observe(what);
    }
}

/// What an [`Observer`] is told.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Observation<'a> {
    /// Something happened to an account, or was attempted. Failed sign-ins to unknown accounts are told one by one.
    Event(&'a Event),
    /// A step of a sign-in. Where a second factor is asked for, the password's result is
    /// [`RequiresTwoFactor`](SignInResult::RequiresTwoFactor), and what was sent of a second factor is a step of its own.
    SignInStep {
        /// What was checked.
        method: AuthenticationMethod,
        /// What it came to.
        result: &'a SignInResult,
        /// How long it took. The password's time includes that of a second factor in the same request.
        took: Duration,
    },
    /// Somebody signed out.
    SignedOut,
    /// A browser may do without the second factor from now on.
    MachineRemembered,
    /// A browser may do so no longer, because its user wants that.
    MachineForgotten,
    /// A password was compared with an account's.
    PasswordChecked {
        /// Whose: there may be no such account, or it may have no password.
        owner: CheckedAccount,
        /// Whether it was right.
        verification: PasswordVerification,
    },
    /// The store created an account, or refused to because its name or address is taken.
    UserCreated {
        /// Whether it was created.
        succeeded: bool,
        /// How long the store took.
        took: Duration,
    },
    /// The store changed an account, or refused to because it has changed meanwhile, or because a name is taken.
    UserUpdated {
        /// What the change is for.
        kind: &'a EventKind,
        /// Whether it happened.
        succeeded: bool,
        /// How long the store took.
        took: Duration,
    },
    /// The store deleted an account, or found none.
    UserDeleted {
        /// Whether it was deleted.
        succeeded: bool,
        /// How long the store took.
        took: Duration,
    },
    /// A token for a mailed link or code was made.
    TokenGenerated(&'a UserTokenPurpose),
    /// A token of a mailed link or code was checked.
    TokenVerified {
        /// What for.
        purpose: &'a UserTokenPurpose,
        /// Whether it was valid.
        verified: bool,
    },
    /// A password was hashed, to keep it or to compare it.
    PasswordHashed {
        /// How long it waited for a thread.
        waited: Duration,
        /// How long the thread took for all that it hashed together.
        took: Duration,
    },
    /// A request was refused by a rate limit.
    RateLimited(&'a LimitExceeded),
    /// A session began.
    SessionBegun(SessionKind),
}

/// Whose password was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckedAccount {
    /// One with a password.
    WithPassword,
    /// One without.
    WithoutPassword,
    /// There is none, or its password does not matter because it may not sign in.
    Missing,
}

static OBSERVER: OnceLock<Box<dyn Observer>> = OnceLock::new();

/// From now on this observer is told what happens in this process, to whatever [`Accounts`](crate::Accounts). Only the first
/// one is; returns whether this is it.
pub fn observe_with(observer: impl Observer) -> bool {
    OBSERVER.set(Box::new(observer)).is_ok()
}

/// Whether anybody is told.
pub(crate) fn is_observed() -> bool {
    OBSERVER.get().is_some()
}

/// Tells the observer, if there is one: for what happens outside of this crate.
pub fn tell(what: &Observation<'_>) {
    if let Some(observer) = OBSERVER.get() {
        observer.observe(what);
    }
}
