//! What utoipa cannot derive of the OpenAPI description.

use utoipa::{
    ToSchema,
    openapi::{
        Array, Info, KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
        schema::{AdditionalProperties, SchemaType},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

/// What is wrong with a request, and why.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "the schema of ValidationProblem, with the members that it never has"
)]
pub(crate) struct HttpValidationProblemDetails {
    r#type: Option<String>,
    title: Option<String>,
    #[schema(schema_with = nullable_int32, required = false)]
    status: Option<i32>,
    detail: Option<String>,
    instance: Option<String>,
    /// Every reason, by its code.
    #[schema(schema_with = texts_by_code, required = false)]
    errors: (),
}

/// Why a request was refused.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of Problem, with the members that it never has")]
pub(crate) struct ProblemDetails {
    r#type: Option<String>,
    title: Option<String>,
    #[schema(schema_with = nullable_int32, required = false)]
    status: Option<i32>,
    detail: Option<String>,
    instance: Option<String>,
}

/// What the document is about, where the application says nothing of it. The version is the API's.
pub(crate) fn info() -> Info {
    let mut info = Info::new("Wicketgate", "1.0.0");
    info.description = Some("Accounts for single page applications: the Identity API of ASP.NET Core.".to_owned());
    info
}

/// A token in the `Authorization` header.
pub(crate) fn bearer_scheme() -> SecurityScheme {
    SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer))
}

/// A cookie of this name.
pub(crate) fn cookie_scheme(name: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)))
}

/// A `long`.
pub(crate) fn int64() -> RefOr<Schema> {
    integer(&[Type::Integer, Type::String], KnownFormat::Int64)
}

/// An `int`.
pub(crate) fn int32() -> RefOr<Schema> {
    integer(&[Type::Integer, Type::String], KnownFormat::Int32)
}

/// An `int?`.
fn nullable_int32() -> RefOr<Schema> {
    integer(&[Type::Null, Type::Integer, Type::String], KnownFormat::Int32)
}

/// What .NET says of a whole number: System.Text.Json takes its digits as text, too.
fn integer(types: &[Type], format: KnownFormat) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter(types.iter().cloned()))
        .format(Some(SchemaFormat::KnownFormat(format)))
        .pattern(Some(r"^-?(?:0|[1-9]\d*)$"))
        .into()
}

fn texts_by_code() -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let texts: Schema = Array::new(text).into();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::from(RefOr::T(texts))))
        .into()
}
