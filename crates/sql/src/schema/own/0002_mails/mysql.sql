CREATE TABLE wicketgate_mails (
    id varchar(36) NOT NULL PRIMARY KEY,
    created bigint NOT NULL,
    due bigint NOT NULL,
    attempts int NOT NULL,
    recipient varchar(64) NOT NULL,
    domain varchar(64) NOT NULL,
    lease varchar(36) NULL,
    key_id varchar(36) NOT NULL,
    payload longtext NOT NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE INDEX wicketgate_mails_by_due ON wicketgate_mails (due, id);

CREATE INDEX wicketgate_mails_by_recipient ON wicketgate_mails (recipient);
