//! How much memory a decoder takes.

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What may be taken whatever the input: tables that are made once, a request's own parts, the runtime.
const ALLOWANCE: usize = 256 * 1024;

/// Does `work` on `input` bytes, which may take `per_byte` bytes of memory for each of them, besides a fixed allowance.
pub fn bounded<T>(input: usize, per_byte: usize, work: impl FnOnce() -> T) -> T {
    bounded_beside(0, input, per_byte, work)
}

/// The same where `own` bytes more may be taken whatever the input.
pub fn bounded_beside<T>(own: usize, input: usize, per_byte: usize, work: impl FnOnce() -> T) -> T {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = work();
    let taken = ALLOCATOR.peak_usage().saturating_sub(before);
    let limit = input * per_byte + ALLOWANCE + own;
    assert!(
        taken <= limit,
        "{input} bytes made the decoder take {taken}, more than {limit}"
    );
    result
}
