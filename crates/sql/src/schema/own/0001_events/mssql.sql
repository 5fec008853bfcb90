CREATE TABLE wicketgate_events (
    id nvarchar(36) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
    happened_at bigint NOT NULL,
    kind nvarchar(40) COLLATE Latin1_General_BIN2 NOT NULL,
    detail nvarchar(1000) COLLATE Latin1_General_BIN2 NOT NULL,
    user_id nvarchar(450) COLLATE Latin1_General_BIN2 NULL,
    client nvarchar(50) COLLATE Latin1_General_BIN2 NULL,
    name_hash nvarchar(43) COLLATE Latin1_General_BIN2 NULL,
    request_id nvarchar(100) COLLATE Latin1_General_BIN2 NULL,
    salt nvarchar(22) COLLATE Latin1_General_BIN2 NULL,
    personal_hash nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL,
    key_number int NOT NULL,
    mac nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL,
    seal bigint NULL,
    erased_by nvarchar(36) COLLATE Latin1_General_BIN2 NULL
);

CREATE INDEX wicketgate_events_by_seal ON wicketgate_events (seal, id);

CREATE INDEX wicketgate_events_by_user ON wicketgate_events (user_id, id);

CREATE TABLE wicketgate_event_keys (
    number int NOT NULL PRIMARY KEY,
    key_id nvarchar(36) COLLATE Latin1_General_BIN2 NOT NULL,
    protected nvarchar(1000) COLLATE Latin1_General_BIN2 NOT NULL
);

CREATE TABLE wicketgate_event_seals (
    number bigint NOT NULL PRIMARY KEY,
    event_count int NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    hash nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL,
    key_number int NOT NULL
);

CREATE TABLE wicketgate_event_checkpoints (
    number int NOT NULL PRIMARY KEY,
    seal bigint NOT NULL,
    hash nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL,
    pruned bigint NOT NULL,
    pruned_until bigint NOT NULL,
    erased nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL,
    key_number int NOT NULL,
    mac nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL
);

CREATE TABLE wicketgate_unknown_sign_ins (
    minute_start bigint NOT NULL,
    client nvarchar(50) COLLATE Latin1_General_BIN2 NOT NULL,
    reason nvarchar(40) COLLATE Latin1_General_BIN2 NOT NULL,
    part int NOT NULL,
    sign_ins bigint NOT NULL,
    PRIMARY KEY (minute_start, client, reason, part)
);
