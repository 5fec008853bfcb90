//! The command `openapi`.

use std::sync::Arc;

use axum::Router;
use wicketgate_axum::Identity;
use wicketgate_identity::MemoryStore;
use wicketgate_protection::{Clock, DataProtection, Random};

use super::CommandError;
use crate::{
    application,
    serve::{Application, document},
    settings::Settings,
};

/// The OpenAPI document, without touching database, keys or mail.
pub(crate) fn openapi(
    settings: &Settings,
    routes: Application<impl FnOnce(&Identity) -> Router>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<String, CommandError> {
    let keys = DataProtection::ephemeral(Arc::clone(&clock), Arc::clone(&random));
    let identity = application::builder(settings, Arc::new(MemoryStore::new()), keys, clock, random).build();
    let mut json = document(&identity, routes.openapi).to_pretty_json()?;
    json.push('\n');
    Ok(json)
}
