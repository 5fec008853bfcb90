//! Where a browser is that takes part in a ceremony.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{StatusCode, header::ORIGIN, request::Parts};
use wicketgate_identity::passkey::{PasskeyAnswer, PasskeyOperation, PasskeyRequest};
use wicketgate_identity::{SignInResult, User};

use crate::{
    Identity, SignedIn,
    answer::{Failure, Refusal},
    authentication::AuthenticationContext,
};

/// A request of a ceremony.
pub(crate) struct Browser {
    pub(crate) context: Arc<AuthenticationContext>,
    /// Where the page is that sent it.
    origin: Option<String>,
}

impl Browser {
    /// The host that it asked, as its client or a trusted proxy names it.
    pub(super) fn host(&self) -> &str {
        self.context.origin().host.to_str().unwrap_or_default()
    }

    /// The account as it is now. A cookie or token that is older than its credentials adds and removes no passkeys: as in .NET it is
    /// accepted elsewhere for a while, and whoever took an account back is to be rid of everybody else.
    pub(super) async fn current(&self, user: &SignedIn) -> Result<User, Refusal> {
        let accounts = self.context.identity().accounts();
        let found = accounts.find_by_principal(user.principal()).await?;
        let found = found.ok_or(StatusCode::NOT_FOUND)?;
        let current = self.context.current_user().await?;
        let current = current.filter(|current| current.id == found.id);
        let current = current.ok_or(Refusal::NotSignedIn)?;
        // A session was read when the request began, and its body may have taken its time.
        let session = self.context.session().await?;
        match session.is_none_or(|session| session.security_stamp == current.security_stamp) {
            true => Ok(current),
            false => Err(Refusal::NotSignedIn),
        }
    }

    /// The state that `/passkeys/requestOptions` left, for whoever answers it.
    pub(crate) async fn asked(&self) -> Result<String, Refusal> {
        let state = self.context.take_ceremony(PasskeyOperation::Assertion).await?;
        state.map_err(|no_ceremony| {
            tracing::info!(reason = %no_ceremony, "passkey refused");
            Refusal::SignIn(SignInResult::Failed)
        })
    }

    /// What it answers to the first request.
    pub(crate) fn answer<'a>(&'a self, credential_json: &'a str, state_json: &'a str) -> PasskeyAnswer<'a> {
        PasskeyAnswer {
            credential_json,
            state_json,
            request: PasskeyRequest {
                host: self.host(),
                origin: self.origin.as_deref(),
            },
        }
    }
}

impl FromRequestParts<Identity> for Browser {
    type Rejection = Failure;

    /// Where pages of other sites are refused, they are no place for a passkey either: one of them can be on a subdomain of the domain
    /// that passkeys are bound to, and its server sends what header it likes. (.NET compares with the header alone.)
    async fn from_request_parts(parts: &mut Parts, identity: &Identity) -> Result<Self, Failure> {
        let context = AuthenticationContext::of(&parts.extensions)?;
        let rule = identity.parts().cross_site.as_ref();
        let origin = parts.headers.get(ORIGIN);
        let origin = origin.filter(|origin| rule.is_none_or(|rule| rule.knows(origin, context.origin())));
        let origin = origin.and_then(|origin| origin.to_str().ok()).map(str::to_owned);
        Ok(Self { context, origin })
    }
}
