//! Mails that wait, by the domains of their recipients.

use std::collections::{BTreeSet, HashMap, VecDeque};

use uuid::Uuid;

use super::UnderWay;
use crate::mail::WaitingMail;

/// How many new mails there is room for, and how many repeated ones.
pub(super) const MOST_MAILS: usize = 10_000;

/// Mails by the domains of their recipients, which take turns.
#[derive(Debug, Default)]
pub(super) struct Domains {
    pub(super) mails: HashMap<String, VecDeque<WaitingMail>>,
    pub(super) turn: VecDeque<String>,
    /// Every domain with the number of its mails before it.
    pub(super) by_size: BTreeSet<(usize, String)>,
    /// How many mails there are.
    pub(super) count: usize,
}

impl Domains {
    pub(super) fn is_full(&self) -> bool {
        self.count >= MOST_MAILS
    }

    /// Whether there is no domain that could give any of its room to another one.
    pub(super) fn is_full_for_all(&self) -> bool {
        self.is_full() && self.by_size.last().is_none_or(|(largest, _)| *largest <= 1)
    }

    /// Takes the last mail of the domain that has the most, unless this one would then have as many.
    pub(super) fn make_room_for(&mut self, domain: &str) -> Option<Uuid> {
        let (largest, from) = self.by_size.last()?.clone();
        if largest <= self.waiting_for(domain) + 1 {
            return None;
        }
        let taken = self.mails.get_mut(&from)?.pop_back()?;
        self.resized(&from, largest);
        self.count -= 1;
        Some(taken.id)
    }

    /// A domain had so many mails, and has another number now.
    fn resized(&mut self, domain: &str, before: usize) {
        self.by_size.remove(&(before, domain.to_owned()));
        match self.waiting_for(domain) {
            0 => {}
            now => {
                self.by_size.insert((now, domain.to_owned()));
            }
        }
    }

    pub(super) fn waiting_for(&self, domain: &str) -> usize {
        self.mails.get(domain).map_or(0, VecDeque::len)
    }

    pub(super) fn push(&mut self, mail: WaitingMail) {
        let domain = mail.domain.clone();
        let before = self.waiting_for(&domain);
        if before == 0 {
            self.turn.push_back(domain.clone());
        }
        self.mails.entry(domain.clone()).or_default().push_back(mail);
        self.resized(&domain, before);
        self.count += 1;
    }

    /// The first mail of the domain whose turn it is, except for what is under way already.
    pub(super) fn next(&mut self, under_way: &UnderWay, for_a_domain: usize) -> Option<WaitingMail> {
        for _ in 0..self.turn.len() {
            let domain = self.turn.pop_front()?;
            let mails = self.mails.get_mut(&domain)?;
            let first = (under_way.of_domain(&domain) < for_a_domain)
                .then(|| mails.iter().position(|mail| !under_way.has(&mail.recipient)))
                .flatten();
            let before = mails.len();
            let mail = first.and_then(|index| mails.remove(index));
            if mails.is_empty() {
                self.mails.remove(&domain);
            }
            if mail.is_some() {
                self.count -= 1;
                self.resized(&domain, before);
            }
            if self.mails.contains_key(&domain) {
                self.turn.push_back(domain);
            }
            if mail.is_some() {
                return mail;
            }
        }
        None
    }
}
