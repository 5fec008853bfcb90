//! The 256-bit registers of AVX2, which must compose rotations out of shifts.

use std::arch::x86_64::*;

pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
}

pub(crate) type Vector = __m256i;

macro_rules! define_words {
    ($module:ident, $word:ty, $splat:ident, $add:ident, $shift_left:ident, $shift_right:ident) => {
        pub(crate) mod $module {
            use super::*;
            pub(crate) use super::{Vector, choose, majority, xor, xor3};

            pub(crate) const LANES: usize = size_of::<Vector>() / size_of::<$word>();

            #[target_feature(enable = "avx2")]
            #[inline]
            pub(crate) fn load(words: &[$word; LANES]) -> Vector {
                // SAFETY: the array is as long as the vector that is read; the instruction asks for no alignment.
                unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
            }

            #[target_feature(enable = "avx2")]
            #[inline]
            pub(crate) fn store(vector: Vector) -> [$word; LANES] {
                let mut words = [0; LANES];
                // SAFETY: the array is as long as the vector that is written; the instruction asks for no alignment.
                unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
                words
            }

            #[target_feature(enable = "avx2")]
            #[inline]
            pub(crate) fn splat(word: $word) -> Vector {
                $splat(word.cast_signed())
            }

            #[target_feature(enable = "avx2")]
            #[inline]
            pub(crate) fn add(x: Vector, y: Vector) -> Vector {
                $add(x, y)
            }

            #[target_feature(enable = "avx2")]
            #[inline]
            pub(crate) fn rotate_right(x: Vector, count: u32) -> Vector {
                if count == 8 && size_of::<$word>() == 8 {
                    return rotate_bytes_of_8(x);
                }
                let left = $shift_left(x, splat((<$word>::BITS - count).into()));
                _mm256_or_si256(shift_right(x, count), left)
            }

            #[target_feature(enable = "avx2")]
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
    _mm256_set1_epi32,
    _mm256_add_epi32,
    _mm256_sllv_epi32,
    _mm256_srlv_epi32
);
define_words!(
    words_64,
    u64,
    _mm256_set1_epi64x,
    _mm256_add_epi64,
    _mm256_sllv_epi64,
    _mm256_srlv_epi64
);

#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn xor(x: Vector, y: Vector) -> Vector {
    _mm256_xor_si256(x, y)
}

#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    xor(xor(x, y), z)
}

#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    xor(z, _mm256_and_si256(x, xor(y, z)))
}

#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(z, _mm256_or_si256(x, y)))
}

/// The rotation of 64-bit words by 8 bits: whole bytes, so that moving them about takes one instruction.
#[target_feature(enable = "avx2")]
#[inline]
fn rotate_bytes_of_8(x: Vector) -> Vector {
    #[rustfmt::skip]
    let next_byte = _mm256_setr_epi8(
        1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8, 1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8,
    );
    _mm256_shuffle_epi8(x, next_byte)
}
