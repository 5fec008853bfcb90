//! What the lanes are worth: `cargo bench -p wicketgate-pbkdf2`. Criterion's `thrpt` is keys a second on one core.

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wicketgate_pbkdf2::{Backend, Derivation, Prf, derive_many, lanes};

criterion_group!(benches, each_backend, each_form);
criterion_main!(benches);

/// Every backend with all of its lanes in use, for keys of one block and 1,000 rounds.
fn each_backend(criterion: &mut Criterion) {
    for (prf, length) in [(Prf::HmacSha512, 64), (Prf::HmacSha256, 32), (Prf::HmacSha1, 20)] {
        let mut group = criterion.benchmark_group(format!("{prf:?}, 1000 rounds"));
        for backend in Backend::available(prf) {
            let derivations = vec![derivation(1_000, length); backend.lanes()];
            group.throughput(Throughput::Elements(backend.lanes() as u64));
            group.bench_function(BenchmarkId::new(backend.name(), backend.lanes()), |bencher| {
                bencher.iter(|| backend.derive_many(black_box(&derivations)));
            });
        }
    }
}

/// The subkeys of the forms that ASP.NET Core has written over the years, alone and as many as go at once.
fn each_form(criterion: &mut Criterion) {
    for (form, prf, iterations) in [
        ("version 2", Prf::HmacSha1, 1_000),
        ("version 3 until .NET 6", Prf::HmacSha256, 10_000),
        ("version 3", Prf::HmacSha512, 100_000),
    ] {
        let mut group = criterion.benchmark_group(form);
        group.sample_size(10);
        let mut counts = vec![1, lanes(prf, 32)];
        counts.dedup();
        for count in counts {
            let derivations = vec![derivation(iterations, 32); count];
            group.throughput(Throughput::Elements(count as u64));
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                bencher.iter(|| derive_many(prf, black_box(&derivations)));
            });
        }
    }
}

fn derivation(iterations: u32, length: usize) -> Derivation<'static> {
    Derivation {
        password: b"Correct horse battery staple",
        salt: &[7; 16],
        iterations: NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN),
        length,
    }
}
