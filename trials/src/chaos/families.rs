//! What clients saw of the refresh tokens of one session, against what one session can do: whether there is any order of the requests,
//! each between its beginning and its end, in which a session that has one good refresh token at a time would answer so.

use std::time::{Duration, Instant};

/// What instances have: long enough for requests at once, and over after a moment.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// A refresh token as clients know it: the order in which they got them. The one of the sign-in is 0.
pub(super) type Token = usize;

/// A request to `/refresh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Presented {
    pub(super) token: Token,
    pub(super) begin: Instant,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Given(Token, Instant),
    Refused(Instant),
    /// Nobody knows whether it happened, or when.
    Unknown,
}

/// A session at a moment of one order.
#[derive(Debug, Clone)]
struct Session {
    /// The number of the token that is good, and of the one that it was given for first.
    leaf: i64,
    parent: Option<i64>,
    /// The request by which the leaf was made.
    made_by: Option<Presented>,
    has_returned: bool,
    has_ended: bool,
    /// The number of each token.
    numbers: Vec<(Token, i64)>,
}

/// Whether a session can have answered so.
pub(super) fn is_possible(requests: &[Presented]) -> bool {
    let session = Session {
        leaf: 0,
        parent: None,
        made_by: None,
        has_returned: false,
        has_ended: false,
        numbers: vec![(0, 0)],
    };
    has_order(&session, requests)
}

/// Tries each request that can have been the next one.
fn has_order(session: &Session, left: &[Presented]) -> bool {
    if left.iter().all(|request| request.outcome == Outcome::Unknown) {
        return true;
    }
    (0..left.len()).any(|next| {
        let request = left[next];
        let mut others = left.to_vec();
        others.remove(next);
        // Nothing that ended before it began is left.
        let is_early = others
            .iter()
            .all(|other| other.end().is_none_or(|end| end >= request.begin));
        is_early && session.after(request).iter().any(|session| has_order(session, &others))
    })
}

impl Session {
    /// What it can be like after a request, if it can have answered so.
    fn after(&self, request: Presented) -> Vec<Self> {
        let Some(&(_, number)) = self.numbers.iter().find(|(token, _)| *token == request.token) else {
            return Vec::new();
        };
        let mut given = Vec::new();
        let mut is_ended = false;
        if self.has_ended {
            is_ended = true;
        } else if number == self.leaf {
            given.push(self.with_leaf(Some(number), false, request));
        } else if Some(number) == self.parent {
            let (made, made_at) = (self.made_by.map(|by| by.begin), self.made_by.and_then(|by| by.end()));
            if made_at.is_none_or(|end| request.begin <= end + GRACE) {
                given.push(self.clone());
            }
            let is_later = |begin: Instant| request.end().is_none_or(|end| end >= begin + GRACE);
            if made.is_none_or(is_later) {
                match self.has_returned {
                    true => is_ended = true,
                    false => given.push(self.with_leaf(self.parent, true, request)),
                }
            }
        } else {
            is_ended = true;
        }
        match request.outcome {
            Outcome::Given(token, _) => {
                for session in &mut given {
                    session.numbers.push((token, session.leaf));
                }
                given
            }
            Outcome::Refused(_) if is_ended => vec![self.ended()],
            Outcome::Refused(_) => Vec::new(),
            Outcome::Unknown => {
                given.extend(is_ended.then(|| self.ended()));
                given
            }
        }
    }

    fn with_leaf(&self, parent: Option<i64>, has_returned: bool, made_by: Presented) -> Self {
        Self {
            leaf: self.leaf + 1,
            parent,
            made_by: Some(made_by),
            has_returned,
            ..self.clone()
        }
    }

    fn ended(&self) -> Self {
        Self {
            has_ended: true,
            ..self.clone()
        }
    }
}

impl Presented {
    fn end(&self) -> Option<Instant> {
        match self.outcome {
            Outcome::Given(_, end) | Outcome::Refused(end) => Some(end),
            Outcome::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests as tokens, tenths of seconds of beginning and end, and tokens that were given.
    fn is_possible(requests: &[(Token, u64, u64, Option<Token>)]) -> bool {
        let start = Instant::now();
        let at = |tenths: u64| start + Duration::from_millis(100 * tenths);
        let requests = requests.iter().map(|&(token, begin, end, given)| Presented {
            token,
            begin: at(begin),
            outcome: match (end, given) {
                (0, _) => Outcome::Unknown,
                (end, Some(token)) => Outcome::Given(token, at(end)),
                (end, None) => Outcome::Refused(at(end)),
            },
        });
        super::is_possible(&requests.collect::<Vec<_>>())
    }

    #[test]
    fn what_honest_clients_see_is_possible() {
        assert!(is_possible(&[]));
        assert!(is_possible(&[
            (0, 0, 1, Some(1)),
            (1, 2, 3, Some(2)),
            (2, 20, 21, Some(3))
        ]));
        // Two at once, and both go on with what they got.
        assert!(is_possible(&[
            (0, 0, 2, Some(1)),
            (0, 1, 3, Some(2)),
            (1, 4, 5, Some(3)),
            (2, 5, 6, Some(4))
        ]));
        // An answer that was lost, later.
        assert!(is_possible(&[
            (0, 0, 0, None),
            (0, 30, 31, Some(1)),
            (1, 32, 33, Some(2))
        ]));
    }

    #[test]
    fn two_good_tokens_are_not_possible() {
        // After a return the token before is void: it ends the session.
        let returned = [(0, 0, 1, Some(1)), (0, 30, 31, Some(2))];
        let after = |token, given| [&returned[..], &[(token, 32, 33, given)]].concat();
        assert!(is_possible(&after(1, None)));
        assert!(!is_possible(&after(1, Some(3))));
        assert!(is_possible(&after(2, Some(3))));
        assert!(!is_possible(&after(2, None)), "nobody has used another one");
        // Both of two leaves, the later one first.
        assert!(!is_possible(
            &[&after(2, Some(3))[..], &[(1, 34, 35, Some(4))]].concat()
        ));
    }

    #[test]
    fn a_session_that_has_ended_stays_so() {
        let reused = [(0, 0, 1, Some(1)), (1, 2, 3, Some(2)), (0, 4, 5, None)];
        assert!(is_possible(&reused));
        assert!(is_possible(&[&reused[..], &[(2, 6, 7, None)]].concat()));
        assert!(!is_possible(&[&reused[..], &[(2, 6, 7, Some(3))]].concat()));
        // Unless both were at once.
        assert!(is_possible(
            &[&reused[..2], &[(0, 4, 7, None), (2, 5, 6, Some(3))]].concat()
        ));
    }

    #[test]
    fn a_good_token_is_not_refused_and_a_used_one_is() {
        assert!(!is_possible(&[(0, 0, 1, None)]));
        assert!(!is_possible(&[
            (0, 0, 1, Some(1)),
            (1, 2, 3, Some(2)),
            (0, 4, 5, Some(3))
        ]));
    }
}
