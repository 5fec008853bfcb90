//! Creating, finding and changing accounts.

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_protection::{Clock, DataProtection, Random};

use crate::account::{EmailUniqueness, SecurityStamp, User, UserId, UserTokenProvider};
use crate::claims::{AuthenticationMethod, ClaimsFactory, ClaimsPrincipal};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::{Event, EventKind, EventProtection};
use crate::limit::RateLimits;
use crate::mail::Mails;
use crate::options::Options;
use crate::password::{PasswordHasher, rules};
use crate::second_factor::AuthenticatorKeyProtection;
use crate::session::{SessionId, Sessions};
use crate::store::{AccountStore, ChangeOutcome, Stores};
use crate::text::normalize;

/// Creates, finds and changes accounts (.NET's `UserManager`). Cheap to clone.
///
/// Methods that change an account take it as `&mut User` and update it, except for the concurrency stamp. The change
/// itself is one atomic step of the [`AccountStore`], which answers [`IdentityError::ConcurrencyFailure`] rather than
/// overwrite what somebody else has changed.
///
/// Every method fails with [`Error::Store`] if the store does; further errors are documented with each method.
///
/// There is an example on the [crate's front page](crate).
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(super) inner: Arc<Inner>,
    /// Whose request makes changes.
    pub(super) session: Option<SessionId>,
}

#[derive(Debug)]
pub(super) struct Inner {
    stores: Arc<dyn Stores>,
    mails: Mails,
    rate_limits: RateLimits,
    sessions: Option<Sessions>,
    options: Options,
    hasher: PasswordHasher,
    pub(super) tokens: UserTokenProvider,
    pub(super) authenticator_keys: AuthenticatorKeyProtection,
    claims: ClaimsFactory,
    clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
}

impl Accounts {
    /// Accounts in these stores, with tokens protected by these keys, and events signed by keys that these protect. Starts
    /// the threads that hash passwords.
    pub fn new(
        stores: Arc<dyn Stores>,
        data_protection: &DataProtection,
        options: Options,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        stores.write_events_with(EventProtection::new(data_protection, clock.clone(), random.clone()));
        let mails = Mails::new(stores.clone(), data_protection, clock.clone(), random.clone());
        let limits = options.rate_limits.clone();
        let rate_limits = RateLimits::new(limits, stores.clone(), data_protection, clock.clone());
        let sessions = Sessions::new(&stores, &options, &clock, &random);
        let inner = Inner {
            stores,
            mails,
            rate_limits,
            sessions,
            hasher: PasswordHasher::new(options.password_hasher.clone(), random.clone()),
            tokens: UserTokenProvider::new(data_protection, &options.token_provider, clock.clone()),
            authenticator_keys: AuthenticatorKeyProtection::new(data_protection),
            claims: ClaimsFactory::new(options.claims_identity.clone()),
            options,
            clock,
            random,
        };
        Self {
            inner: Arc::new(inner),
            session: None,
        }
    }

    /// The same, for what a session's own request does: a change that ends the account's sessions leaves this one.
    #[must_use]
    pub fn for_session(&self, session: Option<SessionId>) -> Self {
        let inner = Arc::clone(&self.inner);
        Self { inner, session }
    }

    /// The sessions, if [`Options::sessions`] are on and the stores keep them.
    pub fn sessions(&self) -> Option<&Sessions> {
        self.inner.sessions.as_ref()
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The stores, for example for readiness probes.
    pub fn stores(&self) -> &Arc<dyn Stores> {
        &self.inner.stores
    }

    /// The mails that wait to be sent.
    pub fn mails(&self) -> &Mails {
        &self.inner.mails
    }

    /// How many passwords wait to be hashed.
    pub fn waiting_passwords(&self) -> usize {
        self.hasher().waiting()
    }

    /// How many requests are too many. The endpoints ask; an application's own login asks by itself.
    pub fn rate_limits(&self) -> &RateLimits {
        &self.inner.rate_limits
    }

    /// The store of the accounts themselves, for what has no method here.
    pub fn store(&self) -> &dyn AccountStore {
        self.inner.stores.accounts()
    }

    /// The id that a text from outside names, as .NET's `FindByIdAsync` reads it: a Guid or a number has several spellings, and one
    /// id. `None` if it can be no account's.
    pub fn read_id(&self, text: &str) -> Option<UserId> {
        self.store().read_id(text)
    }

    /// The account with this id, exactly as it is written; [`read_id`](Self::read_id) is for texts from outside.
    pub async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, Error> {
        Ok(self.store().find_by_id(id).await?)
    }

    /// The account with this user name, in upper or lower case. A name longer than
    /// [`UserOptions::max_email_length`](crate::options::UserOptions::max_email_length) matches no account.
    pub async fn find_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        if !self.is_short_enough(name) {
            return Ok(None);
        }
        Ok(self.store().find_by_normalized_name(&normalize(name)).await?)
    }

