//! What a ticket's claims mean to the application.

use std::sync::Arc;

use axum::{Router, routing::get};
use time::OffsetDateTime;
use wicketgate_axum::{Identity, Options, Require, SignedIn};
use wicketgate_identity::claims::{Claim, ClaimsIdentity, claim_types};
use wicketgate_identity::options::ClaimsIdentityOptions;
use wicketgate_identity::ticket::{Ticket, TicketFormat};
use wicketgate_identity::{ClaimsPrincipal, schemes};
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

use crate::{
    builder,
    client::{self, ADA, access_token, cookie, post, status_and_text},
};

/// Says what [`SignedIn`] says, and has a route for managers.
fn application(identity: &Identity) -> Router {
    let router = Router::new()
        .route(
            "/me",
            get(|user: Option<SignedIn>| async move {
                user.map_or("nobody".to_owned(), |user| {
                    let is = ["Manager", "manager", "Clerk"].map(|role| user.is_in_role(role));
                    format!("{} {} {is:?}", user.id(), user.name())
                })
            }),
        )
        .route("/signed-in", get(|_: SignedIn| async {}))
        .route("/guarded", get(|| async {}).route_layer(Require::signed_in()))
        .route("/manager", get(|| async {}).route_layer(Require::role("Manager")))
        .merge(identity.api());
    identity.wrap(router)
}

/// Status and body of a GET with this access token.
async fn ask(application: &Router, path: &str, token: &str) -> (u16, String) {
    let headers = [("authorization", &*format!("Bearer {token}"))];
    status_and_text(client::get(application, path, &headers).await).await
}

/// Ada's access token and id.
async fn sign_in(identity: &Identity, application: &Router) -> (String, String) {
    let user = identity.accounts().find_by_name("ada@example.test").await.unwrap();
    let id = user.unwrap().id.as_str().to_owned();
    (access_token(application, ADA).await, id)
}

