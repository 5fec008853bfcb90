//! Many PBKDF2 derivations at once, in vector lanes.
//!
//! ```
//! # use std::num::NonZeroU32;
//! use wicketgate_pbkdf2::{Derivation, Prf, derive_many, lanes};
//!
//! let derivation = |password| Derivation {
//!     password,
//!     salt: b"sixteen bytes...",
//!     iterations: const { NonZeroU32::new(1_000).unwrap() },
//!     length: 32,
//! };
//! println!("as many as {} take little longer than one", lanes(Prf::HmacSha512, 32));
//! let keys = derive_many(Prf::HmacSha512, &[derivation(b"Passw0rd!"), derivation(b"passw0rd!")]);
//! assert_ne!(keys[0], keys[1]);
//! ```
//!
//! PBKDF2 is a chain: each round needs the one before, so that one password cannot be hashed faster than a processor
//! takes for its rounds. Several passwords can be hashed side by side, though, one in each lane of a vector register.
//! One [`Backend`] for each hash function and each kind of vectors does that. How many derivations wait decides at run
//! time between them: a lone one is done in ordinary registers or with the processor's own SHA instructions.
//!
//! Keys of one block and 1,000 rounds that one core makes in a second, and how many go at once (an AMD EPYC of the Zen
//! 4 kind at 3.66 GHz, the shortest of 600 runs; `cargo bench -p wicketgate-pbkdf2` measures yours):
//!
//! | backend | SHA-512 | | SHA-256 | | SHA-1 | |
//! |---|---:|---|---:|---|---:|---|
//! | `AVX-512` | 12,048 | 8 | 30,892 | 16 | 60,690 | 16 |
//! | `AVX-512VL` | 10,524 | 4 | 25,619 | 8 | 50,082 | 8 |
//! | `AVX2` | 6,255 | 4 | 15,703 | 8 | 34,963 | 8 |
//! | `RustCrypto` (SHA-1 and SHA-256 with SHA instructions) | 2,294 | 1 | 11,214 | 1 | 11,652 | 1 |
//! | `BMI2` | 2,423 | 1 | 3,035 | 1 | 6,171 | 1 |
//! | `portable` | 2,314 | 1 | 2,961 | 1 | 6,687 | 1 |
//!
//! NEON's two lanes for SHA-512 have never been compiled or run by their authors, who had no such machine.
//!
//! Passwords, states and keys are wiped from memory after use, except for what the compiler keeps in registers or
//! spills to the stack.

mod backend;
mod chain;
mod derivation;
mod derive;
mod hash_function;
mod hmac;
mod prf;
mod rustcrypto;
mod sha1;
mod sha2;
mod sha256;
mod sha512;
mod vectors;

pub use crate::backend::Backend;
pub use crate::derivation::Derivation;
pub use crate::derive::{derive, derive_many, lanes};
pub use crate::prf::Prf;
