//! The command `openapi`.

use std::sync::Arc;

use wicketgate_identity::MemoryStore;
use wicketgate_protection::{Clock, DataProtection, Random};

use super::CommandError;
use crate::{application::ApplicationParts, assembly, serve::document, settings::Settings};

/// The OpenAPI document, without touching database, keys or mail.
pub(crate) fn openapi(
    settings: &Settings,
    parts: ApplicationParts,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<String, CommandError> {
    let keys = DataProtection::ephemeral(Arc::clone(&clock), Arc::clone(&random));
    let identity = assembly::builder(settings, Arc::new(MemoryStore::new()), keys, clock, random)
        .without(parts.without)
        .build()?;
    let mut json = document(&identity, parts.openapi).to_pretty_json()?;
    json.push('\n');
    Ok(json)
}
