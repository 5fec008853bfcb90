//! Steps of an operator.

use wicketgate_conformance::Subject;

use crate::{
    accounts::{Key, Lockout, Model, Others, Owner},
    run::{Checked, Run},
    step::Operation,
};

impl Run<'_> {
    pub(crate) async fn operate(&mut self, person: u8, operation: Operation) -> Checked {
        let address = self.address(person);
        let Owner::One(account) = self.model.by_either(&address) else {
            return Ok(());
        };
        let word = match operation {
            Operation::Lock => "lock",
            Operation::Unlock => "unlock",
            Operation::Delete => "delete",
            Operation::ConfirmEmail => "confirm-email",
            Operation::SignOutEverywhere => "sign-out-everywhere",
            Operation::ResetSecondFactor => "reset-second-factor",
        };
        self.application
            .administer(vec![word.to_owned(), address])
            .await
            .map_err(|error| format!("users {word}: {error}"))?;
        self.model.operate(account, operation);
        Ok(())
    }
}

impl Model {
    fn operate(&mut self, index: usize, operation: Operation) {
        let account = &mut self.accounts[index];
        match operation {
            Operation::Lock => {
                account.lockout = Lockout::ForEver;
                for session in self.sessions.iter_mut().filter(|session| session.account == index) {
                    session.has_ended = true;
                }
            }
            Operation::Unlock => {
                account.lockout = Lockout::None;
                account.failures = 0;
            }
            Operation::Delete => self.delete(index),
            Operation::ConfirmEmail => account.is_confirmed = true,
            Operation::SignOutEverywhere => self.renew_stamp(index, Others::End(None)),
            Operation::ResetSecondFactor => {
                account.has_second_factor = false;
                account.key = Key::Unseen;
                let codes = std::mem::take(&mut account.recovery_codes);
                account.used_recovery_codes.extend(codes);
                self.renew_stamp(index, Others::End(None));
            }
        }
    }
}
