//! `cargo trials mail-kills`: the server is killed again and again while clients register, and every registration that was
//! acknowledged has its mail.

use std::path::Path;

use clap::Args;
use xtask::{
    report::Report,
    tools::{cargo, run},
};

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// How often the server is killed
    #[arg(long, value_name = "N", default_value_t = 30)]
    kills: usize,
}

/// Runs the server's own test of it, which kills it three times, with as many kills as were chosen.
pub(crate) fn mail_kills(workspace: &Path, choice: &Choice) -> Report {
    let mut report = Report::start();
    report.step("mail-kills", || {
        run(cargo([
            "test",
            "--package=wicketgate",
            "--test=server",
            "mail_kills",
            "--",
            "--nocapture",
        ])
        .env("WICKETGATE_TEST_MAIL_KILLS", choice.kills.to_string())
        .current_dir(workspace))
    });
    report
}
