//! Who sends a request, as far as limits are concerned.

use std::{convert::Infallible, net::IpAddr};

use axum::extract::FromRequestParts;
use http::request::Parts;
use wicketgate_identity::{
    UserId,
    limit::{LimitExceeded, LimitedAccount, LimitedAction, LimitedRequest},
};

use crate::{Identity, network};

/// The client of a request to an endpoint with limits. A handler asks it once it knows which account the request is about, and
/// before it changes anything for it.
pub(crate) struct LimitedClient {
    identity: Identity,
    address: Option<IpAddr>,
}

impl LimitedClient {
    /// Counts a request about the account with a name, an address or an id that somebody typed, whether or not it exists.
    pub(crate) async fn check(&self, action: LimitedAction, account: &str) -> Result<(), LimitExceeded> {
        self.count(action, Some(LimitedAccount::Typed(account))).await
    }

    /// Counts a request about the account that a ticket names.
    pub(crate) async fn check_known(&self, action: LimitedAction, account: Option<&str>) -> Result<(), LimitExceeded> {
        let account = account.map(UserId::from_stored);
        self.count(action, account.as_ref().map(LimitedAccount::Known)).await
    }

    async fn count(&self, action: LimitedAction, account: Option<LimitedAccount<'_>>) -> Result<(), LimitExceeded> {
        let request = LimitedRequest {
            action,
            account,
            client: self.address,
        };
        self.identity.accounts().rate_limits().check(request).await
    }
}

impl FromRequestParts<Identity> for LimitedClient {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, identity: &Identity) -> Result<Self, Infallible> {
        let Parts {
            extensions, headers, ..
        } = parts;
        let client = network::client_address(extensions, headers, &identity.parts().trusted_proxies);
        if let Some(client) = client
            && identity.accounts().options().rate_limits.enabled
        {
            identity.parts().untrusted_proxy.look_at(client);
        }
        Ok(Self {
            identity: identity.clone(),
            address: client.map(|client| client.address),
        })
    }
}
