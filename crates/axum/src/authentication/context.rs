//! Who sent a request, and which cookies its response sets.

use std::{
    borrow::Cow,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use http::{Extensions, HeaderMap, Uri, uri::PathAndQuery};
use tokio::sync::OnceCell;
use wicketgate_identity::options::ClaimsIdentityOptions;
use wicketgate_identity::request::ToItsEnd;
use wicketgate_identity::sign_in::RememberedMachine;
use wicketgate_identity::ticket::Ticket;
use wicketgate_identity::{ClaimsPrincipal, Error, User, UserId};

use super::{
    Persistence, Scheme, TicketCookie,
    outgoing_cookies::{OutgoingCookies, Renewal},
    request_bearer::Bearer,
};
use crate::{
    Identity,
    answer::Failure,
    dotnet::{canonical_path, cookies::RequestCookies},
    network::RequestOrigin,
    sessions::{RequestDevice, Sender},
};

/// What a request says of itself.
pub(crate) struct Asked<'a> {
    /// Where it was sent.
    pub(crate) origin: RequestOrigin,
    /// Whether a page of another site sent it, which must not get a cookie by it.
    pub(crate) is_cross_site: bool,
    pub(crate) uri: &'a Uri,
    /// Where there are sessions.
    pub(crate) device: RequestDevice,
}

/// What is known about a request's user, and the cookies that its response will carry. Each request has one in its
/// extensions (.NET keeps this in `HttpContext`).
pub(crate) struct AuthenticationContext {
    identity: Identity,
    origin: RequestOrigin,
    is_cross_site: bool,
    path_and_query: Option<PathAndQuery>,
    pub(super) cookies: RequestCookies,
    pub(super) device: RequestDevice,
    bearer: Bearer,
    cookie_sender: OnceCell<Option<Sender>>,
    remembered_machine: OnceCell<Option<Arc<Ticket>>>,
    outgoing: Mutex<OutgoingCookies>,
    /// Whether the response ends the session.
    pub(super) signs_out: AtomicBool,
}

impl AuthenticationContext {
    /// Finds out who sent the request, whatever its route: every request renews a cookie that is due.
    pub(crate) async fn authenticate(
        identity: Identity,
        asked: Asked<'_>,
        headers: &HeaderMap,
    ) -> Result<Arc<Self>, Failure> {
        let context = Arc::new(Self {
            bearer: Bearer::read(&identity, headers).await?,
            device: asked.device,
            identity,
            origin: asked.origin,
            is_cross_site: asked.is_cross_site,
            path_and_query: asked.uri.path_and_query().cloned(),
            cookies: RequestCookies::new(headers),
            cookie_sender: OnceCell::new(),
            remembered_machine: OnceCell::new(),
            outgoing: Mutex::default(),
            signs_out: AtomicBool::new(false),
        });
        if let Bearer::NoToken = context.bearer {
            context.cookie_sender.get_or_try_init(|| context.read_cookie()).await?;
        }
        Ok(context)
    }

    /// The context of a request. If there is none, [`Identity::layer`](crate::Identity::layer) is missing.
    pub(crate) fn of(extensions: &Extensions) -> Result<Arc<Self>, Failure> {
        extensions.get::<Arc<Self>>().cloned().ok_or(Failure::NoLayer)
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Where the request was sent.
    pub(crate) fn origin(&self) -> &RequestOrigin {
        &self.origin
    }

    /// The path that it asked for, in canonical spelling.
    pub(crate) fn path(&self) -> Cow<'_, str> {
        let path = self.path_and_query.as_ref().map_or("", PathAndQuery::path);
        canonical_path(path).unwrap_or(Cow::Borrowed(path))
    }

    /// The same with the query.
    pub(crate) fn path_and_query(&self) -> String {
        match self.path_and_query.as_ref().and_then(PathAndQuery::query) {
            Some(query) => format!("{}?{query}", self.path()),
            None => self.path().into_owned(),
        }
    }

    pub(crate) fn claim_types(&self) -> &ClaimsIdentityOptions {
        &self.identity.accounts().options().claims_identity
    }

    /// The request's user by one scheme, or by any: the bearer token where there is one, valid or not, and the cookie
    /// otherwise (.NET's `CompositeIdentityHandler`).
    pub(crate) async fn principal(&self, scheme: Option<Scheme>) -> Result<Option<Arc<ClaimsPrincipal>>, Failure> {
        let sender = self.sender(scheme).await?;
        Ok(sender.map(|sender| sender.principal.clone()))
    }

    /// That user as the store has them now; `None` if they are gone, or if the ticket is older than their credentials.
    pub(crate) async fn current_user(&self) -> Result<Option<User>, Failure> {
        match self.sender(None).await? {
            Some(sender) => Ok(sender.current_user(&self.identity).await?),
            None => Ok(None),
        }
    }

    /// The request's user by one scheme, or by any, with the session.
    pub(super) async fn sender(&self, scheme: Option<Scheme>) -> Result<Option<&Sender>, Failure> {
        match (scheme, &self.bearer) {
            (Some(Scheme::Bearer) | None, Bearer::Opened(sender)) => Ok(Some(sender)),
            (Some(Scheme::Bearer), _) | (None, Bearer::Refused) => Ok(None),
            (Some(Scheme::Cookie), _) | (None, Bearer::NoToken) => {
                let sender = self.cookie_sender.get_or_try_init(|| self.read_cookie()).await?;
                Ok(sender.as_ref())
            }
        }
    }

    /// Refuses to sign in the browser of somebody whom a page of another site would sign in as somebody else.
    pub(crate) fn refuse_cross_site(&self) -> Result<(), Failure> {
        if self.is_cross_site {
            return Err(Failure::CrossSite);
        }
        Ok(())
    }

