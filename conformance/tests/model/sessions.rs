//! The model of sessions, cookies and tokens: which of them are good.

use time::{Duration, OffsetDateTime};
use wicketgate_conformance::CookieJar;

use crate::{
    accounts::Model,
    rules::{ABSOLUTE, ACCESS_TOKEN, COOKIE, GRACE, IDLE, REFRESH_TOKEN, STAMP_CHECK},
    step::Who,
};

/// A session of the strict profile.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) account: usize,
    /// The store's.
    pub(crate) id: String,
    pub(crate) created: OffsetDateTime,
    pub(crate) last_seen: OffsetDateTime,
    pub(crate) stamp: u32,
    pub(crate) has_ended: bool,
    pub(crate) family: Family,
}

/// The refresh tokens of a session, by their numbers: which one is good.
#[derive(Debug)]
pub(crate) struct Family {
    /// The newest one.
    leaf: i64,
    /// The one that the newest was given for, and when it was first.
    parent: Option<(i64, OffsetDateTime)>,
    /// Whether the parent has been served after the grace.
    has_returned: bool,
}

/// A pair of tokens.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) account: usize,
    pub(crate) session: Option<usize>,
    pub(crate) stamp: u32,
    pub(crate) number: i64,
    pub(crate) issued: OffsetDateTime,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// What a browser has.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    pub(crate) jar: CookieJar,
    pub(crate) ticket: Option<Ticket>,
    pub(crate) machine: Option<Ticket>,
}

/// What is in a cookie.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) account: usize,
    pub(crate) session: Option<usize>,
    pub(crate) stamp: u32,
    pub(crate) issued: OffsetDateTime,
}

/// Who a request is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sender {
    pub(crate) account: usize,
    pub(crate) session: Option<usize>,
}

/// What becomes of a refresh token that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// New tokens, of which the refresh token has this number.
    Tokens(i64),
    Refused,
}

impl Model {
    /// Begins a session, where there are any.
    pub(crate) fn begin_session(&mut self, account: usize, now: OffsetDateTime) -> Option<usize> {
        if !self.is_strict() {
            return None;
        }
        self.sessions.push(Session {
            account,
            id: String::new(),
            created: now,
            last_seen: now,
            stamp: self.accounts[account].stamp,
            has_ended: false,
            family: Family {
                leaf: 0,
                parent: None,
                has_returned: false,
            },
        });
        Some(self.sessions.len() - 1)
    }

    /// Whether a session is good.
    pub(crate) fn is_alive(&self, session: usize, now: OffsetDateTime) -> bool {
        let session = &self.sessions[session];
        let account = &self.accounts[session.account];
        !session.has_ended
            && !account.is_deleted
            && session.stamp == account.stamp
            && now - session.created < ABSOLUTE
            && now - session.last_seen < IDLE
    }

    /// The same for a request of it, which is noted to the minute.
    fn uses(&mut self, session: usize, now: OffsetDateTime) -> bool {
        let is_alive = self.is_alive(session, now);
        let session = &mut self.sessions[session];
        if is_alive && now - session.last_seen >= Duration::MINUTE {
            session.last_seen = now;
        }
        is_alive
    }

    /// Who sends a request with a cookie or an access token, and what the server does to the cookie.
    pub(crate) fn sender(&mut self, who: Who, now: OffsetDateTime) -> Option<Sender> {
        match who {
            Who::Browser(browser) => self.sender_by_cookie(usize::from(browser), now),
            Who::App(nth) => {
                let tokens = self.tokens[self.nth_tokens(nth)?].clone();
                let is_good =
                    now < tokens.issued + ACCESS_TOKEN && tokens.session.is_none_or(|session| self.uses(session, now));
                is_good.then_some(Sender {
                    account: tokens.account,
                    session: tokens.session,
                })
            }
        }
    }

