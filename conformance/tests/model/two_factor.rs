//! Steps at `/manage/2fa`.

use serde_json::{Value, json};
use wicketgate_conformance::ReceivedResponse;

use crate::{
    accounts::{Key, Others},
    run::{Checked, Run, Said, same},
    sessions::Sender,
    signing_in::Meaning,
    step::{Factor, TwoFactor, Who},
};

impl Run<'_> {
    pub(crate) async fn two_factor(&mut self, who: Who, what: TwoFactor) -> Checked {
        // A look at what is sent needs the account, which the cookie or token tells.
        let (sender, now, profile) = (self.sender(who), self.now(), self.model.profile);
        let account = sender.as_ref().ok().map(|sender| sender.account);
        let code = match what {
            TwoFactor::Enable(offset) => Some(self.present(account, Factor::Code(offset))),
            TwoFactor::EnableWithWrongCode => Some(self.present(account, Factor::WrongCode)),
            _ => None,
        };
        let password = match what {
            TwoFactor::Disable(password) | TwoFactor::ResetKey(password) => self.password(password, account),
            _ => None,
        };
        let body = match what {
            TwoFactor::Show => json!({}),
            TwoFactor::Enable(_) | TwoFactor::EnableWithWrongCode => {
                let code = code.as_ref().and_then(|code| code.member.as_ref());
                json!({"enable": true, "twoFactorCode": code.map(|(_, code)| code)})
            }
            TwoFactor::Disable(_) => json!({"enable": false, "password": password}),
            TwoFactor::ResetKey(_) => json!({"resetSharedKey": true, "password": password}),
            TwoFactor::NewRecoveryCodes => json!({"resetRecoveryCodes": true}),
        };
        let answer = self
            .send_as(Some(who), "POST", "/manage/2fa", &body.to_string())
            .await?;
        let said = Said::from(&answer);
        let Sender { account, session } = match sender {
            Ok(sender) => sender,
            Err(refused) => return same("/manage/2fa", &said, &refused),
        };
        let mut has_new_codes = what == TwoFactor::NewRecoveryCodes;
        let others = Others::End(session);
        match what {
            TwoFactor::Show | TwoFactor::NewRecoveryCodes => {}
            TwoFactor::Enable(_) | TwoFactor::EnableWithWrongCode => {
                let step = match code.map(|code| code.meaning) {
                    Some(Meaning::Code(step)) => step,
                    _ => None,
                };
                if !step.is_some_and(|step| self.model.uses_step(account, step)) {
                    return same("/manage/2fa", &said, &Said::new(400, "InvalidTwoFactorCode"));
                }
                self.model.accounts[account].has_second_factor = true;
                has_new_codes = self.model.accounts[account].recovery_codes.is_empty();
                self.model.renew_stamp(account, others);
            }
            TwoFactor::Disable(_) | TwoFactor::ResetKey(_) => {
                let known = &mut self.model.accounts[account];
                if let Some(reason) = known.refuses_to_turn_off(password.as_deref(), profile, now) {
                    return same("/manage/2fa", &said, &Said::new(400, reason));
                }
                known.has_second_factor = false;
                self.model.renew_stamp(account, others);
                if let TwoFactor::ResetKey(_) = what {
                    self.model.accounts[account].key = Key::Unseen;
                    self.model.renew_stamp(account, others);
                }
            }
        }
        if self.model.accounts[account].key == Key::None {
            self.model.renew_stamp(account, Others::GoOn);
        }
        same("/manage/2fa", &said, &Said::status(200))?;
        self.compare_two_factor(&answer, account, has_new_codes)?;
        if let Who::Browser(browser) = who {
            let is_remembered = self.model.is_remembered(usize::from(browser), account, now);
            let answer: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            same(
                "isMachineRemembered",
                &answer["isMachineRemembered"],
                &json!(is_remembered),
            )?;
        }
        Ok(())
    }

    fn compare_two_factor(&mut self, answer: &ReceivedResponse, account: usize, has_new_codes: bool) -> Checked {
        let answer: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        let known = &mut self.model.accounts[account];
        let key = answer["sharedKey"].as_str().unwrap_or_default().to_owned();
        match &known.key {
            Key::Shown(shown) => same("sharedKey", &key, shown)?,
            Key::None | Key::Unseen => known.key = Key::Shown(key),
        }
        let codes = answer["recoveryCodes"].as_array();
        same("whether recovery codes are shown", &codes.is_some(), &has_new_codes)?;
        if let Some(codes) = codes {
            let codes = codes.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let old = std::mem::replace(&mut known.recovery_codes, codes);
            known.used_recovery_codes.extend(old);
            same("the number of recovery codes", &known.recovery_codes.len(), &10)?;
        }
        same(
            "recoveryCodesLeft",
            &answer["recoveryCodesLeft"],
            &json!(known.recovery_codes.len()),
        )?;
        same(
            "isTwoFactorEnabled",
            &answer["isTwoFactorEnabled"],
            &json!(known.has_second_factor),
        )
    }
}
