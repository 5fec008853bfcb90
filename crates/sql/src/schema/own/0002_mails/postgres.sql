CREATE TABLE wicketgate_mails (
    id varchar(36) COLLATE "C" NOT NULL PRIMARY KEY,
    created bigint NOT NULL,
    due bigint NOT NULL,
    attempts integer NOT NULL,
    recipient varchar(64) COLLATE "C" NOT NULL,
    domain varchar(64) COLLATE "C" NOT NULL,
    lease varchar(36) COLLATE "C" NULL,
    key_id varchar(36) COLLATE "C" NOT NULL,
    payload text NOT NULL
);

CREATE INDEX wicketgate_mails_by_due ON wicketgate_mails (due, id);

CREATE INDEX wicketgate_mails_by_recipient ON wicketgate_mails (recipient);
