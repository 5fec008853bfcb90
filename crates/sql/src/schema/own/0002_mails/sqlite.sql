CREATE TABLE wicketgate_mails (
    id TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    domain TEXT NOT NULL,
    lease TEXT NULL,
    key_id TEXT NOT NULL,
    payload TEXT NOT NULL
);

CREATE INDEX wicketgate_mails_by_due ON wicketgate_mails (due, id);

CREATE INDEX wicketgate_mails_by_recipient ON wicketgate_mails (recipient);
