CREATE TABLE wicketgate_secrets (
    purpose TEXT NOT NULL,
    hash TEXT NOT NULL,
    subject TEXT NOT NULL,
    expires INTEGER NOT NULL,
    redeemed INTEGER NULL,
    PRIMARY KEY (purpose, hash)
);

CREATE INDEX wicketgate_secrets_by_expiry ON wicketgate_secrets (expires);
