//! The programs of docs/LIBRARY.md, which the tests compile and run.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/LIBRARY.md")]
struct Library;
