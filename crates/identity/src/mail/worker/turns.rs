//! Which of the mails that are due goes next.
//!
//! No mail waits for another one's recipient: domains take turns, one recipient has one mail under way and one domain half
//! the connections, and mails that were refused for now have connections of their own.

use std::collections::{HashMap, HashSet, VecDeque};

use uuid::Uuid;

use crate::mail::WaitingMail;

/// How many new mails there is room for, and how many repeated ones.
const MOST_MAILS: usize = 10_000;
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

    /// Adds a mail that is due, unless it is there already; `false` if there is no room for it.
    pub(super) fn add(&mut self, mail: WaitingMail) -> bool {
        if self.ids.contains(&mail.id) {
            return true;
        }
        let domains = match mail.attempts {
            0 => &mut self.new,
            _ => &mut self.repeated,
        };
        let has_room = !domains.is_full() && domains.waiting_for(&mail.domain) < MOST_FOR_ONE_DOMAIN;
        if has_room {
            self.ids.insert(mail.id);
            domains.push(mail);
        }
        has_room
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

    /// Whether there is no room for more.
    pub(super) fn is_full(&self) -> bool {
        self.new.is_full() && self.repeated.is_full()
    }

    /// Whether no mail waits for its turn.
    pub(super) fn nobody_waits(&self) -> bool {
        self.ids.len() == self.under_way.total()
    }
}

/// Mails by the domains of their recipients, which take turns.
#[derive(Debug, Default)]
struct Domains {
    mails: HashMap<String, VecDeque<WaitingMail>>,
    turn: VecDeque<String>,
    /// How many mails there are.
    count: usize,
}

impl Domains {
    fn is_full(&self) -> bool {
        self.count >= MOST_MAILS
    }

    fn waiting_for(&self, domain: &str) -> usize {
        self.mails.get(domain).map_or(0, VecDeque::len)
    }

    fn push(&mut self, mail: WaitingMail) {
        self.count += 1;
        if let Some(mails) = self.mails.get_mut(&mail.domain) {
            return mails.push_back(mail);
        }
        self.turn.push_back(mail.domain.clone());
        self.mails.insert(mail.domain.clone(), VecDeque::from([mail]));
    }

    /// The first mail of the domain whose turn it is, except for what is under way already.
    fn next(&mut self, under_way: &UnderWay, for_a_domain: usize) -> Option<WaitingMail> {
        for _ in 0..self.turn.len() {
            let domain = self.turn.pop_front()?;
            let mails = self.mails.get_mut(&domain)?;
            let first = (under_way.of_domain(&domain) < for_a_domain)
                .then(|| mails.iter().position(|mail| !under_way.has(&mail.recipient)))
                .flatten();
            let mail = first.and_then(|index| mails.remove(index));
            if mails.is_empty() {
                self.mails.remove(&domain);
            } else {
                self.turn.push_back(domain);
            }
            if mail.is_some() {
                self.count -= 1;
                return mail;
            }
        }
        None
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

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn mail(number: u128, to: &str, attempts: u32) -> WaitingMail {
        WaitingMail {
            id: Uuid::from_u128(number),
            created: OffsetDateTime::UNIX_EPOCH,
            due: OffsetDateTime::UNIX_EPOCH,
            attempts,
            recipient: to.to_owned(),
            domain: to.split('@').next_back().unwrap().to_owned(),
        }
    }

    fn turns(connections: usize, recipients: &[&str]) -> Turns {
        let mut turns = Turns::new(connections);
        for (number, recipient) in (0..).zip(recipients) {
            turns.add(mail(number, recipient, 0));
        }
        turns
    }

    fn started(turns: &mut Turns) -> Vec<String> {
        std::iter::from_fn(|| turns.next()).map(|mail| mail.recipient).collect()
    }

    #[test]
    fn domains_take_turns_whoever_came_first() {
        let mut turns = turns(8, &["a@x", "b@x", "c@x", "d@y", "e@z"]);
        assert_eq!(started(&mut turns), ["a@x", "d@y", "e@z", "b@x", "c@x"]);
    }

    #[test]
    fn a_domain_gets_half_the_connections_and_a_recipient_one() {
        let flood: Vec<_> = (0..9).map(|number| format!("u{number}@x")).collect();
        let mut flood: Vec<_> = flood.iter().map(String::as_str).collect();
        flood.extend(["a@y", "a@y", "a@y"]);
        let started = started(&mut turns(8, &flood));
        assert_eq!(started.iter().filter(|to| to.ends_with('x')).count(), 4);
        assert_eq!(started.iter().filter(|to| !to.ends_with('x')).count(), 1);
    }

    #[test]
    fn mails_that_were_refused_for_now_leave_connections_to_new_ones_and_have_some_of_their_own() {
        let mut turns = Turns::new(8);
        for number in 0..8 {
            turns.add(mail(number, &format!("a@refusing{number}"), 1));
        }
        assert_eq!(started(&mut turns).len(), 2);
        for number in 0..8 {
            turns.add(mail(100 + number, &format!("b@new{number}"), 0));
        }
        assert_eq!(started(&mut turns).len(), 6);
    }

    #[test]
    fn one_connection_serves_new_mails_and_refused_ones() {
        let mut turns = turns(1, &["b@y"]);
        turns.add(mail(9, "a@x", 3));
        for expected in ["b@y", "a@x"] {
            let mail = turns.next().unwrap();
            assert!(turns.next().is_none());
            assert_eq!(mail.recipient, expected);
            turns.done(&mail);
        }
        assert!(turns.nobody_waits() && turns.ids.is_empty());
    }

    #[test]
    fn a_mail_that_waits_or_is_under_way_is_not_added_twice() {
        let mut turns = turns(4, &["a@x"]);
        turns.add(mail(0, "a@x", 0));
        let first = turns.next().unwrap();
        turns.add(first.clone());
        assert!(turns.nobody_waits());
        turns.done(&first);
        turns.add(first);
        assert!(!turns.nobody_waits());
    }

    #[test]
    fn a_flood_for_one_domain_leaves_room_for_the_others() {
        let mut turns = Turns::new(4);
        let added = (0..2 * MOST_MAILS as u128).filter(|number| turns.add(mail(*number, &format!("u{number}@x"), 0)));
        assert_eq!(added.count(), MOST_FOR_ONE_DOMAIN);
        assert!(turns.add(mail(u128::MAX, "a@y", 0)));
    }

    #[test]
    fn it_keeps_no_more_than_it_has_room_for_and_refused_mails_leave_room_for_new_ones() {
        let mut turns = Turns::new(4);
        for attempts in [1, 0] {
            let numbers = 0..2 * MOST_MAILS as u128;
            let mails = numbers.map(|number| mail(2 * number + u128::from(attempts), &format!("a@{number}"), attempts));
            assert_eq!(mails.filter(|mail| turns.add(mail.clone())).count(), MOST_MAILS);
            assert_eq!(turns.is_full(), attempts == 0);
        }
        assert_eq!(turns.ids.len(), 2 * MOST_MAILS);
        let first = turns.next().unwrap();
        assert!(!turns.is_full());
        turns.done(&first);
        assert!(turns.add(first));
    }
}
