use super::Accounts;
use crate::{Error, IdentityResult, User};

impl Accounts {
    /// Makes an account whose user name is its address.
    pub async fn register(&self, _email: &str, _password: &str) -> Result<IdentityResult<User>, Error> {
        todo!()
    }
}
