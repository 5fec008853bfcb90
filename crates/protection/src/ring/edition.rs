//! Which contents of a key ring are in use.

/// Which contents of its ring a process has in use: the next may have revoked what opened under these. Reading the same
/// again is no new edition. Editions of different rings do not compare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RingEdition(u64);

impl RingEdition {
    /// The one after this.
    pub(crate) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}
