//! What is left when everything runs again: each account as it was acknowledged, or as it was asked for later.

use std::{
    panic::resume_unwind,
    thread::{self, sleep},
    time::Duration,
};

use super::{
    clients::{Answer, Clients, credentials},
    ledger::{Account, Deed, Perhaps, RecoveryCodes, What},
};

/// How often a request is sent again that got no answer.
const TRIES: usize = 10;

/// What the accounts are like in the end.
#[derive(Debug, Default)]
pub(super) struct LastCheck {
    /// Accounts of which something that was acknowledged is gone.
    pub(super) lost: Vec<String>,
    /// The addresses of all that are there.
    pub(super) existing: Vec<String>,
}

/// What a password alone comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LogIn {
    Succeeds,
    /// It is right, and not enough.
    NeedsSecondFactor,
    Fails,
}

impl Clients<'_> {
    /// Looks at each account, and notes what became of requests that nobody answered.
    pub(super) fn check_all(&self) -> LastCheck {
        let accounts = self.ledger.accounts();
        let share = accounts.len().div_ceil(Self::COUNT).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = accounts
                .chunks(share)
                .map(|accounts| scope.spawn(|| self.check_share(accounts)))
                .collect();
            let mut all = LastCheck::default();
            for share in shares {
                let LastCheck { lost, existing } = share.join().unwrap_or_else(|panic| resume_unwind(panic));
                all.lost.extend(lost);
                all.existing.extend(existing);
            }
            all
        })
    }

    fn check_share(&self, accounts: &[Account]) -> LastCheck {
        let mut check = LastCheck::default();
        for account in accounts {
            match self.check(account) {
                Ok(true) => check.existing.push(account.email.clone()),
                Ok(false) => {}
                Err(what) => check.lost.push(format!("{}: {what}", account.email)),
            }
        }
        check
    }

    /// Whether the account is there.
    fn check(&self, account: &Account) -> Result<bool, &'static str> {
        let mut account = account.clone();
        let mut with_password = self.log_in_with(&account.email, &account.password);
        if !account.unanswered_registrations.is_empty() {
            let exists = with_password != LogIn::Fails;
            self.ledger.note(Deed {
                what: What::Register,
                requests: account.unanswered_registrations,
                times: usize::from(exists),
            });
            return Ok(exists);
        }
        let mut is_factor_expected = account.recovery_codes.is_some();
        match account.perhaps.take() {
            Some(Perhaps::Password { new, request }) => {
                let is_changed = with_password == LogIn::Fails;
                if is_changed {
                    with_password = self.log_in_with(&account.email, &new);
                    account.password = new;
                }
                self.ledger
                    .note(Deed::of_one(What::ChangePassword, request, is_changed));
            }
            Some(Perhaps::SecondFactor { request }) => {
                let is_enabled = with_password == LogIn::NeedsSecondFactor;
                is_factor_expected = is_enabled;
                self.ledger
                    .note(Deed::of_one(What::EnableSecondFactor, request, is_enabled));
            }
            None => {}
        }
        match (with_password, is_factor_expected) {
            (LogIn::Fails, _) => Err("no password that was asked for is right"),
            (LogIn::Succeeds, true) => Err("the second factor is off"),
            (LogIn::NeedsSecondFactor, false) => Err("the second factor is on"),
            (LogIn::Succeeds, false) => Ok(true),
            (LogIn::NeedsSecondFactor, true) => match account.recovery_codes.take() {
                Some(codes) => self.check_codes(&account, codes).map(|()| true),
                None => Ok(true),
            },
        }
    }

    /// One that nobody has used signs in; one that perhaps was used tells now which it was.
    fn check_codes(&self, account: &Account, mut codes: RecoveryCodes) -> Result<(), &'static str> {
        for (code, request) in codes.perhaps_used {
            // One that has no answer again leaves it open.
            if let Some(is_unused) = self.redeems(account, &code) {
                self.ledger
                    .note(Deed::of_one(What::SignInWithRecoveryCode, request, !is_unused));
            }
        }
        let next = codes
            .unused
            .pop()
            .ok_or("there are fewer recovery codes than there were")?;
        match self.redeems(account, &next) {
            Some(false) => Err("a recovery code that nobody used is not accepted"),
            _ => Ok(()),
        }
    }

    /// Not again and again: a request without an answer may have used the code up.
    fn redeems(&self, account: &Account, code: &str) -> Option<bool> {
        let (request, answer) = self.redeem(account, code);
        let is_redeemed = match answer {
            Answer::Done(_) => true,
            Answer::Refused(_) => false,
            Answer::Unknown => return None,
        };
        let deed = Deed::of_one(What::SignInWithRecoveryCode, request, is_redeemed);
        self.ledger.note(deed);
        Some(is_redeemed)
    }

    /// Whether somebody can log in.
    pub(super) fn accepts(&self, email: &str, password: &str) -> bool {
        self.log_in_with(email, password) == LogIn::Succeeds
    }

    fn log_in_with(&self, email: &str, password: &str) -> LogIn {
        for _ in 0..TRIES {
            let (request, answer) = self.post("/login", None, &credentials(email, password));
            match answer {
                Answer::Done(_) => {
                    self.ledger.note(Deed::done(What::SignIn, request));
                    return LogIn::Succeeds;
                }
                Answer::Refused(why) => {
                    self.ledger.note(Deed::of_one(What::SignIn, request, false));
                    let needs_more = why.contains("RequiresTwoFactor");
                    return if needs_more {
                        LogIn::NeedsSecondFactor
                    } else {
                        LogIn::Fails
                    };
                }
                Answer::Unknown => sleep(Duration::from_millis(500)),
            }
        }
        LogIn::Fails
    }
}
