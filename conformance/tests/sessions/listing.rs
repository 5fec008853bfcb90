//! `/manage/sessions`: what an account sees of its sessions, and ends of them.

use serde_json::{Value, json};

use crate::client::{ADA, Client, PASSWORD, Server};

const FIREFOX: &str =
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0\r\n";

#[tokio::test]
async fn an_account_sees_where_it_is_signed_in() {
    for server in Server::each(&[]).await {
        let browser = server.cookie_with(FIREFOX, PASSWORD).await;
        let app = server.tokens_with("User-Agent: MyApp/3\r\n", PASSWORD).await;
        let sessions = server.sessions(&browser).await;
        assert_eq!(sessions.len(), 2, "{}: {sessions:?}", server.store);
        let own = sessions.iter().find(|session| session["isCurrent"] == true).unwrap();
        let id = own["id"].as_str().unwrap();
        let expected = json!({
            "id": id,
            "isCurrent": true,
            "kind": "cookie",
            "created": "2026-01-02T03:04:05Z",
            "lastSeen": "2026-01-02T03:04:05Z",
            "authenticated": "2026-01-02T03:04:05Z",
            "methods": ["password"],
            "client": "127.0.0.0/24",
            "userAgent": "Firefox on Windows",
        });
        assert_eq!(*own, expected, "{}", server.store);
        let other = sessions.iter().find(|session| session["isCurrent"] == false).unwrap();
        assert_eq!(other["kind"], "token");
        assert_eq!(other["userAgent"], "MyApp");
        assert_eq!(server.id(&app).await, other["id"].as_str().unwrap());
    }
}

#[tokio::test]
async fn a_session_is_ended_from_another_one() {
    for server in Server::each(&[]).await {
        let (own, other, third) = (
            server.cookie(PASSWORD).await,
            server.tokens(PASSWORD).await,
            server.tokens(PASSWORD).await,
        );
        let id = server.id(&other).await;
        assert_eq!(server.end(&own, &id).await, 204, "{}", server.store);
        assert!(!server.knows(&other).await, "{}", server.store);
        assert!(server.knows(&third).await, "{}", server.store);
        assert_eq!(server.end(&own, &id).await, 404);

        let answer = server
            .send("DELETE", "/manage/sessions", &own.header, Value::Null)
            .await;
        assert_eq!(answer.status, 204);
        assert!(server.knows(&own).await, "{}", server.store);
        assert!(!server.knows(&third).await, "{}", server.store);

        let id = server.id(&own).await;
        assert_eq!(server.end(&own, &id).await, 204);
        assert!(!server.knows(&own).await, "{}", server.store);
    }
}

#[tokio::test]
async fn nobody_sees_or_ends_the_sessions_of_another_account() {
    for server in Server::each(&[]).await {
        let ada = server.tokens(PASSWORD).await;
        let id = server.id(&ada).await;
        let mallory = json!({"email": "mallory@example.test", "password": PASSWORD});
        assert_eq!(server.send("POST", "/register", "", mallory.clone()).await.status, 200);
        let answer = server.send("POST", "/login", "", mallory).await;
        let tokens: Value = serde_json::from_str(&answer.body).unwrap();
        let mallory = Client {
            header: format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap()),
            refresh_token: None,
        };
        assert_eq!(server.sessions(&mallory).await.len(), 1);
        for id in [id.as_str(), "", "%00", "..%2f", &id.to_lowercase(), &format!("{id}%20")] {
            let status = server.end(&mallory, id).await;
            // Without an id it ends all others of her own.
            let expected = if id.is_empty() { [204, 404] } else { [404, 400] };
            assert!(expected.contains(&status), "{id}: {status}");
        }
        let answer = server
            .send("DELETE", "/manage/sessions", &mallory.header, Value::Null)
            .await;
        assert_eq!(answer.status, 204);
        assert!(server.knows(&ada).await, "{}: {ADA}", server.store);
        for (method, path) in [
            ("GET", "/manage/sessions".to_owned()),
            ("DELETE", format!("/manage/sessions/{id}")),
        ] {
            assert_eq!(server.send(method, &path, "", Value::Null).await.status, 401);
        }
    }
}
