//! One-time refresh tokens: which one of a session's is good, and what it means that another one comes.
//!
//! A session's refresh tokens are numbered. One of them, the leaf, is good; presenting it makes the next number the leaf, and
//! the presented one its parent. Nothing secret is stored: the number is sealed in the token.
//!
//! - The parent comes again **within the grace**: another tab, or the client whose answer was lost. It gets the same leaf.
//! - The parent comes again **later**: the answer was lost, and nobody has the leaf; or somebody else has a copy of the token. It
//!   is served once, with a new leaf, and the leaf before is good no more. Whoever presents that one proves that two have the
//!   session's tokens.
//! - **Anything else** that is older proves it at once. The session ends.

use time::{Duration, OffsetDateTime};

/// Where the refresh tokens of a session are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshState {
    /// The number of the token that is good.
    pub leaf: i64,
    /// The number of the token that was last seen to be good, for which the leaf was made; -1 if none was.
    pub parent: i64,
    /// When the leaf was made.
    pub rotated: OffsetDateTime,
    /// Whether the leaf took the place of another one, because the parent came again.
    pub has_returned: bool,
}

/// What a store does with a presented token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshStep {
    /// It is the leaf: the next number is, from now on.
    Rotate,
    /// It is the parent, within the grace: the leaf is given again, and nothing changes.
    Again,
    /// It is the parent, later: the next number becomes the leaf, and the one before is good no more.
    Return,
    /// Somebody else has the session's tokens.
    Reuse,
}

/// What became of a presented token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The number of the token to give for it.
    Successor(i64),
    /// It was used before, and that has ended the session.
    Reused,
    /// There is no such session, or it has ended.
    Ended,
}

impl RefreshState {
    /// Of a session whose first token, with the number 0, was not presented yet.
    pub const FIRST: Self = Self {
        leaf: 0,
        parent: -1,
        rotated: OffsetDateTime::UNIX_EPOCH,
        has_returned: false,
    };

    /// What is to be done with the token of this number. A token with a number beyond the leaf was given out, and then the database
    /// lost its last writes, as when a standby took over: it is as good as the leaf.
    pub fn step(&self, presented: i64, at: OffsetDateTime, grace: Duration) -> RefreshStep {
        match presented {
            presented if presented >= self.leaf => RefreshStep::Rotate,
            presented if presented != self.parent => RefreshStep::Reuse,
            _ if at - self.rotated <= grace => RefreshStep::Again,
            _ if self.has_returned => RefreshStep::Reuse,
            _ => RefreshStep::Return,
        }
    }

    /// The state after a step, and the number of the token to give.
    pub fn after(&self, step: RefreshStep, presented: i64, at: OffsetDateTime) -> Self {
        match step {
            RefreshStep::Rotate => Self {
                leaf: presented.saturating_add(1),
                parent: presented,
                rotated: at,
                has_returned: false,
            },
            RefreshStep::Return => Self {
                leaf: self.leaf.saturating_add(1),
                rotated: at,
                has_returned: true,
                ..*self
            },
            RefreshStep::Again | RefreshStep::Reuse => *self,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
    const GRACE: Duration = Duration::seconds(10);

    /// Presents tokens, as so many seconds after the beginning and numbers, and gives what came of each.
    fn present(tokens: &[(i64, i64)]) -> Vec<Option<i64>> {
        let mut state = RefreshState::FIRST;
        let given = tokens.iter().map(|&(seconds, number)| {
            let at = NOW + Duration::seconds(seconds);
            let step = state.step(number, at, GRACE);
            state = state.after(step, number, at);
            (step != RefreshStep::Reuse).then_some(state.leaf)
        });
        given.collect()
    }

    #[test]
    fn each_token_gives_the_next_one() {
        assert_eq!(present(&[(0, 0), (100, 1), (200, 2)]), [Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn two_tabs_and_a_lost_answer_get_the_same_successor_within_the_grace() {
        assert_eq!(
            present(&[(0, 0), (0, 0), (10, 0), (20, 1)]),
            [Some(1), Some(1), Some(1), Some(2)]
        );
    }

    #[test]
    fn a_client_that_never_got_an_answer_is_served_once_later() {
        assert_eq!(present(&[(0, 0), (60, 0), (70, 2)]), [Some(1), Some(2), Some(3)]);
        // Also with a tab beside it.
        assert_eq!(present(&[(0, 0), (60, 0), (65, 0)]), [Some(1), Some(2), Some(2)]);
        assert_eq!(present(&[(0, 0), (60, 0), (120, 0)]), [Some(1), Some(2), None]);
    }

    #[test]
    fn a_stolen_token_is_found_out_whoever_uses_it_first() {
        // The thief has 0; the owner goes on, and comes back with what the thief's return has made void.
        assert_eq!(present(&[(0, 0), (60, 0), (100, 1)]), [Some(1), Some(2), None]);
        // The owner goes on first.
        assert_eq!(present(&[(0, 0), (60, 1), (61, 0)]), [Some(1), Some(2), None]);
        // Within the grace both get the same; from then on one of them is a step behind.
        assert_eq!(
            present(&[(0, 0), (5, 0), (60, 1), (100, 1), (160, 2)]),
            [Some(1), Some(1), Some(2), Some(3), None]
        );
    }

    #[test]
    fn what_a_database_forgot_is_good() {
        assert_eq!(present(&[(0, 7), (60, 8)]), [Some(8), Some(9)]);
    }
}
