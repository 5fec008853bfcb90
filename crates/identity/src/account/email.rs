//! Confirming and changing e-mail addresses.

use super::accounts::{Accounts, answer, answer_change};
use crate::account::{Change, EmailChange, User, UserToken, UserTokenPurpose, validator};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
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

    /// Confirms the account's address. As in .NET, sessions and pending links remain valid, including this one.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring cannot be read.
    pub async fn confirm_email(&self, user: &mut User, token: &UserToken) -> Result<IdentityResult, Error> {
        if !self
            .is_valid_token(&UserTokenPurpose::EmailConfirmation, token, user)
            .await?
        {
            return Ok(Err(vec![IdentityError::InvalidToken]));
        }
        self.mark_email_confirmed(user).await
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
        if !self.is_valid_token(&purpose, token, user).await? {
            return Ok(Err(vec![IdentityError::InvalidToken]));
        }
        if !self.can_keep(new_email) {
            return Ok(Err(vec![IdentityError::InvalidEmail(new_email.to_owned())]));
        }
        if let Err(error) = validator::validate_user_name(&self.options().user, new_email) {
            let changed = self.set_email(user, new_email, UserNameFollows::No).await?;
            return Ok(answer(changed, new_email).and(Err(vec![error])));
        }
        let changed = match self.set_email(user, new_email, UserNameFollows::Yes).await? {
            ChangeOutcome::DuplicateUserName => match self.set_email(user, new_email, UserNameFollows::No).await? {
                ChangeOutcome::Changed => ChangeOutcome::DuplicateUserName,
                refused => refused,
            },
            changed => changed,
        };
        Ok(answer(changed, new_email))
    }

    /// Marks the address as confirmed, without a token.
    pub async fn mark_email_confirmed(&self, user: &mut User) -> Result<IdentityResult, Error> {
        let outcome = self.change_if_unchanged(user, Change::EmailConfirmed).await?;
        Ok(answer_change(outcome))
    }

    async fn is_valid_token(&self, purpose: &UserTokenPurpose, token: &UserToken, user: &User) -> Result<bool, Error> {
        let valid = self.inner.tokens.validate(purpose, token, user).await?;
        if !valid {
            self.event(EventKind::EmailConfirmationFailed, &user.id).log();
        }
        Ok(valid)
    }

    async fn set_email(
        &self,
        user: &mut User,
        new_email: &str,
        user_name: UserNameFollows,
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
        self.change_if_unchanged(user, change).await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UserNameFollows {
    Yes,
    No,
}
