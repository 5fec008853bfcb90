//! Registering accounts.

use tokio::time::Instant;

use super::accounts::Accounts;
use super::registration_mail::{QueuedRegistrationMail, RegistrationMail, from_store_error};
use crate::account::{ConcurrencyStamp, EmailUniqueness, PasswordHash, User, validator};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
use crate::observer::{self, Observation};
use crate::password::rules::PasswordOwner;
use crate::store::{Attempt, CreateOutcome, NewAccountMail};
use crate::text::{is_email_address, normalize};

/// An account that may be created: its address and password are allowed, and its password is hashed.
#[derive(Debug)]
pub struct NewAccount {
    user: User,
}

impl NewAccount {
    /// The account as it will be, except for the id where the store numbers its accounts by itself.
    pub fn user(&self) -> &User {
        &self.user
    }
}

impl Accounts {
    /// Creates an account whose user name is its address.
    ///
    /// The password is checked before the name, and a taken name takes as long as a free one.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn register(&self, email: &str, password: &str) -> Result<IdentityResult<User>, Error> {
        match self.new_account(email, password).await? {
            Ok(account) => self.create(account, None).await,
            Err(errors) => Ok(Err(errors)),
        }
    }

    /// The first part of [`register`](Self::register): all that can be checked before the account is created.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn new_account(&self, email: &str, password: &str) -> Result<IdentityResult<NewAccount>, Error> {
        if !is_email_address(email) {
            return Ok(Err(vec![IdentityError::InvalidEmail(email.to_owned())]));
        }
        if let Err(errors) = self.validate_password(password, PasswordOwner::new(email)).await? {
            return Ok(Err(errors));
        }
        if let Some(errors) = self.refusal_of_name(email).await? {
            return Ok(Err(errors));
        }
        let hash = self.hasher().hash(password).await?;
        let user = self.new_user(email, Some(hash));
        Ok(Ok(NewAccount { user }))
    }

    /// The second part of [`register`](Self::register): creates the account together with a mail to its user. Where the
    /// stores keep [mails](Self::mails), both are written in one transaction, or neither. Elsewhere the mail is added to
    /// those in memory once the account is there; if there is no room for it, it is dropped and the account stays.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key to protect the mail. Where the stores keep no mails, the
    /// account has been created all the same; its user can ask for the mail again.
    pub async fn create(
        &self,
        account: NewAccount,
        mail: Option<&dyn RegistrationMail>,
    ) -> Result<IdentityResult<User>, Error> {
        let NewAccount { user } = account;
        let message = match mail {
            Some(mail) => mail.message(&user).await?,
            None => None,
        };
        let queued = match (mail, &message) {
            (Some(mail), Some(message)) if self.mails().are_in_stores() => {
                Some(QueuedRegistrationMail::new(self, mail, &user, message).await?)
            }
            _ => None,
        };
        let email = user.email.clone().unwrap_or_default();
        let mut event = self.event(EventKind::Registered, &user.id).with_typed_name(&email);
        let queued = queued.as_ref().map(|queued| queued as &dyn NewAccountMail);
        let start = Instant::now();
        let created = self.store().create(&user, self.email_uniqueness(), queued, &event);
        let created = created.await.map_err(from_store_error)?;
        observer::tell(&Observation::UserCreated {
            succeeded: matches!(created, CreateOutcome::Created(_)),
            took: start.elapsed(),
        });
        match created {
            CreateOutcome::Created(id) => {
                event.user = Some(id.clone());
                event.log();
                let is_queued = queued.is_some();
                let has_another_id = id != user.id;
                let user = User { id, ..user };
                let message = match mail.filter(|_| has_another_id && !is_queued) {
                    Some(mail) => mail.message(&user).await?,
                    None => message,
                };
                match message {
                    _ if is_queued => self.mails().wake(),
                    Some(message) => self.mails().add(&message).await?,
                    None => {}
                }
                Ok(Ok(user))
            }
            CreateOutcome::DuplicateUserName => {
                let error = IdentityError::DuplicateUserName(email.clone());
                Ok(Err(self.with_taken_email(error, &email).await?))
            }
            CreateOutcome::DuplicateEmail => Ok(Err(vec![IdentityError::DuplicateEmail(email)])),
        }
    }

    /// Keeps the event of a registration whose address this account has, where the answer does not tell. It is as many writes
    /// and commits as a registration is.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub async fn keep_refused_registration(&self, owner: &User, email: &str) -> Result<(), Error> {
        let event = self
            .event(EventKind::RegistrationRefused, &owner.id)
            .with_typed_name(email);
        let options = &self.options().lockout;
        let kept = self
            .store()
            .settle_attempt(&owner.id, None, Attempt::NotCounted, event.at, options, &event);
        kept.await?;
        event.log();
        Ok(())
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
            None => {
                let user = self.new_user(email, None);
                self.create(NewAccount { user }, None).await
            }
        }
    }

    async fn refusal_of_name(&self, email: &str) -> Result<Option<Vec<IdentityError>>, Error> {
        if let Err(error) = validator::validate_user_name(&self.options().user, email) {
            return Ok(Some(self.with_taken_email(error, email).await?));
        }
        Ok((!self.can_keep(email)).then(|| vec![IdentityError::InvalidEmail(email.to_owned())]))
    }

    fn new_user(&self, email: &str, hash: Option<PasswordHash>) -> User {
        let random = self.inner.random.as_ref();
        User {
            id: self.store().new_id(self.now(), random),
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

    /// .NET reports a taken address even if the name was refused already; not where nobody is to learn of it.
    async fn with_taken_email(&self, error: IdentityError, email: &str) -> Result<Vec<IdentityError>, Error> {
        let mut errors = vec![error];
        let may_tell = !self.options().user.conceal_existence;
        if may_tell
            && self.email_uniqueness() == EmailUniqueness::Required
            && self.find_by_email(email).await?.is_some()
        {
            errors.push(IdentityError::DuplicateEmail(email.to_owned()));
        }
        Ok(errors)
    }
}
