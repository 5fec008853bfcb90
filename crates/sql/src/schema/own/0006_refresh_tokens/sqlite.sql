ALTER TABLE wicketgate_sessions ADD COLUMN refresh_leaf INTEGER NOT NULL DEFAULT 0;

ALTER TABLE wicketgate_sessions ADD COLUMN refresh_parent INTEGER NOT NULL DEFAULT -1;

ALTER TABLE wicketgate_sessions ADD COLUMN refresh_rotated INTEGER NOT NULL DEFAULT 0;

ALTER TABLE wicketgate_sessions ADD COLUMN refresh_returned INTEGER NOT NULL DEFAULT 0;
