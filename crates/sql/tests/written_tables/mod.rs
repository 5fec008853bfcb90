//! The tables that the checks of stores write to, but for those whose rows go with others.

pub(crate) const WRITTEN_TABLES: [&str; 11] = [
    "AspNetUsers",
    "AspNetRoles",
    "wicketgate_events",
    "wicketgate_event_seals",
    "wicketgate_event_keys",
    "wicketgate_event_checkpoints",
    "wicketgate_unknown_sign_ins",
    "wicketgate_mails",
    "wicketgate_secrets",
    "wicketgate_rate_limits",
    "wicketgate_sessions",
];
