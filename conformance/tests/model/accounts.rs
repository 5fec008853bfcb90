//! The model of accounts: what each of them should be like.

use std::collections::HashSet;

use time::{Duration, OffsetDateTime};

use crate::{
    rules::{LINK_LIFESPAN, LOCKOUT, LONG, MOST_FAILURES, Profile},
    sessions::{Browser, Session, Tokens},
};

/// Everything that the model knows.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) profile: Profile,
    pub(crate) accounts: Vec<Account>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) tokens: Vec<Tokens>,
    pub(crate) browsers: [Browser; 2],
    pub(crate) mails: Vec<Mail>,
    stamps: u32,
}

/// An account; those that were deleted stay.
#[derive(Debug)]
pub(crate) struct Account {
    /// The store's.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) is_confirmed: bool,
    pub(crate) password: String,
    pub(crate) has_second_factor: bool,
    pub(crate) key: Key,
    pub(crate) recovery_codes: Vec<String>,
    pub(crate) used_recovery_codes: Vec<String>,
    /// The keys and steps of codes that were accepted.
    pub(crate) used_steps: HashSet<(String, i64)>,
    pub(crate) failures: i32,
    pub(crate) lockout: Lockout,
    pub(crate) stamp: u32,
    pub(crate) is_deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    None,
    Shown(String),
    /// There is a new one, which nobody has seen.
    Unseen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lockout {
    None,
    Until(OffsetDateTime),
    ForEver,
}

/// A mailed link or code.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) account: usize,
    pub(crate) kind: MailKind,
    /// The path of the link; that of a reset has none.
    pub(crate) link: String,
    pub(crate) code: String,
    pub(crate) stamp: u32,
    pub(crate) sent: OffsetDateTime,
    pub(crate) is_used: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MailKind {
    Confirm,
    Reset,
    Change(String),
}

/// What an attempt that failed comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Counted,
    Locked,
}

/// Who has an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Nobody,
    One(usize),
    /// The answer may be about any of them.
    Several,
}

/// What a new security stamp does to the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    GoOn,
    /// All but this one, if it is any, end.
    End(Option<usize>),
}

