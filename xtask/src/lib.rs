//! What `cargo xtask` and `cargo trials` share: reports of steps, ways to run programs, and servers as processes.

pub mod report;
pub mod server;
pub mod tools;
