//! The cookie that keeps the state of a passkey's ceremony between its two requests.

use wicketgate_identity::passkey::{NoCeremony, PasskeyOperation};

use super::AuthenticationContext;
use crate::answer::Failure;

impl AuthenticationContext {
    /// Keeps the state for the second request. As in .NET, it takes the place of an unfinished sign-in with a second factor.
    pub(crate) async fn begin_ceremony(&self, operation: PasskeyOperation, state_json: String) -> Result<(), Failure> {
        let scheme = &self.identity().schemes().two_factor_user_id;
        let lifetime = self.identity().accounts().options().passkeys.authenticator_timeout;
        let now = scheme.now();
        let mut ticket = operation.ticket(state_json);
        ticket.properties.set_issued(Some(now));
        ticket.properties.set_expires(Some(now.saturating_add(lifetime)));
        self.append(scheme, &ticket).await
    }

    /// The state that the first request left. Its cookie is deleted, whatever comes of it.
    pub(crate) async fn take_ceremony(
        &self,
        operation: PasskeyOperation,
    ) -> Result<Result<String, NoCeremony>, Failure> {
        let scheme = &self.identity().schemes().two_factor_user_id;
        let ticket = scheme.read(&self.cookies).await?;
        let deleted = scheme.empty(self.origin());
        self.outgoing().cookies.delete(&self.cookies, &deleted);
        Ok(operation.state(ticket.as_deref()).map(str::to_owned))
    }
}
