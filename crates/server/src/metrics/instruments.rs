//! What is counted while requests are answered. What .NET 10 counts, too, has the name that OpenTelemetry's exporter for Prometheus
//! gives to .NET's instrument.

use wicketgate_identity::{
    Event, EventKind,
    claims::AuthenticationMethod,
    limit::{LimitScope, LimitedAction},
    observer::{Observation, Observer},
    session::SessionKind,
};

use super::{
    counters::Counters,
    dotnet_names::{
        password_check, password_result, sign_in_result, sign_in_type, success_or_failure, token_purpose, update_type,
    },
    exposition::Exposition,
    histograms::Histograms,
};

/// All of them.
#[derive(Debug)]
pub(super) struct Instruments {
    sign_in_steps: Histograms<2>,
    password_sign_ins: Counters<1>,
    sign_ins: Counters<0>,
    sign_outs: Counters<0>,
    machines_remembered: Counters<0>,
    machines_forgotten: Counters<0>,
    creations: Histograms<1>,
    updates: Histograms<2>,
    deletions: Histograms<1>,
    password_checks: Counters<1>,
    generated_tokens: Counters<1>,
    verified_tokens: Counters<2>,
    hash_waits: Histograms<0>,
    hash_times: Histograms<0>,
    rate_limited: Counters<2>,
    sessions_begun: Counters<1>,
    sessions_ended: Counters<1>,
    events: Counters<1>,
}

const RESULT: &str = "aspnetcore_identity_result";
const SIGN_IN_RESULT: &str = "aspnetcore_identity_sign_in_result";
const TOKEN_PURPOSE: &str = "aspnetcore_identity_token_purpose";

/// The kinds of events that end sessions one by one.
const SESSION_ENDS: [&str; 5] = [
    "signed_out",
    "session_replaced",
    "session_ended",
    "refresh_token_reused",
    "other_sessions_ended",
];

/// The kinds of events that only a database writes, when it sums others up or erases them: nobody here is told, so these are never
/// counted.
const WRITTEN_BY_STORES: [&str; 2] = ["unknown_sign_ins_failed", "personal_parts_erased"];

impl Instruments {
    pub(super) fn new() -> Self {
        let scopes = [LimitScope::Account, LimitScope::Client];
        let limits = LimitedAction::ALL
            .into_iter()
            .flat_map(|action| scopes.map(|scope| [action.name(), scope.name()]));
        Self {
            sign_in_steps: Histograms::new(
                "aspnetcore_identity_sign_in_authenticate_duration_seconds",
                "Duration of sign-ins with a password, of their second factors, and of sign-ins with a passkey, by type and result",
                ["aspnetcore_identity_sign_in_type", SIGN_IN_RESULT],
            ),
            password_sign_ins: Counters::new(
                "aspnetcore_identity_sign_in_check_password_attempts_total",
                "Checks of a password and of whether the account may sign in, by result",
                [SIGN_IN_RESULT],
            )
            .starting_with([["success"], ["failure"], ["locked_out"], ["not_allowed"]]),
            sign_ins: Counters::new(
                "aspnetcore_identity_sign_in_sign_ins_total",
                "Users who signed in",
                [],
            )
            .starting_with([[]]),
            sign_outs: Counters::new(
                "aspnetcore_identity_sign_in_sign_outs_total",
                "Users who signed out",
                [],
            )
            .starting_with([[]]),
            machines_remembered: Counters::new(
                "aspnetcore_identity_sign_in_two_factor_clients_remembered_total",
                "Browsers that may do without the second factor from then on",
                [],
            )
            .starting_with([[]]),
            machines_forgotten: Counters::new(
                "aspnetcore_identity_sign_in_two_factor_clients_forgotten_total",
                "Browsers that must have the second factor again because their users want that",
                [],
            )
            .starting_with([[]]),
            creations: Histograms::new(
                "aspnetcore_identity_user_create_duration_seconds",
                "How long the store took to create an account, by result",
                [RESULT],
            ),
            updates: Histograms::new(
                "aspnetcore_identity_user_update_duration_seconds",
                "How long the store took to change an account, by type of change and result",
                ["aspnetcore_identity_user_update_type", RESULT],
            ),
            deletions: Histograms::new(
                "aspnetcore_identity_user_delete_duration_seconds",
                "How long the store took to delete an account, by result",
                [RESULT],
            ),
            password_checks: Counters::new(
                "aspnetcore_identity_user_check_password_attempts_total",
                "Passwords that were compared with an account's, by result",
                ["aspnetcore_identity_password_check_result"],
            ),
            generated_tokens: Counters::new(
                "aspnetcore_identity_user_generated_tokens_total",
                "Tokens made for mailed links and codes, by purpose",
                [TOKEN_PURPOSE],
            ),
            verified_tokens: Counters::new(
                "aspnetcore_identity_user_verify_token_attempts_total",
                "Tokens of mailed links and codes that were checked, by purpose and result",
                [TOKEN_PURPOSE, "aspnetcore_identity_token_verified"],
            ),
            hash_waits: Histograms::new(
                "wicketgate_password_hash_wait_seconds",
                "How long passwords waited for a thread that hashes them",
                [],
            ),
            hash_times: Histograms::new(
                "wicketgate_password_hash_duration_seconds",
                "How long hashing a password took, together with those that were hashed beside it",
                [],
            ),
            rate_limited: Counters::new(
                "wicketgate_rate_limited_requests_total",
                "Requests refused by a rate limit, by what they asked for and by whom the limit counts",
                ["action", "scope"],
            )
            .starting_with(limits),
            sessions_begun: Counters::new(
                "wicketgate_sessions_begun_total",
                "Sessions that began, by what keeps them",
                ["kind"],
            )
            .starting_with([SessionKind::Cookie, SessionKind::Token].map(|kind| [kind.name()])),
            sessions_ended: Counters::new(
                "wicketgate_sessions_ended_total",
                "Sessions that were ended one by one, by why; changes of an account that end all its sessions are among the events",
                ["reason"],
            )
            .starting_with(SESSION_ENDS.map(|reason| [reason])),
            events: Counters::new(
                "wicketgate_events_total",
                "What happened to accounts or was attempted, by the kinds that `wicketgate events list` has; failed sign-ins to unknown \
                 accounts one by one",
                ["kind"],
            )
            .starting_with(told_kinds().map(|kind| [kind])),
        }
    }

