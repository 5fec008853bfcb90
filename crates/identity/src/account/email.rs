//! Confirming and changing e-mail addresses.

use super::accounts::{Accounts, answer, answer_change};
use crate::account::{Change, EmailChange, User, UserToken, UserTokenPurpose, validator};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
use crate::secret::Redemption;
use crate::store::ChangeOutcome;
use crate::text::normalize;

impl Accounts {
    /// The token for the link that confirms the account's address.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key.
    pub async fn email_confirmation_token(&self, user: &User) -> Result<UserToken, Error> {
        Ok(self
            .inner
            .tokens
            .generate(&UserTokenPurpose::EmailConfirmation, user)
            .await?)
    }

    /// Confirms the account's address. As in .NET, sessions and pending links remain valid, including this one, unless
    /// [`single_use`](crate::options::TokenProviderOptions::single_use) is on.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring cannot be read.
    pub async fn confirm_email(&self, user: &mut User, token: &UserToken) -> Result<IdentityResult, Error> {
        let token = self.open_token(&UserTokenPurpose::EmailConfirmation, token, user);
        let Some(secret) = token.await? else {
            return Ok(Err(vec![IdentityError::InvalidToken]));
        };
        let kind = EventKind::EmailConfirmed;
        let outcome = self
            .change_redeeming(kind, user, Change::EmailConfirmed, secret.as_ref())
            .await?;
        Ok(self.answer_token(user, outcome, ""))
    }

    /// The token for the link that changes the account's address; valid for this address only.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key.
    pub async fn change_email_token(&self, user: &User, new_email: &str) -> Result<UserToken, Error> {
        let purpose = UserTokenPurpose::ChangeEmail(new_email.to_owned());
        Ok(self.inner.tokens.generate(&purpose, user).await?)
    }

    /// Changes the account's address, confirms it, and makes it the user name too, as the Identity API does. Ends the
    /// account's sessions and pending links.
    ///
    /// If the address cannot become the user name (because it is taken, or has a character that names may not have),
    /// the address changes all the same, the name stays, and the answer is a refusal: .NET does it in two steps, and
    /// the second fails.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring cannot be read.
    pub async fn change_email(
        &self,
        user: &mut User,
        new_email: &str,
        token: &UserToken,
    ) -> Result<IdentityResult, Error> {
        let purpose = UserTokenPurpose::ChangeEmail(new_email.to_owned());
        let Some(secret) = self.open_token(&purpose, token, user).await? else {
            return Ok(Err(vec![IdentityError::InvalidToken]));
        };
        let secret = secret.as_ref();
        if !self.can_keep(new_email) {
            return Ok(Err(vec![IdentityError::InvalidEmail(new_email.to_owned())]));
        }
        if let Err(error) = validator::validate_user_name(&self.options().user, new_email) {
            let changed = self.set_email(user, new_email, UserNameFollows::No, secret).await?;
            return Ok(self.answer_token(user, changed, new_email).and(Err(vec![error])));
        }
        let changed = match self.set_email(user, new_email, UserNameFollows::Yes, secret).await? {
            // Refused as a whole, so that the link is as good as before.
            ChangeOutcome::DuplicateUserName => {
                match self.set_email(user, new_email, UserNameFollows::No, secret).await? {
                    ChangeOutcome::Changed => ChangeOutcome::DuplicateUserName,
                    refused => refused,
                }
            }
            changed => changed,
        };
        Ok(self.answer_token(user, changed, new_email))
    }

    /// Marks the address as confirmed, without a token.
    pub async fn mark_email_confirmed(&self, user: &mut User) -> Result<IdentityResult, Error> {
        let outcome = self.change_if_unchanged(user, Change::EmailConfirmed).await?;
        Ok(answer_change(outcome))
    }

    /// What has to be redeemed, if anything, with a token that is valid.
    async fn open_token(
        &self,
        purpose: &UserTokenPurpose,
        token: &UserToken,
        user: &User,
    ) -> Result<Option<Option<Redemption>>, Error> {
        match self.inner.tokens.open(purpose, token, user).await? {
            Some(secret) => Ok(Some(self.single_use(self.options().token_provider.single_use, secret)?)),
            None => {
                self.event(EventKind::EmailConfirmationFailed, &user.id).log();
                Ok(None)
            }
        }
    }

    /// A token that was used before is as good as a wrong one.
    fn answer_token(&self, user: &User, outcome: ChangeOutcome, wanted: &str) -> IdentityResult {
        if outcome == ChangeOutcome::AlreadyRedeemed {
            self.event(EventKind::EmailConfirmationFailed, &user.id).log();
        }
        answer(outcome, wanted)
    }

    async fn set_email(
        &self,
        user: &mut User,
        new_email: &str,
        user_name: UserNameFollows,
        secret: Option<&Redemption>,
    ) -> Result<ChangeOutcome, Error> {
        let normalized = normalize(new_email);
        let email = EmailChange {
            email: new_email.to_owned(),
            normalized_email: normalized.clone(),
            user_name: (user_name == UserNameFollows::Yes).then(|| (new_email.to_owned(), normalized)),
        };
        let change = Change::Email {
            email,
            uniqueness: self.email_uniqueness(),
            stamp: self.new_security_stamp(),
        };
        self.change_redeeming(EventKind::EmailChanged, user, change, secret)
            .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UserNameFollows {
    Yes,
    No,
}