    fn sender_by_cookie(&mut self, browser: usize, now: OffsetDateTime) -> Option<Sender> {
        let ticket = self.browsers[browser].ticket.clone()?;
        if now > ticket.issued + COOKIE {
            return None;
        }
        let account = &self.accounts[ticket.account];
        let has_stamp = !account.is_deleted && account.stamp == ticket.stamp;
        let is_check_due = now - ticket.issued > STAMP_CHECK;
        match ticket.session {
            // The cookie stays: by now the browser may have a new one.
            Some(session) if !self.uses(session, now) => return None,
            None if is_check_due && !has_stamp => {
                let browser = &mut self.browsers[browser];
                (browser.ticket, browser.machine) = (None, None);
                return None;
            }
            _ => {}
        }
        if is_check_due || ticket.is_past_half(now) {
            let renewed = self.browsers[browser].ticket.as_mut();
            renewed
                .into_iter()
                .for_each(|ticket| ticket.issued = whole_seconds(now));
        }
        Some(Sender {
            account: ticket.account,
            session: ticket.session,
        })
    }

    /// Whether a browser's second factor is remembered for an account, and what the server does to its cookies.
    pub(crate) fn is_remembered(&mut self, browser: usize, account: usize, now: OffsetDateTime) -> bool {
        let Some(machine) = self.browsers[browser].machine.clone() else {
            return false;
        };
        if now > machine.issued + COOKIE {
            return false;
        }
        let owner = &self.accounts[machine.account];
        let has_stamp = !owner.is_deleted && owner.stamp == machine.stamp;
        let browser = &mut self.browsers[browser];
        if now - machine.issued > STAMP_CHECK && !has_stamp {
            (browser.ticket, browser.machine) = (None, None);
            return false;
        }
        if machine.is_past_half(now) {
            browser.machine = Some(Ticket {
                issued: whole_seconds(now),
                ..machine
            });
        }
        machine.account == account
    }

    /// What becomes of a refresh token.
    pub(crate) fn refresh(&mut self, tokens: usize, now: OffsetDateTime) -> Refreshed {
        let tokens = self.tokens[tokens].clone();
        if now >= tokens.issued + REFRESH_TOKEN {
            return Refreshed::Refused;
        }
        let Some(session) = tokens.session else {
            let account = &self.accounts[tokens.account];
            return match !account.is_deleted && account.stamp == tokens.stamp {
                true => Refreshed::Tokens(0),
                false => Refreshed::Refused,
            };
        };
        if !self.uses(session, now) {
            return Refreshed::Refused;
        }
        match self.sessions[session].family.present(tokens.number, now) {
            Some(successor) => Refreshed::Tokens(successor),
            None => {
                self.sessions[session].has_ended = true;
                Refreshed::Refused
            }
        }
    }

    pub(crate) fn end_session(&mut self, session: Option<usize>) {
        if let Some(session) = session {
            self.sessions[session].has_ended = true;
        }
    }

    /// The tokens that are so many pairs older than the newest ones.
    pub(crate) fn nth_tokens(&self, nth: u8) -> Option<usize> {
        nth_newest(self.tokens.len(), nth)
    }
}

impl Family {
    /// The number of the token to give for this one; `None` if two have the session's tokens.
    fn present(&mut self, number: i64, now: OffsetDateTime) -> Option<i64> {
        match self.parent {
            _ if number == self.leaf => {
                self.parent = Some((number, now));
                self.leaf += 1;
                self.has_returned = false;
            }
            // Another tab, or an answer on its way.
            Some((parent, given)) if number == parent && now - given <= GRACE => {}
            // An answer that was lost, which can be so once.
            Some((parent, _)) if number == parent && !self.has_returned => {
                self.parent = Some((parent, now));
                self.leaf += 1;
                self.has_returned = true;
            }
            _ => return None,
        }
        Some(self.leaf)
    }
}

impl Ticket {
    pub(crate) fn new(account: usize, session: Option<usize>, stamp: u32, now: OffsetDateTime) -> Self {
        Self {
            account,
            session,
            stamp,
            issued: whole_seconds(now),
        }
    }

    fn is_past_half(&self, now: OffsetDateTime) -> bool {
        self.issued + COOKIE - now < now - self.issued
    }
}

/// As .NET writes times into tickets.
fn whole_seconds(time: OffsetDateTime) -> OffsetDateTime {
    time - Duration::nanoseconds(i64::from(time.nanosecond()))
}

/// The index of what is so many places before the last one.
pub(crate) fn nth_newest(len: usize, nth: u8) -> Option<usize> {
    (len > 0).then(|| len - 1 - usize::from(nth) % len)
}
