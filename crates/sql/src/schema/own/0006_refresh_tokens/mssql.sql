ALTER TABLE wicketgate_sessions ADD refresh_leaf bigint NOT NULL DEFAULT 0;

ALTER TABLE wicketgate_sessions ADD refresh_parent bigint NOT NULL DEFAULT -1;

ALTER TABLE wicketgate_sessions ADD refresh_rotated bigint NOT NULL DEFAULT 0;

ALTER TABLE wicketgate_sessions ADD refresh_returned bigint NOT NULL DEFAULT 0;
