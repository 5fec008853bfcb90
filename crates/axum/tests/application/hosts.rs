//! To which hosts a mailed link may lead, and which hosts are answered for.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, body::Body, extract::ConnectInfo, http::StatusCode};
use http::Request;
use wicketgate_axum::{EmailText, Identity, IdentityBuilder};

use crate::{
    builder,
    client::{ADA, answer, text},
    mailbox::Mailbox,
};

/// The beginning of a POST of JSON that names no host.
fn post(path: &str) -> http::request::Builder {
    Request::post(path).header("content-type", "application/json")
}

fn origin_of(text: &EmailText) -> String {
    let EmailText::ConfirmationLink(link) = text else {
        return format!("{text:?}");
    };
    link.split("/confirmEmail").next().unwrap().to_owned()
}

struct World {
    application: Router,
    mailbox: Arc<Mailbox>,
}

const LOCAL: &str = "127.0.0.1:40000";
const REMOTE: &str = "203.0.113.9:40000";
const PROXY: &str = "10.0.0.1:40000";

/// An application where Ada has an account.
async fn world(change: impl FnOnce(IdentityBuilder) -> IdentityBuilder) -> World {
    let mailbox = Arc::new(Mailbox::default());
    let identity: Identity = change(builder()).email_queue(mailbox.clone()).build().unwrap();
    identity
        .accounts()
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    World {
        application: identity.wrap(identity.api()),
        mailbox,
    }
}

