//! Mails that wait, and which of them goes next.
//!
//! No mail waits for another one's recipient: domains take turns, one recipient has one mail under way and one domain half
//! the connections, and mails that were refused for now have connections of their own.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use tokio::time::Instant;
use wicketgate_identity::{EmailMessage, EmailText};

/// How many mails may wait, those under way among them.
const MOST_MAILS: usize = 10_000;
/// And how many bytes they may have together.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How many may wait for one recipient.
const MOST_FOR_ONE_RECIPIENT: usize = 20;

/// Why a mail was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum QueueFull {
    #[error("too many mails are waiting to be sent")]
    Mails,
    #[error("too many mails are waiting for this recipient")]
    Recipient,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub(super) struct QueuedMail {
    pub(super) mail: Arc<EmailMessage>,
    /// How often it was tried.
    pub(super) attempts: usize,
    recipient: Arc<str>,
}

impl QueuedMail {
    fn domain(&self) -> &str {
        self.recipient.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Near enough.
    fn size(&self) -> usize {
        let text = match &self.mail.text {
            EmailText::ConfirmationLink(text) | EmailText::PasswordResetCode(text) => text.len(),
        };
        size_of::<EmailMessage>() + text + self.mail.to.len() + self.recipient.len()
    }
}

/// All mails that were taken and neither sent nor given up.
#[derive(Debug)]
pub(super) struct MailQueue {
    connections: usize,
    /// Not tried yet.
    new: Turns,
    /// Their next attempt is due.
    due: Turns,
    /// By when their next attempt is due; the number tells apart what is due at one instant.
    later: BTreeMap<(Instant, u64), QueuedMail>,
    postponed: u64,
    under_way: UnderWay,
    /// Of each recipient, those under way and later ones among them.
    recipients: HashMap<Arc<str>, usize>,
    mails: usize,
    bytes: usize,
}

impl MailQueue {
    /// A queue for this many connections to the mail server.
    pub(super) fn new(connections: usize) -> Self {
        Self {
            connections: connections.max(1),
            new: Turns::default(),
            due: Turns::default(),
            later: BTreeMap::new(),
            postponed: 0,
            under_way: UnderWay::default(),
            recipients: HashMap::new(),
            mails: 0,
            bytes: 0,
        }
    }

    pub(super) fn push(&mut self, mail: EmailMessage) -> Result<(), QueueFull> {
        let mail = QueuedMail {
            recipient: mail.to.to_lowercase().into(),
            mail: Arc::new(mail),
            attempts: 0,
        };
        if self.mails >= MOST_MAILS || self.bytes + mail.size() > MOST_BYTES {
            return Err(QueueFull::Mails);
        }
        let waiting = self.recipients.entry(Arc::clone(&mail.recipient)).or_default();
        if *waiting >= MOST_FOR_ONE_RECIPIENT {
            return Err(QueueFull::Recipient);
        }
        *waiting += 1;
        self.mails += 1;
        self.bytes += mail.size();
        self.new.push(mail);
        Ok(())
    }

    /// The mail to try now, if there is one. It is under way until [`done`](Self::done) or [`try_later`](Self::try_later).
    pub(super) fn next(&mut self, now: Instant) -> Option<QueuedMail> {
        while let Some(first) = self.later.first_entry().filter(|first| first.key().0 <= now) {
            self.due.push(first.remove());
        }
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
                .then(|| self.due.next(&self.under_way, for_a_domain))
                .flatten()
        });
        next.inspect(|mail| self.under_way.start(mail))
    }

    /// When [`next`](Self::next) may have more although nothing else happened.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.later.first_key_value().map(|((due, _), _)| *due)
    }

    /// The mail was sent or given up.
    pub(super) fn done(&mut self, mail: &QueuedMail) {
        self.under_way.end(mail);
        self.mails -= 1;
        self.bytes -= mail.size();
        if let Some(waiting) = self.recipients.get_mut(&mail.recipient) {
            *waiting -= 1;
            if *waiting == 0 {
                self.recipients.remove(&mail.recipient);
            }
        }
    }

    /// The mail is to be tried again.
    pub(super) fn try_later(&mut self, mut mail: QueuedMail, due: Instant) {
        self.under_way.end(&mail);
        mail.attempts += 1;
        self.postponed += 1;
        self.later.insert((due, self.postponed), mail);
    }

    /// How many mails were taken and neither sent nor given up.
    pub(super) fn len(&self) -> usize {
        self.mails
    }
}

/// Mails by the domains of their recipients, which take turns.
#[derive(Debug, Default)]
struct Turns {
    mails: HashMap<Box<str>, VecDeque<QueuedMail>>,
    turn: VecDeque<Box<str>>,
}

impl Turns {
    fn push(&mut self, mail: QueuedMail) {
        if let Some(mails) = self.mails.get_mut(mail.domain()) {
            return mails.push_back(mail);
        }
        let domain: Box<str> = mail.domain().into();
        self.turn.push_back(domain.clone());
        self.mails.insert(domain, VecDeque::from([mail]));
    }

    /// The first mail of the domain whose turn it is, except for what is under way already.
    fn next(&mut self, under_way: &UnderWay, for_a_domain: usize) -> Option<QueuedMail> {
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
    recipients: HashSet<Arc<str>>,
}

impl UnderWay {
    fn start(&mut self, mail: &QueuedMail) {
        *self.kind(mail) += 1;
        self.recipients.insert(Arc::clone(&mail.recipient));
    }

    fn end(&mut self, mail: &QueuedMail) {
        *self.kind(mail) -= 1;
        self.recipients.remove(&mail.recipient);
    }

    fn kind(&mut self, mail: &QueuedMail) -> &mut usize {
        if mail.attempts == 0 {
            &mut self.new
        } else {
            &mut self.repeated
        }
    }

    fn total(&self) -> usize {
        self.new + self.repeated
    }

    fn has(&self, recipient: &str) -> bool {
        self.recipients.contains(recipient)
    }

    /// There are few.
    fn of_domain(&self, domain: &str) -> usize {
        let is_of_domain = |recipient: &&Arc<str>| recipient.rsplit_once('@').is_some_and(|(_, of)| of == domain);
        self.recipients.iter().filter(is_of_domain).count()
    }
}

#[cfg(test)]
mod tests;
