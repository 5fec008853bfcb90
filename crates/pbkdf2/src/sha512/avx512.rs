//! Eight lanes in the 512-bit registers of AVX-512F, which has an instruction for each operation.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_loadu_si512, _mm512_ror_epi64, _mm512_set1_epi64, _mm512_srli_epi64,
    _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::Backend;
use super::chain::advance;
use super::compression::define_rounds;

pub(super) fn detect() -> Option<Backend> {
    is_x86_feature_detected!("avx512f").then_some(Backend::new("AVX-512", LANES, |chains| {
        // SAFETY: this backend exists only where the processor was found to have AVX-512F.
        advance(chains, |lanes, count| unsafe { rounds(lanes, count) });
    }))
}

const LANES: usize = 8;
type Vector = __m512i;

define_rounds!(#[target_feature(enable = "avx512f")]);

#[target_feature(enable = "avx512f")]
#[inline]
fn load(words: &[u64; LANES]) -> Vector {
    // SAFETY: the array has the 64 bytes that are read; the instruction asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(vector: Vector) -> [u64; LANES] {
    let mut words = [0; LANES];
    // SAFETY: the array has room for the 64 bytes that are written; the instruction asks for no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) };
    words
}

#[target_feature(enable = "avx512f")]
#[inline]
fn splat(word: u64) -> Vector {
    _mm512_set1_epi64(word.cast_signed())
}

#[target_feature(enable = "avx512f")]
#[inline]
fn add(x: Vector, y: Vector) -> Vector {
    _mm512_add_epi64(x, y)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn xor(x: Vector, y: Vector) -> Vector {
    _mm512_xor_si512(x, y)
}

// The number of a ternary operation is the column of results in its truth table.

#[target_feature(enable = "avx512f")]
#[inline]
fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi64::<0b1001_0110>(x, y, z)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi64::<0b1100_1010>(x, y, z)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi64::<0b1110_1000>(x, y, z)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn rotate_right<const N: i32>(x: Vector) -> Vector {
    _mm512_ror_epi64::<N>(x)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn shift_right<const N: u32>(x: Vector) -> Vector {
    _mm512_srli_epi64::<N>(x)
}
