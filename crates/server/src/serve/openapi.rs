//! The OpenAPI document: the Identity endpoints' and the application's in one.

use utoipa::openapi::{OpenApi, PathItem};
use wicketgate_axum::Identity;

/// The Identity endpoints and the application's own. Where both describe something, the application's word counts.
pub(crate) fn document(identity: &Identity, mut application: OpenApi) -> OpenApi {
    let mut document = identity.openapi();
    if !application.info.title.is_empty() {
        document.info = application.info.clone();
    }
    if application.security.is_none() {
        application.paths.paths.values_mut().for_each(mark_public_operations);
    }
    document.merge_from(application)
}

/// Says of operations that name no way to sign in that they need none.
fn mark_public_operations(path: &mut PathItem) {
    let operations = [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.delete,
        &mut path.options,
        &mut path.head,
        &mut path.patch,
        &mut path.trace,
        &mut path.query,
    ];
    for operation in operations.into_iter().flatten() {
        operation.security.get_or_insert_default();
    }
}
