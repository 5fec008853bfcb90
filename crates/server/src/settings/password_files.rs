//! The files that passwords are checked and hashed with.

use std::path::PathBuf;

/// The files that passwords are checked and hashed with. They are read at start.
#[derive(Debug, Clone, Default)]
pub struct PasswordFileSettings {
    /// Passwords that are known from data breaches.
    pub breach_corpus: Option<PathBuf>,
    /// The secret that new hashes depend on.
    pub pepper_file: Option<PathBuf>,
    /// Those that older hashes depend on.
    pub previous_pepper_files: Vec<PathBuf>,
}
