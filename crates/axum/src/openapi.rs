//! What utoipa cannot derive of the OpenAPI description.

use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::SchemaType};

/// What System.Text.Json reads as a number for the web: a number, or its digits as text.
const INTEGER: &str = r"^-?(?:0|[1-9]\d*)$";

/// A `long`.
pub(crate) fn int64() -> RefOr<Schema> {
    integer(&[Type::Integer, Type::String], KnownFormat::Int64)
}

/// An `int`.
pub(crate) fn int32() -> RefOr<Schema> {
    integer(&[Type::Integer, Type::String], KnownFormat::Int32)
}

/// An `int?`.
pub(crate) fn nullable_int32() -> RefOr<Schema> {
    integer(&[Type::Null, Type::Integer, Type::String], KnownFormat::Int32)
}

fn integer(types: &[Type], format: KnownFormat) -> RefOr<Schema> {
    let object: Object = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter(types.iter().cloned()))
        .format(Some(SchemaFormat::KnownFormat(format)))
        .pattern(Some(INTEGER))
        .build();
    object.into()
}