fn protection() -> DataProtection {
    DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// An access token for any principal, sealed with the application's own keys.
async fn token(protection: &DataProtection, principal: ClaimsPrincipal) -> String {
    let mut ticket = Ticket::new(schemes::BEARER_ACCESS_TOKEN, principal);
    let far = OffsetDateTime::from_unix_timestamp(32_000_000_000).unwrap();
    ticket.properties.set_expires(Some(far));
    let format = TicketFormat::access_tokens(protection);
    format.seal(&ticket).await.unwrap().into_string()
}

fn manager(identity: ClaimsIdentity) -> ClaimsIdentity {
    ClaimsIdentity {
        claims: vec![
            Claim::new(claim_types::NAME_IDENTIFIER, "id-1"),
            Claim::new(claim_types::NAME, "ada@example.test"),
            Claim::new(claim_types::ROLE, "Manager"),
        ],
        ..identity
    }
}

#[tokio::test]
async fn a_signed_in_user_has_the_account_s_id_and_the_roles_that_it_had_then() {
    let identity = builder().build().unwrap();
    let application = application(&identity);
    let user = identity
        .accounts()
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    let (without_role, id) = sign_in(&identity, &application).await;
    identity.accounts().add_role(&user, "Manager").await.unwrap().unwrap();
    let (with_role, _) = sign_in(&identity, &application).await;

    let says = |roles: &str| (200, format!("{id} ada@example.test {roles}"));
    assert_eq!(
        ask(&application, "/me", &without_role).await,
        says("[false, false, false]")
    );
    assert_eq!(ask(&application, "/me", &with_role).await, says("[true, false, false]"));
    assert_eq!(ask(&application, "/me", "nonsense").await, (200, "nobody".to_owned()));
}

#[tokio::test]
async fn claims_of_other_types_are_found_by_every_part_of_a_request() {
    let options = Options {
        claims_identity: ClaimsIdentityOptions {
            role_claim_type: "roles".to_owned(),
            user_name_claim_type: "preferred_username".to_owned(),
            user_id_claim_type: "sub".to_owned(),
            email_claim_type: "mail".to_owned(),
            security_stamp_claim_type: "stamp".to_owned(),
        },
        ..Options::default()
    };
    let protection = protection();
    let identity = builder().keys(protection.clone()).options(options).build().unwrap();
    let application = application(&identity);
    let user = identity
        .accounts()
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    identity.accounts().add_role(&user, "Manager").await.unwrap().unwrap();
    let (own, id) = sign_in(&identity, &application).await;

    let says = format!("{id} ada@example.test [true, false, false]");
    assert_eq!(ask(&application, "/me", &own).await, (200, says));
    assert_eq!(ask(&application, "/manager", &own).await.0, 200);
    let info = r#"{"email":"ada@example.test","isEmailConfirmed":false}"#;
    assert_eq!(ask(&application, "/manage/info", &own).await, (200, info.to_owned()));

    let format = TicketFormat::access_tokens(&protection);
    let ticket = format.open(&own).await.unwrap().unwrap();
    let types: Vec<_> = ticket
        .principal
        .claims()
        .map(|claim| claim.claim_type.as_ref().to_owned())
        .collect();
    assert_eq!(types, ["sub", "preferred_username", "mail", "stamp", "roles", "amr"]);

    // Claims of .NET's usual types say nothing here.
    let usual = ClaimsPrincipal {
        identities: vec![manager(ClaimsIdentity::new("x"))],
    };
    let usual = token(&protection, usual).await;
    assert_eq!(ask(&application, "/manage/info", &usual).await.0, 404);
    assert!(
        ask(&application, "/me", &usual).await.1.starts_with(' '),
        "it has no id"
    );
}

#[tokio::test]
async fn a_cookie_whose_stamp_has_another_type_is_checked_by_that_type() {
    let options = Options {
        claims_identity: ClaimsIdentityOptions {
            security_stamp_claim_type: "stamp".to_owned(),
            ..ClaimsIdentityOptions::default()
        },
        security_stamp: wicketgate_identity::options::SecurityStampOptions {
            validation_interval: time::Duration::ZERO,
        },
        ..Options::default()
    };
    let identity = builder().options(options).build().unwrap();
    let application = application(&identity);
    let mut user = identity
        .accounts()
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    let cookie = cookie(&post(&application, "/login?useCookies=true", ADA).await);
    let ask = async || {
        client::get(&application, "/guarded", &[("cookie", &*cookie)])
            .await
            .status()
    };
    assert_eq!(ask().await, 200);
    identity
        .accounts()
        .sign_out_everywhere(&mut user)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ask().await, 401);
}

#[tokio::test]
async fn a_ticket_whose_first_identity_has_no_authentication_type_signs_nobody_in() {
    let protection = protection();
    let application = application(&builder().keys(protection.clone()).build().unwrap());
    let anonymous = |authentication_type: Option<&'static str>| {
        manager(ClaimsIdentity {
            authentication_type: authentication_type.map(Into::into),
            ..ClaimsIdentity::new("")
        })
    };
    let known = manager(ClaimsIdentity::new(schemes::BEARER));
    for identities in [
        vec![],
        vec![anonymous(None)],
        vec![anonymous(Some(""))],
        vec![anonymous(None), known.clone()],
    ] {
        let token = token(&protection, ClaimsPrincipal { identities }).await;
        assert_eq!(ask(&application, "/me", &token).await.1, "nobody");
        for path in ["/signed-in", "/guarded", "/manager", "/manage/info"] {
            assert_eq!(ask(&application, path, &token).await.0, 401, "{path}");
        }
    }
    let token = token(
        &protection,
        ClaimsPrincipal {
            identities: vec![known],
        },
    )
    .await;
    assert_eq!(
        ask(&application, "/me", &token).await.1,
        "id-1 ada@example.test [true, false, false]"
    );
    assert_eq!(ask(&application, "/manager", &token).await.0, 200);
}
