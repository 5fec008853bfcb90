//! What one password hash costs in OpenSSL at the moment: the unit that logins are measured in.

use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::process::{has_ended, ticks, ticks_per_second};

/// The shortest of three processor times of one hash, in ms: a machine that does something else as well counts as if it
/// did not.
pub(super) fn ruler() -> Result<f64, String> {
    const ROUNDS: u32 = 1_000_000;
    const DERIVATION: [&str; 8] = [
        "kdf",
        "-keylen",
        "32",
        "-kdfopt",
        "digest:SHA512",
        "-kdfopt",
        "pass:Passw0rd!",
        "-kdfopt",
    ];
    let mut shortest = u64::MAX;
    for _ in 0..3 {
        let mut command = Command::new("openssl");
        command.args(DERIVATION).arg("salt:0123456789abcdef");
        command.args(["-kdfopt", &format!("iter:{ROUNDS}"), "PBKDF2"]);
        let child = command.stdout(Stdio::null()).spawn();
        let mut child = child.map_err(|error| format!("openssl: {error}"))?;
        // What it took is told as long as nobody has asked how it ended.
        while !has_ended(child.id())? {
            thread::sleep(Duration::from_millis(2));
        }
        let ticks = ticks(child.id())?;
        let status = child.wait().map_err(|error| format!("openssl: {error}"))?;
        if !status.success() {
            return Err(format!("openssl kdf: {status}"));
        }
        shortest = shortest.min(ticks);
    }
    Ok(shortest as f64 * 1000.0 / ticks_per_second()? * 100_000.0 / f64::from(ROUNDS))
}
