CREATE TABLE wicketgate_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    authenticated INTEGER NOT NULL,
    methods TEXT NOT NULL,
    credential TEXT NULL,
    client TEXT NULL,
    user_agent TEXT NULL,
    security_stamp TEXT NULL,
    ended INTEGER NULL,
    ended_by TEXT NULL,
    refresh_leaf INTEGER NOT NULL DEFAULT 0,
    refresh_parent INTEGER NOT NULL DEFAULT -1,
    refresh_rotated INTEGER NOT NULL DEFAULT 0,
    refresh_returned INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX wicketgate_sessions_by_user ON wicketgate_sessions (user_id, last_seen);

CREATE INDEX wicketgate_sessions_by_last_seen ON wicketgate_sessions (last_seen);
