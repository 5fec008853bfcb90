CREATE TABLE wicketgate_sessions (
    id varchar(22) COLLATE "C" NOT NULL PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL,
    kind varchar(40) COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    last_seen bigint NOT NULL,
    authenticated bigint NOT NULL,
    methods varchar(200) COLLATE "C" NOT NULL,
    credential text COLLATE "C" NULL,
    client varchar(50) COLLATE "C" NULL,
    user_agent varchar(100) COLLATE "C" NULL,
    security_stamp text COLLATE "C" NULL,
    ended bigint NULL,
    ended_by varchar(40) COLLATE "C" NULL,
    refresh_leaf bigint NOT NULL DEFAULT 0,
    refresh_parent bigint NOT NULL DEFAULT -1,
    refresh_rotated bigint NOT NULL DEFAULT 0,
    refresh_returned bigint NOT NULL DEFAULT 0
);

CREATE INDEX wicketgate_sessions_by_user ON wicketgate_sessions (user_id, last_seen);

CREATE INDEX wicketgate_sessions_by_last_seen ON wicketgate_sessions (last_seen);
