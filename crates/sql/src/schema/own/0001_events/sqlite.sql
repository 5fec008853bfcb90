CREATE TABLE wicketgate_events (
    id TEXT NOT NULL PRIMARY KEY,
    happened_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    user_id TEXT NULL,
    client TEXT NULL,
    name_hash TEXT NULL,
    request_id TEXT NULL,
    salt TEXT NULL,
    personal_hash TEXT NOT NULL,
    key_number INTEGER NOT NULL,
    mac TEXT NOT NULL,
    seal INTEGER NULL,
    erased_by TEXT NULL
) WITHOUT ROWID;

CREATE INDEX wicketgate_events_by_seal ON wicketgate_events (seal, id);

CREATE INDEX wicketgate_events_by_user ON wicketgate_events (user_id, id);

CREATE TABLE wicketgate_event_keys (
    number INTEGER NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    protected TEXT NOT NULL
);

CREATE TABLE wicketgate_event_seals (
    number INTEGER NOT NULL PRIMARY KEY,
    event_count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    key_number INTEGER NOT NULL
);

CREATE TABLE wicketgate_event_checkpoints (
    number INTEGER NOT NULL PRIMARY KEY,
    seal INTEGER NOT NULL,
    hash TEXT NOT NULL,
    pruned INTEGER NOT NULL,
    pruned_until INTEGER NOT NULL,
    erased TEXT NOT NULL,
    key_number INTEGER NOT NULL,
    mac TEXT NOT NULL
);

CREATE TABLE wicketgate_unknown_sign_ins (
    minute_start INTEGER NOT NULL,
    client TEXT NOT NULL,
    reason TEXT NOT NULL,
    part INTEGER NOT NULL,
    sign_ins INTEGER NOT NULL,
    PRIMARY KEY (minute_start, client, reason, part)
) WITHOUT ROWID;
