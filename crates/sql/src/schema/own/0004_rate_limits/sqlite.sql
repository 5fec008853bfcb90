CREATE TABLE wicketgate_rate_limits (
    id TEXT NOT NULL PRIMARY KEY,
    booked_until INTEGER NOT NULL
);
