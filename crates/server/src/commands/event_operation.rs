//! What can be written behind `wicketgate events`.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use wicketgate_identity::{EventKind, event::EventHead};

use super::events::{Client, Moment};

/// What to do with events.
#[derive(Debug, Subcommand)]
pub(crate) enum EventOperation {
    /// List events, newest first
    List(EventConditions),
    /// Check that nobody changed, forged or removed events; fails if somebody did
    ///
    /// Prints how many events were checked, and the head of the chain of seals. Keep the head elsewhere: with --expect-head, a
    /// later check also finds out whether the newest events were cut off.
    Verify {
        /// Head that an earlier check printed
        #[arg(long, value_name = "HEAD")]
        expect_head: Option<EventHead>,
        /// Do not fail because of events whose key is lost
        #[arg(long)]
        allow_unverifiable: bool,
    },
}

/// Which events to list, and how.
#[derive(Debug, Args)]
pub(crate) struct EventConditions {
    /// Of this account: user name, e-mail address or id
    #[arg(long)]
    pub(super) user: Option<String>,
    /// Of this kind, such as signed_in or password_changed
    #[arg(long, value_parser = PossibleValuesParser::new(EventKind::NAMES), hide_possible_values = true)]
    pub(super) kind: Option<String>,
    /// From the network of this address
    #[arg(long, value_name = "ADDRESS")]
    pub(super) client: Option<Client>,
    /// From this time on: 2026-11-28, 2026-11-28T08:30:00Z, or 2h for two hours ago (s, m, h or d)
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<Moment>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<Moment>,
    /// How many events at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) limit: usize,
    /// Print each event as a JSON object on a line of its own
    #[arg(long)]
    pub(super) json: bool,
}
