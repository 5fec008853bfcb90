//! What is compared after every step.

use time::OffsetDateTime;
use wicketgate_conformance::{MailField, field_of_mail, link_of_mail};
use wicketgate_identity::{EmailText, UserId};

use crate::{
    accounts::{Lockout, Mail, MailKind},
    run::{Checked, Run, same},
};

impl Run<'_> {
    /// Whether everything is as the model says.
    pub(crate) async fn compare(&mut self) -> Checked {
        self.take_mails()?;
        self.compare_browsers()?;
        let (now, accounts) = (self.now(), self.application.accounts());
        if let Some(sessions) = accounts.sessions() {
            sessions.finish_writes().await;
        }
        for (index, expected) in self.model.accounts.iter().enumerate() {
            let id = UserId::from_stored(expected.id.clone());
            let user = accounts.find_by_id(&id).await.map_err(|error| error.to_string())?;
            let Some(user) = user else {
                same(&format!("account {index}"), &true, &expected.is_deleted)?;
                continue;
            };
            let here = |what: &str| format!("account {index}: {what}");
            same(&here("is deleted"), &false, &expected.is_deleted)?;
            same(&here("failures"), &user.access_failed_count, &expected.failures)?;
            let is_locked = user.is_locked_out(now);
            same(&here("is locked"), &is_locked, &expected.is_locked(now))?;
            if let Lockout::Until(end) = expected.lockout {
                same(&here("end of lockout"), &user.lockout_end, &Some(end))?;
            }
            same(&here("address"), &user.email.as_deref(), &Some(expected.email.as_str()))?;
            same(&here("name"), &user.user_name.as_deref(), &Some(expected.name.as_str()))?;
            same(&here("is confirmed"), &user.email_confirmed, &expected.is_confirmed)?;
            let has_factor = user.two_factor_enabled;
            same(&here("second factor"), &has_factor, &expected.has_second_factor)?;
            let codes = accounts.count_recovery_codes(&user).await;
            let codes = codes.map_err(|error| error.to_string())?;
            same(&here("recovery codes"), &codes, &expected.recovery_codes.len())?;
            if self.model.is_strict() {
                let listed = self.live_sessions(&expected.id).await?;
                same(&here("live sessions"), &listed, &self.expected_sessions(index, now))?;
            }
        }
        Ok(())
    }

    /// The ids of an account's sessions that are good, in order.
    pub(crate) async fn live_sessions(&self, account: &str) -> Result<Vec<String>, String> {
        let Some(sessions) = self.application.accounts().sessions() else {
            return Ok(Vec::new());
        };
        let sessions = sessions.list(&UserId::from_stored(account)).await;
        let sessions = sessions.map_err(|error| error.to_string())?;
        let mut ids: Vec<_> = sessions.iter().map(|session| session.id.to_string()).collect();
        ids.sort();
        Ok(ids)
    }

    fn expected_sessions(&self, account: usize, now: OffsetDateTime) -> Vec<String> {
        let sessions = self.model.sessions.iter().enumerate();
        let alive = sessions.filter(|(index, session)| session.account == account && self.model.is_alive(*index, now));
        let mut ids: Vec<_> = alive.map(|(_, session)| session.id.clone()).collect();
        ids.sort();
        ids
    }

    fn compare_browsers(&self) -> Checked {
        let profile = self.model.profile;
        for (index, browser) in self.model.browsers.iter().enumerate() {
            for (cookie, ticket) in [
                (profile.application_cookie(), &browser.ticket),
                (profile.machine_cookie(), &browser.machine),
            ] {
                let has_it = browser.jar.get(cookie).is_some();
                same(&format!("browser {index} has {cookie}"), &has_it, &ticket.is_some())?;
            }
        }
        Ok(())
    }

    /// Notes the links and codes that were mailed, which must be those that the step leads to.
    fn take_mails(&mut self) -> Checked {
        let mails = self.application.take_mail();
        let mails: Vec<_> = mails
            .iter()
            .filter(|mail| !matches!(mail.text, EmailText::Notice(_)))
            .collect();
        let to: Vec<_> = mails.iter().map(|mail| mail.to.clone()).collect();
        let expected: Vec<_> = self.expected_mails.iter().map(|(to, ..)| to.clone()).collect();
        same("mails with a link or code", &to, &expected)?;
        for (mail, (_, account, kind)) in mails.iter().zip(std::mem::take(&mut self.expected_mails)) {
            let html = mail.text.html();
            let field = |field| field_of_mail(&html, field).ok_or_else(|| format!("no {field:?} in {html}"));
            let (link, code) = match &kind {
                MailKind::Reset => (String::new(), field(MailField::CodeText)?),
                _ => {
                    if let MailKind::Change(address) = &kind {
                        same("the new address", &field(MailField::ChangedEmail)?, address)?;
                    }
                    let link = link_of_mail(&html).ok_or_else(|| format!("no link in {html}"));
                    (link?, field(MailField::Code)?)
                }
            };
            self.model.mails.push(Mail {
                account,
                kind,
                link,
                code,
                stamp: self.model.accounts[account].stamp,
                sent: self.now(),
                is_used: false,
            });
        }
        Ok(())
    }
}
