mod administration;
mod email;
mod password;
mod registration;
mod two_factor;

use std::sync::Arc;

use wicketgate_protection::{Clock, DataProtection, Random};

use crate::{AuthenticationMethod, ClaimsPrincipal, Error, Options, User, UserId, UserStore};

/// What can be done with accounts (.NET's `UserManager`). Cheap to clone.
///
/// Methods that change an account take it as `&mut User` and bring that up to date. The change itself is one
/// atomic step of the [`UserStore`]; what it may not overwrite is checked there.
#[derive(Debug, Clone)]
pub struct Accounts {}

impl Accounts {
    /// Accounts in this store, with tokens protected by these keys.
    pub fn new(
        _store: Arc<dyn UserStore>,
        _data_protection: DataProtection,
        _options: Options,
        _clock: Arc<dyn Clock>,
        _random: Arc<dyn Random>,
    ) -> Self {
        Self {}
    }

    /// The options that these accounts follow.
    pub fn options(&self) -> &Options {
        todo!()
    }

    /// The store, for readiness probes and the like.
    pub fn store(&self) -> &Arc<dyn UserStore> {
        todo!()
    }

    /// The account with this id.
    pub async fn find_by_id(&self, _id: &UserId) -> Result<Option<User>, Error> {
        todo!()
    }

    /// The account with this user name, however it is written.
    pub async fn find_by_name(&self, _name: &str) -> Result<Option<User>, Error> {
        todo!()
    }

    /// The account with this address, however it is written.
    pub async fn find_by_email(&self, _email: &str) -> Result<Option<User>, Error> {
        todo!()
    }

    /// The account that a ticket speaks of (.NET's `UserManager.GetUserAsync`); the security stamp is not looked at.
    pub async fn find_by_principal(&self, _principal: &ClaimsPrincipal) -> Result<Option<User>, Error> {
        todo!()
    }

    /// What tickets say about the user: id, name, address, security stamp, claims, roles, and how they authenticated,
    /// where that is known (after a refresh it is not).
    pub async fn principal(
        &self,
        _user: &User,
        _method: Option<AuthenticationMethod>,
    ) -> Result<ClaimsPrincipal, Error> {
        todo!()
    }
}
