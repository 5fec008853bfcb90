//! Passkeys, held against what ASP.NET Core said to the same ceremonies (`conformance/goldens/passkeys`) and against the W3C's
//! test vectors.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its data fails"
)]

mod ceremonies;
mod golden;
mod made_here;
mod options;
mod stored_rows;
mod test_vectors;
