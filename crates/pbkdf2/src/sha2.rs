//! The compression that SHA-256 and SHA-512 have in common (FIPS 180-4, sections 6.2.2 and 6.4.2), written once for
//! vectors of any width.

/// Defines `compress(state, digest)`: the state after a second block that holds `digest`, a hash of the same function.
/// Half of such a block is padding, the same each time, which the compiler computes beforehand.
///
/// The module that invokes it has a backend's operations, the type `Word`, the constants `K` and `MESSAGE_BITS`, and
/// how far the four functions rotate and shift.
macro_rules! define_compress {
    ($(#[$instructions:meta])*) => {
        $(#[$instructions])*
        #[inline]
        fn compress(state: &[Vector; 8], digest: &[Vector; 8]) -> [Vector; 8] {
            let [d0, d1, d2, d3, d4, d5, d6, d7] = *digest;
            let (one_bit, zero) = (splat(1 << (Word::BITS - 1)), splat(0));
            let mut w = [
                d0, d1, d2, d3, d4, d5, d6, d7,
                one_bit, zero, zero, zero, zero, zero, zero, splat(MESSAGE_BITS),
            ];
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;

            // Instead of rotating the eight words at each step, the steps rotate their names.
            macro_rules! step {
                ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $k:ident, $i:literal) => {
                    let t1 = add(
                        add($h, add(w[$i], splat($k[$i]))),
                        add(upper_sigma($e, UPPER_SIGMA_1), choose($e, $f, $g)),
                    );
                    $d = add($d, t1);
                    $h = add(t1, add(upper_sigma($a, UPPER_SIGMA_0), majority($a, $b, $c)));
                };
            }
            macro_rules! sixteen_steps {
                ($k:ident, $before:ident) => {
                    $before!(0);
                    step!(a b c d e f g h, $k, 0);
                    $before!(1);
                    step!(h a b c d e f g, $k, 1);
                    $before!(2);
                    step!(g h a b c d e f, $k, 2);
                    $before!(3);
                    step!(f g h a b c d e, $k, 3);
                    $before!(4);
                    step!(e f g h a b c d, $k, 4);
                    $before!(5);
                    step!(d e f g h a b c, $k, 5);
                    $before!(6);
                    step!(c d e f g h a b, $k, 6);
                    $before!(7);
                    step!(b c d e f g h a, $k, 7);
                    $before!(8);
                    step!(a b c d e f g h, $k, 8);
                    $before!(9);
                    step!(h a b c d e f g, $k, 9);
                    $before!(10);
                    step!(g h a b c d e f, $k, 10);
                    $before!(11);
                    step!(f g h a b c d e, $k, 11);
                    $before!(12);
                    step!(e f g h a b c d, $k, 12);
                    $before!(13);
                    step!(d e f g h a b c, $k, 13);
                    $before!(14);
                    step!(c d e f g h a b, $k, 14);
                    $before!(15);
                    step!(b c d e f g h a, $k, 15);
                };
            }
            macro_rules! keep_word {
                ($i:literal) => {};
            }
            macro_rules! next_word {
                ($i:literal) => {
                    w[$i] = add(
                        add(w[$i], lower_sigma(w[($i + 1) % 16], LOWER_SIGMA_0)),
                        add(w[($i + 9) % 16], lower_sigma(w[($i + 14) % 16], LOWER_SIGMA_1)),
                    );
                };
            }
            let [k0, k1, rest @ ..] = &K;
            sixteen_steps!(k0, keep_word);
            sixteen_steps!(k1, next_word);
            for k in rest {
                sixteen_steps!(k, next_word);
            }

            let [s0, s1, s2, s3, s4, s5, s6, s7] = *state;
            [add(a, s0), add(b, s1), add(c, s2), add(d, s3), add(e, s4), add(f, s5), add(g, s6), add(h, s7)]
        }

        /// By how many bits three copies of the word are rotated.
        $(#[$instructions])*
        #[inline]
        fn upper_sigma(x: Vector, [first, second, third]: [u32; 3]) -> Vector {
            xor3(rotate_right(x, first), rotate_right(x, second), rotate_right(x, third))
        }

        /// By how many bits two copies of the word are rotated, and a third one shifted.
        $(#[$instructions])*
        #[inline]
        fn lower_sigma(x: Vector, [first, second, third]: [u32; 3]) -> Vector {
            xor3(rotate_right(x, first), rotate_right(x, second), shift_right(x, third))
        }
    };
}

pub(crate) use define_compress;
