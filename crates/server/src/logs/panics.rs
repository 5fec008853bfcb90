//! Panics are log lines like others.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic, thread,
};

/// Logs what panics, in place of the standard library's message: that one waits for whoever reads standard error, and a
/// panic in a request must not hold up a worker.
pub(super) fn log() {
    panic::set_hook(Box::new(|panic| {
        // Only where RUST_BACKTRACE asks for it.
        let backtrace = Backtrace::capture();
        let is_captured = backtrace.status() == BacktraceStatus::Captured;
        tracing::error!(
            panic = panic.payload_as_str().unwrap_or("(not text)"),
            location = panic.location().map(tracing::field::display),
            thread = thread::current().name(),
            backtrace = is_captured.then(|| tracing::field::display(&backtrace)),
            "panicked"
        );
    }));
}

#[cfg(test)]
mod tests {
    use std::{env, process::Command, thread};

    use crate::{
        logs::{self, StandardError},
        settings::{LogFormat, LogLevel},
    };

    const CHILD: &str = "WICKETGATE_TEST_PANICS";

    /// In a process of its own, since the hook is for the whole process.
    #[test]
    fn a_panic_is_one_line_of_the_log_and_nothing_else() {
        if env::var_os(CHILD).is_some() {
            let standard_error = StandardError::start().unwrap();
            logs::start(LogLevel::Error, LogFormat::Json, &standard_error);
            let panicking = thread::Builder::new().name("worker".to_owned());
            panicking.spawn(|| panic!("boom")).unwrap().join().unwrap_err();
            return;
        }
        let child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "logs::panics::tests::a_panic_is_one_line_of_the_log_and_nothing_else",
                "--nocapture",
            ])
            .env(CHILD, "1")
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        let errors = String::from_utf8(child.stderr).unwrap();
        let line: serde_json::Value = serde_json::from_str(errors.trim()).unwrap_or_else(|_| panic!("{errors}"));
        assert_eq!(line["message"], "panicked");
        assert_eq!(line["panic"], "boom");
        assert_eq!(line["thread"], "worker");
        assert!(line["location"].as_str().unwrap().contains("panics.rs:"), "{line}");
    }
}
