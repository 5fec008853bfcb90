//! The OpenAPI description against the one that ASP.NET Core generates.

use std::{collections::HashSet, fs};

use serde_json::{Value, json};
use wicketgate_axum::{Options, options::Profile};

use crate::builder;

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
    let identity = builder().prefix(prefix).build().unwrap();
    serde_json::to_value(identity.openapi()).unwrap()
}

/// Every operation by its method and path.
fn operations(description: &Value) -> Vec<(String, &Value)> {
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
}

/// What ASP.NET Core generates, with the differences that docs/COMPATIBILITY.md lists.
fn reference() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/goldens/openapi.json");
    let mut reference = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    only_digits_are_numbers(&mut reference);
    let paths = &mut reference["paths"];
    paths["/login"]["post"].as_object_mut().unwrap().remove("parameters");
    let text = json!({"text/plain": {"schema": {"type": "string"}}});
    paths["/confirmEmail"]["get"]["responses"]["200"]["content"] = text;
    reference
}

/// System.Text.Json takes and .NET describes whole numbers as text, too.
fn only_digits_are_numbers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let types = members.get_mut("type").and_then(Value::as_array_mut);
            if let Some(types) = types.filter(|types| types.contains(&json!("integer"))) {
                types.retain(|name| name != "string");
                if let [only] = &types[..] {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
                members.remove("pattern");
            }
            members.values_mut().for_each(only_digits_are_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(only_digits_are_numbers),
        _ => {}
    }
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
        "summary" | "operationId" | "tags" | "security" | "example" => true,
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

/// The operations of a path, each with those answers alone that `reference` has for it, too.
fn with_answers_of_reference(path: &Value, reference: &Value) -> Value {
    let mut path = comparable(path);
    for (method, operation) in path.as_object_mut().unwrap() {
        let answers = &reference[method]["responses"];
        let ours = operation["responses"].as_object_mut().unwrap();
        ours.retain(|status, _| answers.get(status).is_some());
    }
    path
}

/// Where turning the second factor off may require it, clients have to know of it.
#[test]
fn the_password_for_the_second_factor_is_described_where_it_is_asked_for() {
    let is_described = |profile| {
        let options = Options::for_profile(profile);
        let identity = builder().options(options).build().unwrap();
        let description = serde_json::to_value(identity.openapi()).unwrap();
        let request = &description["components"]["schemas"]["TwoFactorRequest"];
        assert!(request["properties"]["enable"].is_object());
        request["properties"]["password"].is_object()
    };
    assert!(is_described(Profile::Strict));
    assert!(!is_described(Profile::Compatible));
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
        let reference = comparable(&reference["paths"][path]);
        let ours = with_answers_of_reference(&described["paths"][path], &reference);
        assert_eq!(ours, reference, "{path}");
    }
    let ours = described["paths"].as_object().unwrap();
    assert!(ours.contains_key("/login/cookie"), "what only generated clients need");
    assert_eq!(ours.len(), ENDPOINTS.len() + 1);
}

#[test]
fn every_operation_lists_the_answers_that_it_can_give() {
    let described = described("");
    let statuses = operations(&described).into_iter().map(|(name, operation)| {
        let statuses = operation["responses"].as_object().unwrap().keys();
        format!("{name}: {}", statuses.cloned().collect::<Vec<_>>().join(" "))
    });
    assert_eq!(
        statuses.collect::<Vec<_>>(),
        [
            "get /confirmEmail: 200 400 401 503",
            "post /forgotPassword: 200 400 413 415 503",
            "post /login: 200 400 401 413 415 503",
            "post /login/cookie: 200 400 401 413 415 503",
            "post /logout: 200 400 401 413 415 503",
            "post /manage/2fa: 200 400 401 404 413 415 503",
            "get /manage/info: 200 400 401 404 503",
            "post /manage/info: 200 400 401 404 413 415 503",
            "post /refresh: 200 400 401 413 415 503",
            "post /register: 200 400 413 415 503",
            "post /resendConfirmationEmail: 200 400 413 415 503",
            "post /resetPassword: 200 400 413 415 503",
        ]
    );
    for (name, operation) in operations(&described) {
        let retry_after = &operation["responses"]["503"]["headers"]["Retry-After"];
        assert_eq!(retry_after["schema"]["type"], "integer", "{name}");
    }
}

#[test]
fn operation_ids_are_in_camel_case_without_what_generators_split_names_at() {
    let described = described("");
    let ids = operations(&described).into_iter().map(|(name, operation)| {
        let id = operation["operationId"].as_str().unwrap();
        assert!(id.chars().all(|c| c.is_ascii_alphabetic()), "{name}: {id}");
        assert!(id.starts_with(|c: char| c.is_ascii_lowercase()), "{name}: {id}");
        id
    });
    let ids: Vec<_> = ids.collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn an_operation_names_its_ways_to_sign_in_or_says_that_it_needs_none() {
    let described = described("");
    for (name, operation) in operations(&described) {
        let expected = match name.as_str() {
            "post /logout" | "post /manage/2fa" | "get /manage/info" | "post /manage/info" => {
                json!([{"Bearer": []}, {"Cookie": []}])
            }
            _ => json!([]),
        };
        assert_eq!(operation["security"], expected, "{name}");
    }
}

#[test]
fn whole_numbers_are_not_described_as_text() {
    let mut described = described("");
    let before = described.clone();
    only_digits_are_numbers(&mut described);
    assert_eq!(described, before);
    let schemas = &described["components"]["schemas"];
    let expires_in = &schemas["AccessTokenResponse"]["properties"]["expiresIn"];
    assert_eq!(
        (&expires_in["type"], &expires_in["format"]),
        (&json!("integer"), &json!("int64"))
    );
    let codes_left = &schemas["TwoFactorResponse"]["properties"]["recoveryCodesLeft"];
    assert_eq!(
        (&codes_left["type"], &codes_left["format"]),
        (&json!("integer"), &json!("int32"))
    );
}

#[test]
fn the_server_is_where_the_public_url_says() {
    let identity = builder()
        .prefix("/identity")
        .public_url("https://example.test/account/".parse().unwrap());
    let described = serde_json::to_value(identity.build().unwrap().openapi()).unwrap();
    assert_eq!(described["servers"], json!([{"url": "https://example.test/account"}]));
    assert!(described["paths"]["/identity/login"].is_object());
    assert!(
        self::described("").get("servers").is_none(),
        "it is where the document came from"
    );
}

#[test]
fn every_schema_is_described_as_in_the_reference() {
    let (described, reference) = (described(""), reference());
    let mut schemas = described["components"]["schemas"].as_object().unwrap().clone();
    assert!(
        schemas.remove("ProblemDetails").is_some(),
        "what only our 401 and 503 answers need"
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
