//! Tickets written by .NET.

use std::collections::BTreeMap;

use serde::Deserialize;
use wicketgate_identity::ClaimsPrincipal;
use wicketgate_identity::claims::{Claim, ClaimsIdentity};
use wicketgate_identity::ticket::{CookieScheme, Ticket, TicketFormat};
use wicketgate_protection::base64_text;

use crate::{protection, read};

#[derive(Deserialize)]
pub(crate) struct Golden {
    about: String,
    kind: Kind,
    serialized: String,
    protected: String,
    ticket: GoldenTicket,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Access,
    Refresh,
    Cookie,
    RememberMachine,
    Other,
}

#[derive(Deserialize)]
struct GoldenTicket {
    scheme: String,
    properties: BTreeMap<String, String>,
    identities: Vec<GoldenIdentity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoldenIdentity {
    authentication_type: Option<String>,
    name_claim_type: String,
    role_claim_type: String,
    claims: Vec<GoldenClaim>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoldenClaim {
    #[serde(rename = "type")]
    claim_type: String,
    value: String,
    value_type: String,
    issuer: String,
    original_issuer: String,
    properties: BTreeMap<String, String>,
}

impl Golden {
    pub(crate) fn all() -> Vec<Self> {
        read("database/tickets.json")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        base64_text::decode(&self.serialized).unwrap()
    }
}

impl From<&GoldenIdentity> for ClaimsIdentity {
    fn from(golden: &GoldenIdentity) -> Self {
        Self {
            authentication_type: golden
                .authentication_type
                .clone()
                .filter(|text| !text.is_empty())
                .map(Into::into),
            name_claim_type: golden.name_claim_type.clone().into(),
            role_claim_type: golden.role_claim_type.clone().into(),
            claims: golden.claims.iter().map(Claim::from).collect(),
            bootstrap_context: None,
            actor: None,
        }
    }
}

impl From<&GoldenClaim> for Claim {
    fn from(golden: &GoldenClaim) -> Self {
        Self {
            claim_type: golden.claim_type.clone().into(),
            value: golden.value.clone(),
            value_type: golden.value_type.clone().into(),
            issuer: golden.issuer.clone().into(),
            original_issuer: golden.original_issuer.clone().into(),
            properties: golden.properties.clone().into_iter().collect(),
        }
    }
}

#[test]
fn tickets_hold_what_dotnet_put_into_them() {
    for golden in Golden::all() {
        let ticket = Ticket::from_bytes(&golden.bytes()).unwrap();
        assert_eq!(ticket.scheme, golden.ticket.scheme, "{}", golden.about);

        // The record lists properties by name, the ticket in the order they were added.
        let properties: BTreeMap<_, _> = ticket.properties.iter().collect();
        let expected: BTreeMap<_, _> = golden
            .ticket
            .properties
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(properties, expected, "{}", golden.about);

        // Nor does it say what the next test says.
        let mut identities = ticket.principal.identities.clone();
        for identity in &mut identities {
            identity.bootstrap_context = None;
            identity.actor = None;
        }
        let expected: Vec<_> = golden.ticket.identities.iter().map(ClaimsIdentity::from).collect();
        assert_eq!(identities, expected, "{}", golden.about);
    }
}

#[test]
fn one_of_them_has_an_actor_and_a_bootstrap_context() {
    let golden = Golden::all()
        .into_iter()
        .find(|golden| golden.kind == Kind::Other)
        .unwrap();
    let [first, second] = &Ticket::from_bytes(&golden.bytes()).unwrap().principal.identities[..] else {
        panic!("two identities")
    };
    assert_eq!(first.bootstrap_context.as_deref(), Some("boot"));
    let actor = ClaimsIdentity {
        claims: vec![Claim::new("actor", "x")],
        ..ClaimsIdentity::new("act")
    };
    assert_eq!(first.actor.as_deref(), Some(&actor));
    assert_eq!((&second.bootstrap_context, &second.actor), (&None, &None));
    assert!(!second.is_authenticated());
}

#[test]
fn tickets_are_written_as_dotnet_writes_them() {
    for golden in Golden::all() {
        let bytes = golden.bytes();
        assert_eq!(
            Ticket::from_bytes(&bytes).unwrap().to_bytes(),
            bytes,
            "{}",
            golden.about
        );
    }
}

#[tokio::test]
async fn tokens_and_cookies_of_dotnet_open_as_their_own_kind_only() {
    let protection = protection();
    let access_tokens = TicketFormat::access_tokens(&protection);
    let refresh_tokens = TicketFormat::refresh_tokens(&protection);
    let cookies = TicketFormat::cookies(&protection, CookieScheme::Application);
    let remembered = TicketFormat::cookies(&protection, CookieScheme::TwoFactorRememberMe);
    for golden in Golden::all() {
        let ticket = Ticket::from_bytes(&golden.bytes()).unwrap();
        for (kind, opened) in [
            (Kind::Access, access_tokens.open(&golden.protected).await.unwrap()),
            (Kind::Refresh, refresh_tokens.open(&golden.protected).await.unwrap()),
            (Kind::Cookie, cookies.open(&golden.protected).await.unwrap()),
            (Kind::RememberMachine, remembered.open(&golden.protected).await.unwrap()),
        ] {
            let expected = (kind == golden.kind).then(|| ticket.clone());
            assert_eq!(opened, expected, "{}", golden.about);
        }
    }
}

#[tokio::test]
async fn what_is_sealed_opens_again_and_damaged_text_does_not() {
    let format = TicketFormat::cookies(&protection(), CookieScheme::External);
    let ticket = Ticket::new("scheme", ClaimsPrincipal::default());
    let sealed = format.seal(&ticket).await.unwrap();
    assert_eq!(format.open(sealed.as_str()).await.unwrap(), Some(ticket));
    let middle = sealed.as_str().len() / 2;
    let (front, back) = sealed.as_str().split_at(middle);
    for damaged in [front, back, "", "…", &format!("{front}A{back}")] {
        assert_eq!(format.open(damaged).await.unwrap(), None, "{damaged:?}");
    }
}
