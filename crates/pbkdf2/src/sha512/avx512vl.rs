//! Four lanes in 256-bit registers with the instructions of AVX-512VL: through sooner than eight lanes in 512 bits,
//! and with no more than four at hand not slower than one alone.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_loadu_si256, _mm256_ror_epi64, _mm256_set1_epi64x, _mm256_srli_epi64,
    _mm256_storeu_si256, _mm256_ternarylogic_epi64, _mm256_xor_si256,
};

use super::Backend;
use super::chain::advance;
use super::compression::define_rounds;

pub(super) fn detect() -> Option<Backend> {
    let detected = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl");
    detected.then_some(Backend::new("AVX-512VL", LANES, |chains| {
        // SAFETY: this backend exists only where the processor was found to have AVX-512F and AVX-512VL.
        advance(chains, |lanes, count| unsafe { rounds(lanes, count) });
    }))
}

const LANES: usize = 4;
type Vector = __m256i;

define_rounds!(#[target_feature(enable = "avx512f,avx512vl")]);

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn load(words: &[u64; LANES]) -> Vector {
    // SAFETY: the array has the 32 bytes that are read; the instruction asks for no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn store(vector: Vector) -> [u64; LANES] {
    let mut words = [0; LANES];
    // SAFETY: the array has room for the 32 bytes that are written; the instruction asks for no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
    words
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn splat(word: u64) -> Vector {
    _mm256_set1_epi64x(word.cast_signed())
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn add(x: Vector, y: Vector) -> Vector {
    _mm256_add_epi64(x, y)
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn xor(x: Vector, y: Vector) -> Vector {
    _mm256_xor_si256(x, y)
}

// The number of a ternary operation is the column of results in its truth table.

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_ternarylogic_epi64::<0b1001_0110>(x, y, z)
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_ternarylogic_epi64::<0b1100_1010>(x, y, z)
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_ternarylogic_epi64::<0b1110_1000>(x, y, z)
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn rotate_right<const N: i32>(x: Vector) -> Vector {
    _mm256_ror_epi64::<N>(x)
}

#[target_feature(enable = "avx512f,avx512vl")]
#[inline]
fn shift_right<const N: i32>(x: Vector) -> Vector {
    _mm256_srli_epi64::<N>(x)
}
