//! How long it takes to refuse what differs from a secret at its beginning, and at its end: a line for each measurement, with what
//! was compared, which of the two it was, and nanoseconds. `cargo trials timing` judges them, and says with `--samples` how many it
//! wants. Beside each stands a control, which also compares in a way that stops early: its kinds are 2 and 3, and must be found to
//! differ, or nothing would be.
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

/// Where nobody judges them.
const FEW: usize = 4;
/// The bytes of a version 3 hash before its subkey.
const HEAD_OF_HASH: usize = 13 + 16;
/// An HMAC-SHA256 at the end of a payload.
const MAC: usize = 32;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let given = arguments.iter().skip_while(|argument| *argument != "--samples").nth(1);
    let samples = given.map_or(FEW, |given| given.parse().unwrap());
    let runtime = Builder::new_current_thread().build().unwrap();
    recovery_codes(samples);
    payloads(samples, &runtime);
    passwords(samples, &runtime);
}

fn recovery_codes(samples: usize) {
    let codes = ["23456-789BC", "DFGHJ-KMNPQ", "RTVWX-Y2345"].map(str::to_owned);
    let codes = RecoveryCodes::from(codes.to_vec());
    let presented = ["YFGHJ-KMNPQ", "DFGHJ-KMNPY"];
    let control = Control::new(b"DFGHJ-KMNPQ", presented.map(str::as_bytes));
    measure("recovery codes", samples, &control, |class| {
        black_box(codes.without(black_box(presented[class])));
    });
}

fn payloads(samples: usize, runtime: &Runtime) {
    let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let protector = protection.protector(&["timing"]);
    let payload = runtime.block_on(protector.protect(&[7; 400])).unwrap();
    let first = payload.len() - MAC;
    let presented = [different(&payload, first), different(&payload, payload.len() - 1)];
    let control = Control::new(&payload[first..], [&presented[0][first..], &presented[1][first..]]);
    measure("the MAC of a token", samples, &control, |class| {
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
    let hashes = [HEAD_OF_HASH, hash.len() - 1].map(|place| different(&hash, place));
    let control = Control::new(
        &hash[HEAD_OF_HASH..],
        [&hashes[0][HEAD_OF_HASH..], &hashes[1][HEAD_OF_HASH..]],
    );
    let presented = hashes.map(|hash| PasswordHash::from_stored(BASE64.encode(&hash)));
    measure("password hashes", samples, &control, |class| {
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

/// A secret and what differs from it at its beginning and at its end, to be compared byte by byte.
struct Control {
    secret: Vec<u8>,
    presented: [Vec<u8>; 2],
}

impl Control {
    fn new(secret: &[u8], presented: [&[u8]; 2]) -> Self {
        Self {
            secret: secret.to_vec(),
            presented: presented.map(<[u8]>::to_vec),
        }
    }

    fn compare(&self, class: usize) -> bool {
        let mut pairs = self.secret.iter().zip(&self.presented[class]);
        pairs.all(|(a, b)| black_box(a) == black_box(b))
    }
}

/// Measures one of two kinds at a time, with the control or without, as chance chooses, after a tenth of the samples that warm
/// everything up.
fn measure(name: &str, samples: usize, control: &Control, mut work: impl FnMut(usize)) {
    // Half of them are the control's.
    let samples = 2 * samples;
    let mut kinds = vec![0; samples + samples / 10];
    SystemRandom.fill(&mut kinds);
    let mut lines = Vec::new();
    for (number, kind) in kinds.iter().enumerate() {
        let kind = usize::from(kind % 4);
        let class = kind % 2;
        let begin = Instant::now();
        work(class);
        if kind >= 2 {
            black_box(control.compare(class));
        }
        let taken = begin.elapsed().as_nanos();
        if number >= samples / 10 {
            writeln!(lines, "{name}\t{kind}\t{taken}").unwrap();
        }
    }
    print!("{}", String::from_utf8(lines).unwrap());
}
