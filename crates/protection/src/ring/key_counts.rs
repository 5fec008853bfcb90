//! How many keys a ring has.

/// How many keys a ring has, usable or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCounts {
    /// As last read.
    pub all: usize,
    /// Those that this ring has made since it was built.
    pub made: usize,
}
