//! Judging a run.

use std::{fmt, time::Duration};

use xtask::report::Outcome;

use super::{cluster::Fault, events::Events, ledger::Totals};

/// Failures that clients see must end within this time after a fault.
const LONGEST_OUTAGE: Duration = Duration::from_secs(10);

/// A fault, and for how long clients saw failures of it.
#[derive(Debug)]
pub(super) struct Incident {
    pub(super) fault: Fault,
    pub(super) outage: Duration,
    /// After what had failed was brought back.
    pub(super) outage_of_return: Duration,
}

/// What a run has shown.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) time: Duration,
    pub(super) incidents: Vec<Incident>,
    pub(super) totals: Totals,
    /// Accounts of which something that was acknowledged is gone.
    pub(super) lost: Vec<String>,
    pub(super) events: Events,
    pub(super) mails: usize,
    /// Beyond the first of each registration.
    pub(super) mails_sent_twice: usize,
    /// Whoever registered and got no mail; `None` if nobody waited for mails.
    pub(super) without_mail: Option<Vec<String>>,
    /// What the nodes do not agree on.
    pub(super) unequal: Vec<String>,
}

impl Verdict {
    pub(super) fn outcome(&self) -> Outcome {
        let mut complaints = Vec::new();
        complaints.extend(self.lost.iter().map(|email| format!("lost: {email}")));
        let without_mail = self.without_mail.iter().flatten();
        complaints.extend(without_mail.map(|email| format!("no mail: {email}")));
        complaints.extend(self.events.complaints.iter().cloned());
        complaints.extend(self.unequal.iter().cloned());
        complaints.extend(self.totals.wrong_answers.iter().cloned());
        if self.longest_outage() > LONGEST_OUTAGE {
            complaints.push(format!("an outage of {:.1} s", self.longest_outage().as_secs_f64()));
        }
        if self.totals.acknowledged == 0 {
            complaints.push("nothing was acknowledged".to_owned());
        }
        if self.totals.families == 0 {
            complaints.push("no session was refreshed to its end".to_owned());
        }
        match complaints.first() {
            None => Outcome::Passed,
            Some(first) => Outcome::Failed(format!("{} complaints, such as {first}", complaints.len())),
        }
    }

    fn longest_outage(&self) -> Duration {
        let outages = self
            .incidents
            .iter()
            .flat_map(|incident| [incident.outage, incident.outage_of_return]);
        outages.max().unwrap_or_default()
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [outage, outage_of_return] = [self.outage, self.outage_of_return].map(|time| time.as_secs_f64());
        write!(
            f,
            "{}: failures for {outage:.1} s, and for {outage_of_return:.1} s after its return",
            self.fault
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let duplicates = self
            .totals
            .wrong_answers
            .iter()
            .filter(|answer| answer.starts_with("duplicate"))
            .count();
        let missing = self
            .without_mail
            .as_ref()
            .map(|emails| format!(", {} missing", emails.len()));
        write!(
            f,
            "{} faults in {} s; {} requests, {} failed, {} wrongly answered; {} acknowledged, {} lost, {duplicates} \
             duplicates; {} sessions refreshed to their end; {} events, {} of them wrong or missing; {} mails, {} of them sent again{}; nodes differ in {}; longest outage {:.1} s",
            self.incidents.len(),
            self.time.as_secs(),
            self.totals.requests,
            self.totals.failures,
            self.totals.wrong_answers.len(),
            self.totals.acknowledged,
            self.lost.len(),
            self.totals.families,
            self.events.count,
            self.events.complaints.len(),
            self.mails,
            self.mails_sent_twice,
            missing.unwrap_or_default(),
            self.unequal.len(),
            self.longest_outage().as_secs_f64(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict() -> Verdict {
        Verdict {
            time: Duration::from_secs(60),
            incidents: vec![Incident {
                fault: Fault::KillNode,
                outage: Duration::from_secs(10),
                outage_of_return: Duration::ZERO,
            }],
            totals: Totals {
                acknowledged: 1,
                families: 1,
                ..Totals::default()
            },
            lost: Vec::new(),
            events: Events::default(),
            mails: 1,
            mails_sent_twice: 0,
            without_mail: None,
            unequal: Vec::new(),
        }
    }

    #[test]
    fn short_outages_pass_and_long_ones_do_not() {
        assert_eq!(verdict().outcome(), Outcome::Passed);
        let mut long = verdict();
        long.incidents[0].outage_of_return = Duration::from_millis(10_001);
        assert!(matches!(long.outcome(), Outcome::Failed(_)));
    }

    #[test]
    fn whatever_was_lost_or_wrong_fails() {
        let mut lost = verdict();
        lost.lost.push("ada@example.test".to_owned());
        let mut unequal = verdict();
        unequal.unequal.push("node 1 has less".to_owned());
        let mut wrong = verdict();
        wrong.totals.wrong_answers.push("duplicate: two got a name".to_owned());
        let mut idle = verdict();
        idle.totals.acknowledged = 0;
        let mut unrefreshed = verdict();
        unrefreshed.totals.families = 0;
        let mut untold = verdict();
        untold.events.complaints.push("a change without its event".to_owned());
        let mut unmailed = verdict();
        unmailed.without_mail = Some(vec!["ada@example.test".to_owned()]);
        for verdict in [lost, unequal, wrong, idle, unrefreshed, untold, unmailed] {
            assert!(matches!(verdict.outcome(), Outcome::Failed(_)), "{verdict}");
        }
    }
}