    /// Signs the browser out with the response (.NET's `SignInManager.SignOutAsync`).
    pub(crate) fn sign_out(&self) {
        let scheme = &self.identity.schemes().application;
        let mut outgoing = self.outgoing();
        outgoing.application = Renewal::Overtaken;
        outgoing.cookies.delete(&self.cookies, &scheme.empty(&self.origin));
        drop(outgoing);
        self.end_second_factor();
    }

    /// Sets the cookie that links the password to the second factor.
    pub(crate) async fn ask_second_factor(&self, user: &UserId) -> Result<(), Failure> {
        let scheme = &self.identity.schemes().two_factor_user_id;
        let principal = self.identity.sign_in().two_factor_user_principal(user);
        let ticket = scheme.ticket(principal, Persistence::Session);
        self.append(scheme, &ticket).await
    }

    /// Deletes the cookies of an unfinished sign-in.
    pub(crate) fn end_second_factor(&self) {
        let schemes = self.identity.schemes();
        let mut outgoing = self.outgoing();
        for scheme in [&schemes.external, &schemes.two_factor_user_id] {
            outgoing.cookies.delete(&self.cookies, &scheme.empty(&self.origin));
        }
    }

    /// The ticket of the remembered machine, if the request has one that has not expired.
    pub(crate) async fn remembered_machine(&self) -> Result<Option<&Ticket>, Failure> {
        let scheme = &self.identity.schemes().remember_machine;
        let ticket = self
            .remembered_machine
            .get_or_try_init(|| scheme.read(&self.cookies))
            .await?;
        Ok(ticket.as_deref())
    }

    /// Renews or deletes cookies after the remembered machine's ticket was checked.
    pub(crate) fn after_remembered_machine(&self, seen: RememberedMachine) {
        let scheme = &self.identity.schemes().remember_machine;
        match seen {
            RememberedMachine::Remembered | RememberedMachine::NotRemembered => {
                let ticket = self.remembered_machine.get().and_then(Option::as_deref);
                if let Some(ticket) = ticket.filter(|ticket| scheme.is_past_half(ticket)) {
                    let renewed = scheme.renewed(ticket, ticket.principal.clone());
                    self.outgoing().remember_machine.request(renewed);
                }
            }
            RememberedMachine::Ended => {
                self.sign_out();
                self.forget_machine();
            }
        }
    }

    /// Requires the second factor from this browser again.
    pub(crate) fn forget_machine(&self) {
        let scheme = &self.identity.schemes().remember_machine;
        let mut outgoing = self.outgoing();
        outgoing.remember_machine = Renewal::Overtaken;
        outgoing.cookies.delete(&self.cookies, &scheme.empty(&self.origin));
    }

    /// Adds all cookies to the response's headers. A page of another site neither sets nor deletes any by what it sends.
    pub(crate) async fn finish(self: &Arc<Self>, headers: &mut HeaderMap) -> Result<(), Failure> {
        if self.signs_out.load(Relaxed) {
            let context = Arc::clone(self);
            // Whoever asked for it may have hung up.
            ToItsEnd::new(Box::pin(async move { context.end_session().await })).await?;
        }
        let outgoing = std::mem::take(&mut *self.outgoing());
        if outgoing.is_empty() || self.is_cross_site {
            return Ok(());
        }
        // Boxed, so that the many requests without any do not pay for its size.
        Box::pin(outgoing.write(self.identity.schemes(), &self.cookies, &self.origin, headers)).await
    }

    async fn read_cookie(&self) -> Result<Option<Sender>, Error> {
        let scheme = &self.identity.schemes().application;
        let Some(ticket) = scheme.read(&self.cookies).await? else {
            return Ok(None);
        };
        // The cookie of a session that has ended stays: by now the browser may have a new one, from a sign-in in another tab.
        let Some(sender) = Sender::of(&self.identity, &ticket).await? else {
            return Ok(None);
        };
        if scheme.is_past_half(&ticket) {
            let renewed = scheme.renewed(&ticket, ticket.principal.clone());
            self.outgoing().application.request(renewed);
        }
        if !self.is_stamp_check_due(scheme, &ticket) {
            return Ok(Some(sender));
        }
        // Boxed, as this is rarely due.
        Box::pin(self.check_stamp(scheme, &ticket, sender)).await
    }

    /// The sender with the account's current claims, or none if the security stamp has changed.
    async fn check_stamp(
        &self,
        scheme: &TicketCookie,
        ticket: &Ticket,
        sender: Sender,
    ) -> Result<Option<Sender>, Error> {
        match sender.current_user(&self.identity).await? {
            Some(user) => {
                let fresh = Arc::new(self.identity.accounts().principal(&user, None).await?);
                self.outgoing()
                    .application
                    .request(scheme.renewed(ticket, fresh.clone()));
                Ok(Some(Sender {
                    principal: fresh,
                    ..sender
                }))
            }
            None => {
                self.sign_out();
                self.forget_machine();
                Ok(None)
            }
        }
    }

    fn is_stamp_check_due(&self, scheme: &TicketCookie, ticket: &Ticket) -> bool {
        let interval = self.identity.accounts().options().security_stamp.validation_interval;
        let issued = ticket.properties.issued();
        issued.is_none_or(|issued| scheme.now() - issued > interval)
    }

    pub(super) async fn append(&self, scheme: &TicketCookie, ticket: &Ticket) -> Result<(), Failure> {
        let cookie = scheme.seal(ticket, &self.origin).await?;
        self.outgoing().cookies.append(&self.cookies, cookie);
        Ok(())
    }

    pub(super) fn outgoing(&self) -> MutexGuard<'_, OutgoingCookies> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
