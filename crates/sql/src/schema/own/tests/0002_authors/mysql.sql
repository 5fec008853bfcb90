ALTER TABLE wicketgate_notes ADD COLUMN author bigint NULL;

CREATE TABLE wicketgate_authors (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY
) CHARACTER SET = utf8mb4;
