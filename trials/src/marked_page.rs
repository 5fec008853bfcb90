//! Figures in the documentation, between marks that say who writes there.

use std::{fs, path::Path, process::Command};

/// Puts `text` between the marks of `command` in the page at `path`.
pub(crate) fn write(path: &Path, command: &str, text: &str) -> Result<(), String> {
    let page = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let begin = format!("<!-- From here to the mark below, `{command}` writes. -->");
    let end = format!("<!-- The end of what `{command}` writes. -->");
    let missing = |what: &str| format!("{} has no mark to write {what}", path.display());
    let (before, rest) = page.split_once(&begin).ok_or_else(|| missing("behind"))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| missing("up to"))?;
    let page = format!("{before}{begin}\n\n{text}\n{end}{after}");
    fs::write(path, page).map_err(|error| format!("{}: {error}", path.display()))
}

/// What the figures depend on beside the product: hardware, system, compiler; and the product's commit.
pub(crate) fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = field(&cpuinfo, "model name").unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map_or("Linux", |name| name.trim_matches('"'));
    let (rustc, date, commit) = (
        output("rustc", &["--version"]),
        output("date", &["-u", "+%-d %B %Y, %H:%M UTC"]),
        output("git", &["rev-parse", "--short", "HEAD"]),
    );
    format!("{cores} hardware threads of {model}, {system}, {rustc}; {date}, at commit {commit}")
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.md");
        let begin = "<!-- From here to the mark below, `x` writes. -->";
        let end = "<!-- The end of what `x` writes. -->";
        fs::write(&path, format!("before\n{begin}\nold\n{end}\nafter\n")).unwrap();
        write(&path, "x", "new\n").unwrap();
        let expected = format!("before\n{begin}\n\nnew\n\n{end}\nafter\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        assert!(write(&path, "y", "new\n").is_err());
    }
}
