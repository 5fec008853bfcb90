//! Load by wrk.

use std::{fs, process::Command, thread, time::Duration};

use wicketgate_test_servers::Home;
use xtask::server::Server;

use super::process::{ticks, ticks_per_second};

/// What one server is asked over and over.
#[derive(Debug, Clone)]
pub(super) struct Load {
    pub(super) path: &'static str,
    pub(super) connections: u32,
    /// Lua for wrk: method, headers and body.
    pub(super) script: String,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) per_second: f64,
    /// Of the server alone, for one request, in µs.
    pub(super) processor_time: f64,
    /// In ms.
    pub(super) median: f64,
    /// In ms.
    pub(super) p99: f64,
}

impl Load {
    /// Has wrk send requests for so many seconds.
    pub(super) fn run(&self, server: &Server, home: &Home, seconds: u64) -> Result<Measured, String> {
        let before = ticks(server.id())?;
        let output = self.wrk(server, home, seconds, "load.lua")?;
        let used = ticks(server.id())? - before;
        let sent = number_before(&output, " requests in").ok_or("wrk sent nothing")?;
        let microseconds = used as f64 * 1e6 / ticks_per_second()?;
        Ok(Measured {
            per_second: number_behind(&output, "Requests/sec:").ok_or("wrk gave no rate")?,
            processor_time: microseconds / sent.max(1.0),
            median: milliseconds(&output, "50%").ok_or("wrk gave no median")?,
            p99: milliseconds(&output, "99%").ok_or("wrk gave no percentiles")?,
        })
    }

    /// The same while `storm` goes on beside it.
    pub(super) fn run_during(
        &self,
        storm: &Self,
        server: &Server,
        home: &Home,
        seconds: u64,
    ) -> Result<Measured, String> {
        thread::scope(|scope| {
            let storm = scope.spawn(|| storm.wrk(server, home, seconds + 2, "storm.lua"));
            thread::sleep(Duration::from_secs(1));
            let measured = self.run(server, home, seconds);
            let stormed = storm.join().map_err(|_| "the storm broke off".to_owned())?;
            stormed.and(measured)
        })
    }

    fn wrk(&self, server: &Server, home: &Home, seconds: u64, script: &str) -> Result<String, String> {
        let script = home.folder().join(script);
        fs::write(&script, &self.script).map_err(|error| error.to_string())?;
        let output = Command::new("wrk")
            .args(["-t1", "--latency", "--timeout", "30s"])
            .arg(format!("-c{}", self.connections))
            .arg(format!("-d{seconds}s"))
            .arg("-s")
            .arg(&script)
            .arg(format!("{}{}", server.url(), self.path))
            .output()
            .map_err(|error| format!("wrk: {error}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn number_before(text: &str, mark: &str) -> Option<f64> {
    text.split_once(mark)?.0.split_whitespace().next_back()?.parse().ok()
}

fn number_behind(text: &str, mark: &str) -> Option<f64> {
    text.split_once(mark)?.1.split_whitespace().next()?.parse().ok()
}

/// `99%   1.52ms`, in whatever unit.
fn milliseconds(text: &str, percentile: &str) -> Option<f64> {
    let time = text
        .lines()
        .find_map(|line| line.trim().strip_prefix(percentile))?
        .trim();
    for (unit, factor) in [("us", 0.001), ("ms", 1.0), ("s", 1000.0)] {
        if let Some(number) = time.strip_suffix(unit).and_then(|number| number.parse::<f64>().ok()) {
            return Some(number * factor);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
  Latency Distribution
     50%  721.00us
     99%    1.52s
  215990 requests in 5.00s, 31.51MB read
Requests/sec:  43195.12
";

    #[test]
    fn what_wrk_says_is_read_in_milliseconds() {
        assert_eq!(milliseconds(OUTPUT, "50%"), Some(0.721));
        assert_eq!(milliseconds(OUTPUT, "99%"), Some(1520.0));
        assert_eq!(number_before(OUTPUT, " requests in"), Some(215_990.0));
        assert_eq!(number_behind(OUTPUT, "Requests/sec:"), Some(43_195.12));
    }
}
