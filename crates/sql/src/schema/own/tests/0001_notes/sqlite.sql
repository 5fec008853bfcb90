CREATE TABLE wicketgate_notes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL
);

CREATE INDEX wicketgate_notes_by_text ON wicketgate_notes (text);
