//! How long a connection may keep the server waiting (.NET's `TimeoutControl`).

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

use super::{data_rate::MinDataRate, traffic::Traffic};

/// How long a client may take to agree that a connection ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// What all connections of a server have in common.
#[derive(Debug, Clone)]
pub(super) struct TimeLimits {
    /// For the headers of a request, from its first byte on; for those of the first from the connection's beginning.
    pub(super) headers: Duration,
    /// From an answer to the next request.
    pub(super) keep_alive: Duration,
    /// For reading what is answered.
    pub(super) responses: Option<MinDataRate>,
}

/// What took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    /// The headers of a request.
    Headers,
    /// The next request.
    KeepAlive,
    /// Reading an answer.
    Response,
}

/// Watches one connection. It is asked after each time the connection was polled, sees by the [`Traffic`] what is waited
/// for, and costs no timer and no clock while a request is answered at once.
#[derive(Debug)]
pub(super) struct Timeouts<'a> {
    limits: &'a TimeLimits,
    traffic: &'a Traffic,
    is_ending: bool,
    request: Option<RequestWait>,
    blocked: Option<Wait>,
    unsent: Option<Wait>,
    /// One timer for all, which may be early.
    timer: Option<Pin<Box<Sleep>>>,
}

/// No request is being answered.
#[derive(Debug)]
struct RequestWait {
    /// How many came before.
    requests: usize,
    what: Expired,
    until: Instant,
}

/// The client does not read.
#[derive(Debug)]
struct Wait {
    /// What it had read when it was last looked at.
    taken: usize,
    until: Instant,
}

impl<'a> Timeouts<'a> {
    pub(super) fn new(limits: &'a TimeLimits, traffic: &'a Traffic) -> Self {
        Self {
            limits,
            traffic,
            is_ending: false,
            request: None,
            blocked: None,
            unsent: None,
            timer: None,
        }
    }

    /// From now on there is no next request to wait for.
    pub(super) fn end(&mut self) {
        self.is_ending = true;
        self.request = None;
    }

    /// Ready when something took too long.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Expired> {
        loop {
            self.look();
            let Some((what, until)) = self.next() else {
                return Poll::Pending;
            };
            match &mut self.timer {
                Some(timer) if timer.deadline() <= until && !timer.is_elapsed() => {}
                Some(timer) => timer.as_mut().reset(until),
                none => *none = Some(Box::pin(sleep_until(until))),
            }
            let Some(timer) = &mut self.timer else {
                return Poll::Pending;
            };
            ready!(timer.as_mut().poll(context));
            if until <= timer.deadline() {
                return Poll::Ready(what);
            }
        }
    }

    /// What ends first.
    fn next(&self) -> Option<(Expired, Instant)> {
        let request = self.request.as_ref().map(|wait| (wait.what, wait.until));
        let unread = [&self.blocked, &self.unsent].into_iter().flatten();
        let unread = unread.map(|wait| (Expired::Response, wait.until));
        request.into_iter().chain(unread).min_by_key(|(_, until)| *until)
    }

    fn look(&mut self) {
        self.look_for_request();
        if let Some(rate) = self.limits.responses {
            self.look_at_socket(rate);
            self.look_at_windows(rate);
        }
    }

    fn look_for_request(&mut self) {
        if self.traffic.is_answering() {
            self.request = None;
            return;
        }
        let requests = self.traffic.requests();
        let what = if requests == 0 || self.traffic.has_begun() {
            Expired::Headers
        } else {
            Expired::KeepAlive
        };
        let is_known = |wait: &RequestWait| wait.requests == requests && wait.what == what;
        if !self.request.as_ref().is_some_and(is_known) {
            let limit = match what {
                _ if self.is_ending => FAREWELL,
                Expired::KeepAlive => self.limits.keep_alive,
                _ => self.limits.headers,
            };
            let until = Instant::now() + limit;
            self.request = Some(RequestWait { requests, what, until });
        }
    }

    /// Each time that it takes something, it may think about the next step.
    fn look_at_socket(&mut self, rate: MinDataRate) {
        let blocked = self.traffic.blocked();
        let taken = self.traffic.written();
        if blocked == 0 {
            self.blocked = None;
        } else if self.blocked.as_ref().is_none_or(|wait| wait.taken != taken) {
            let until = Instant::now() + rate.time_for_step(blocked);
            self.blocked = Some(Wait { taken, until });
        }
    }

    /// While the socket takes nothing, no window opens.
    fn look_at_windows(&mut self, rate: MinDataRate) {
        if self.traffic.unsent() == 0 || self.blocked.is_some() {
            self.unsent = None;
            return;
        }
        let taken = self.traffic.sent();
        match &mut self.unsent {
            Some(wait) if wait.taken == taken => {}
            Some(wait) => {
                let earned = rate.time_for(taken.wrapping_sub(wait.taken));
                let longest = Instant::now() + rate.time_for_step(usize::MAX);
                wait.until = (wait.until + earned).min(longest);
                wait.taken = taken;
            }
            none => {
                let until = Instant::now() + rate.grace_period();
                *none = Some(Wait { taken, until });
            }
        }
    }
}
