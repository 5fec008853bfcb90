//! Tickets written by .NET.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::Index};
use serde::Deserialize;
use time::macros::datetime;
use wicketgate_identity::ClaimsPrincipal;
use wicketgate_identity::claims::{Claim, ClaimsIdentity, claim_types};
use wicketgate_identity::ticket::{CookieScheme, MalformedTicket, Ticket, TicketFormat};
use wicketgate_protection::base64_text;

use crate::{protection, read};

#[derive(Deserialize)]
struct Golden {
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
    fn all() -> Vec<Self> {
        read("database/tickets.json")
    }

    fn bytes(&self) -> Vec<u8> {
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

#[test]
fn other_versions_are_refused() {
    let ticket = Ticket::new("scheme", ClaimsPrincipal::default());
    let bytes = ticket.to_bytes();
    let properties_version = bytes.len() - 8;
    assert_eq!(Ticket::from_bytes(&bytes), Ok(ticket));
    for (place, version) in [(0, 4), (0, 6), (properties_version, 0), (properties_version, 2)] {
        let mut bytes = bytes.clone();
        bytes[place] = version;
        assert_eq!(
            Ticket::from_bytes(&bytes),
            Err(MalformedTicket),
            "version {version} at {place}"
        );
    }
}

#[test]
fn empty_texts_stand_for_defaults_where_dotnet_takes_them_so() {
    let empty = ClaimsIdentity {
        name_claim_type: "".into(),
        role_claim_type: "".into(),
        claims: vec![Claim {
            value_type: "".into(),
            issuer: "".into(),
            original_issuer: "".into(),
            ..Claim::new("t", "")
        }],
        bootstrap_context: Some(String::new()),
        ..ClaimsIdentity::new("")
    };
    let written = Ticket::new(
        "",
        ClaimsPrincipal {
            identities: vec![empty],
        },
    );
    let read = Ticket::from_bytes(&written.to_bytes()).unwrap();
    let expected = ClaimsIdentity {
        authentication_type: None,
        claims: vec![Claim::new("t", "")],
        ..ClaimsIdentity::new("")
    };
    assert_eq!(read.principal.identities, [expected]);
}

#[test]
fn what_follows_a_ticket_is_passed_over() {
    let ticket = Ticket::new("scheme", ClaimsPrincipal::default());
    let bytes = [ticket.to_bytes(), vec![1, 2, 3]].concat();
    assert_eq!(Ticket::from_bytes(&bytes), Ok(ticket));
}

#[test]
fn a_name_that_comes_twice_is_refused() {
    let mut ticket = Ticket::new("scheme", ClaimsPrincipal::default());
    ticket.properties.set("aa", Some(String::new()));
    ticket.properties.set("ab", Some(String::new()));
    let mut bytes = ticket.to_bytes();
    let last_name = bytes.iter().rposition(|&byte| byte == b'b').unwrap();
    bytes[last_name] = b'a';
    assert_eq!(Ticket::from_bytes(&bytes), Err(MalformedTicket));
}

#[test]
fn a_long_row_of_actors_is_refused_and_not_followed_to_the_end_of_the_stack() {
    // One identity without anything but an actor: no type, default claim types, no claims, no bootstrap context.
    let identity = [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1];
    let mut bytes = vec![5, 0, 0, 0, 0, 1, 0, 0, 0];
    for _ in 0..200_000 {
        bytes.extend(identity);
    }
    assert_eq!(Ticket::from_bytes(&bytes), Err(MalformedTicket));
}

#[test]
fn counts_that_promise_more_than_there_is_are_refused_at_once() {
    let many_identities = [5, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F];
    assert_eq!(Ticket::from_bytes(&many_identities), Err(MalformedTicket));
    let fewer_than_none = [5, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_eq!(Ticket::from_bytes(&fewer_than_none), Err(MalformedTicket));
}

#[test]
fn a_long_type_of_names_is_read_once_and_not_copied_into_claims_that_leave_it_out() {
    let names = |length| ClaimsIdentity {
        name_claim_type: "n".repeat(length).into(),
        claims: vec![Claim::new("n".repeat(length), "ada")],
        ..ClaimsIdentity::new("type")
    };
    for length in [512, 513] {
        let identities = vec![names(length)];
        let ticket = Ticket::new("scheme", ClaimsPrincipal { identities });
        assert_eq!(Ticket::from_bytes(&ticket.to_bytes()), Ok(ticket), "{length}");
    }

    // The same with one character more than .NET's mark for the default may stand for: `01 00` for the claim's type.
    let identities = vec![names(512)];
    let bytes = Ticket::new("scheme", ClaimsPrincipal { identities }).to_bytes();
    let length = bytes.windows(2).position(|bytes| bytes == [0x80, 0x04]).unwrap();
    let longer = [&bytes[..length], &[0x81, 0x04, b'n'], &bytes[length + 2..]].concat();
    assert_eq!(Ticket::from_bytes(&longer), Err(MalformedTicket));
}

fn any_claim() -> impl Strategy<Value = Claim> {
    let types = prop_oneof![Just(claim_types::NAME.to_owned()), Just("x".to_owned()), "\\PC{0,200}"];
    let issuers = prop_oneof![Just(claim_types::LOCAL_AUTHORITY.to_owned()), "[a-c]"];
    (types, ".*", "\\PC", (issuers.clone(), issuers), option::of(".")).prop_map(
        |(claim_type, value, value_type, (issuer, original_issuer), property)| Claim {
            value_type: value_type.into(),
            issuer: issuer.into(),
            original_issuer: original_issuer.into(),
            properties: property.map(|value| (value.clone(), value)).into_iter().collect(),
            ..Claim::new(claim_type, value)
        },
    )
}

fn any_identity() -> impl Strategy<Value = ClaimsIdentity> {
    let names = prop_oneof![Just(claim_types::NAME.to_owned()), Just("x".to_owned())];
    let leaf = (option::of("\\PC"), names, vec(any_claim(), 0..4), option::of(".")).prop_map(
        |(authentication_type, name_claim_type, claims, bootstrap_context)| ClaimsIdentity {
            authentication_type: authentication_type.map(Into::into),
            name_claim_type: name_claim_type.into(),
            claims,
            bootstrap_context,
            ..ClaimsIdentity::new("")
        },
    );
    leaf.prop_recursive(3, 4, 1, |actor| {
        actor.prop_map(|actor| ClaimsIdentity {
            actor: Some(Box::new(actor)),
            ..ClaimsIdentity::new("with an actor")
        })
    })
}

proptest! {
    #[test]
    fn every_ticket_comes_back_as_it_was_written(
        scheme: String,
        identities in vec(any_identity(), 0..3),
        text: Option<String>,
        persistent: bool,
    ) {
        let mut ticket = Ticket::new(scheme, ClaimsPrincipal { identities });
        ticket.properties.set("text", text);
        ticket.properties.set_persistent(persistent);
        ticket.properties.set_issued(Some(datetime!(2026-01-02 03:04:05 UTC)));
        prop_assert_eq!(Ticket::from_bytes(&ticket.to_bytes()), Ok(ticket));
    }

    #[test]
    fn arbitrary_bytes_are_read_without_panic(bytes: Vec<u8>) {
        let _ = Ticket::from_bytes(&bytes);
        let _ = Ticket::from_bytes(&[&[5, 0, 0, 0][..], &bytes].concat());
    }

    #[test]
    fn damaged_tickets_are_read_without_panic_and_written_as_they_read(
        golden: Index,
        damage in vec((any::<Index>(), any::<u8>()), 1..8),
        length: Index,
    ) {
        let goldens = Golden::all();
        let mut bytes = golden.get(&goldens).bytes();
        for (place, byte) in damage {
            *place.get_mut(&mut bytes) = byte;
        }
        bytes.truncate(length.index(bytes.len() + 1));
        if let Ok(ticket) = Ticket::from_bytes(&bytes) {
            prop_assert_eq!(Ticket::from_bytes(&ticket.to_bytes()), Ok(ticket));
        }
    }
}
