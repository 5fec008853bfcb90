//! PBKDF2-HMAC-SHA256.

use std::sync::LazyLock;

use sha2::Sha256;
use sha2::block_api::compress256;

use crate::backend::Backend;
use crate::chain::{Chain, advance};
use crate::hash_function::HashFunction;
use crate::prf::Prf;
use crate::rustcrypto;
use crate::sha2::define_compress;
use crate::vectors::define_backend;

pub(crate) static FUNCTION: LazyLock<HashFunction> = LazyLock::new(|| HashFunction {
    hash_length: WORDS * size_of::<Word>(),
    begin: |derivation, block| {
        Chain::begin::<Sha256, Word, WORDS, BLOCK>(derivation, block, INITIAL_STATE, compress256)
    },
    backends: backends(),
});

const PRF: Prf = Prf::HmacSha256;
type Word = u32;
const WORDS: usize = 8;
/// Block length of the function, in bytes.
const BLOCK: usize = 64;
/// Length of a key block and a hash, in bits.
const MESSAGE_BITS: Word = 8 * (BLOCK + WORDS * size_of::<Word>()) as Word;

fn backends() -> Vec<Backend> {
    let rustcrypto = Backend::new("RustCrypto", PRF, 1, 1, |chains| {
        advance(chains, |lanes, count| rustcrypto::rounds(lanes, count, compress256));
    });
    let detected = [
        #[cfg(target_arch = "x86_64")]
        avx512::detect(),
        #[cfg(target_arch = "x86_64")]
        avx512vl::detect(),
        #[cfg(target_arch = "x86_64")]
        avx2::detect(),
        rustcrypto::has_sha_instructions().then_some(rustcrypto),
        #[cfg(target_arch = "x86_64")]
        bmi2::detect(),
        portable::detect(),
    ];
    detected.into_iter().flatten().collect()
}

// From how many chains each is worthwhile was measured on an AMD EPYC (Zen 4) with `cargo bench`.
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, avx512, pays_from: if rustcrypto::has_sha_instructions() { 11 } else { 9 });
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, avx512vl, pays_from: if rustcrypto::has_sha_instructions() { 4 } else { 2 });
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, avx2, pays_from: if rustcrypto::has_sha_instructions() { 6 } else { 2 });
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, bmi2);
define_backend!(words_32, portable);

// The functions of FIPS 180-4, section 4.1.2, by their counts of bits.
const UPPER_SIGMA_0: [u32; 3] = [2, 13, 22];
const UPPER_SIGMA_1: [u32; 3] = [6, 11, 25];
const LOWER_SIGMA_0: [u32; 3] = [7, 18, 3];
const LOWER_SIGMA_1: [u32; 3] = [17, 19, 10];

/// The state before the first block (FIPS 180-4, section 5.3.3).
#[rustfmt::skip]
const INITIAL_STATE: [Word; WORDS] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/// The constants of the steps, sixteen by sixteen (FIPS 180-4, section 4.2.2).
#[rustfmt::skip]
const K: [[u32; 16]; 4] = [
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    ],
    [
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    ],
    [
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    ],
    [
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ],
];
