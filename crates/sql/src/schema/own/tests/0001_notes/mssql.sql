CREATE TABLE wicketgate_notes (
    id bigint NOT NULL IDENTITY PRIMARY KEY,
    text nvarchar(100) NOT NULL
);

CREATE INDEX wicketgate_notes_by_text ON wicketgate_notes (text);
