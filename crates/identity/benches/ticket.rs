//! What it costs to write and read a ticket, to seal and open it, and to find a claim.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up has failed")]

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use time::OffsetDateTime;
use tokio::runtime::Builder;
use wicketgate_identity::claims::{Claim, ClaimsIdentity, claim_types};
use wicketgate_identity::ticket::{CachedTicketFormat, Ticket, TicketFormat};
use wicketgate_identity::{ClaimsPrincipal, schemes};
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

/// An access token of an account without claims of its own.
fn ticket() -> Ticket {
    let claims = [
        (claim_types::NAME_IDENTIFIER, "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        (claim_types::NAME, "ada@example.test"),
        (claim_types::EMAIL, "ada@example.test"),
        (claim_types::SECURITY_STAMP, "BCDFGHJKMNPQRTVWXY23456789BCDFGH"),
        (claim_types::AUTHENTICATION_METHOD, "pwd"),
    ];
    let identity = ClaimsIdentity {
        claims: claims.map(|(claim_type, value)| Claim::new(claim_type, value)).into(),
        ..ClaimsIdentity::new(schemes::BEARER)
    };
    let principal = ClaimsPrincipal {
        identities: vec![identity],
    };
    let mut ticket = Ticket::new(schemes::BEARER_ACCESS_TOKEN, principal);
    ticket.properties.set_expires(Some(OffsetDateTime::UNIX_EPOCH));
    ticket
}

fn tickets(criterion: &mut Criterion) {
    let ticket = ticket();
    let bytes = ticket.to_bytes();
    criterion.bench_function("ticket to bytes", |bencher| {
        bencher.iter(|| black_box(&ticket).to_bytes())
    });
    criterion.bench_function("ticket from bytes", |bencher| {
        bencher.iter(|| Ticket::from_bytes(black_box(&bytes)).unwrap());
    });

    let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let runtime = Builder::new_current_thread().build().unwrap();
    let format = TicketFormat::access_tokens(&protection);
    let sealed = runtime.block_on(format.seal(&ticket)).unwrap();
    criterion.bench_function("ticket sealed", |bencher| {
        bencher.iter(|| runtime.block_on(format.seal(black_box(&ticket))).unwrap());
    });
    criterion.bench_function("ticket opened", |bencher| {
        bencher.iter(|| runtime.block_on(format.open(black_box(sealed.as_str()))).unwrap());
    });
    let cached = CachedTicketFormat::new(format);
    criterion.bench_function("ticket opened again", |bencher| {
        bencher.iter(|| {
            let text = black_box(sealed.as_str());
            let opened = runtime.block_on(cached.open(text, OffsetDateTime::UNIX_EPOCH));
            opened.unwrap()
        });
    });
}

fn claims(criterion: &mut Criterion) {
    let principal = ticket().principal;
    criterion.bench_function("claim found", |bencher| {
        bencher.iter(|| black_box(&principal).find_first_value(claim_types::AUTHENTICATION_METHOD));
    });
    criterion.bench_function("role not found", |bencher| {
        bencher.iter(|| black_box(&principal).is_in_role("Manager"));
    });
}

criterion_group!(benches, tickets, claims);
criterion_main!(benches);
