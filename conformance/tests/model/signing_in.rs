//! Steps that sign in, and what the model says of them.

use serde_json::{Value, json};
use time::OffsetDateTime;
use wicketgate_conformance::{ReceivedResponse, one_time_code, wrong_code};

use crate::{
    accounts::{Failure, Key, Model},
    run::{Checked, Run, Said, same},
    sessions::{Refreshed, Ticket, Tokens, nth_newest},
    step::{Factor, LogInBy, Nth, Password, Person, Who},
};

/// What is sent beside a password.
pub(crate) struct Presented {
    /// The member of the body, and its value.
    pub(crate) member: Option<(&'static str, String)>,
    pub(crate) meaning: Meaning,
}

pub(crate) enum Meaning {
    None,
    /// A code of the authenticator, for this step if it is good.
    Code(Option<i64>),
    /// A recovery code, which the account still has or not.
    RecoveryCode(Option<usize>),
}

/// How a sign-in ended that succeeded.
enum Success {
    Password,
    Authenticator,
    RecoveryCode,
}

impl Run<'_> {
    pub(crate) async fn log_in(&mut self, person: Person, password: Password, factor: Factor, by: LogInBy) -> Checked {
        let (address, now) = (self.address(person), self.now());
        let account = self.model.by_name(&address);
        let password = self.password(password, account).unwrap_or_default();
        let presented = self.present(account, factor);
        let mut body = json!({"email": address, "password": password});
        if let Some((member, value)) = &presented.member {
            body[*member] = json!(value);
        }
        let (path, who) = match by {
            LogInBy::App => ("/login", None),
            LogInBy::Browser(browser, true) => ("/login?useCookies=true", Some(Who::Browser(browser))),
            LogInBy::Browser(browser, false) => ("/login?useSessionCookies=true", Some(Who::Browser(browser))),
        };
        let before = match account {
            Some(account) => self.live_sessions(&self.model.accounts[account].id).await?,
            None => Vec::new(),
        };
        let answer = self.send_as(who, "POST", path, &body.to_string()).await?;
        let old = who.and_then(|who| self.model.sender(who, now));
        let expected = match account {
            None => Err("Failed"),
            Some(account) => self.model.sign_in(account, &password, &presented.meaning, by, now),
        };
        let (success, account) = match (expected, account) {
            (Ok(success), Some(account)) => (success, account),
            (Ok(_), None) => return Err("the model let nobody in".to_owned()),
            (Err(reason), _) => return same("/login", &Said::from(&answer), &Said::new(401, reason)),
        };
        same("/login", &Said::from(&answer), &Said::status(200))?;
        let session = self.model.begin_session(account, now);
        if let Some(session) = session {
            let after = self.live_sessions(&self.model.accounts[account].id).await?;
            let new: Vec<_> = after.into_iter().filter(|id| !before.contains(id)).collect();
            let [id] = &new[..] else {
                return Err(format!("a sign-in began {} sessions", new.len()));
            };
            self.model.sessions[session].id.clone_from(id);
        }
        let stamp = self.model.accounts[account].stamp;
        let ticket = Ticket::new(account, session, stamp, now);
        match by {
            LogInBy::App => self.keep_tokens(&answer, &ticket, 0)?,
            LogInBy::Browser(browser, is_persistent) => {
                self.model.end_session(old.and_then(|old| old.session));
                let browser = &mut self.model.browsers[usize::from(browser)];
                if matches!(success, Success::Authenticator) && is_persistent {
                    browser.machine = Some(ticket.clone());
                }
                browser.ticket = Some(ticket);
            }
        }
        Ok(())
    }

    pub(crate) async fn refresh(&mut self, nth: Nth) -> Checked {
        let Some(index) = self.model.nth_tokens(nth) else {
            return Ok(());
        };
        let tokens = self.model.tokens[index].clone();
        let body = json!({"refreshToken": tokens.refresh}).to_string();
        let answer = self.send_as(None, "POST", "/refresh", &body).await?;
        let now = self.now();
        match self.model.refresh(index, now) {
            Refreshed::Refused => same("/refresh", &Said::from(&answer), &Said::status(401)),
            Refreshed::Tokens(number) => {
                same("/refresh", &Said::from(&answer), &Said::status(200))?;
                let (account, session) = (tokens.account, tokens.session);
                let stamp = self.model.accounts[account].stamp;
                let ticket = Ticket::new(account, session, stamp, now);
                self.keep_tokens(&answer, &ticket, number)
            }
        }
    }

