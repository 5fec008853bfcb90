//! What sessions cost: one query by primary keys with each request.

use serde_json::{Value, json};

use super::{ADA, PASSWORD, Server, counts, databases};

#[tokio::test]
async fn a_session_is_one_query_more_with_each_request_and_one_write_more_at_sign_in() {
    for store in databases() {
        let options = [("sessions.enabled", "true"), ("rate_limits.enabled", "false")];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let server = Server::with(store, &options).await;
        server.register().await;
        let tokens = server.tokens().await;
        let bearer = format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap());
        let cookie = server.cookie().await;
        for header in [&bearer, &cookie] {
            let hello = server.count("GET", "/probe/hello", header, Value::Null, 200).await;
            assert_eq!(hello, counts(1, 0), "{store}");
        }
        let refresh = json!({"refreshToken": tokens["refreshToken"]});
        let refreshed = server.count("POST", "/refresh", "", refresh, 200).await;
        assert_eq!(refreshed, counts(3, 0), "{store}");
        let right = json!({"email": ADA, "password": PASSWORD});
        let login = server.count("POST", "/login", "", right, 200).await;
        assert_eq!(login, counts(3, 2), "{store}");
        // The end, and its event.
        let logout = server.count("POST", "/logout", &bearer, json!({}), 200).await;
        assert_eq!(logout, counts(1, 2), "{store}");
        let refused = server.count("GET", "/probe/hello", &bearer, Value::Null, 401).await;
        assert_eq!(refused, counts(1, 0), "{store}");
    }
}
