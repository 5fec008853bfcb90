CREATE TABLE wicketgate_sessions (
    id varchar(22) NOT NULL PRIMARY KEY,
    user_id varchar(255) NOT NULL,
    kind varchar(40) NOT NULL,
    created bigint NOT NULL,
    last_seen bigint NOT NULL,
    authenticated bigint NOT NULL,
    methods varchar(200) NOT NULL,
    credential longtext NULL,
    client varchar(50) NULL,
    user_agent varchar(100) NULL,
    security_stamp longtext NULL,
    ended bigint NULL,
    ended_by varchar(40) NULL,
    refresh_leaf bigint NOT NULL DEFAULT 0,
    refresh_parent bigint NOT NULL DEFAULT -1,
    refresh_rotated bigint NOT NULL DEFAULT 0,
    refresh_returned bigint NOT NULL DEFAULT 0
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE INDEX wicketgate_sessions_by_user ON wicketgate_sessions (user_id, last_seen);

CREATE INDEX wicketgate_sessions_by_last_seen ON wicketgate_sessions (last_seen);
