CREATE TABLE wicketgate_deletions (
    user_id varchar(255) NOT NULL PRIMARY KEY,
    requested bigint NOT NULL,
    due bigint NOT NULL,
    lockout_enabled bigint NOT NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE INDEX wicketgate_deletions_by_due ON wicketgate_deletions (due, user_id);
