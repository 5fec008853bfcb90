CREATE UNLOGGED TABLE wicketgate_rate_limits (
    id varchar(32) COLLATE "C" NOT NULL PRIMARY KEY,
    booked_until bigint NOT NULL
);
