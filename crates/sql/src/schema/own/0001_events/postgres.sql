CREATE TABLE wicketgate_events (
    id varchar(36) COLLATE "C" NOT NULL PRIMARY KEY,
    happened_at bigint NOT NULL,
    kind varchar(40) COLLATE "C" NOT NULL,
    detail varchar(1000) COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NULL,
    client varchar(50) COLLATE "C" NULL,
    name_hash varchar(43) COLLATE "C" NULL,
    request_id varchar(100) COLLATE "C" NULL,
    salt varchar(22) COLLATE "C" NULL,
    personal_hash varchar(43) COLLATE "C" NOT NULL,
    key_number integer NOT NULL,
    mac varchar(43) COLLATE "C" NOT NULL,
    seal bigint NULL,
    erased_by varchar(36) COLLATE "C" NULL
);

CREATE INDEX wicketgate_events_by_seal ON wicketgate_events (seal, id);

CREATE INDEX wicketgate_events_by_user ON wicketgate_events (user_id, id);

CREATE TABLE wicketgate_event_keys (
    number integer NOT NULL PRIMARY KEY,
    key_id varchar(36) COLLATE "C" NOT NULL,
    protected varchar(1000) COLLATE "C" NOT NULL
);

CREATE TABLE wicketgate_event_seals (
    number bigint NOT NULL PRIMARY KEY,
    event_count integer NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    hash varchar(43) COLLATE "C" NOT NULL,
    key_number integer NOT NULL
);

CREATE TABLE wicketgate_event_checkpoints (
    number integer NOT NULL PRIMARY KEY,
    seal bigint NOT NULL,
    hash varchar(43) COLLATE "C" NOT NULL,
    pruned bigint NOT NULL,
    pruned_until bigint NOT NULL,
    erased varchar(43) COLLATE "C" NOT NULL,
    key_number integer NOT NULL,
    mac varchar(43) COLLATE "C" NOT NULL
);

CREATE TABLE wicketgate_unknown_sign_ins (
    minute_start bigint NOT NULL,
    client varchar(50) COLLATE "C" NOT NULL,
    reason varchar(40) COLLATE "C" NOT NULL,
    part integer NOT NULL,
    sign_ins bigint NOT NULL,
    PRIMARY KEY (minute_start, client, reason, part)
);
