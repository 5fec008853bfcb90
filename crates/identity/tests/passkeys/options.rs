//! Options and states are .NET's byte for byte.

use data_encoding::BASE64URL_NOPAD;
use wicketgate_identity::UserId;
use wicketgate_identity::passkey::{
    PasskeyCreationOptions, PasskeyOperation, PasskeyRequestOptions, PasskeyUserEntity,
};
use wicketgate_identity::ticket::Ticket;
use wicketgate_protection::Random;

use crate::golden::{Ceremony, WRITTEN, ceremonies};
use crate::stored_rows::Registered;

/// Gives the bytes that were chosen when a ceremony was recorded.
#[derive(Debug)]
struct Recorded(Vec<u8>);

impl Random for Recorded {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}

/// The options of a ceremony whose options are its own, and the state that goes with them.
fn made_here(ceremony: &Ceremony, recorded: &str, registered: &Registered) -> (String, String) {
    let recorded: serde_json::Value = serde_json::from_str(recorded).unwrap();
    let challenge = BASE64URL_NOPAD.decode(recorded["challenge"].as_str().unwrap().as_bytes());
    let (options, host, random) = (
        ceremony.options(),
        ceremony.request().host,
        Recorded(challenge.unwrap()),
    );
    if recorded.get("rp").is_some() {
        let entity = PasskeyUserEntity {
            id: UserId::from_stored(ceremony.user_id.clone().unwrap()),
            name: ceremony.user_name.clone().unwrap(),
            display_name: ceremony.user_name.clone().unwrap(),
        };
        let existing = registered.of(entity.id.as_str());
        let made = PasskeyCreationOptions::new(&options, host, entity, &existing, &random);
        return (made.json, made.state.to_json());
    }
    let made = match &ceremony.asked_user_id {
        None => PasskeyRequestOptions::for_anybody(&options, host, &random),
        Some(asked) => {
            let passkeys = registered.of(asked);
            PasskeyRequestOptions::for_user(&options, host, &UserId::from_stored(asked.clone()), &passkeys, &random)
        }
    };
    (made.json, made.state.to_json())
}

#[tokio::test]
async fn options_states_and_tickets_are_those_of_dotnet() {
    let (mut registered, mut count) = (Registered::default(), 0);
    for ceremony in ceremonies() {
        if let Some(recorded) = &ceremony.options_json {
            let (json, state) = made_here(&ceremony, recorded, &registered);
            assert_eq!(json, *recorded, "{}", ceremony.about);
            if let Some(ticket) = ceremony.ticket().await {
                let operation = if json.starts_with("{\"rp\"") {
                    PasskeyOperation::Attestation
                } else {
                    PasskeyOperation::Assertion
                };
                assert_is_ticket(&ticket, operation, state);
                count += 1;
            }
        }
        registered.add(&ceremony);
    }
    assert!(count > 180, "{count}");
}

fn assert_is_ticket(recorded: &Ticket, operation: PasskeyOperation, state: String) {
    let mut ticket = operation.ticket(state);
    ticket.properties.set_issued(Some(WRITTEN));
    ticket
        .properties
        .set_expires(Some(WRITTEN + time::Duration::minutes(5)));
    assert_eq!(ticket, *recorded);
    assert_eq!(ticket.to_bytes(), recorded.to_bytes());
}
