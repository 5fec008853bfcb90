CREATE TABLE `AspNetUserPasskeys` (
    `CredentialId` varbinary(1024) NOT NULL,
    `UserId` varchar(255) CHARACTER SET utf8mb4 NOT NULL,
    `Data` json NOT NULL,
    CONSTRAINT `PK_AspNetUserPasskeys` PRIMARY KEY (`CredentialId`),
    CONSTRAINT `FK_AspNetUserPasskeys_AspNetUsers_UserId` FOREIGN KEY (`UserId`) REFERENCES `AspNetUsers` (`Id`) ON DELETE CASCADE
) CHARACTER SET=utf8mb4;


CREATE INDEX `IX_AspNetUserPasskeys_UserId` ON `AspNetUserPasskeys` (`UserId`);
