//! The 128-bit registers of NEON, which must compose rotations out of shifts. For 64-bit words only: practically every
//! processor with NEON has instructions for SHA-1 and SHA-256 themselves, which are faster, one derivation after another.

use std::arch::is_aarch64_feature_detected;

/// Not where there are instructions for SHA-512 itself either.
pub(crate) fn is_available() -> bool {
    is_aarch64_feature_detected!("neon") && !is_aarch64_feature_detected!("sha3")
}

pub(crate) mod words_64 {
    use std::arch::aarch64::{
        uint64x2_t, vaddq_u64, vbslq_u64, vdupq_n_s64, vdupq_n_u64, veorq_u64, vld1q_u64, vorrq_u64, vshlq_u64,
        vst1q_u64,
    };

    pub(crate) const LANES: usize = 2;
    pub(crate) type Vector = uint64x2_t;

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn load(words: &[u64; LANES]) -> Vector {
        // SAFETY: the array has the 16 bytes that are read.
        unsafe { vld1q_u64(words.as_ptr()) }
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn store(vector: Vector) -> [u64; LANES] {
        let mut words = [0; LANES];
        // SAFETY: the array has room for the 16 bytes that are written.
        unsafe { vst1q_u64(words.as_mut_ptr(), vector) };
        words
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn splat(word: u64) -> Vector {
        vdupq_n_u64(word)
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn add(x: Vector, y: Vector) -> Vector {
        vaddq_u64(x, y)
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn xor(x: Vector, y: Vector) -> Vector {
        veorq_u64(x, y)
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
        xor(xor(x, y), z)
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
        vbslq_u64(x, y, z)
    }

    /// Where `x` and `y` agree they have the majority; elsewhere `z` decides.
    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
        vbslq_u64(xor(x, y), z, y)
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn rotate_right(x: Vector, count: u32) -> Vector {
        vorrq_u64(shift_right(x, count), vshlq_u64(x, vdupq_n_s64(64 - i64::from(count))))
    }

    /// To the right is to the left by a negative number.
    #[target_feature(enable = "neon")]
    #[inline]
    pub(crate) fn shift_right(x: Vector, count: u32) -> Vector {
        vshlq_u64(x, vdupq_n_s64(-i64::from(count)))
    }
}
