//! What generates clients.

use clap::ValueEnum;

/// What makes a client; each has a folder in `conformance/clients`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Generator {
    /// openapi-typescript with openapi-fetch
    OpenapiFetch,
    /// orval with zod
    Orval,
    /// openapi-generator, for TypeScript
    TypescriptFetch,
    /// openapi-generator, for Python
    Python,
    /// openapi-python-client
    OpenapiPythonClient,
    /// openapi-generator, for Rust
    Rust,
}

impl Generator {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OpenapiFetch => "openapi-fetch",
            Self::Orval => "orval",
            Self::TypescriptFetch => "typescript-fetch",
            Self::Python => "python",
            Self::OpenapiPythonClient => "openapi-python-client",
            Self::Rust => "rust",
        }
    }

    /// Programs that must be there, with the Debian packages that have them.
    pub(super) fn programs(self) -> &'static [(&'static str, &'static str)] {
        const NODE: [(&str, &str); 2] = [("node", "nodejs"), ("npm", "npm")];
        const GENERATOR: [(&str, &str); 2] = [("java", "default-jre-headless"), ("python3", "python3-venv")];
        match self {
            Self::OpenapiFetch | Self::Orval => &NODE,
            Self::TypescriptFetch => const { &[NODE[0], NODE[1], GENERATOR[0], GENERATOR[1]] },
            Self::Python | Self::Rust => &GENERATOR,
            Self::OpenapiPythonClient => const { &[GENERATOR[1]] },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_generator_is_named_like_its_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/clients");
        for generator in Generator::value_variants() {
            assert!(folder.join(generator.name()).is_dir(), "{generator:?}");
            assert_eq!(Generator::from_str(generator.name(), false), Ok(*generator));
        }
    }
}
