CREATE TABLE wicketgate_deletions (
    user_id TEXT NOT NULL PRIMARY KEY,
    requested INTEGER NOT NULL,
    due INTEGER NOT NULL,
    lockout_enabled INTEGER NOT NULL
);

CREATE INDEX wicketgate_deletions_by_due ON wicketgate_deletions (due, user_id);
