//! Which scenarios need longer names than EF Core's columns hold.

use serde_json::Value;

use crate::scenario::{Scenario, Step};

/// What EF Core gives the columns for names and addresses.
const LONGEST_NAME: usize = 256;

/// The scenario as it would have been recorded on a database on a server.
///
/// It was recorded on SQLite, where columns have no length. On a server .NET fails to register an address that is longer
/// than its column and answers 500, which the product is to answer with any 4xx.
pub(crate) fn on_a_server(mut scenario: Scenario) -> Scenario {
    for step in &mut scenario.steps {
        if let Step::Request(request) = step
            && request.path == "/register"
            && request.response.status == 200
            && request.body.as_deref().is_some_and(has_long_address)
        {
            request.response.status = 500;
        }
    }
    scenario
}

fn has_long_address(body: &str) -> bool {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let email = body.get("email").and_then(Value::as_str).unwrap_or_default();
    email.encode_utf16().count() > LONGEST_NAME
}
