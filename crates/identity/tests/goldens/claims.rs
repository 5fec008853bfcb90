//! Claims as .NET makes them.

use serde::Deserialize;
use wicketgate_identity::User;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::claims::{AuthenticationMethod, ClaimsFactory, claim_types};
use wicketgate_identity::options::ClaimsIdentityOptions;
use wicketgate_identity::store::UserClaims;
use wicketgate_identity::ticket::{Ticket, TicketFormat};

use crate::{protection, read, user};

#[derive(Deserialize)]
struct People {
    people: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Person {
    id: String,
    user_name: String,
    email: String,
    security_stamp: String,
    #[serde(rename = "roles")]
    roles: Vec<String>,
    #[serde(rename = "claims")]
    claims: Vec<PersonsClaim>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PersonsClaim {
    r#type: String,
    value: String,
}

#[derive(Deserialize)]
struct Token {
    about: String,
    protected: String,
}

impl Person {
    fn user(&self) -> User {
        User {
            user_name: Some(self.user_name.clone()),
            email: Some(self.email.clone()),
            ..user(&self.id, Some(&self.security_stamp))
        }
    }

    fn claims(&self) -> UserClaims {
        let claims_of_role = |role: &String| match role.as_str() {
            "Manager" => vec![("permission".to_owned(), "approve".to_owned())],
            _ => Vec::new(),
        };
        UserClaims {
            claims: self
                .claims
                .iter()
                .map(|claim| (claim.r#type.clone(), claim.value.clone()))
                .collect(),
            roles: self
                .roles
                .iter()
                .map(|role| (role.clone(), claims_of_role(role)))
                .collect(),
        }
    }
}

/// The ticket in the access token of a golden person.
async fn ticket_of(user_name: &str) -> Ticket {
    let about = format!("access token of {user_name}");
    let tokens: Vec<Token> = read("database/tickets.json");
    let token = tokens.into_iter().find(|token| token.about == about).unwrap();
    TicketFormat::access_tokens(&protection())
        .open(&token.protected)
        .await
        .unwrap()
        .unwrap()
}

fn person(user_name: &str) -> Person {
    let people: People = read("database/people.json");
    people
        .people
        .into_iter()
        .find(|person| person.user_name == user_name)
        .unwrap()
}

#[tokio::test]
async fn principals_are_those_that_dotnet_put_into_its_tokens() {
    let factory = ClaimsFactory::new(ClaimsIdentityOptions::default());
    for name in ["plain@example.test", "manager@example.test", "twofactor@example.test"] {
        let person = person(name);
        let principal = factory.create(&person.user(), &person.claims(), Some(AuthenticationMethod::Password));
        assert_eq!(principal, *ticket_of(name).await.principal, "{name}");
    }
}

#[test]
fn how_the_user_authenticated_is_said_last_or_not_at_all() {
    let factory = ClaimsFactory::new(ClaimsIdentityOptions::default());
    for (method, amr) in [
        (Some(AuthenticationMethod::Password), Some("pwd")),
        (Some(AuthenticationMethod::Authenticator), Some("mfa")),
        (Some(AuthenticationMethod::RecoveryCode), Some("mfa")),
        (None, None),
    ] {
        let person = person("manager@example.test");
        let principal = factory.create(&person.user(), &person.claims(), method);
        assert_eq!(principal.find_first_value("amr"), amr);
        let last = principal.claims().last().unwrap();
        assert_eq!(last.claim_type == "amr", amr.is_some());
    }
}

#[test]
fn the_options_name_the_types_of_claims() {
    let options = ClaimsIdentityOptions {
        role_claim_type: "r".to_owned(),
        user_name_claim_type: "n".to_owned(),
        user_id_claim_type: "i".to_owned(),
        email_claim_type: "e".to_owned(),
        security_stamp_claim_type: "s".to_owned(),
    };
    let person = person("manager@example.test");
    let principal = ClaimsFactory::new(options.clone()).create(&person.user(), &person.claims(), None);
    let types: Vec<_> = principal.claims().map(|claim| &*claim.claim_type).collect();
    assert_eq!(
        types,
        ["i", "n", "e", "s", "department", "quoted", "r", "r", "permission"]
    );
    assert_eq!(principal.name(), Some("manager@example.test"));
    assert_eq!(principal.user_id(&options), Some(person.id.as_str()));
    assert!(principal.is_in_role("Auditor"));
}

#[test]
fn what_a_user_does_not_have_is_left_out() {
    let nameless = User {
        email: Some(String::new()),
        ..user("id", None)
    };
    let principal =
        ClaimsFactory::new(ClaimsIdentityOptions::default()).create(&nameless, &UserClaims::default(), None);
    let types: Vec<_> = principal.claims().map(|claim| &*claim.claim_type).collect();
    assert_eq!(types, [claim_types::NAME_IDENTIFIER]);

    let stamped = User {
        security_stamp: Some(SecurityStamp::from_stored("stamp")),
        ..nameless
    };
    let principal = ClaimsFactory::new(ClaimsIdentityOptions::default()).create(&stamped, &UserClaims::default(), None);
    assert_eq!(principal.find_first_value(claim_types::SECURITY_STAMP), Some("stamp"));
}
