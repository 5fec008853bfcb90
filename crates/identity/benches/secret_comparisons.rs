//! How long it takes to refuse what differs from a secret at its beginning, and at its end: a line for each measurement, with what
//! was compared, which of the two it was, and nanoseconds. `cargo trials timing` judges them.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up has failed")]
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::{env, hint::black_box, io::Write as _, num::NonZeroU32, sync::Arc, time::Instant};

use data_encoding::BASE64;
use tokio::runtime::{Builder, Runtime};
use wicketgate_identity::options::PasswordHasherOptions;
use wicketgate_identity::password::PasswordHasher;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::{PasswordAlgorithm, PasswordHash};
use wicketgate_protection::{DataProtection, Random, SystemClock, SystemRandom};

/// Where cargo only wants to know whether it runs.
const FEW: usize = 4;
const MANY: usize = 100_000;
/// The bytes of a version 3 hash before its subkey.
const HEAD_OF_HASH: usize = 13 + 16;
/// An HMAC-SHA256 at the end of a payload.
const MAC: usize = 32;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let is_measured = arguments.iter().any(|argument| argument == "--bench");
    let given = arguments.iter().skip_while(|argument| *argument != "--samples").nth(1);
    let samples = match is_measured {
        true => given.and_then(|given| given.parse().ok()).unwrap_or(MANY),
        false => FEW,
    };
    let runtime = Builder::new_current_thread().build().unwrap();
    early_exit(samples);
    recovery_codes(samples);
    payloads(samples, &runtime);
    passwords(samples, &runtime);
}

/// The control: what is measured here must be found to differ, or nothing would be.
fn early_exit(samples: usize) {
    let secret = vec![7_u8; 4096];
    let presented = [different(&secret, 0), different(&secret, secret.len() - 1)];
    measure("control: a comparison that stops early", samples, |class| {
        let pairs = secret.iter().zip(&presented[class]);
        for (a, b) in pairs {
            if black_box(a) != black_box(b) {
                return;
            }
        }
    });
}

fn recovery_codes(samples: usize) {
    let codes = ["23456-789BC", "DFGHJ-KMNPQ", "RTVWX-Y2345"].map(str::to_owned);
    let codes = RecoveryCodes::from(codes.to_vec());
    let presented = ["YFGHJ-KMNPQ", "DFGHJ-KMNPY"];
    measure("recovery codes", samples, |class| {
        black_box(codes.without(black_box(presented[class])));
    });
}

fn payloads(samples: usize, runtime: &Runtime) {
    let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let protector = protection.protector(&["timing"]);
    let payload = runtime.block_on(protector.protect(&[7; 400])).unwrap();
    let first = payload.len() - MAC;
    let presented = [different(&payload, first), different(&payload, payload.len() - 1)];
    measure("the MAC of a token", samples, |class| {
        let opened = runtime.block_on(protector.unprotect(black_box(&presented[class])));
        assert!(opened.is_err());
    });
}

fn passwords(samples: usize, runtime: &Runtime) {
    let options = PasswordHasherOptions {
        algorithm: PasswordAlgorithm::identity_v3(NonZeroU32::MIN),
        ..PasswordHasherOptions::default()
    };
    let hasher = PasswordHasher::new(options, Arc::new(SystemRandom));
    let hash = runtime.block_on(hasher.hash("Passw0rd!")).unwrap();
    let hash = BASE64.decode(hash.as_str().as_bytes()).unwrap();
    let presented =
        [HEAD_OF_HASH, hash.len() - 1].map(|place| PasswordHash::from_stored(BASE64.encode(&different(&hash, place))));
    measure("password hashes", samples, |class| {
        let verified = runtime.block_on(hasher.verify(&presented[class], black_box("Passw0rd!")));
        black_box(verified.unwrap());
    });
}

/// The same bytes but for this one.
fn different(bytes: &[u8], place: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[place] ^= 1;
    bytes
}

/// Measures one of two kinds at a time, which chance chooses, after a tenth of the samples that warm everything up.
fn measure(name: &str, samples: usize, mut work: impl FnMut(usize)) {
    let mut classes = vec![0; samples + samples / 10];
    SystemRandom.fill(&mut classes);
    let mut lines = Vec::new();
    for (number, class) in classes.iter().enumerate() {
        let class = usize::from(class % 2);
        let begin = Instant::now();
        work(class);
        let taken = begin.elapsed().as_nanos();
        if number >= samples / 10 {
            writeln!(lines, "{name}\t{class}\t{taken}").unwrap();
        }
    }
    print!("{}", String::from_utf8(lines).unwrap());
}
