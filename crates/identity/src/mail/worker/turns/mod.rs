//! Which of the mails that are due goes next.
//!
//! No mail waits for another one's recipient: domains take turns, one recipient has one mail under way and one domain half
//! the connections, and mails that were refused for now have connections of their own.

mod domains;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use self::domains::Domains;
use crate::mail::WaitingMail;

/// How many of them may be for one domain: a flood for it leaves room for the others.
const MOST_FOR_ONE_DOMAIN: usize = 1_000;

/// Mails that are due, and those under way.
#[derive(Debug)]
pub(super) struct Turns {
    connections: usize,
    /// Not tried yet.
    new: Domains,
    /// Their next attempt is due.
    repeated: Domains,
    under_way: UnderWay,
    /// All of them.
    ids: HashSet<Uuid>,
}

impl Turns {
    /// Turns for this many connections to the mail server.
    pub(super) fn new(connections: usize) -> Self {
        Self {
            connections: connections.max(1),
            new: Domains::default(),
            repeated: Domains::default(),
            under_way: UnderWay::default(),
            ids: HashSet::new(),
        }
    }

    /// Adds a mail that is due, unless it is there already. Where there is no room, one mail of the domain with the most goes: however
    /// many there are for some domains, they keep out no other's. `false` if this mail, or the one that went, has to be read again
    /// later.
    pub(super) fn add(&mut self, mail: WaitingMail) -> bool {
        if self.ids.contains(&mail.id) {
            return true;
        }
        let domains = match mail.attempts {
            0 => &mut self.new,
            _ => &mut self.repeated,
        };
        if domains.waiting_for(&mail.domain) >= MOST_FOR_ONE_DOMAIN {
            return false;
        }
        let is_full = domains.is_full();
        if is_full {
            match domains.make_room_for(&mail.domain) {
                Some(other) => self.ids.remove(&other),
                None => return false,
            };
        }
        self.ids.insert(mail.id);
        domains.push(mail);
        !is_full
    }

    /// The mail to try now, if there is one. It is under way until [`done`](Self::done).
    pub(super) fn next(&mut self) -> Option<WaitingMail> {
        if self.under_way.total() >= self.connections {
            return None;
        }
        let for_a_domain = self.connections.div_ceil(2);
        let for_others = self.connections / 4;
        let new = (self.under_way.new < self.connections - for_others)
            .then(|| self.new.next(&self.under_way, for_a_domain))
            .flatten();
        let next = new.or_else(|| {
            (self.under_way.repeated < for_others.max(1))
                .then(|| self.repeated.next(&self.under_way, for_a_domain))
                .flatten()
        });
        next.inspect(|mail| self.under_way.start(mail))
    }

    /// The mail is no longer under way.
    pub(super) fn done(&mut self, mail: &WaitingMail) {
        self.under_way.end(mail);
        self.ids.remove(&mail.id);
    }

    /// Whether there is no room for more, whoever they are for.
    pub(super) fn is_full(&self) -> bool {
        self.new.is_full_for_all() && self.repeated.is_full_for_all()
    }

    /// Whether no mail waits for its turn.
    pub(super) fn nobody_waits(&self) -> bool {
        self.ids.len() == self.under_way.total()
    }
}

/// What is being sent.
#[derive(Debug, Default)]
struct UnderWay {
    new: usize,
    repeated: usize,
    recipients: HashSet<String>,
    domains: HashMap<String, usize>,
}

impl UnderWay {
    fn start(&mut self, mail: &WaitingMail) {
        *self.kind(mail) += 1;
        self.recipients.insert(mail.recipient.clone());
        *self.domains.entry(mail.domain.clone()).or_default() += 1;
    }

    fn end(&mut self, mail: &WaitingMail) {
        *self.kind(mail) -= 1;
        self.recipients.remove(&mail.recipient);
        if let Some(mails) = self.domains.get_mut(&mail.domain) {
            *mails -= 1;
            if *mails == 0 {
                self.domains.remove(&mail.domain);
            }
        }
    }

    fn kind(&mut self, mail: &WaitingMail) -> &mut usize {
        match mail.attempts {
            0 => &mut self.new,
            _ => &mut self.repeated,
        }
    }

    fn total(&self) -> usize {
        self.new + self.repeated
    }

    fn has(&self, recipient: &str) -> bool {
        self.recipients.contains(recipient)
    }

    fn of_domain(&self, domain: &str) -> usize {
        self.domains.get(domain).copied().unwrap_or_default()
    }
}
