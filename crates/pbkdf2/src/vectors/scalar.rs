//! One lane in ordinary registers.

macro_rules! define_words {
    ($module:ident, $word:ty) => {
        pub(crate) mod $module {
            pub(crate) const LANES: usize = 1;
            pub(crate) type Vector = $word;

            #[inline]
            pub(crate) fn load(&[word]: &[$word; LANES]) -> Vector {
                word
            }

            #[inline]
            pub(crate) fn store(word: Vector) -> [$word; LANES] {
                [word]
            }

            #[inline]
            pub(crate) fn splat(word: $word) -> Vector {
                word
            }

            #[inline]
            pub(crate) fn add(x: Vector, y: Vector) -> Vector {
                x.wrapping_add(y)
            }

            #[inline]
            pub(crate) fn xor(x: Vector, y: Vector) -> Vector {
                x ^ y
            }

            #[inline]
            pub(crate) fn xor3(x: Vector, y: Vector, z: Vector) -> Vector {
                x ^ y ^ z
            }

            #[inline]
            pub(crate) fn choose(x: Vector, y: Vector, z: Vector) -> Vector {
                z ^ (x & (y ^ z))
            }

            #[inline]
            pub(crate) fn majority(x: Vector, y: Vector, z: Vector) -> Vector {
                (x & y) | (z & (x | y))
            }

            #[inline]
            pub(crate) fn rotate_right(x: Vector, count: u32) -> Vector {
                x.rotate_right(count)
            }

            #[inline]
            pub(crate) fn shift_right(x: Vector, count: u32) -> Vector {
                x >> count
            }
        }
    };
}

define_words!(words_32, u32);
define_words!(words_64, u64);
