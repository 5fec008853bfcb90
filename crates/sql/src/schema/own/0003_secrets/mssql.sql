CREATE TABLE wicketgate_secrets (
    purpose nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL,
    hash nvarchar(43) COLLATE Latin1_General_BIN2 NOT NULL,
    subject nvarchar(450) NOT NULL,
    expires bigint NOT NULL,
    redeemed bigint NULL,
    PRIMARY KEY (purpose, hash)
);

CREATE INDEX wicketgate_secrets_by_expiry ON wicketgate_secrets (expires);
