//! A code of the authenticator that is right, and has yet to be used.

use crate::secret::Redemption;
use crate::store::Attempt;

/// A code of the authenticator that is right. Where codes are accepted once only, it is redeemed by what it is used for.
#[derive(Debug)]
pub struct AcceptedCode {
    pub(crate) secret: Option<Redemption>,
}

impl AcceptedCode {
    /// The attempt to sign in with it.
    pub(crate) fn attempt(&self) -> Attempt<'_> {
        self.secret.as_ref().map_or(Attempt::Succeeded, Attempt::Redeeming)
    }
}
