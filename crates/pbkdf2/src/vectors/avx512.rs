//! The 512-bit registers of AVX-512F, which has an instruction for each operation.

use std::arch::x86_64::*;

pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("avx512f")
}

pub(crate) type Vector = __m512i;

macro_rules! define_words {
    ($module:ident, $word:ty, $splat:ident, $add:ident, $rotate_right:ident, $shift_right:ident) => {
        pub(crate) mod $module {
            use super::*;
            pub(crate) use super::{Vector, choose, majority, xor, xor3};

            pub(crate) const LANES: usize = size_of::<Vector>() / size_of::<$word>();

            #[target_feature(enable = "avx512f")]
            #[inline]
            pub(crate) fn load(words: &[$word; LANES]) -> Vector {
                // SAFETY: the array is as long as the vector that is read; the instruction asks for no alignment.
                unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
            }

            #[target_feature(enable = "avx512f")]
            #[inline]
            pub(crate) fn store(vector: Vector) -> [$word; LANES] {
                let mut words = [0; LANES];
                // SAFETY: the array is as long as the vector that is written; the instruction asks for no alignment.
                unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) };
                words
            }

            #[target_feature(enable = "avx512f")]
            #[inline]
            pub(crate) fn splat(word: $word) -> Vector {
                $splat(word.cast_signed())
            }

            #[target_feature(enable = "avx512f")]
            #[inline]
            pub(crate) fn add(x: Vector, y: Vector) -> Vector {
                $add(x, y)
            }

            #[target_feature(enable = "avx512f")]
            #[inline]
            pub(crate) fn rotate_right(x: Vector, count: u32) -> Vector {
                $rotate_right(x, splat(count.into()))
            }

            #[target_feature(enable = "avx512f")]
            #[inline]
            pub(crate) fn shift_right(x: Vector, count: u32) -> Vector {
                $shift_right(x, splat(count.into()))
            }
        }
    };
}

define_words!(
    words_32,
    u32,
    _mm512_set1_epi32,
    _mm512_add_epi32,
    _mm512_rorv_epi32,
    _mm512_srlv_epi32
);
define_words!(
    words_64,
    u64,
    _mm512_set1_epi64,
    _mm512_add_epi64,
    _mm512_rorv_epi64,
    _mm512_srlv_epi64
);

#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn xor(x: Vector, y: Vector) -> Vector {
    _mm512_xor_si512(x, y)
}

// The number of a ternary operation is the column of results in its truth table.

#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi64::<0b1001_0110>(x, y, z)
}

#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi64::<0b1100_1010>(x, y, z)
}

#[target_feature(enable = "avx512f")]
#[inline]
pub(crate) fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm512_ternarylogic_epi64::<0b1110_1000>(x, y, z)
}
