//! The OpenAPI description against the one that ASP.NET Core generates.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::{fs, sync::Arc};

use serde_json::{Map, Value, json};
use wicketgate_axum::Identity;
use wicketgate_identity::MemoryStore;
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

const ENDPOINTS: [&str; 10] = [
    "/register",
    "/login",
    "/refresh",
    "/confirmEmail",
    "/resendConfirmationEmail",
    "/forgotPassword",
    "/resetPassword",
    "/manage/2fa",
    "/manage/info",
    "/logout",
];

fn described(prefix: &str) -> Value {
    let clock = Arc::new(SystemClock);
    let random = Arc::new(SystemRandom);
    let store = Arc::new(MemoryStore::new());
    let identity = Identity::builder(store, DataProtection::ephemeral(clock, random)).prefix(prefix);
    serde_json::to_value(identity.build().openapi()).unwrap()
}

fn reference() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/goldens/openapi.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What both descriptions say alike: names and words for readers and the ways to sign in are ours, the order of types means
/// nothing, and a parameter that is not required need not say so.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, value)| !is_for_readers(name, value))
                .map(|(name, value)| match (name.as_str(), value) {
                    ("type", Value::Array(types)) => (name.clone(), sorted(types)),
                    ("required", Value::Array(names)) => (name.clone(), sorted(names)),
                    _ => (name.clone(), comparable(value)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(comparable).collect()),
        other => other.clone(),
    }
}

fn is_for_readers(name: &str, value: &Value) -> bool {
    match name {
        "summary" | "operationId" | "tags" | "security" => true,
        "description" => value.as_str().is_some_and(|text| text.ends_with('.')),
        "required" => value == &json!(false),
        _ => false,
    }
}

fn sorted(items: &[Value]) -> Value {
    let mut items = items.to_vec();
    items.sort_by_key(Value::to_string);
    Value::Array(items)
}

/// The operations of a path without the answers that the reference leaves out.
fn without_unauthorized(path: &Value) -> Value {
    let mut path = comparable(path);
    for operation in path.as_object_mut().into_iter().flat_map(Map::values_mut) {
        operation["responses"].as_object_mut().unwrap().remove("401");
    }
    path
}

#[test]
fn the_description_is_of_this_api_and_nobody_elses() {
    let expected = json!({
        "title": "Wicketgate",
        "version": "1.0.0",
        "description": "Accounts for single page applications: the Identity API of ASP.NET Core.",
    });
    assert_eq!(described("")["info"], expected);
}

#[test]
fn every_operation_is_described_as_in_the_reference() {
    let (described, reference) = (described(""), reference());
    for path in ENDPOINTS {
        let ours = without_unauthorized(&described["paths"][path]);
        assert_eq!(ours, comparable(&reference["paths"][path]), "{path}");
    }
    assert_eq!(described["paths"].as_object().unwrap().len(), ENDPOINTS.len());
}

#[test]
fn every_schema_is_described_as_in_the_reference() {
    let (described, reference) = (described(""), reference());
    let mut schemas = described["components"]["schemas"].as_object().unwrap().clone();
    assert!(
        schemas.remove("ProblemDetails").is_some(),
        "what only our 401 answers need"
    );
    for (name, schema) in &schemas {
        assert_eq!(
            comparable(schema),
            comparable(&reference["components"]["schemas"][name]),
            "{name}"
        );
    }
    assert_eq!(schemas.len(), 12);
}

#[test]
fn a_prefix_moves_the_paths() {
    let described = described("/api/identity/");
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.contains_key("/api/identity/manage/2fa"));
    assert!(paths.keys().all(|path| path.starts_with("/api/identity/")));
}
