//! What Linux tells of a process.

use std::{fs, process::Command};

/// Processor time that a process has used, in clock ticks.
pub(super) fn ticks(id: u32) -> Result<u64, String> {
    // Behind the state, user and system time are the 14th and 15th field of all.
    let fields = fields(id)?;
    let times = fields.split_whitespace().skip(11).take(2);
    Ok(times.filter_map(|field| field.parse::<u64>().ok()).sum())
}

/// Whether a process is at its end and waits for somebody to ask about it.
pub(super) fn has_ended(id: u32) -> Result<bool, String> {
    Ok(fields(id)?.trim_start().starts_with('Z'))
}

pub(super) fn ticks_per_second() -> Result<f64, String> {
    let output = Command::new("getconf").arg("CLK_TCK").output();
    let output = output.map_err(|error| format!("getconf: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|error| format!("getconf CLK_TCK: {error}"))
}

/// The state and what follows it: all behind the program's name, which may hold spaces.
fn fields(id: u32) -> Result<String, String> {
    let path = format!("/proc/{id}/stat");
    let stat = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    Ok(stat
        .rsplit_once(')')
        .map_or(String::new(), |(_, fields)| fields.to_owned()))
}
