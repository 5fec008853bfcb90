//! Clients that refresh: several at once with one token, with the one before it, and in the end with those that must be void.

use std::{
    panic::resume_unwind,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    clients::{Answer, Clients},
    families::{GRACE, Outcome, Presented, Token, is_possible},
    ledger::Account,
};

/// How often everybody goes on with the newest token.
const ROUNDS: usize = 2;
/// How many present one token at once.
const AT_ONCE: usize = 3;

/// The refresh tokens of one session, and what became of each use.
#[derive(Debug, Default)]
struct Family {
    tokens: Vec<String>,
    requests: Vec<Presented>,
}

impl Clients<'_> {
    /// Signs in, and uses the session's refresh tokens until it has to end.
    pub(super) fn refresh(&self, account: &Account) {
        if account.perhaps.is_some() {
            return;
        }
        let Some(tokens) = self.log_in_for_tokens(account) else {
            return;
        };
        let mut family = Family::default();
        family.tokens.extend(refresh_token(&tokens));
        for _ in 0..ROUNDS {
            let newest = family.tokens.len().saturating_sub(1);
            self.present(&mut family, &[newest; AT_ONCE]);
        }
        sleep(GRACE + Duration::from_millis(100));
        let newest = family.tokens.len().saturating_sub(1);
        self.present(&mut family, &[0, newest]);
        self.present(&mut family, &[newest]);
        let newest = family.tokens.len().saturating_sub(1);
        self.present(&mut family, &[newest]);
        // Where no answer came, the session may not have come to its end.
        if let Some(Outcome::Refused(_)) = family.requests.last().map(|request| request.outcome) {
            self.ledger.note_family();
        }
        if !is_possible(&family.requests) {
            let email = &account.email;
            let first = family.requests.first().map(|request| request.begin);
            self.ledger.wrong_answer(format!(
                "no session with one good refresh token answers as that of {email}, since {first:?}: {:?}",
                family.requests
            ));
        }
    }

    /// Presents these tokens at once.
    fn present(&self, family: &mut Family, tokens: &[Token]) {
        let texts: Vec<_> = tokens
            .iter()
            .filter_map(|&token| Some((token, family.tokens.get(token)?)))
            .collect();
        let answers: Vec<_> = thread::scope(|scope| {
            let requests: Vec<_> = texts
                .iter()
                .map(|&(token, text)| {
                    scope.spawn(move || {
                        let begin = Instant::now();
                        let (_, answer) = self.post("/refresh", None, &json!({"refreshToken": text}));
                        (token, begin, answer, Instant::now())
                    })
                })
                .collect();
            let answers = requests.into_iter().map(|request| request.join());
            answers
                .map(|answer| answer.unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        });
        for (token, begin, answer, end) in answers {
            let outcome = match answer {
                Answer::Done(tokens) => {
                    family.tokens.extend(refresh_token(&tokens));
                    Outcome::Given(family.tokens.len() - 1, end)
                }
                Answer::Refused(_) => Outcome::Refused(end),
                Answer::Unknown => Outcome::Unknown,
            };
            family.requests.push(Presented { token, begin, outcome });
        }
    }
}

fn refresh_token(tokens: &Value) -> Option<String> {
    tokens["refreshToken"].as_str().map(str::to_owned)
}
