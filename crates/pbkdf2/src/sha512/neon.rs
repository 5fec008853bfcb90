//! Two lanes in the 128-bit registers of NEON, which must compose rotations out of shifts.

use std::arch::aarch64::{
    uint64x2_t, vaddq_u64, vbslq_u64, vdupq_n_s64, vdupq_n_u64, veorq_u64, vld1q_u64, vorrq_u64, vshlq_u64, vst1q_u64,
};
use std::arch::is_aarch64_feature_detected;

use super::Backend;
use super::chain::advance;
use super::compression::define_rounds;

/// `None` also where there are instructions for SHA-512 itself: one derivation after another is faster with those.
pub(super) fn detect() -> Option<Backend> {
    let detected = is_aarch64_feature_detected!("neon") && !is_aarch64_feature_detected!("sha3");
    detected.then_some(Backend::new("NEON", LANES, |chains| {
        // SAFETY: this backend exists only where the processor was found to have NEON.
        advance(chains, |lanes, count| unsafe { rounds(lanes, count) });
    }))
}

const LANES: usize = 2;
type Vector = uint64x2_t;

define_rounds!(#[target_feature(enable = "neon")]);

#[target_feature(enable = "neon")]
#[inline]
fn load(words: &[u64; LANES]) -> Vector {
    // SAFETY: the array has the 16 bytes that are read.
    unsafe { vld1q_u64(words.as_ptr()) }
}

#[target_feature(enable = "neon")]
#[inline]
fn store(vector: Vector) -> [u64; LANES] {
    let mut words = [0; LANES];
    // SAFETY: the array has room for the 16 bytes that are written.
    unsafe { vst1q_u64(words.as_mut_ptr(), vector) };
    words
}

#[target_feature(enable = "neon")]
#[inline]
fn splat(word: u64) -> Vector {
    vdupq_n_u64(word)
}

#[target_feature(enable = "neon")]
#[inline]
fn add(x: Vector, y: Vector) -> Vector {
    vaddq_u64(x, y)
}

#[target_feature(enable = "neon")]
#[inline]
fn xor(x: Vector, y: Vector) -> Vector {
    veorq_u64(x, y)
}

#[target_feature(enable = "neon")]
#[inline]
fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    xor(xor(x, y), z)
}

#[target_feature(enable = "neon")]
#[inline]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    vbslq_u64(x, y, z)
}

/// Where `x` and `y` agree they have the majority; elsewhere `z` decides.
#[target_feature(enable = "neon")]
#[inline]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    vbslq_u64(xor(x, y), z, y)
}

#[target_feature(enable = "neon")]
#[inline]
fn rotate_right<const N: i64>(x: Vector) -> Vector {
    vorrq_u64(shift_right::<N>(x), vshlq_u64(x, vdupq_n_s64(64 - N)))
}

/// To the right is to the left by a negative number.
#[target_feature(enable = "neon")]
#[inline]
fn shift_right<const N: i64>(x: Vector) -> Vector {
    vshlq_u64(x, vdupq_n_s64(-N))
}
