//! What begins and ends with a request: cookies, tokens, and the sessions that they belong to.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use time::OffsetDateTime;
use wicketgate_identity::observer::{self, Observation};
use wicketgate_identity::session::{Proof, SessionKind};
use wicketgate_identity::{Accounts, ClaimsPrincipal, EventKind, Session, User};

use super::{
    AccessTokenResponse, AuthenticationContext, Persistence, Scheme, new_device::NewDevice, outgoing_cookies::Renewal,
};
use crate::{answer::Failure, sessions::Sender};

impl AuthenticationContext {
    /// The request's session, where there are sessions.
    pub(crate) async fn session(&self) -> Result<Option<Arc<Session>>, Failure> {
        let sender = self.sender(None).await?;
        Ok(sender.and_then(|sender| sender.session.clone()))
    }

    /// The accounts, for changes that the request's session makes.
    pub(crate) async fn accounts(&self) -> Result<Accounts, Failure> {
        let session = self.session().await?;
        let id = session.map(|session| session.id.clone());
        Ok(self.identity().accounts().for_session(id))
    }

    /// What the request proves if it is this user's: a sign-in that nobody checks proves no more.
    pub(crate) async fn proof_of(&self, principal: &ClaimsPrincipal) -> Result<Proof, Failure> {
        let accounts = self.identity().accounts();
        let user = principal.user_id(&accounts.options().claims_identity);
        let session = self.session().await?;
        let own = session.filter(|session| user == Some(session.user.as_str()));
        Ok(own.map_or_else(Proof::none, |session| Proof::of(&session)))
    }

    /// A pair of tokens for this user, of a session that begins with them.
    pub(crate) async fn tokens(
        &self,
        principal: ClaimsPrincipal,
        proof: Proof,
    ) -> Result<AccessTokenResponse, Failure> {
        let new_device = NewDevice::of(self, &principal).await;
        let device = self.device.device();
        let tokens = self.identity().begin_tokens(principal, proof, device).await?;
        new_device.tell(self.identity()).await;
        Ok(tokens)
    }

    /// Signs the browser in with the response. A session that it had ends. `machine_of` skips the second factor here from now on.
    pub(crate) async fn sign_in(
        &self,
        principal: ClaimsPrincipal,
        persistence: Persistence,
        proof: Proof,
        machine_of: Option<&User>,
    ) -> Result<(), Failure> {
        self.refuse_cross_site()?;
        let scheme = &self.identity().schemes().application;
        let new_device = NewDevice::of(self, &principal).await;
        let mut ticket = scheme.ticket(principal, persistence);
        if let Some(sessions) = self.identity().accounts().sessions() {
            let device = self.device.device();
            if let Some(at) = proof.in_cookie() {
                ticket.properties.set_confirmed(at);
            }
            let begin = sessions.begin(&ticket.principal, SessionKind::Cookie, proof, device);
            let session = begin.await?.ok_or(Failure::AccountChanged)?;
            ticket.properties.set_session(Some(&session.id));
            self.end_session_of(Scheme::Cookie, EventKind::SessionReplaced).await?;
        }
        if let Some(user) = machine_of {
            self.remember_machine(user).await?;
            observer::tell(&Observation::MachineRemembered);
        }
        self.append(scheme, &ticket).await?;
        self.outgoing().application = Renewal::Overtaken;
        new_device.tell(self.identity()).await;
        Ok(())
    }

    /// Lets the browser skip the second factor from now on.
    async fn remember_machine(&self, user: &User) -> Result<(), Failure> {
        let scheme = &self.identity().schemes().remember_machine;
        let principal = self.identity().sign_in().remember_machine_principal(user);
        let ticket = scheme.ticket(principal, Persistence::Persistent);
        self.append(scheme, &ticket).await?;
        self.outgoing().remember_machine = Renewal::Overtaken;
        Ok(())
    }

    /// The user of the request's session has proved again who they are. Its browser gets a cookie that says so: a copy of the old
    /// one, which somebody else may have, proves no more than before.
    pub(crate) async fn confirmed(&self, at: OffsetDateTime) -> Result<(), Failure> {
        let Some(Sender { principal, session }) = self.sender(None).await? else {
            return Ok(());
        };
        if session
            .as_ref()
            .is_none_or(|session| session.kind != SessionKind::Cookie)
        {
            return Ok(());
        }
        let scheme = &self.identity().schemes().application;
        if let Some(ticket) = scheme.read(&self.cookies).await?
            && let Some(mut renewed) = scheme.renewed(&ticket, principal.clone())
        {
            renewed.properties.set_confirmed(at);
            self.outgoing().application.request(Some(renewed));
        }
        Ok(())
    }

    /// Ends the sessions behind the request's cookie and token.
    pub(crate) async fn end_session(&self) -> Result<(), Failure> {
        self.end_session_of(Scheme::Bearer, EventKind::SignedOut).await?;
        self.end_session_of(Scheme::Cookie, EventKind::SignedOut).await
    }

    /// The same with the response.
    pub(crate) fn end_session_later(&self) {
        self.signs_out.store(true, Relaxed);
    }

    async fn end_session_of(&self, scheme: Scheme, why: EventKind) -> Result<(), Failure> {
        if let Some(sessions) = self.identity().accounts().sessions()
            && let Some(Sender {
                session: Some(session), ..
            }) = self.sender(Some(scheme)).await?
        {
            sessions.end(&session.user, &session.id, why).await?;
        }
        Ok(())
    }
}
