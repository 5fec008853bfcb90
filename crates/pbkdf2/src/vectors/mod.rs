//! Vector registers: one file for each kind of instructions, which names the same operations the same way.
//!
//! A file has modules `words_32` and `words_64`, each with the type `Vector` of `LANES` such words and the functions
//! `load`, `store`, `splat`, `add`, `xor`, `xor3`, `choose`, `majority`, `rotate_right` and `shift_right`. Counts of
//! bits are arguments that are constant wherever these functions are called: the compiler, which puts all of them in
//! line, takes the forms of the instructions that have the count built in.
//!
//! To add instructions, add a file here and a rule to [`define_backend`]. To add a hash function, write its compression
//! once, in these operations.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512vl;
#[cfg(target_arch = "x86_64")]
pub(crate) mod bmi2;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod scalar;

/// Defines a module with a hash function's backend for one kind of instructions: `detect()`, which gives it where the
/// processor has them.
///
/// The module around it has the macro `define_compress`, which takes the attribute that enables the instructions, the
/// function's `PRF`, the type `Word`, and the number `WORDS` of words in a state. A macro rather than a trait: the
/// functions with vector instructions, and whoever is to call them without `unsafe`, must all carry that attribute,
/// which a trait's methods cannot.
macro_rules! define_backend {
    ($words:ident, avx512, pays_from: $pays_from:expr) => {
        crate::vectors::define_backend!("AVX-512", avx512::$words, ["avx512f"], avx512, $pays_from);
    };
    ($words:ident, avx512vl, pays_from: $pays_from:expr) => {
        crate::vectors::define_backend!("AVX-512VL", avx512vl::$words, ["avx512f,avx512vl"], avx512vl, $pays_from);
    };
    ($words:ident, avx2, pays_from: $pays_from:expr) => {
        crate::vectors::define_backend!("AVX2", avx2::$words, ["avx2"], avx2, $pays_from);
    };
    ($words:ident, neon, pays_from: $pays_from:expr) => {
        crate::vectors::define_backend!("NEON", neon::$words, ["neon"], neon, $pays_from);
    };
    // The rotations of BMI2 leave their operand as it was and so save a move each.
    ($words:ident, bmi2) => {
        crate::vectors::define_backend!("BMI2", bmi2::$words, ["bmi1,bmi2"], bmi2, 1);
    };
    // For processors without vectors, and as the twin that the other backends are tested against.
    ($words:ident, portable) => {
        mod portable {
            use super::*;
            use crate::vectors::scalar::$words::*;

            pub(super) fn detect() -> Option<Backend> {
                Some(Backend::new("portable", PRF, LANES, 1, |chains| advance(chains, rounds)))
            }

            crate::vectors::define_rounds!();
            define_compress!();
        }
    };
    ($name:literal, $instructions:ident::$words:ident, [$features:literal], $module:ident, $pays_from:expr) => {
        mod $module {
            use super::*;
            use crate::vectors::$instructions::$words::*;

            pub(super) fn detect() -> Option<Backend> {
                crate::vectors::$instructions::is_available().then_some(Backend::new(
                    $name,
                    PRF,
                    LANES,
                    $pays_from,
                    |chains| {
                        // SAFETY: this backend exists only where the processor was found to have its instructions,
                        // and `is_available` looks for each that the attribute enables.
                        advance(chains, |lanes, count| unsafe { rounds(lanes, count) });
                    },
                ))
            }

            crate::vectors::define_rounds!(#[target_feature(enable = $features)]);
            define_compress!(#[target_feature(enable = $features)]);
        }
    };
}

/// Defines `rounds(lanes, count)`, PBKDF2's loop around a hash function's `compress(state, digest)`.
macro_rules! define_rounds {
    ($(#[$instructions:meta])*) => {
        /// Goes on with PBKDF2 in all lanes at once: `count` times the HMAC of the last link, added to the sum.
        $(#[$instructions])*
        fn rounds(lanes: &mut crate::chain::Lanes<Word, WORDS, LANES>, count: u32) {
            let inner = load_state(&lanes.inner);
            let outer = load_state(&lanes.outer);
            let mut link = load_state(&lanes.link);
            let mut sum = load_state(&lanes.sum);
            for _ in 0..count {
                link = compress(&outer, &compress(&inner, &link));
                for (sum, link) in sum.iter_mut().zip(link) {
                    *sum = xor(*sum, link);
                }
            }
            store_state(&mut lanes.link, &link);
            store_state(&mut lanes.sum, &sum);
        }

        $(#[$instructions])*
        #[inline]
        fn load_state(words: &[[Word; LANES]; WORDS]) -> [Vector; WORDS] {
            let mut state = [splat(0); WORDS];
            for (vector, words) in state.iter_mut().zip(words) {
                *vector = load(words);
            }
            state
        }

        $(#[$instructions])*
        #[inline]
        fn store_state(words: &mut [[Word; LANES]; WORDS], state: &[Vector; WORDS]) {
            for (words, &vector) in words.iter_mut().zip(state) {
                *words = store(vector);
            }
        }
    };
}

pub(crate) use define_backend;
pub(crate) use define_rounds;
