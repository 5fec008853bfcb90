//! Registering accounts.

use super::accounts::Accounts;
use crate::account::{ConcurrencyStamp, EmailUniqueness, PasswordHash, User, UserId, validator};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
use crate::password::rules;
use crate::store::CreateOutcome;
use crate::text::{is_email_address, normalize};

impl Accounts {
    /// Creates an account whose user name is its address.
    ///
    /// The password is checked before the name, and a taken name takes as long as a free one.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn register(&self, email: &str, password: &str) -> Result<IdentityResult<User>, Error> {
        if !is_email_address(email) {
            return Ok(Err(vec![IdentityError::InvalidEmail(email.to_owned())]));
        }
        if let Err(errors) = rules::validate(&self.options().password, password) {
            return Ok(Err(errors));
        }
        if let Some(errors) = self.refusal_of_name(email).await? {
            return Ok(Err(errors));
        }
        let hash = self.hasher().hash(password).await?;
        self.create(email, Some(hash)).await
    }

    /// Creates an account without a password, for users who sign in by other means (.NET's
    /// `UserManager.CreateAsync(user)`). They can set one with the code that `/forgotPassword` mails, once the address
    /// is confirmed.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn register_without_password(&self, email: &str) -> Result<IdentityResult<User>, Error> {
        if !is_email_address(email) {
            return Ok(Err(vec![IdentityError::InvalidEmail(email.to_owned())]));
        }
        match self.refusal_of_name(email).await? {
            Some(errors) => Ok(Err(errors)),
            None => self.create(email, None).await,
        }
    }

    async fn refusal_of_name(&self, email: &str) -> Result<Option<Vec<IdentityError>>, Error> {
        if let Err(error) = validator::validate_user_name(&self.options().user, email) {
            return Ok(Some(self.with_taken_email(error, email).await?));
        }
        Ok((!self.can_keep(email)).then(|| vec![IdentityError::InvalidEmail(email.to_owned())]))
    }

    async fn create(&self, email: &str, hash: Option<PasswordHash>) -> Result<IdentityResult<User>, Error> {
        let user = self.new_user(email, hash);
        let event = self.event(EventKind::Registered, &user.id);
        match self.store().create(&user, self.email_uniqueness(), &event).await? {
            CreateOutcome::Created => {
                event.log();
                Ok(Ok(user))
            }
            CreateOutcome::DuplicateUserName => {
                let error = IdentityError::DuplicateUserName(email.to_owned());
                Ok(Err(self.with_taken_email(error, email).await?))
            }
            CreateOutcome::DuplicateEmail => Ok(Err(vec![IdentityError::DuplicateEmail(email.to_owned())])),
        }
    }

    fn new_user(&self, email: &str, hash: Option<PasswordHash>) -> User {
        let random = self.inner.random.as_ref();
        User {
            id: UserId::generate(random),
            user_name: Some(email.to_owned()),
            normalized_user_name: Some(normalize(email)),
            email: Some(email.to_owned()),
            normalized_email: Some(normalize(email)),
            email_confirmed: false,
            password_hash: hash,
            security_stamp: Some(self.new_security_stamp()),
            concurrency_stamp: Some(ConcurrencyStamp::generate(random)),
            phone_number: None,
            phone_number_confirmed: false,
            two_factor_enabled: false,
            lockout_end: None,
            lockout_enabled: self.options().lockout.allowed_for_new_users,
            access_failed_count: 0,
        }
    }

    /// .NET reports a taken address even if the name was refused already.
    async fn with_taken_email(&self, error: IdentityError, email: &str) -> Result<Vec<IdentityError>, Error> {
        let mut errors = vec![error];
        if self.email_uniqueness() == EmailUniqueness::Required && self.find_by_email(email).await?.is_some() {
            errors.push(IdentityError::DuplicateEmail(email.to_owned()));
        }
        Ok(errors)
    }
}
