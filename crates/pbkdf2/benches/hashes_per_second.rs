//! How many password hashes of ASP.NET Core's default strength one core makes in a second:
//! `cargo bench -p wicketgate-pbkdf2`.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::Instant;

use wicketgate_pbkdf2::{Backend, Derivation, Prf};

const ITERATIONS: NonZeroU32 = NonZeroU32::new(100_000).unwrap();
const REPETITIONS: usize = 15;

fn main() {
    let passwords: Vec<_> = (0..16).map(|i| format!("Correct horse battery staple {i}")).collect();
    let derivations: Vec<_> = passwords
        .iter()
        .map(|password| Derivation {
            password: password.as_bytes(),
            salt: &[7; 16],
            iterations: ITERATIONS,
            length: 20,
        })
        .collect();

    println!(
        "{:<32} {:>5} {:>12} {:>10}",
        "100,000 rounds, 20 bytes", "lanes", "ms a batch", "hashes/s"
    );
    for prf in [Prf::HmacSha512, Prf::HmacSha256, Prf::HmacSha1] {
        for backend in Backend::available(prf) {
            let batch = &derivations[..backend.lanes()];
            report(&format!("{prf:?} {}", backend.name()), batch.len(), || {
                drop(black_box(backend.derive_many(batch)))
            });
        }
    }
}

/// Prints the shortest of several runs, which other load on the machine disturbs least.
fn report(name: &str, lanes: usize, run: impl Fn()) {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let seconds = (0..REPETITIONS).map(timed).min().unwrap_or_default().as_secs_f64();
    println!(
        "{name:<32} {lanes:>5} {:>12.1} {:>10.1}",
        seconds * 1e3,
        lanes as f64 / seconds
    );
}
