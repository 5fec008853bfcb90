//! One lane in ordinary registers: for a lone derivation, for processors without vectors, and as the twin that the other
//! backends are tested against.

use super::Backend;
use super::chain::advance;
use super::compression::define_rounds;

pub(super) const BACKEND: Backend = Backend::new("portable", LANES, |chains| advance(chains, rounds));

const LANES: usize = 1;
type Vector = u64;

define_rounds!();

/// The same with the rotations of BMI2, which leave their operand as it was and so save a move each.
#[cfg(target_arch = "x86_64")]
pub(super) mod bmi2 {
    use super::*;

    pub(in crate::sha512) fn detect() -> Option<Backend> {
        let detected = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        detected.then_some(Backend::new("BMI2", LANES, |chains| {
            // SAFETY: this backend exists only where the processor was found to have BMI1 and BMI2.
            advance(chains, |lanes, count| unsafe { rounds(lanes, count) });
        }))
    }

    define_rounds!(#[target_feature(enable = "bmi1,bmi2")]);
}

#[inline]
fn load(&[word]: &[u64; LANES]) -> Vector {
    word
}

#[inline]
fn store(word: Vector) -> [u64; LANES] {
    [word]
}

#[inline]
fn splat(word: u64) -> Vector {
    word
}

#[inline]
fn add(x: Vector, y: Vector) -> Vector {
    x.wrapping_add(y)
}

#[inline]
fn xor(x: Vector, y: Vector) -> Vector {
    x ^ y
}

#[inline]
fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
    x ^ y ^ z
}

#[inline]
fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
    z ^ (x & (y ^ z))
}

#[inline]
fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
    (x & y) | (z & (x | y))
}

#[inline]
fn rotate_right<const N: u32>(x: Vector) -> Vector {
    x.rotate_right(N)
}

#[inline]
fn shift_right<const N: u32>(x: Vector) -> Vector {
    x >> N
}
