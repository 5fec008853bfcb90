ALTER TABLE `AspNetUsers`
    MODIFY COLUMN `PhoneNumber` varchar(256) CHARACTER SET utf8mb4 NULL;


ALTER TABLE `AspNetUserLogins`
    MODIFY COLUMN `LoginProvider` varchar(128) CHARACTER SET utf8mb4 NOT NULL,
    MODIFY COLUMN `ProviderKey` varchar(128) CHARACTER SET utf8mb4 NOT NULL;


ALTER TABLE `AspNetUserTokens`
    MODIFY COLUMN `LoginProvider` varchar(128) CHARACTER SET utf8mb4 NOT NULL,
    MODIFY COLUMN `Name` varchar(128) CHARACTER SET utf8mb4 NOT NULL;
