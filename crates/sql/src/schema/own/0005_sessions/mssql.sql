CREATE TABLE wicketgate_sessions (
    id nvarchar(22) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
    user_id nvarchar(450) COLLATE Latin1_General_BIN2 NOT NULL,
    kind nvarchar(40) COLLATE Latin1_General_BIN2 NOT NULL,
    created bigint NOT NULL,
    last_seen bigint NOT NULL,
    authenticated bigint NOT NULL,
    methods nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    credential nvarchar(max) COLLATE Latin1_General_BIN2 NULL,
    client nvarchar(50) COLLATE Latin1_General_BIN2 NULL,
    user_agent nvarchar(100) COLLATE Latin1_General_BIN2 NULL,
    security_stamp nvarchar(max) COLLATE Latin1_General_BIN2 NULL,
    ended bigint NULL,
    ended_by nvarchar(40) COLLATE Latin1_General_BIN2 NULL,
    refresh_leaf bigint NOT NULL DEFAULT 0,
    refresh_parent bigint NOT NULL DEFAULT -1,
    refresh_rotated bigint NOT NULL DEFAULT 0,
    refresh_returned bigint NOT NULL DEFAULT 0
);

CREATE INDEX wicketgate_sessions_by_user ON wicketgate_sessions (user_id, last_seen);

CREATE INDEX wicketgate_sessions_by_last_seen ON wicketgate_sessions (last_seen);
