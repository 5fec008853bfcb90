//! What a target begins with.

use std::{env, fs, path::PathBuf};

/// Where libFuzzer will look for them, which it does after a target's initialisation; `cargo xtask fuzz` says where.
const FOLDER: &str = "WICKETGATE_FUZZ_SEEDS";

/// Writes the seeds as files, so that the goldens are kept in one form only.
pub fn write(seeds: impl IntoIterator<Item = impl AsRef<[u8]>>) {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("a folder for seeds");
    for (number, seed) in seeds.into_iter().enumerate() {
        fs::write(folder.join(format!("golden-{number:03}")), seed).expect("a seed");
    }
}
