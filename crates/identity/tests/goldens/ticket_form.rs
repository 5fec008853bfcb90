//! The bytes of tickets that no recording has: others' versions, damage, and whatever else can be written.

use proptest::{collection::vec, option, prelude::*, sample::Index};
use time::macros::datetime;
use wicketgate_identity::ClaimsPrincipal;
use wicketgate_identity::claims::{Claim, ClaimsIdentity, claim_types};
use wicketgate_identity::ticket::{MalformedTicket, Ticket};

use crate::tickets::Golden;

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