impl Model {
    pub(crate) fn new(profile: Profile) -> Self {
        Self {
            profile,
            accounts: Vec::new(),
            sessions: Vec::new(),
            tokens: Vec::new(),
            browsers: Default::default(),
            mails: Vec::new(),
            stamps: 0,
        }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.profile.is_strict()
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<usize> {
        let mut accounts = self.accounts.iter();
        accounts.position(|account| !account.is_deleted && account.name == name)
    }

    pub(crate) fn by_email(&self, email: &str) -> Owner {
        let accounts = self.accounts.iter().enumerate();
        let mut owners = accounts.filter(|(_, account)| !account.is_deleted && account.email == email);
        match (owners.next(), owners.next()) {
            (None, _) => Owner::Nobody,
            (Some((owner, _)), None) => Owner::One(owner),
            _ => Owner::Several,
        }
    }

    /// Who has this name, or else this address.
    pub(crate) fn by_either(&self, address: &str) -> Owner {
        self.by_name(address).map_or_else(|| self.by_email(address), Owner::One)
    }

    pub(crate) fn add(&mut self, id: String, address: &str, password: &str) -> usize {
        let stamp = self.next_stamp();
        self.accounts.push(Account {
            id,
            name: address.to_owned(),
            email: address.to_owned(),
            is_confirmed: false,
            password: password.to_owned(),
            has_second_factor: false,
            key: Key::None,
            recovery_codes: Vec::new(),
            used_recovery_codes: Vec::new(),
            used_steps: HashSet::new(),
            failures: 0,
            lockout: Lockout::None,
            stamp,
            is_deleted: false,
        });
        self.accounts.len() - 1
    }

    /// The account's credentials have changed.
    pub(crate) fn renew_stamp(&mut self, account: usize, others: Others) {
        let (old, new) = (self.accounts[account].stamp, self.next_stamp());
        self.accounts[account].stamp = new;
        for (index, session) in self.sessions.iter_mut().enumerate() {
            if session.account != account || session.has_ended {
                continue;
            }
            if others != Others::GoOn && others != Others::End(Some(index)) {
                session.has_ended = true;
            } else if session.stamp == old {
                session.stamp = new;
            }
        }
    }

    pub(crate) fn delete(&mut self, account: usize) {
        self.accounts[account].is_deleted = true;
        for session in self.sessions.iter_mut().filter(|session| session.account == account) {
            session.has_ended = true;
        }
    }

    /// Whether a mailed secret of this kind is good for the account now.
    pub(crate) fn is_good(&self, mail: usize, now: OffsetDateTime) -> bool {
        let mail = &self.mails[mail];
        let account = &self.accounts[mail.account];
        let lifespan: Duration = match mail.kind {
            MailKind::Reset => self.profile.reset_lifespan(),
            MailKind::Confirm | MailKind::Change(_) => LINK_LIFESPAN,
        };
        let is_used_up = self.is_strict() && mail.is_used;
        !account.is_deleted && account.stamp == mail.stamp && mail.sent + lifespan >= now && !is_used_up
    }

    /// What following a link to `/confirmEmail` is answered.
    pub(crate) fn follow(&mut self, mail: usize, now: OffsetDateTime) -> u16 {
        let (account, kind) = (self.mails[mail].account, self.mails[mail].kind.clone());
        if kind == MailKind::Reset || !self.is_good(mail, now) {
            return 401;
        }
        self.mails[mail].is_used = true;
        self.accounts[account].is_confirmed = true;
        let MailKind::Change(address) = kind else {
            return 200;
        };
        let is_free = self.by_name(&address).is_none_or(|owner| owner == account);
        self.accounts[account].email.clone_from(&address);
        if is_free {
            self.accounts[account].name = address;
        }
        self.renew_stamp(account, Others::End(None));
        if is_free { 200 } else { 401 }
    }

    fn next_stamp(&mut self) -> u32 {
        self.stamps += 1;
        self.stamps
    }
}

impl Account {
    pub(crate) fn is_locked(&self, now: OffsetDateTime) -> bool {
        match self.lockout {
            Lockout::None => false,
            Lockout::Until(end) => end >= now,
            Lockout::ForEver => true,
        }
    }

    /// A wrong password or code.
    pub(crate) fn fail(&mut self, now: OffsetDateTime) -> Failure {
        if self.is_locked(now) {
            return Failure::Locked;
        }
        self.failures += 1;
        if self.failures < MOST_FAILURES {
            return Failure::Counted;
        }
        self.failures = 0;
        self.lockout = Lockout::Until(now + LOCKOUT);
        Failure::Locked
    }

    /// Why the old password is not accepted, if it is not.
    pub(crate) fn refuses_old_password(
        &mut self,
        password: &str,
        profile: Profile,
        now: OffsetDateTime,
    ) -> Option<&'static str> {
        let is_right = password == self.password;
        let is_wrong = match profile {
            Profile::Compatible => !is_right,
            Profile::Strict => self.is_locked(now) || !is_right,
        };
        if is_wrong && profile.is_strict() {
            self.fail(now);
        }
        is_wrong.then_some("PasswordMismatch")
    }

    /// Why the second factor may not be turned off with this password, if it may not.
    pub(crate) fn refuses_to_turn_off(
        &mut self,
        password: Option<&str>,
        profile: Profile,
        now: OffsetDateTime,
    ) -> Option<&'static str> {
        if !profile.is_strict() || !self.has_second_factor {
            return None;
        }
        let Some(password) = password else {
            return Some("PasswordRequired");
        };
        self.refuses_old_password(password, profile, now)
            .or_else(|| (password.len() < LONG).then_some("PasswordTooShort"))
    }
}
