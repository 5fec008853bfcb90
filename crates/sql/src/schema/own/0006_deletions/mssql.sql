CREATE TABLE wicketgate_deletions (
    user_id nvarchar(450) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
    requested bigint NOT NULL,
    due bigint NOT NULL,
    lockout_enabled bigint NOT NULL
);

CREATE INDEX wicketgate_deletions_by_due ON wicketgate_deletions (due, user_id);
