//! What it costs to protect and unprotect a payload as long as a ticket, as bytes and as the text of tokens and cookies.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up has failed")]

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};
use wicketgate_protection::{DataProtection, Protector, SystemClock, SystemRandom};

/// About what an access token of an account without claims of its own holds.
const TICKET: [u8; 400] = [b't'; 400];

fn setting() -> (Runtime, Protector) {
    let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let runtime = Builder::new_current_thread().build().unwrap();
    (runtime, protection.protector(&["bench"]))
}

fn protect(criterion: &mut Criterion) {
    let (runtime, protector) = setting();
    criterion.bench_function("protect", |bencher| {
        bencher.iter(|| runtime.block_on(protector.protect(black_box(&TICKET))).unwrap());
    });
    criterion.bench_function("protect as text", |bencher| {
        bencher.iter(|| runtime.block_on(protector.protect_text(black_box(&TICKET))).unwrap());
    });
}

fn unprotect(criterion: &mut Criterion) {
    let (runtime, protector) = setting();
    let payload = runtime.block_on(protector.protect(&TICKET)).unwrap();
    let text = runtime.block_on(protector.protect_text(&TICKET)).unwrap();
    criterion.bench_function("unprotect", |bencher| {
        bencher.iter(|| runtime.block_on(protector.unprotect(black_box(&payload))).unwrap());
    });
    criterion.bench_function("unprotect as text", |bencher| {
        bencher.iter(|| runtime.block_on(protector.unprotect_text(black_box(&text))).unwrap());
    });
}

criterion_group!(benches, protect, unprotect);
criterion_main!(benches);
