CREATE TABLE wicketgate_secrets (
    purpose varchar(32) NOT NULL,
    hash varchar(43) NOT NULL,
    subject varchar(450) NOT NULL,
    expires bigint NOT NULL,
    redeemed bigint NULL,
    PRIMARY KEY (purpose, hash)
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE INDEX wicketgate_secrets_by_expiry ON wicketgate_secrets (expires);
