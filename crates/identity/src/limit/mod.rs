//! Limits on guessing: how many requests of a kind there may be about one account, and from one client.
//!
//! [`Accounts::rate_limits`](crate::Accounts::rate_limits) has those of an application. Each request books some time with its
//! account and with its client ([`Quota`]); what is booked is in the [`LimitStore`](crate::store::LimitStore) where several
//! instances share one, and in this process otherwise.

mod limit_key;
mod limit_table;
mod limited_action;
mod quota;
mod rate_limits;
mod shared_limits;
#[cfg(test)]
mod tests;

pub use self::limit_key::LimitKey;
use self::limit_table::LimitTable;
pub use self::limited_action::{LimitScope, LimitedAction};
pub use self::quota::{Booking, Quota};
pub use self::rate_limits::{LimitExceeded, LimitedAccount, LimitedRequest, RateLimits};
