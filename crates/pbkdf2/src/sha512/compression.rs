//! SHA-512's compression (FIPS 180-4, section 6.4.2), written once for vectors of any width.

/// The constants of the 80 steps.
#[rustfmt::skip]
pub(super) const K: [u64; 80] = [
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
];

/// Defines `rounds(&mut Lanes<LANES>, count)`, PBKDF2's loop, out of a backend's own operations on its vectors.
///
/// The module that invokes it has the type `Vector` of `LANES` 64-bit words and the functions `load`, `store`, `splat`,
/// `add`, `xor`, `xor3`, `choose`, `majority`, `rotate_right` and `shift_right`. A macro rather than a trait: the
/// functions with vector instructions, and whoever is to call them without `unsafe`, must all carry the attribute that
/// enables those instructions, which a trait's methods cannot.
macro_rules! define_rounds {
    ($(#[$instructions:meta])*) => {
        /// Goes on with PBKDF2 in all lanes at once: `count` times the HMAC of the last link, added to the sum.
        $(#[$instructions])*
        fn rounds(lanes: &mut crate::sha512::chain::Lanes<LANES>, count: u32) {
            let inner = load_state(&lanes.inner);
            let outer = load_state(&lanes.outer);
            let mut link = load_state(&lanes.link);
            let mut sum = load_state(&lanes.sum);
            for _ in 0..count {
                link = compress(&outer, &compress(&inner, &link));
                for (sum, link) in sum.iter_mut().zip(link) {
                    *sum = xor(*sum, link);
                }
            }
            store_state(&mut lanes.link, &link);
            store_state(&mut lanes.sum, &sum);
        }

        $(#[$instructions])*
        #[inline]
        fn load_state(words: &[[u64; LANES]; 8]) -> [Vector; 8] {
            let mut state = [splat(0); 8];
            for (vector, words) in state.iter_mut().zip(words) {
                *vector = load(words);
            }
            state
        }

        $(#[$instructions])*
        #[inline]
        fn store_state(words: &mut [[u64; LANES]; 8], state: &[Vector; 8]) {
            for (words, &vector) in words.iter_mut().zip(state) {
                *words = store(vector);
            }
        }

        /// The state after a second block that holds `digest`: 64 bytes of message after a key block of 128, and so
        /// 1,536 bits in all. Half of the block is padding, the same each time, which the compiler computes beforehand.
        $(#[$instructions])*
        #[inline]
        fn compress(state: &[Vector; 8], digest: &[Vector; 8]) -> [Vector; 8] {
            let [d0, d1, d2, d3, d4, d5, d6, d7] = *digest;
            let zero = splat(0);
            let mut w = [
                d0, d1, d2, d3, d4, d5, d6, d7,
                splat(1 << 63), zero, zero, zero, zero, zero, zero, splat(1_536),
            ];
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;

            // Instead of moving all eight words on by one each step, the steps take turns in what they call them.
            macro_rules! step {
                ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $t:expr) => {
                    let t1 = add(
                        add($h, add(w[$t % 16], splat(crate::sha512::compression::K[$t]))),
                        add(upper_sigma_1($e), choose($e, $f, $g)),
                    );
                    $d = add($d, t1);
                    $h = add(t1, add(upper_sigma_0($a), majority($a, $b, $c)));
                };
            }
            macro_rules! eight_steps {
                ($t:expr, $before:ident) => {
                    $before!($t);
                    step!(a b c d e f g h, $t);
                    $before!($t + 1);
                    step!(h a b c d e f g, $t + 1);
                    $before!($t + 2);
                    step!(g h a b c d e f, $t + 2);
                    $before!($t + 3);
                    step!(f g h a b c d e, $t + 3);
                    $before!($t + 4);
                    step!(e f g h a b c d, $t + 4);
                    $before!($t + 5);
                    step!(d e f g h a b c, $t + 5);
                    $before!($t + 6);
                    step!(c d e f g h a b, $t + 6);
                    $before!($t + 7);
                    step!(b c d e f g h a, $t + 7);
                };
            }
            macro_rules! keep_word {
                ($t:expr) => {};
            }
            macro_rules! next_word {
                ($t:expr) => {
                    w[$t % 16] = add(
                        add(w[$t % 16], lower_sigma_0(w[($t + 1) % 16])),
                        add(w[($t + 9) % 16], lower_sigma_1(w[($t + 14) % 16])),
                    );
                };
            }
            eight_steps!(0, keep_word);
            eight_steps!(8, keep_word);
            eight_steps!(16, next_word);
            eight_steps!(24, next_word);
            eight_steps!(32, next_word);
            eight_steps!(40, next_word);
            eight_steps!(48, next_word);
            eight_steps!(56, next_word);
            eight_steps!(64, next_word);
            eight_steps!(72, next_word);

            let [s0, s1, s2, s3, s4, s5, s6, s7] = *state;
            [add(a, s0), add(b, s1), add(c, s2), add(d, s3), add(e, s4), add(f, s5), add(g, s6), add(h, s7)]
        }

        $(#[$instructions])*
        #[inline]
        fn upper_sigma_0(x: Vector) -> Vector {
            xor3(rotate_right::<28>(x), rotate_right::<34>(x), rotate_right::<39>(x))
        }

        $(#[$instructions])*
        #[inline]
        fn upper_sigma_1(x: Vector) -> Vector {
            xor3(rotate_right::<14>(x), rotate_right::<18>(x), rotate_right::<41>(x))
        }

        $(#[$instructions])*
        #[inline]
        fn lower_sigma_0(x: Vector) -> Vector {
            xor3(rotate_right::<1>(x), rotate_right::<8>(x), shift_right::<7>(x))
        }

        $(#[$instructions])*
        #[inline]
        fn lower_sigma_1(x: Vector) -> Vector {
            xor3(rotate_right::<19>(x), rotate_right::<61>(x), shift_right::<6>(x))
        }
    };
}

pub(super) use define_rounds;
