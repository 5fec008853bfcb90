//! The application name, as `check-dotnet` tells of it.

use std::fmt::Write as _;

/// Neither database nor keys tell the name, so that nothing can be checked about it.
pub(super) fn describe(report: &mut String, name: Option<&str>) {
    report.push_str("\nApplication name\n");
    let _ = match name {
        Some(name) => writeln!(
            report,
            "  set keys.application_name to {name:?}; whether it is right shows only when an old token is used"
        ),
        None => writeln!(
            report,
            "  not given: unless the application calls SetApplicationName, its name is the path of its content root"
        ),
    };
}