impl World {
    /// The status of a request for Ada's link from this peer, and where the links in her mail lead.
    async fn resend(&self, peer: &str, headers: &[(&str, &str)]) -> (u16, Vec<String>) {
        let mut request = post("/resendConfirmationEmail");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer: SocketAddr = peer.parse().unwrap();
        let request = request
            .extension(ConnectInfo(peer))
            .body(Body::from(r#"{"email":"ada@example.test"}"#));
        let response = answer(&self.application, request.unwrap()).await;
        let status = response.status().as_u16();
        if status == 200 {
            assert_eq!(text(response).await, "", "the answer is as recorded");
        }
        (status, self.links())
    }

    /// Where the links lead that were mailed since the last call.
    fn links(&self) -> Vec<String> {
        let mails = self.mailbox.take();
        mails.into_iter().map(|mail| origin_of(&mail.text)).collect()
    }
}

fn sent(origin: &str) -> (u16, Vec<String>) {
    (200, vec![origin.to_owned()])
}

const NOT_SENT: (u16, Vec<String>) = (200, Vec::new());
const REFUSED: (u16, Vec<String>) = (400, Vec::new());

#[tokio::test]
async fn a_stranger_s_host_gets_into_no_mail() {
    let world = world(|builder| builder).await;
    for host in [
        "evil.test",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "[::ffff:203.0.113.1]",
    ] {
        assert_eq!(world.resend(REMOTE, &[("host", host)]).await, NOT_SENT, "{host}");
        assert_eq!(world.resend(LOCAL, &[("host", host)]).await, NOT_SENT, "{host}");
    }
    let forwarded = [("host", "evil.test"), ("x-forwarded-host", "id.example.test")];
    assert_eq!(world.resend(LOCAL, &forwarded).await, NOT_SENT);
    assert_eq!(world.resend(LOCAL, &[]).await, NOT_SENT);
}

#[tokio::test]
async fn only_a_client_on_this_machine_can_ask_for_links_to_this_machine() {
    let world = world(|builder| builder).await;
    for host in ["127.0.0.1", "localhost:8080", "[::1]:8080"] {
        let link = sent(&format!("http://{host}"));
        for peer in [LOCAL, "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(world.resend(peer, &[("host", host)]).await, link, "{peer} {host}");
        }
        for peer in [REMOTE, "[2001:db8::1]:1", "[::ffff:203.0.113.9]:1"] {
            assert_eq!(world.resend(peer, &[("host", host)]).await, NOT_SENT, "{peer} {host}");
        }
    }
}

#[tokio::test]
async fn the_public_url_counts_whatever_the_request_names() {
    let world = world(|builder| builder.public_url("https://id.example.test/base".parse().unwrap())).await;
    for headers in [&[("host", "evil.test")][..], &[]] {
        assert_eq!(
            world.resend(REMOTE, headers).await,
            sent("https://id.example.test/base")
        );
    }
}

#[tokio::test]
async fn a_trusted_proxy_vouches_for_the_host_that_it_forwards_and_for_no_other() {
    let world = world(|builder| builder.trusted_proxies(["10.0.0.0/8".parse().unwrap()])).await;
    let forwarded = [("host", "evil.test"), ("x-forwarded-host", "id.example.test")];
    assert_eq!(world.resend(PROXY, &forwarded).await, sent("http://id.example.test"));
    assert_eq!(world.resend(REMOTE, &forwarded).await, NOT_SENT);
    assert_eq!(world.resend(PROXY, &[("host", "evil.test")]).await, NOT_SENT);
    let invalid = [("host", "evil.test"), ("x-forwarded-host", "id.example.test/")];
    assert_eq!(world.resend(PROXY, &invalid).await, NOT_SENT);
}

#[tokio::test]
async fn only_allowed_hosts_are_answered_and_links_lead_there() {
    let hosts = ["id.example.test", "*.apps.example.test"].map(|host| host.parse().unwrap());
    let world = world(|builder| {
        builder
            .allowed_hosts(hosts)
            .trusted_proxies(["10.0.0.0/8".parse().unwrap()])
    })
    .await;
    for host in [
        "id.example.test",
        "ID.example.test:8443",
        "a.apps.example.test",
        "a.b.apps.example.test:1",
    ] {
        assert_eq!(
            world.resend(REMOTE, &[("host", host)]).await,
            sent(&format!("http://{host}"))
        );
    }
    for host in [
        "evil.test",
        "apps.example.test",
        "id.example.test.evil.test",
        "xid.example.test",
        "evil.test:id.example.test",
        "user@id.example.test",
        "id.example.test@evil.test",
        "id.example.test,evil.test",
        "",
    ] {
        assert_eq!(world.resend(REMOTE, &[("host", host)]).await, REFUSED, "{host}");
    }
    assert_eq!(
        world.resend(LOCAL, &[("host", "localhost")]).await,
        REFUSED,
        "loopback is named, too, where it is wanted"
    );
    assert_eq!(world.resend(REMOTE, &[]).await, REFUSED);

    let forwarded = |host| [("host", "internal:8080"), ("x-forwarded-host", host)];
    assert_eq!(
        world.resend(PROXY, &forwarded("id.example.test")).await,
        sent("http://id.example.test")
    );
    assert_eq!(world.resend(PROXY, &forwarded("evil.test")).await, REFUSED);
    assert_eq!(world.resend(REMOTE, &forwarded("id.example.test")).await, REFUSED);
}

#[tokio::test]
async fn registration_and_a_new_address_answer_the_same_without_a_mail() {
    let world = world(|builder| builder).await;
    let bob = r#"{"email":"bob@example.test","password":"Passw0rd!"}"#;
    let request = post("/register")
        .header("host", "evil.test")
        .body(Body::from(bob))
        .unwrap();
    assert_eq!(answer(&world.application, request).await.status(), StatusCode::OK);

    let request = post("/login")
        .header("host", "evil.test")
        .body(Body::from(ADA))
        .unwrap();
    let tokens: serde_json::Value =
        serde_json::from_str(&text(answer(&world.application, request).await).await).unwrap();
    let request = post("/manage/info")
        .header("host", "evil.test")
        .header(
            "authorization",
            format!("Bearer {}", tokens["accessToken"].as_str().unwrap()),
        )
        .body(Body::from(r#"{"newEmail":"eve@example.test"}"#))
        .unwrap();
    let response = answer(&world.application, request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        text(response).await,
        r#"{"email":"ada@example.test","isEmailConfirmed":false}"#
    );
    assert_eq!(world.links(), Vec::<String>::new());
}
