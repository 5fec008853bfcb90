//! Where mailed links lead: to the endpoints, wherever the application has nested them.

use std::sync::Arc;

use axum::Router;

use crate::{
    builder,
    client::{post, send},
    mailbox::Mailbox,
};

#[tokio::test]
async fn mailed_links_lead_to_where_the_endpoints_are_nested() {
    let mailbox = Arc::new(Mailbox::default());
    let identity = builder()
        .email_queue(mailbox.clone())
        .public_url("https://id.example.test/base".parse().unwrap())
        .build()
        .unwrap();
    let api = || identity.api().into_router::<()>();
    let applications = [
        Router::new().nest("/api/account", api()).layer(identity.layer()),
        Router::new().nest("/api/account", api().layer(identity.layer())),
        Router::new()
            .nest("/api", Router::new().nest("/account", api()))
            .layer(identity.layer()),
        Router::new().nest_service("/api/account", identity.wrap(api())),
        identity.wrap(Router::new().nest("/api/account", api())),
        identity.wrap(identity.dotnet_routing(Router::new().nest("/api/account", api()))),
    ];
    for (number, application) in applications.iter().enumerate() {
        let account = format!(r#"{{"email":"ada{number}@example.test","password":"Passw0rd!"}}"#);
        assert_eq!(post(application, "/api/account/register", &account).await.status(), 200);
        let link = mailbox.take_link();
        let path = link.strip_prefix("https://id.example.test/base").unwrap();
        assert!(
            path.starts_with("/api/account/confirmEmail?userId="),
            "{number}: {link}"
        );
        let answer = send(application, "GET", path, &[], "").await;
        assert_eq!(answer.status(), 200, "{number}: {link}");
    }
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_gets_into_no_mail() {
    let mailbox = Arc::new(Mailbox::default());
    let identity = builder()
        .email_queue(mailbox.clone())
        .public_url("https://id.example.test".parse().unwrap())
        .build()
        .unwrap();
    let nested = Router::new().nest("/{tenant}", identity.api().into_router());
    let application = identity.wrap(nested);
    for (number, tenant) in ["a'b", "a\"b", "%22", "@evil.test"].into_iter().enumerate() {
        let account = format!(r#"{{"email":"ada{number}@example.test","password":"Passw0rd!"}}"#);
        let response = post(&application, &format!("/{tenant}/register"), &account).await;
        assert_eq!(response.status(), 200, "{tenant}");
        let link = mailbox.take_link();
        assert!(link.starts_with("https://id.example.test/"), "{link}");
        assert!(!link.contains(['"', '<', ' ']), "{link}");
    }
}
