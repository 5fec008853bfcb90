//! Four lanes in the 256-bit registers of AVX2, which must compose rotations out of shifts.

use std::arch::x86_64::{
    __m256i, _mm_cvtsi64_si128, _mm256_add_epi64, _mm256_and_si256, _mm256_loadu_si256, _mm256_or_si256,
    _mm256_set1_epi64x, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_sll_epi64, _mm256_srl_epi64, _mm256_storeu_si256,
    _mm256_xor_si256,
};

use super::Backend;
use super::chain::advance;
use super::compression::define_rounds;

pub(super) fn detect() -> Option<Backend> {
    is_x86_feature_detected!("avx2").then_some(Backend::new("AVX2", LANES, |chains| {
        // SAFETY: this backend exists only where the processor was found to have AVX2.
        advance(chains, |lanes, count| unsafe { rounds(lanes, count) });
    }))
}

const LANES: usize = 4;
type Vector = __m256i;

define_rounds!(#[target_feature(enable = "avx2")]);

#[target_feature(enable = "avx2")]
#[inline]
fn load(words: &[u64; LANES]) -> Vector {
    // SAFETY: the array has the 32 bytes that are read; the instruction asks for no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(vector: Vector) -> [u64; LANES] {
    let mut words = [0; LANES];
    // SAFETY: the array has room for the 32 bytes that are written; the instruction asks for no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
    words
}

#[target_feature(enable = "avx2")]
#[inline]
fn splat(word: u64) -> Vector {
    _mm256_set1_epi64x(word.cast_signed())
}

#[target_feature(enable = "avx2")]
#[inline]
fn add(x: Vector, y: Vector) -> Vector {
    _mm256_add_epi64(x, y)
}

#[target_feature(enable = "avx2")]
#[inline]
fn xor(x: Vector, y: Vector) -> Vector {
    _mm256_xor_si256(x, y)
}

#[target_feature(enable = "avx2")]
#[inline]
fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    xor(xor(x, y), z)
}

#[target_feature(enable = "avx2")]
#[inline]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    xor(z, _mm256_and_si256(x, xor(y, z)))
}

#[target_feature(enable = "avx2")]
#[inline]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(z, _mm256_or_si256(x, y)))
}

#[target_feature(enable = "avx2")]
#[inline]
fn rotate_right<const N: i64>(x: Vector) -> Vector {
    if N == 8 {
        // whole bytes, so that moving them about takes one instruction
        #[rustfmt::skip]
        let next_byte = _mm256_setr_epi8(
            1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8, 1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8,
        );
        return _mm256_shuffle_epi8(x, next_byte);
    }
    let left = _mm256_sll_epi64(x, _mm_cvtsi64_si128(64 - N));
    _mm256_or_si256(shift_right::<N>(x), left)
}

/// The compiler sees that the count is constant and takes the form of the instruction that has it built in.
#[target_feature(enable = "avx2")]
#[inline]
fn shift_right<const N: i64>(x: Vector) -> Vector {
    _mm256_srl_epi64(x, _mm_cvtsi64_si128(N))
}
