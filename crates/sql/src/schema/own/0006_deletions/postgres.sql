CREATE TABLE wicketgate_deletions (
    user_id text COLLATE "C" NOT NULL PRIMARY KEY,
    requested bigint NOT NULL,
    due bigint NOT NULL,
    lockout_enabled bigint NOT NULL
);

CREATE INDEX wicketgate_deletions_by_due ON wicketgate_deletions (due, user_id);
