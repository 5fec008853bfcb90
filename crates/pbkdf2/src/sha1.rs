//! PBKDF2-HMAC-SHA1, for old hashes only.

use std::sync::LazyLock;

use sha1::Sha1;
use sha1::block_api::compress;

use crate::backend::Backend;
use crate::chain::{Chain, advance};
use crate::hash_function::HashFunction;
use crate::prf::Prf;
use crate::rustcrypto;
use crate::vectors::define_backend;

pub(crate) static FUNCTION: LazyLock<HashFunction> = LazyLock::new(|| HashFunction {
    hash_length: WORDS * size_of::<Word>(),
    begin: |derivation, block| Chain::begin::<Sha1, Word, WORDS, BLOCK>(derivation, block, INITIAL_STATE, compress),
    backends: backends(),
});

const PRF: Prf = Prf::HmacSha1;
type Word = u32;
const WORDS: usize = 5;
/// Block length of the function, in bytes.
const BLOCK: usize = 64;
/// Length of a key block and a hash, in bits.
const MESSAGE_BITS: Word = 8 * (BLOCK + WORDS * size_of::<Word>()) as Word;

fn backends() -> Vec<Backend> {
    let rustcrypto = Backend::new("RustCrypto", PRF, 1, 1, |chains| {
        advance(chains, |lanes, count| rustcrypto::rounds(lanes, count, compress));
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

/// Defines `compress(state, digest)` (FIPS 180-4, section 6.1.2): the state after a second block that holds `digest`, a
/// hash of the same function. Most of such a block is padding, the same each time, which the compiler computes
/// beforehand.
macro_rules! define_compress {
    ($(#[$instructions:meta])*) => {
        $(#[$instructions])*
        #[inline]
        fn compress(state: &[Vector; 5], digest: &[Vector; 5]) -> [Vector; 5] {
            let [d0, d1, d2, d3, d4] = *digest;
            let (one_bit, zero) = (splat(1 << 31), splat(0));
            let mut w = [
                d0, d1, d2, d3, d4, one_bit, zero, zero, zero, zero, zero, zero, zero, zero, zero, splat(MESSAGE_BITS),
            ];
            let [mut a, mut b, mut c, mut d, mut e] = *state;

            // Instead of rotating the five words at each step, the steps rotate their names.
            macro_rules! step {
                ($a:ident $b:ident $c:ident $d:ident $e:ident, $f:ident, $k:literal, $t:expr) => {
                    if $t >= 16 {
                        let mixed = xor(xor3(w[($t + 13) % 16], w[($t + 8) % 16], w[($t + 2) % 16]), w[$t % 16]);
                        w[$t % 16] = rotate_right(mixed, 31);
                    }
                    let t1 = add(add($e, add(w[$t % 16], splat($k))), $f($b, $c, $d));
                    $e = add(t1, rotate_right($a, 27));
                    $b = rotate_right($b, 2);
                };
            }
            macro_rules! five_steps {
                ($f:ident, $k:literal, $t:expr) => {
                    step!(a b c d e, $f, $k, $t);
                    step!(e a b c d, $f, $k, $t + 1);
                    step!(d e a b c, $f, $k, $t + 2);
                    step!(c d e a b, $f, $k, $t + 3);
                    step!(b c d e a, $f, $k, $t + 4);
                };
            }
            macro_rules! twenty_steps {
                ($f:ident, $k:literal, $t:expr) => {
                    five_steps!($f, $k, $t);
                    five_steps!($f, $k, $t + 5);
                    five_steps!($f, $k, $t + 10);
                    five_steps!($f, $k, $t + 15);
                };
            }
            twenty_steps!(choose, 0x5a827999, 0);
            twenty_steps!(xor3, 0x6ed9eba1, 20);
            twenty_steps!(majority, 0x8f1bbcdc, 40);
            twenty_steps!(xor3, 0xca62c1d6, 60);

            let [s0, s1, s2, s3, s4] = *state;
            [add(a, s0), add(b, s1), add(c, s2), add(d, s3), add(e, s4)]
        }
    };
}

// From how many chains each is worthwhile was measured on an AMD EPYC (Zen 4) with `cargo bench`.
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, avx512, pays_from: if rustcrypto::has_sha_instructions() { 10 } else { 9 });
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, avx512vl, pays_from: 2);
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, avx2, pays_from: if rustcrypto::has_sha_instructions() { 3 } else { 2 });
#[cfg(target_arch = "x86_64")]
define_backend!(words_32, bmi2);
define_backend!(words_32, portable);

/// The state before the first block (FIPS 180-4, section 5.3.1).
#[rustfmt::skip]
const INITIAL_STATE: [Word; WORDS] = [
    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
];
