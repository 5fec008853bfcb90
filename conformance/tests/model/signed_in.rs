//! Steps of somebody who is signed in, or was.

use serde_json::{Value, json};

use crate::{
    accounts::{MailKind, Others},
    run::{Checked, Run, Said, same},
    sessions::{Sender, nth_newest},
    step::{Nth, Password, Person, Who},
};

impl Run<'_> {
    pub(crate) async fn visit(&mut self, who: Who) -> Checked {
        let answer = self.send_as(Some(who), "GET", "/manage/info", "").await?;
        let expected = match self.sender(who) {
            Ok(sender) => {
                let account = &self.model.accounts[sender.account];
                let info: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                same("the address", &info["email"], &json!(account.email))?;
                same(
                    "isEmailConfirmed",
                    &info["isEmailConfirmed"],
                    &json!(account.is_confirmed),
                )?;
                Said::status(200)
            }
            Err(refused) => refused,
        };
        same("/manage/info", &Said::from(&answer), &expected)
    }

    pub(crate) async fn log_out(&mut self, who: Who) -> Checked {
        let answer = self.send_as(Some(who), "POST", "/logout", "{}").await?;
        let sender = self.model.sender(who, self.now());
        let expected = match sender {
            None => Said::status(401),
            Some(sender) => {
                self.model.end_session(sender.session);
                self.forget_ticket(who);
                Said::status(200)
            }
        };
        same("/logout", &Said::from(&answer), &expected)
    }

    pub(crate) async fn change_password(&mut self, who: Who, old: Password, new: Password) -> Checked {
        let sender = self.sender(who);
        let account = sender.as_ref().ok().map(|sender| sender.account);
        let (old, new) = (self.password(old, account), self.password(new, account));
        let body = json!({"oldPassword": old, "newPassword": new}).to_string();
        let answer = self.send_as(Some(who), "POST", "/manage/info", &body).await?;
        let (now, profile) = (self.now(), self.model.profile);
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        let expected = match sender {
            Err(refused) => refused,
            Ok(Sender { account, session }) => {
                let known = &mut self.model.accounts[account];
                if let Some(reason) = known.refuses_old_password(&old, profile, now) {
                    Said::new(400, reason)
                } else if !profile.accepts(&new, known.has_second_factor) {
                    Said::new(400, "PasswordTooShort")
                } else {
                    known.password = new;
                    self.model.renew_stamp(account, Others::End(session));
                    Said::status(200)
                }
            }
        };
        same("/manage/info", &Said::from(&answer), &expected)
    }

    pub(crate) async fn change_email(&mut self, who: Who, person: Person) -> Checked {
        let address = self.address(person);
        let body = json!({"newEmail": address}).to_string();
        let answer = self.send_as(Some(who), "POST", "/manage/info", &body).await?;
        let expected = match self.sender(who) {
            Err(refused) => refused,
            Ok(Sender { account, .. }) => {
                if self.model.accounts[account].email != address {
                    let kind = MailKind::Change(address.clone());
                    self.expected_mails.push((address, account, kind));
                }
                Said::status(200)
            }
        };
        same("/manage/info", &Said::from(&answer), &expected)
    }

    pub(crate) async fn end_session(&mut self, who: Who, nth: Nth) -> Checked {
        let Some(target) = nth_newest(self.model.sessions.len(), nth) else {
            return Ok(());
        };
        let path = format!("/manage/sessions/{}", self.model.sessions[target].id);
        let answer = self.send_as(Some(who), "DELETE", &path, "").await?;
        let expected = match self.model.sender(who, self.now()) {
            None => 401,
            Some(sender) => {
                let session = &self.model.sessions[target];
                match session.account == sender.account && !session.has_ended {
                    false => 404,
                    true => {
                        self.model.end_session(Some(target));
                        if sender.session == Some(target) {
                            self.forget_ticket(who);
                        }
                        204
                    }
                }
            }
        };
        same(
            "DELETE /manage/sessions/ID",
            &Said::from(&answer),
            &Said::status(expected),
        )
    }

    pub(crate) async fn end_others(&mut self, who: Who) -> Checked {
        if !self.model.is_strict() {
            return Ok(());
        }
        let answer = self.send_as(Some(who), "DELETE", "/manage/sessions", "").await?;
        let expected = match self.model.sender(who, self.now()) {
            None => 401,
            Some(sender) => {
                for (index, session) in self.model.sessions.iter_mut().enumerate() {
                    session.has_ended |= session.account == sender.account && Some(index) != sender.session;
                }
                204
            }
        };
        same("DELETE /manage/sessions", &Said::from(&answer), &Said::status(expected))
    }

    pub(crate) fn sender(&mut self, who: Who) -> Result<Sender, Said> {
        let now = self.now();
        match self.model.sender(who, now) {
            None => Err(Said::status(401)),
            Some(sender) if self.model.accounts[sender.account].is_deleted => Err(Said::status(404)),
            Some(sender) => Ok(sender),
        }
    }

    fn forget_ticket(&mut self, who: Who) {
        if let Who::Browser(browser) = who {
            self.model.browsers[usize::from(browser)].ticket = None;
        }
    }
}
