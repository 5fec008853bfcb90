//! What the endpoints answer against what their OpenAPI description says: a client that was generated from it must be able
//! to read every answer.

use axum::{
    Router,
    body::{Body, Bytes},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::{
    builder,
    client::{self, answer, header, text},
};

/// An application of the endpoints alone, and its description.
struct Described {
    application: Router,
    description: Value,
}

/// A request for one of the described operations.
#[derive(Debug, Clone)]
struct Operation {
    method: String,
    path: String,
    operation: Value,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    content_type: Option<String>,
    body: String,
}

impl Described {
    fn new() -> Self {
        let identity = builder().build().unwrap();
        Self {
            application: identity.wrap(Router::new().merge(identity.api()).merge(identity.logout())),
            description: serde_json::to_value(identity.openapi()).unwrap(),
        }
    }

    fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    operation: operation.clone(),
                });
            }
        }
        operations
    }

    /// The operation with this id.
    fn operation(&self, id: &str) -> Operation {
        let mut operations = self.operations().into_iter();
        operations
            .find(|operation| operation.operation["operationId"] == id)
            .unwrap()
    }

    async fn send(
        &self,
        operation: &Operation,
        token: Option<&str>,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(operation.method.as_str())
            .uri(&operation.path)
            .header("host", "localhost");
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = answer(&self.application, request.body(body.into()).unwrap()).await;
        Answer {
            status: response.status(),
            content_type: header(&response, "content-type").map(str::to_owned),
            body: text(response).await,
        }
    }

    /// Sends the request that the description has as its example.
    async fn send_example(&self, operation: &Operation, token: Option<&str>) -> Answer {
        match operation.example() {
            Some(example) => {
                self.send(operation, token, "application/json", example.to_string())
                    .await
            }
            None => self.send(operation, token, "", "").await,
        }
    }

    /// The schema of the operation's request body.
    fn body_schema<'a>(&'a self, operation: &'a Operation) -> &'a Value {
        let schema = &operation.operation["requestBody"]["content"]["application/json"]["schema"];
        match schema["$ref"].as_str() {
            Some(name) => self.description.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }
}

impl Operation {
    fn example(&self) -> Option<&Value> {
        self.operation["requestBody"]["content"]["application/json"].get("example")
    }

    /// Fails if the description does not have this answer. Where it promises a body, a refusal may still have none:
    /// generated code reads a refusal's body only if it is there.
    fn assert_describes(&self, answer: &Answer) {
        let described = self.operation["responses"].get(answer.status.as_str());
        let described = described.unwrap_or_else(|| panic!("{self:?} does not describe {answer:?}"));
        let content = described.get("content").and_then(Value::as_object);
        if answer.body.is_empty() {
            assert!(
                content.is_none() || !answer.status.is_success(),
                "{self:?} promises a body: {answer:?}"
            );
            return;
        }
        let content_type = answer.content_type.as_deref().unwrap();
        let media_type = content_type.split(';').next().unwrap();
        let content = content.unwrap_or_else(|| panic!("{self:?} promises no body: {answer:?}"));
        assert!(
            content.contains_key(media_type),
            "{self:?} does not describe {answer:?}"
        );
    }
}

/// A fresh account's access token.
async fn sign_in(described: &Described) -> String {
    let registered = described.send_example(&described.operation("register"), None).await;
    assert_eq!(registered.status, StatusCode::OK);
    let tokens = described.send_example(&described.operation("login"), None).await;
    let tokens: Value = serde_json::from_str(&tokens.body).unwrap();
    tokens["accessToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_is_one_that_the_description_has() {
    let described = Described::new();
    let token = sign_in(&described).await;
    let too_long = Bytes::from(vec![b' '; 30_000_001]);
    for operation in described.operations() {
        for token in [None, Some(token.as_str())] {
            let json = "application/json";
            let answers = [
                described.send(&operation, token, "", "").await,
                described.send(&operation, token, "text/plain", "text").await,
                described.send(&operation, token, json, "{").await,
                described.send(&operation, token, json, r#"{"email":1}"#).await,
                described.send(&operation, token, json, too_long.clone()).await,
                described
                    .send(
                        &operation,
                        token,
                        json,
                        r#"{"email":"","password":"","refreshToken":"","resetCode":"","newPassword":""}"#,
                    )
                    .await,
                described.send_example(&operation, token).await,
            ];
            for answer in &answers {
                operation.assert_describes(answer);
            }
        }
    }
}

#[tokio::test]
async fn a_link_answers_with_plain_text_or_a_status_that_the_description_has() {
    let described = Described::new();
    let mut operation = described.operation("confirmEmail");
    operation.path.push_str("?userId=1&code=1");
    let answer = described.send(&operation, None, "", "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    operation.assert_describes(&answer);
    let content = &operation.operation["responses"]["200"]["content"];
    assert_eq!(content, &json!({"text/plain": {"schema": {"type": "string"}}}));
}

#[tokio::test]
async fn examples_have_the_members_of_their_schemas_and_are_taken() {
    let described = Described::new();
    let token = sign_in(&described).await;
    let (last, operations): (Vec<_>, Vec<_>) = described
        .operations()
        .into_iter()
        .filter(|operation| operation.method == "POST")
        // Last, since it changes the password that the others sign in with.
        .partition(|operation| operation.operation["operationId"] == "updateInfo");
    for operation in operations.into_iter().chain(last) {
        assert_fits(operation.example().unwrap(), described.body_schema(&operation));
        // What only a mail or an earlier answer tells is a placeholder, and the account is there already.
        let expected = match operation.operation["operationId"].as_str().unwrap() {
            "refresh" => (StatusCode::UNAUTHORIZED, ""),
            "register" => (StatusCode::BAD_REQUEST, "DuplicateUserName"),
            "resetPassword" => (StatusCode::BAD_REQUEST, "InvalidToken"),
            _ => (StatusCode::OK, ""),
        };
        let answer = described.send_example(&operation, Some(&token)).await;
        let is_expected = answer.status == expected.0 && answer.body.contains(expected.1);
        assert!(is_expected, "{operation:?}: {answer:?}");
    }
}

/// Fails if the example has a member that the schema does not have, or lacks one that it needs.
fn assert_fits(example: &Value, schema: &Value) {
    let example = example.as_object().unwrap();
    for (name, value) in example {
        assert!(value.is_string(), "the schemas' members are texts: {name}");
        let types = &schema["properties"][name]["type"];
        let takes_text = types == "string" || types.as_array().is_some_and(|types| types.contains(&json!("string")));
        assert!(takes_text, "{name}: {schema}");
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(example.contains_key(name.as_str().unwrap()), "{name}: {schema}");
    }
}

#[tokio::test]
async fn a_cookie_login_of_a_generated_client_sets_the_cookie_and_answers_with_nothing() {
    let described = Described::new();
    sign_in(&described).await;
    let mut operation = described.operation("loginWithCookie");
    let body = operation.example().unwrap().to_string();
    for (query, is_kept) in [
        ("", true),
        ("?useSessionCookies=false", true),
        ("?useSessionCookies=true", false),
    ] {
        let response = client::post(&described.application, &format!("/login/cookie{query}"), &body).await;
        assert_eq!(response.status(), StatusCode::OK);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with(".AspNetCore.Identity.Application="), "{cookie}");
        assert_eq!(cookie.contains("expires="), is_kept, "{cookie}");
    }
    operation.path.push_str("?useSessionCookies=perhaps");
    let answer = described.send(&operation, None, "application/json", body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
