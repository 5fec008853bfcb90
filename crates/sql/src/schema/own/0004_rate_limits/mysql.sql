CREATE TABLE wicketgate_rate_limits (
    id varchar(32) NOT NULL PRIMARY KEY,
    booked_until bigint NOT NULL
) CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
