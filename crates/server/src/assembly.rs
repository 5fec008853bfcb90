//! From settings to what serves requests.

use std::sync::Arc;

use wicketgate_axum::{Identity, IdentityBuilder};
use wicketgate_identity::{Accounts, MemoryStore, Stores};
use wicketgate_protection::{Clock, DataProtection, KeyRing, Random};
use wicketgate_sql::OpenError;

use crate::{application::OpenStore, key_ring::key_ring, opening_error::OpeningError, settings::Settings};

/// Opens the store that `database.url` names.
///
/// # Errors
/// One line that names the database and the reason.
pub async fn store(settings: &Settings, random: Arc<dyn Random>) -> Result<Arc<dyn Stores>, OpenError> {
    if settings.database.is_memory() {
        return Ok(Arc::new(MemoryStore::new()));
    }
    wicketgate_sql::connect(&settings.database.to_url(), &settings.identity.stores, random).await
}

/// The application's own store, or the one that the settings name.
pub(crate) async fn open_store(
    settings: &Settings,
    own: Option<&OpenStore>,
    random: &Arc<dyn Random>,
) -> Result<Arc<dyn Stores>, OpeningError> {
    match own {
        Some(open) => open().await.map_err(OpeningError::Store),
        None => Ok(store(settings, Arc::clone(random)).await?),
    }
}

/// All that the settings say about accounts, tokens, cookies and requests, on this store and these keys; nothing of mail.
pub fn builder(
    settings: &Settings,
    store: Arc<dyn Stores>,
    data_protection: DataProtection,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> IdentityBuilder {
    let builder = Identity::builder(store)
        .keys(data_protection)
        .options(settings.identity_options())
        .authentication(settings.authentication.clone())
        .limits(settings.limits.requests.clone())
        .prefix(&settings.prefix)
        .without(settings.endpoints.disabled.iter().copied())
        .allowed_hosts(settings.allowed_hosts.clone())
        .cors(settings.cors.allowed_origins.clone())
        .trusted_proxies(settings.trusted_proxies.clone())
        .clock(clock)
        .random(random);
    match settings.public_url.clone() {
        Some(url) => builder.public_url(url),
        None => builder,
    }
}

/// Protection with these keys, bound to the application's name.
pub(crate) fn data_protection(settings: &Settings, ring: Arc<KeyRing>) -> DataProtection {
    DataProtection::new(ring, settings.keys.application_name.as_deref())
}

/// The accounts alone, for commands. Those that set passwords give settings with the
/// [files](crate::password_files::opened) for them; the others need none of these.
pub(crate) async fn accounts(
    settings: &Settings,
    own_store: Option<&OpenStore>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Accounts, OpeningError> {
    let ring = key_ring(settings, Arc::clone(&clock), Arc::clone(&random)).await?;
    accounts_with(settings, own_store, ring, clock, random).await
}

/// The same with these keys.
pub(crate) async fn accounts_with(
    settings: &Settings,
    own_store: Option<&OpenStore>,
    ring: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Accounts, OpeningError> {
    let store = open_store(settings, own_store, &random).await?;
    let (data_protection, options) = (data_protection(settings, ring), settings.identity_options());
    Ok(Accounts::new(store, &data_protection, options, clock, random))
}
