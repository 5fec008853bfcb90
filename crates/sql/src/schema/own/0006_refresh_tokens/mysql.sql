ALTER TABLE wicketgate_sessions ADD COLUMN refresh_leaf bigint NOT NULL DEFAULT 0;

ALTER TABLE wicketgate_sessions ADD COLUMN refresh_parent bigint NOT NULL DEFAULT -1;

ALTER TABLE wicketgate_sessions ADD COLUMN refresh_rotated bigint NOT NULL DEFAULT 0;

ALTER TABLE wicketgate_sessions ADD COLUMN refresh_returned bigint NOT NULL DEFAULT 0;