    pub(super) fn write(&self, exposition: &mut Exposition) {
        self.sign_in_steps.write(exposition);
        self.password_sign_ins.write(exposition);
        self.sign_ins.write(exposition);
        self.sign_outs.write(exposition);
        self.machines_remembered.write(exposition);
        self.machines_forgotten.write(exposition);
        self.creations.write(exposition);
        self.updates.write(exposition);
        self.deletions.write(exposition);
        self.password_checks.write(exposition);
        self.generated_tokens.write(exposition);
        self.verified_tokens.write(exposition);
        self.hash_waits.write(exposition);
        self.hash_times.write(exposition);
        self.rate_limited.write(exposition);
        self.sessions_begun.write(exposition);
        self.sessions_ended.write(exposition);
        self.events.write(exposition);
    }

    fn count_event(&self, event: &Event) {
        let kind = event.kind.name();
        self.events.increment([kind]);
        match event.kind {
            EventKind::SignedIn(_) => self.sign_ins.increment([]),
            EventKind::OtherSessionsEnded { count } => self.sessions_ended.add([kind], count),
            _ if SESSION_ENDS.contains(&kind) => self.sessions_ended.increment([kind]),
            _ => {}
        }
    }
}

/// The kinds of events that an [`Observer`] is told.
fn told_kinds() -> impl Iterator<Item = &'static str> {
    let kinds = EventKind::NAMES.iter().copied();
    kinds.filter(|kind| !WRITTEN_BY_STORES.contains(kind))
}

impl Observer for Instruments {
    fn observe(&self, what: &Observation<'_>) {
        match *what {
            Observation::Event(event) => self.count_event(event),
            Observation::SignInStep { method, result, took } => {
                let labels = [sign_in_type(method), sign_in_result(result)];
                self.sign_in_steps.observe(labels, took);
                if method == AuthenticationMethod::Password {
                    self.password_sign_ins.increment([password_result(result)]);
                }
            }
            Observation::SignedOut => self.sign_outs.increment([]),
            Observation::MachineRemembered => self.machines_remembered.increment([]),
            Observation::MachineForgotten => self.machines_forgotten.increment([]),
            Observation::PasswordChecked { owner, verification } => {
                self.password_checks.increment([password_check(owner, verification)]);
            }
            Observation::UserCreated { succeeded, took } => {
                self.creations.observe([success_or_failure(succeeded)], took);
            }
            Observation::UserUpdated { kind, succeeded, took } => {
                let labels = [update_type(kind), success_or_failure(succeeded)];
                self.updates.observe(labels, took);
            }
            Observation::UserDeleted { succeeded, took } => {
                self.deletions.observe([success_or_failure(succeeded)], took);
            }
            Observation::TokenGenerated(purpose) => self.generated_tokens.increment([token_purpose(purpose)]),
            Observation::TokenVerified { purpose, verified } => {
                let labels = [token_purpose(purpose), success_or_failure(verified)];
                self.verified_tokens.increment(labels);
            }
            Observation::PasswordHashed { waited, took } => {
                self.hash_waits.observe([], waited);
                self.hash_times.observe([], took);
            }
            Observation::RateLimited(exceeded) => {
                let labels = [exceeded.action.name(), exceeded.scope.name()];
                self.rate_limited.increment(labels);
            }
            Observation::SessionBegun(kind) => self.sessions_begun.increment([kind.name()]),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_of_event_is_shown_that_is_never_counted() {
        let mut exposition = Exposition::default();
        Instruments::new().write(&mut exposition);
        let text = exposition.into_text();
        let is_shown = |kind: &&str| text.contains(&format!("wicketgate_events_total{{kind=\"{kind}\"}} 0\n"));
        let (shown, hidden): (Vec<&str>, Vec<&str>) = EventKind::NAMES.iter().copied().partition(is_shown);
        assert!(shown.contains(&"sign_in_failed") && shown.contains(&"rate_limit_reached"));
        assert_eq!(hidden, WRITTEN_BY_STORES);
    }
}
