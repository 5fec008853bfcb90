//! Steps of somebody who is not signed in: registering, and what is done with mailed links and codes.

use serde_json::json;

use crate::{
    accounts::{MailKind, Others, Owner},
    run::{Checked, Run, Said, same},
    step::{Nth, Password, Person},
};

impl Run<'_> {
    pub(crate) async fn register(&mut self, person: Person, password: Password) -> Checked {
        let (address, password) = (self.address(person), self.password(password, None).unwrap_or_default());
        let body = json!({"email": address, "password": password}).to_string();
        let answer = self.send_as(None, "POST", "/register", &body).await?;
        let profile = self.model.profile;
        let expected = if !profile.accepts(&password, false) {
            Said::new(400, "PasswordTooShort")
        } else if self.model.by_name(&address).is_some() {
            match profile.is_strict() {
                true => Said::status(200),
                false => Said::new(400, "DuplicateUserName"),
            }
        } else {
            let user = self.application.accounts().find_by_name(&address).await;
            let user = user.map_err(|error| error.to_string())?;
            let user = user.ok_or_else(|| format!("{address} was not registered: {answer:?}"))?;
            let account = self.model.add(user.id.to_string(), &address, &password);
            self.expected_mails.push((address, account, MailKind::Confirm));
            Said::status(200)
        };
        same("/register", &Said::from(&answer), &expected)
    }

    pub(crate) async fn ask_for_mail(&mut self, path: &str, person: Person) -> Checked {
        let address = self.address(person);
        let owner = match self.model.by_email(&address) {
            Owner::Several => return Ok(()),
            Owner::One(owner) => Some(owner),
            Owner::Nobody => None,
        };
        let body = json!({"email": address}).to_string();
        let answer = self.send_as(None, "POST", path, &body).await?;
        if let Some(account) = owner {
            if path == "/resendConfirmationEmail" {
                self.expected_mails.push((address, account, MailKind::Confirm));
            } else if self.model.accounts[account].is_confirmed {
                self.expected_mails.push((address, account, MailKind::Reset));
            }
        }
        same(path, &Said::from(&answer), &Said::status(200))
    }

    pub(crate) async fn follow(&mut self, nth: Nth) -> Checked {
        let Some(mail) = self.nth_mail(nth) else {
            return Ok(());
        };
        let sent = &self.model.mails[mail];
        let path = match sent.kind {
            MailKind::Reset => {
                let user = &self.model.accounts[sent.account].id;
                format!("/confirmEmail?userId={user}&code={}", sent.code)
            }
            _ => sent.link.clone(),
        };
        let answer = self.send_as(None, "GET", &path, "").await?;
        let expected = self.model.follow(mail, self.now());
        same("/confirmEmail", &Said::from(&answer), &Said::status(expected))
    }

    pub(crate) async fn reset(&mut self, nth: Nth, password: Password) -> Checked {
        let Some(mail) = self.nth_mail(nth) else {
            return Ok(());
        };
        let (account, now, profile) = (self.model.mails[mail].account, self.now(), self.model.profile);
        let address = self.model.accounts[account].email.clone();
        if self.model.by_email(&address) == Owner::Several {
            return Ok(());
        }
        let new = self.password(password, Some(account)).unwrap_or_default();
        let body = json!({"email": address, "resetCode": self.model.mails[mail].code, "newPassword": new}).to_string();
        let answer = self.send_as(None, "POST", "/resetPassword", &body).await?;
        let known = &self.model.accounts[account];
        let is_good = self.model.mails[mail].kind == MailKind::Reset
            && known.is_confirmed
            && self.model.by_email(&address) == Owner::One(account)
            && self.model.is_good(mail, now);
        let expected = if !is_good {
            Said::new(400, "InvalidToken")
        } else if !profile.accepts(&new, known.has_second_factor) {
            Said::new(400, "PasswordTooShort")
        } else {
            self.model.mails[mail].is_used = true;
            self.model.accounts[account].password = new;
            self.model.renew_stamp(account, Others::End(None));
            Said::status(200)
        };
        same("/resetPassword", &Said::from(&answer), &expected)
    }
}
