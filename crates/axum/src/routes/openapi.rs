//! What utoipa cannot derive of the OpenAPI description.

use http::StatusCode;
use utoipa::{
    ToSchema,
    openapi::{
        Array, Components, Content, Header, Info, KnownFormat, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response,
        ResponseBuilder, Schema, SchemaFormat, Server, Type,
        path::Operation,
        schema::AdditionalProperties,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::Identity;

/// What is wrong with the request.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "the schema of ValidationProblem, with the members that it never has"
)]
pub(crate) struct HttpValidationProblemDetails {
    r#type: Option<String>,
    title: Option<String>,
    status: Option<i32>,
    detail: Option<String>,
    instance: Option<String>,
    /// All errors, by their codes.
    #[schema(schema_with = texts_by_code, required = false)]
    errors: (),
}

/// Why the request was refused.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of Problem, with the members that it never has")]
pub(crate) struct ProblemDetails {
    r#type: Option<String>,
    title: Option<String>,
    status: Option<i32>,
    detail: Option<String>,
    instance: Option<String>,
}

/// Adds what utoipa cannot collect from the endpoints: title, server, the ways to sign in, and the answers that many endpoints
/// share.
pub(crate) fn complete(document: &mut OpenApi, identity: &Identity) {
    document.info = info();
    let public_url = identity.parts().public_url.as_ref();
    document.servers = public_url.map(|url| vec![Server::new(url.to_string())]);
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("Bearer", bearer_scheme());
    let cookie = &identity.schemes().application.options().cookie.name;
    components.add_security_scheme("Cookie", cookie_scheme(cookie));
    if !identity
        .accounts()
        .options()
        .password
        .may_be_shorter_with_second_factor()
    {
        hide(components, "TwoFactorRequest", "password");
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        // Explicitly empty where nothing is needed: generators take a missing value for the document's default.
        operation.security.get_or_insert_default();
        add_shared_answers(operation);
    }
}

/// Leaves out a member of a schema, of which nothing is to be known where the options do not ask for it: .NET has none.
fn hide(components: &mut Components, schema: &str, member: &str) {
    if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(schema) {
        object.properties.remove(member);
    }
}

/// Title and version of the API; an application may replace them.
fn info() -> Info {
    let mut info = Info::new("Wicketgate", "1.0.0");
    info.description = Some("Accounts for single page applications: the Identity API of ASP.NET Core.".to_owned());
    info
}

/// A token in the `Authorization` header.
fn bearer_scheme() -> SecurityScheme {
    SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer))
}

/// A cookie of this name.
fn cookie_scheme(name: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)))
}

/// A path's operations.
fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.post, &mut path.put, &mut path.delete]
        .into_iter()
        .flatten()
}

/// The answers to a body that cannot be read, and to a request that the server cannot handle at the moment.
fn add_shared_answers(operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let responses = &mut operation.responses.responses;
    let mut add = |status: StatusCode, response: Response| {
        let key = status.as_str().to_owned();
        responses.entry(key).or_insert_with(|| RefOr::T(response));
    };
    if has_body {
        add(StatusCode::BAD_REQUEST, without_content("Bad Request"));
        add(StatusCode::PAYLOAD_TOO_LARGE, without_content("Content Too Large"));
        add(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            without_content("Unsupported Media Type"),
        );
    }
    add(StatusCode::SERVICE_UNAVAILABLE, unavailable());
}

fn without_content(description: &str) -> Response {
    ResponseBuilder::new().description(description).build()
}

fn unavailable() -> Response {
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)));
    let mut retry_after = Header::new(seconds);
    retry_after.description = Some("Seconds to wait before trying again.".to_owned());
    let problem = Content::new(Some(Ref::from_schema_name("ProblemDetails")));
    ResponseBuilder::new()
        .description("Service Unavailable")
        .header("Retry-After", retry_after)
        .content("application/problem+json", problem)
        .build()
}

fn texts_by_code() -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let texts: Schema = Array::new(text).into();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::from(RefOr::T(texts))))
        .into()
}
