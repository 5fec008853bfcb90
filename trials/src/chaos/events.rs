//! The events that the instances kept, against what clients were told.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use wicketgate_test_servers::Error;

use super::{
    instances::Instances,
    ledger::{Deed, RequestId, What},
};

/// More than there are.
const ALL: &str = "100000000";

/// What events showed.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) count: usize,
    pub(super) complaints: Vec<String>,
}

/// Checks the chain, and gives its head.
pub(super) fn head(instances: &Instances) -> Result<String, Error> {
    let text = instances.run(&["events", "verify"])?;
    let head = text.lines().find_map(|line| line.strip_prefix("head: "));
    Ok(head.unwrap_or_default().to_owned())
}

/// Compares all events with what became of the requests, in both directions, and checks the chain from this head on.
pub(super) fn check(instances: &Instances, deeds: &[Deed], head: &str) -> Result<Events, Error> {
    let listed = instances.run(&["events", "list", "--json", "--limit", ALL])?;
    let events: Vec<Value> = listed
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let mut by_request: HashMap<&str, Vec<&Value>> = HashMap::new();
    for event in &events {
        if let Some(request) = event["request_id"].as_str() {
            by_request.entry(request).or_default().push(event);
        }
    }
    let mut complaints = without_event(deeds, &by_request);
    complaints.extend(without_change(deeds, &by_request));
    if let Err(error) = instances.run(&["events", "verify", "--expect-head", head]) {
        complaints.push(format!("the chain of events does not verify: {error}"));
    }
    Ok(Events {
        count: events.len(),
        complaints,
    })
}

/// What was done and has no event, or more than one, and what was not done and has one.
fn without_event(deeds: &[Deed], by_request: &HashMap<&str, Vec<&Value>>) -> Vec<String> {
    let mut complaints = Vec::new();
    for deed in deeds {
        let events = deed.requests.iter().flat_map(|request| events_of(request, by_request));
        let count = events.filter(|event| deed.what.is_told_by(event)).count();
        if count != deed.times {
            let Deed { what, requests, times } = deed;
            complaints.push(format!(
                "{count} events in place of {times} of {what:?} by {requests:?}"
            ));
        }
    }
    complaints
}

/// Events of changes that no client knows of. A sign-in without an answer leaves nothing else.
fn without_change(deeds: &[Deed], by_request: &HashMap<&str, Vec<&Value>>) -> Vec<String> {
    let known: HashSet<&str> = deeds
        .iter()
        .flat_map(|deed| &deed.requests)
        .map(|request| request.0.as_str())
        .collect();
    let unknown = by_request
        .iter()
        .filter(|(request, _)| RequestId::is_of_a_client(request) && !known.contains(*request));
    let changes = unknown.flat_map(|(_, events)| events).filter(|event| {
        let changes = [What::Register, What::ChangePassword, What::EnableSecondFactor];
        changes.iter().any(|change| change.is_told_by(event))
    });
    changes
        .map(|event| format!("an event without a change: {event}"))
        .collect()
}

fn events_of<'a>(request: &RequestId, by_request: &HashMap<&str, Vec<&'a Value>>) -> Vec<&'a Value> {
    by_request.get(request.0.as_str()).cloned().unwrap_or_default()
}

impl What {
    fn is_told_by(self, event: &Value) -> bool {
        let (kind, method) = match self {
            Self::Register => ("registered", None),
            Self::ChangePassword => ("password_changed", None),
            Self::EnableSecondFactor => ("two_factor_enabled", None),
            Self::SignIn => ("signed_in", Some("password")),
            Self::SignInWithRecoveryCode => ("signed_in", Some("recovery_code")),
        };
        event["kind"] == kind && method.is_none_or(|method| event["detail"]["method"] == method)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(number: u64) -> RequestId {
        RequestId::new(number)
    }

    fn event(number: u64, kind: &str) -> Value {
        json!({"request_id": request(number).0, "kind": kind, "detail": {"method": "password"}})
    }

    fn complaints(deeds: &[Deed], events: &[Value]) -> usize {
        let mut by_request: HashMap<&str, Vec<&Value>> = HashMap::new();
        for event in events {
            by_request
                .entry(event["request_id"].as_str().unwrap())
                .or_default()
                .push(event);
        }
        without_event(deeds, &by_request).len() + without_change(deeds, &by_request).len()
    }

    #[test]
    fn a_change_without_its_event_and_an_event_without_its_change_are_found() {
        let done = Deed::done(What::ChangePassword, request(1));
        let not_done = Deed::of_one(What::ChangePassword, request(1), false);
        let changed = event(1, "password_changed");
        assert_eq!(
            complaints(std::slice::from_ref(&done), std::slice::from_ref(&changed)),
            0
        );
        assert_eq!(complaints(std::slice::from_ref(&not_done), &[]), 0);
        assert_eq!(complaints(std::slice::from_ref(&done), &[]), 1);
        assert_eq!(complaints(&[done], &[changed.clone(), changed.clone()]), 1);
        assert_eq!(complaints(&[not_done], std::slice::from_ref(&changed)), 1);
        assert_eq!(complaints(&[], &[changed]), 1);
    }

    #[test]
    fn of_two_who_asked_for_one_name_one_has_an_event() {
        let deed = Deed {
            what: What::Register,
            requests: vec![request(1), request(2)],
            times: 1,
        };
        let [first, second] = [1, 2].map(|number| event(number, "registered"));
        assert_eq!(
            complaints(std::slice::from_ref(&deed), std::slice::from_ref(&second)),
            0
        );
        assert_eq!(complaints(&[deed], &[first, second]), 1);
    }

    #[test]
    fn a_sign_in_that_nobody_was_told_of_may_have_an_event() {
        assert_eq!(complaints(&[], &[event(1, "signed_in")]), 0);
        let done = Deed::done(What::SignInWithRecoveryCode, request(1));
        assert_eq!(
            complaints(&[done], &[event(1, "signed_in")]),
            1,
            "it was with the password alone"
        );
    }
}
