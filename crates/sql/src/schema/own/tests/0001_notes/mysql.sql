CREATE TABLE wicketgate_notes (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    text varchar(100) CHARACTER SET utf8mb4 NOT NULL
) CHARACTER SET = utf8mb4;

CREATE INDEX wicketgate_notes_by_text ON wicketgate_notes (text);
