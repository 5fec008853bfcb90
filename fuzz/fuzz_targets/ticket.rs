//! `Ticket::from_bytes`: what is written of what was read reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{goldens, memory, seeds};
use wicketgate_identity::ticket::Ticket;
use wicketgate_protection::base64_text;

/// Two thousand claims that leave out their type, which is the identity's long type of names.
fn many_claims_of_a_long_type() -> Vec<u8> {
    // Version 5 and an empty scheme; one identity without authentication type, a length of 8,192.
    let mut bytes = vec![5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0x80, 0x40];
    bytes.extend([b'n'; 8192]);
    bytes.push(0);
    bytes.extend(2000_u32.to_le_bytes());
    for _ in 0..2000 {
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    // Neither bootstrap context nor actor; version 1 of the properties, of which there are none.
    bytes.extend([0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

fuzz_target!(
    init: {
        let golden = goldens::json("database/tickets.json");
        let goldens = goldens::texts(&golden, "serialized").filter_map(base64_text::decode);
        seeds::write(goldens.chain([many_claims_of_a_long_type()]));
    },
    |bytes: &[u8]| {
        // A claim of nine bytes stands for four default texts beside its own.
        let Ok(ticket) = memory::bounded(bytes.len(), 128, || Ticket::from_bytes(bytes)) else {
            return;
        };
        let _ = (ticket.properties.issued(), ticket.properties.expires(), ticket.properties.allow_refresh());
        let written = ticket.to_bytes();
        let read = Ticket::from_bytes(&written).expect("what was written");
        assert_eq!(read.to_bytes(), written);
    }
);
