CREATE TABLE wicketgate_mails (
    id nvarchar(36) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
    created bigint NOT NULL,
    due bigint NOT NULL,
    attempts int NOT NULL,
    recipient nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    domain nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    lease nvarchar(36) COLLATE Latin1_General_BIN2 NULL,
    key_id nvarchar(36) COLLATE Latin1_General_BIN2 NOT NULL,
    payload nvarchar(max) NOT NULL
);

CREATE INDEX wicketgate_mails_by_due ON wicketgate_mails (due, id);

CREATE INDEX wicketgate_mails_by_recipient ON wicketgate_mails (recipient);
