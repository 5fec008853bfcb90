//! JSON that is not of the right form.

/// What is wrong with a JSON text. `Display` is System.Text.Json's message, but for text that is no JSON at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedJson {
    /// It is no JSON, or nested too deep.
    #[error("The text is no valid JSON.")]
    Syntax,
    /// Members are missing.
    #[error("JSON deserialization for type '{type_name}' was missing required properties including: {}.", quoted(.names))]
    MissingProperties {
        /// .NET's type.
        type_name: &'static str,
        /// The members' names.
        names: Vec<&'static str>,
    },
    /// A member has another type, or there is none.
    #[error("The JSON value could not be converted to {type_name}. {place}.")]
    WrongType {
        /// .NET's type.
        type_name: &'static str,
        /// Where, in System.Text.Json's form.
        place: String,
    },
    /// A member is `null`.
    #[error(
        "The property or field '{name}' on type '{type_name}' doesn't allow setting null values. \
         Consider updating its nullability annotation. {place}."
    )]
    Null {
        /// The member's name.
        name: &'static str,
        /// .NET's type.
        type_name: &'static str,
        /// Where, in System.Text.Json's form.
        place: String,
    },
    /// Bytes are not base64url.
    #[error("Expected a valid base64url string.")]
    NotBase64Url,
    /// Bytes are base64url with escapes.
    #[error("Unexpected escaped value in base64url string.")]
    EscapedBase64Url,
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
    quoted.join(", ")
}
