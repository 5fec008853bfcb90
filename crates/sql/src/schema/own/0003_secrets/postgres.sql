CREATE TABLE wicketgate_secrets (
    purpose varchar(32) COLLATE "C" NOT NULL,
    hash varchar(43) COLLATE "C" NOT NULL,
    subject varchar(450) NOT NULL,
    expires bigint NOT NULL,
    redeemed bigint NULL,
    PRIMARY KEY (purpose, hash)
);

CREATE INDEX wicketgate_secrets_by_expiry ON wicketgate_secrets (expires);
