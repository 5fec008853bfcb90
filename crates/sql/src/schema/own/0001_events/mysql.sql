CREATE TABLE wicketgate_events (
    id varchar(36) NOT NULL PRIMARY KEY,
    happened_at bigint NOT NULL,
    kind varchar(40) NOT NULL,
    detail varchar(1000) NOT NULL,
    user_id varchar(255) NULL,
    client varchar(50) NULL,
    name_hash varchar(43) NULL,
    request_id varchar(100) NULL,
    salt varchar(22) NULL,
    personal_hash varchar(43) NOT NULL,
    key_number int NOT NULL,
    mac varchar(43) NOT NULL,
    seal bigint NULL,
    erased_by varchar(36) NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE INDEX wicketgate_events_by_seal ON wicketgate_events (seal, id);

CREATE INDEX wicketgate_events_by_user ON wicketgate_events (user_id, id);

CREATE TABLE wicketgate_event_keys (
    number int NOT NULL PRIMARY KEY,
    key_id varchar(36) NOT NULL,
    protected varchar(1000) NOT NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE wicketgate_event_seals (
    number bigint NOT NULL PRIMARY KEY,
    event_count int NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    hash varchar(43) NOT NULL,
    key_number int NOT NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE wicketgate_event_checkpoints (
    number int NOT NULL PRIMARY KEY,
    seal bigint NOT NULL,
    hash varchar(43) NOT NULL,
    pruned bigint NOT NULL,
    pruned_until bigint NOT NULL,
    erased varchar(43) NOT NULL,
    key_number int NOT NULL,
    mac varchar(43) NOT NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE wicketgate_unknown_sign_ins (
    minute_start bigint NOT NULL,
    client varchar(50) NOT NULL,
    reason varchar(40) NOT NULL,
    part int NOT NULL,
    sign_ins bigint NOT NULL,
    PRIMARY KEY (minute_start, client, reason, part)
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