    /// The account with this address, in upper or lower case. An address longer than
    /// [`UserOptions::max_email_length`](crate::options::UserOptions::max_email_length) matches no account.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        if !self.is_short_enough(email) {
            return Ok(None);
        }
        Ok(self.store().find_by_normalized_email(&normalize(email)).await?)
    }

    /// The account that a ticket is about (.NET's `UserManager.GetUserAsync`). The security stamp is not checked.
    pub async fn find_by_principal(&self, principal: &ClaimsPrincipal) -> Result<Option<User>, Error> {
        let id = principal.user_id(&self.options().claims_identity);
        match id.and_then(|id| self.read_id(id)) {
            Some(id) => self.find_by_id(&id).await,
            None => Ok(None),
        }
    }

    /// What tickets say about the user: id, name, address, security stamp, claims, roles, and the authentication
    /// method, if known (after a refresh it is not).
    pub async fn principal(&self, user: &User, method: Option<AuthenticationMethod>) -> Result<ClaimsPrincipal, Error> {
        let claims = self.store().find_claims(&user.id).await?;
        Ok(self.inner.claims.create(user, &claims, method))
    }

    /// Whether the options allow a name or address of this length and the store can keep it: PostgreSQL cannot store a
    /// NUL. .NET leaves this to the database, and fails.
    pub fn can_keep(&self, name: &str) -> bool {
        if !self.is_short_enough(name) || name.contains('\0') {
            return false;
        }
        let fits = |text: &str| {
            let longest = self.store().longest_name();
            longest.is_none_or(|longest| text.encode_utf16().count() <= longest)
        };
        fits(name) && fits(normalize(name).as_str())
    }

    /// Whether the options allow a name or address of this length. Takes no longer for one that is far too long.
    pub(crate) fn is_short_enough(&self, name: &str) -> bool {
        let longest = self.options().user.max_email_length;
        name.len() <= longest || name.encode_utf16().take(longest.saturating_add(1)).count() <= longest
    }

    /// Refuses a password that is longer than any account can have, before anything is looked up or hashed.
    ///
    /// # Errors
    /// [`IdentityError::PasswordTooLong`].
    pub fn validate_password_size(&self, password: &str) -> IdentityResult {
        rules::validate_size(&self.options().password, password)
    }

    /// An event of this account, now.
    pub(crate) fn event(&self, kind: EventKind, id: &UserId) -> Event {
        Event::new(kind, Some(id.clone()), self.now())
    }

    pub(crate) fn hasher(&self) -> &PasswordHasher {
        &self.inner.hasher
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    pub(super) fn random(&self) -> &dyn Random {
        &*self.inner.random
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.inner.clock.now()
    }

    pub(crate) fn new_security_stamp(&self) -> SecurityStamp {
        SecurityStamp::generate(self.inner.random.as_ref())
    }

    pub(super) fn email_uniqueness(&self) -> EmailUniqueness {
        if self.options().user.require_unique_email {
            EmailUniqueness::Required
        } else {
            EmailUniqueness::NotRequired
        }
    }
}

/// The answer to a change that sets a name, address or role, which may be taken.
pub(super) fn answer(outcome: ChangeOutcome, wanted: &str) -> IdentityResult {
    match outcome {
        ChangeOutcome::Changed => Ok(()),
        ChangeOutcome::Conflict => Err(vec![IdentityError::ConcurrencyFailure]),
        ChangeOutcome::AlreadyRedeemed => Err(vec![IdentityError::InvalidToken]),
        ChangeOutcome::DuplicateUserName => Err(vec![IdentityError::DuplicateUserName(wanted.to_owned())]),
        ChangeOutcome::DuplicateEmail => Err(vec![IdentityError::DuplicateEmail(wanted.to_owned())]),
        ChangeOutcome::DuplicateRoleName => Err(vec![IdentityError::DuplicateRoleName(wanted.to_owned())]),
    }
}

/// The answer to a change that sets nothing unique.
pub(super) fn answer_change(outcome: ChangeOutcome) -> IdentityResult {
    answer(outcome, "")
}
