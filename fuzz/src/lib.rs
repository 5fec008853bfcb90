//! What the fuzz targets share: the golden data they begin with, and the measure of what they allocate.
//!
//! Each target in `fuzz_targets/` holds one decoder, or all of them together, to two things, whatever the bytes: it does not panic, and it does
//! not take more memory than they justify. What it accepts must come out of the encoder in a form that stays.

pub mod goldens;
pub mod memory;
pub mod seeds;
pub mod server;

use std::{cell::LazyCell, future::Future};

use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: LazyCell<Runtime> =
        LazyCell::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));
}

/// Runs to its end what is asynchronous.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}
