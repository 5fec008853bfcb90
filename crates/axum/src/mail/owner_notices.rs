//! Mails to the owner of an account, about what somebody did with it.

use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::{EmailMessage, EmailText, User};

use crate::Identity;

impl Identity {
    /// Tells the owner at the account's address, where [`notify_owners`](wicketgate_identity::options::UserOptions) says so.
    pub(crate) async fn notify(&self, user: &User, notice: AccountNotice) {
        self.notify_at(user, user.email.as_deref(), notice).await;
    }

    /// Tells the owner that the password was reset, and whether there are passkeys, which a reset leaves as they are.
    pub(crate) async fn notify_of_reset(&self, user: &User) {
        let accounts = self.accounts();
        if !accounts.options().user.notify_owners {
            return;
        }
        let has_passkeys = match accounts.has_passkeys() {
            true => accounts.passkeys(&user.id).await.is_ok_and(|all| !all.is_empty()),
            false => false,
        };
        let notice = match has_passkeys {
            true => AccountNotice::PasswordResetBesidePasskeys,
            false => AccountNotice::PasswordReset,
        };
        self.notify(user, notice).await;
    }

    /// The same at this address, which the account has had.
    pub(crate) async fn notify_at(&self, user: &User, address: Option<&str>, notice: AccountNotice) {
        if self.accounts().options().user.notify_owners {
            self.tell(user, address, notice).await;
        }
    }

    /// Tells the owner in any case. What happened has happened: if the mail cannot be kept, the answer is the same.
    pub(crate) async fn tell(&self, user: &User, address: Option<&str>, notice: AccountNotice) {
        let Some(address) = address.filter(|address| !address.is_empty()) else {
            return;
        };
        let message = EmailMessage {
            user: user.id.clone(),
            to: address.to_owned(),
            text: EmailText::Notice(notice),
        };
        if let Err(error) = self.parts().email.send(self.accounts(), message).await {
            tracing::error!(user = %user.id, notice = notice.name(), %error, "the owner of an account was not told of a change");
        }
    }
}
