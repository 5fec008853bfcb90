CREATE TABLE wicketgate_rate_limits (
    id nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY,
    booked_until bigint NOT NULL
);
