ALTER TABLE wicketgate_notes ADD author bigint NULL;

CREATE TABLE wicketgate_authors (
    id bigint NOT NULL IDENTITY PRIMARY KEY
);