    fn keep_tokens(&mut self, answer: &ReceivedResponse, ticket: &Ticket, number: i64) -> Checked {
        let tokens: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        let text = |name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
        self.model.tokens.push(Tokens {
            account: ticket.account,
            session: ticket.session,
            stamp: ticket.stamp,
            number,
            issued: ticket.issued,
            access: text("accessToken"),
            refresh: text("refreshToken"),
        });
        Ok(())
    }

    pub(crate) fn present(&self, account: Option<usize>, factor: Factor) -> Presented {
        let account = account.map(|account| &self.model.accounts[account]);
        let key = account.and_then(|account| match &account.key {
            Key::Shown(key) => Some(key.as_str()),
            Key::None | Key::Unseen => None,
        });
        let code = |code: Option<String>, step| Presented {
            member: Some(("twoFactorCode", code.unwrap_or_else(|| "000000".to_owned()))),
            meaning: Meaning::Code(step),
        };
        let recovery = |code: Option<&String>, place| Presented {
            member: Some((
                "twoFactorRecoveryCode",
                code.cloned().unwrap_or_else(|| "WRONG-WRONG".to_owned()),
            )),
            meaning: Meaning::RecoveryCode(place),
        };
        match factor {
            Factor::None => Presented {
                member: None,
                meaning: Meaning::None,
            },
            Factor::Code(offset) => {
                let offset = i64::from(offset);
                let shown = key.and_then(|key| one_time_code(key, self.now(), offset));
                let is_near = offset.abs() <= self.model.profile.window() && shown.is_some();
                let step = self.now().unix_timestamp().div_euclid(30) + offset;
                code(shown, is_near.then_some(step))
            }
            Factor::WrongCode => code(key.and_then(|key| wrong_code(key, self.now())), None),
            Factor::RecoveryCode(nth) => {
                let codes = account
                    .map(|account| account.recovery_codes.as_slice())
                    .unwrap_or_default();
                let place = nth_newest(codes.len(), nth);
                recovery(place.and_then(|place| codes.get(place)), place)
            }
            Factor::UsedRecoveryCode(nth) => {
                let codes = account
                    .map(|account| account.used_recovery_codes.as_slice())
                    .unwrap_or_default();
                recovery(nth_newest(codes.len(), nth).and_then(|place| codes.get(place)), None)
            }
            Factor::WrongRecoveryCode => recovery(None, None),
        }
    }
}

impl Model {
    /// What a sign-in comes to: the success, or what is said of the failure.
    fn sign_in(
        &mut self,
        index: usize,
        password: &str,
        factor: &Meaning,
        by: LogInBy,
        now: OffsetDateTime,
    ) -> Result<Success, &'static str> {
        let is_strict = self.is_strict();
        // The strict profile does not tell why.
        let reason = |reason| if is_strict { "Failed" } else { reason };
        let failed = |failure| match failure {
            Failure::Counted => "Failed",
            Failure::Locked => reason("LockedOut"),
        };
        let account = &mut self.accounts[index];
        if is_strict && !account.is_confirmed {
            return Err(reason("NotAllowed"));
        }
        if account.is_locked(now) {
            return Err(reason("LockedOut"));
        }
        if password != account.password {
            return Err(failed(account.fail(now)));
        }
        let asks_for_more = account.has_second_factor
            && !by
                .browser()
                .is_some_and(|browser| self.is_remembered(browser, index, now));
        let success = if !asks_for_more {
            Success::Password
        } else {
            match *factor {
                Meaning::None => return Err("RequiresTwoFactor"),
                Meaning::Code(step) if step.is_some_and(|step| self.uses_step(index, step)) => Success::Authenticator,
                Meaning::Code(_) => return Err(failed(self.accounts[index].fail(now))),
                Meaning::RecoveryCode(None) => return Err("Failed"),
                Meaning::RecoveryCode(Some(place)) => {
                    let account = &mut self.accounts[index];
                    let code = account.recovery_codes.remove(place);
                    account.used_recovery_codes.push(code);
                    Success::RecoveryCode
                }
            }
        };
        self.accounts[index].failures = 0;
        Ok(success)
    }

    /// Whether the code of this step is accepted, which uses it up in the strict profile.
    pub(crate) fn uses_step(&mut self, account: usize, step: i64) -> bool {
        let is_strict = self.is_strict();
        let account = &mut self.accounts[account];
        let Key::Shown(key) = &account.key else {
            return false;
        };
        account.used_steps.insert((key.clone(), step)) || !is_strict
    }
}
