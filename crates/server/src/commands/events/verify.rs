//! `events verify`

use std::fmt::Write as _;

use time::format_description::well_known::Rfc3339;
use wicketgate_identity::event::VerifyReport;

use super::CommandError;

/// What a check found, to be printed; an error if events cannot be trusted.
pub(super) fn judge(report: &VerifyReport, allow_unverifiable: bool) -> Result<String, CommandError> {
    let mut text = facts(report);
    let mut problems = report.problem_count;
    for problem in &report.problems {
        let _ = writeln!(text, "WRONG: {problem}");
    }
    let unnamed = report.problem_count - report.problems.len() as u64;
    if unnamed > 0 {
        let _ = writeln!(text, "WRONG: {unnamed} more, which are not listed");
    }
    if let Some(unverifiable) = unverifiable(report).filter(|_| !allow_unverifiable) {
        // Whoever can delete the key could have changed anything.
        problems += 1;
        let _ = writeln!(
            text,
            "WRONG: {unverifiable} cannot be checked, because their key is lost; if you know why, use --allow-unverifiable"
        );
    }
    match problems {
        0 => Ok(text),
        problems => Err(CommandError::EventsNotIntact { report: text, problems }),
    }
}

fn facts(report: &VerifyReport) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "found: {} under {}, and {} not sealed yet",
        events(report.sealed),
        seals(report.seals),
        report.unsealed
    );
    if report.erased > 0 {
        let _ = writeln!(text, "erased: the personal parts of {}", events(report.erased));
    }
    if let Some(unverifiable) = unverifiable(report) {
        let _ = writeln!(text, "not checked: {unverifiable}, whose key is lost");
    }
    if report.pruned > 0 {
        let until = report.pruned_until.and_then(|until| until.format(&Rfc3339).ok());
        let _ = writeln!(
            text,
            "removed as old: {}, up to {}",
            events(report.pruned),
            until.unwrap_or_default()
        );
    }
    match &report.head {
        Some(head) => {
            let _ = writeln!(text, "head: {head}");
        }
        None => text.push_str("head: none, since nothing is sealed yet\n"),
    }
    text
}

/// `5 events and 1 seal`; `None` if everything could be checked.
fn unverifiable(report: &VerifyReport) -> Option<String> {
    match (report.unverifiable, report.unverifiable_seals) {
        (0, 0) => None,
        (count, 0) => Some(events(count)),
        (0, count) => Some(seals(count)),
        (event_count, seal_count) => Some(format!("{} and {}", events(event_count), seals(seal_count))),
    }
}

fn seals(count: u64) -> String {
    match count {
        1 => "1 seal".to_owned(),
        count => format!("{count} seals"),
    }
}

fn events(count: u64) -> String {
    match count {
        1 => "1 event".to_owned(),
        count => format!("{count} events"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_cannot_be_checked_are_wrong_unless_somebody_knows_why() {
        let mut report = VerifyReport::default();
        report.unverifiable = 5;
        let Err(CommandError::EventsNotIntact { report: text, problems }) = judge(&report, false) else {
            panic!("accepted")
        };
        assert_eq!(problems, 1);
        assert!(text.contains("WRONG: 5 events cannot be checked"), "{text}");
        assert!(judge(&report, true).is_ok_and(|text| text.contains("not checked: 5 events")));
        report.unverifiable_seals = 1;
        assert!(judge(&report, true).is_ok_and(|text| text.contains("not checked: 5 events and 1 seal")));
        report.unverifiable = 0;
        assert!(judge(&report, false).is_err(), "events under the seal may be gone");
    }

    #[test]
    fn problems_beyond_those_that_are_named_are_counted() {
        let mut report = VerifyReport::default();
        report.problem_count = 7;
        let Err(CommandError::EventsNotIntact { report: text, problems }) = judge(&report, false) else {
            panic!("accepted")
        };
        assert_eq!(problems, 7);
        assert!(text.ends_with("WRONG: 7 more, which are not listed\n"), "{text}");
    }
}
