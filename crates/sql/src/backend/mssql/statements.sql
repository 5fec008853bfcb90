-- Written by the test `every_statement_is_as_it_was_read`, and read by whoever changed it.

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("NormalizedUserName" = @P1 AND CAST(CAST("NormalizedUserName" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("NormalizedEmail" = @P1 AND CAST(CAST("NormalizedEmail" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15);

INSERT INTO "AspNetUsers" ("UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14);

SELECT "Id" FROM "AspNetUsers" WHERE ("NormalizedUserName" = @P1 AND CAST(CAST("NormalizedUserName" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL WHERE ("NormalizedUserName" = @P1 AND CAST(CAST("NormalizedUserName" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

DELETE FROM "AspNetUsers" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedUserName" IN (@P1);

SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedUserName" IN (@P1) AND "Id" <> @P2;

SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedEmail" IN (@P1);

SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedEmail" IN (@P1) AND "Id" <> @P2;

UPDATE "AspNetUsers" SET "AccessFailedCount" = @P2, "ConcurrencyStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "AccessFailedCount" = @P2, "LockoutEnd" = @P3, "ConcurrencyStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Value" FROM "AspNetUserTokens"
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "Value" = @P4
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("Value" = @P3 AND CAST(CAST("Value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "Value" = @P3
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES (@P1, '[AspNetUserStore]', @P2, @P3);

SELECT 0 AS "Part", NULL AS "RoleId", '' AS "RoleName", '' AS "RoleNormalizedName",
        o."ClaimType", o."ClaimValue", o."Id" AS "ClaimId"
    FROM "AspNetUserClaims" AS o WHERE (o."UserId" = @P1 AND CAST(CAST(o."UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)))
    UNION ALL
    SELECT 1, r."Id", r."Name", r."NormalizedName", c."ClaimType", c."ClaimValue", c."Id"
    FROM "AspNetUserRoles" AS u
    JOIN "AspNetRoles" AS r ON r."Id" = u."RoleId"
    LEFT JOIN "AspNetRoleClaims" AS c ON c."RoleId" = r."Id"
    WHERE (u."UserId" = @P1 AND CAST(CAST(u."UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)))
    ORDER BY "Part", "RoleNormalizedName", "RoleId", "ClaimId";

SELECT 0 AS "Part", o."ClaimType", o."ClaimValue", o."Id" AS "ClaimId"
    FROM "AspNetUserClaims" AS o WHERE (o."UserId" = @P1 AND CAST(CAST(o."UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)))
    ORDER BY "ClaimId";

SELECT "Id", "NormalizedName" FROM "AspNetRoles" WHERE "NormalizedName" IN (@P1);

INSERT INTO "AspNetRoles" ("Id", "Name", "NormalizedName", "ConcurrencyStamp") VALUES (@P1, @P2, @P3, @P4);

INSERT INTO "AspNetRoles" ("Name", "NormalizedName", "ConcurrencyStamp") VALUES (@P1, @P2, @P3);

SELECT "RoleId" FROM "AspNetUserRoles" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("RoleId" = @P2 AND CAST(CAST("RoleId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "AspNetUserRoles" ("UserId", "RoleId") VALUES (@P1, @P2);

DELETE FROM "AspNetUserRoles" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("RoleId" = @P2 AND CAST(CAST("RoleId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "AspNetUserClaims" ("UserId", "ClaimType", "ClaimValue") VALUES (@P1, @P2, @P3);

SELECT "Id", "ClaimType", "ClaimValue" FROM "AspNetUserClaims" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

DELETE FROM "AspNetUserClaims" WHERE "Id" = @P1;

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P5 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P5 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P5 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P5 IS NULL)) AND ("PasswordHash" = @P6 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "EmailConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "EmailConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "EmailConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "Email" = @P3, "NormalizedEmail" = @P4, "EmailConfirmed" = @P5, "SecurityStamp" = @P6 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "Email" = @P3, "NormalizedEmail" = @P4, "EmailConfirmed" = @P5, "SecurityStamp" = @P6 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P7 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P7 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P7 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "Email" = @P3, "NormalizedEmail" = @P4, "EmailConfirmed" = @P5, "SecurityStamp" = @P6 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P7 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P7 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P7 IS NULL)) AND ("PasswordHash" = @P8 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P8 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "UserName" = @P3, "NormalizedUserName" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "UserName" = @P3, "NormalizedUserName" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P6 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P6 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "UserName" = @P3, "NormalizedUserName" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P6 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P6 IS NULL)) AND ("PasswordHash" = @P7 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P7 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PhoneNumberConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PhoneNumberConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PhoneNumberConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "TwoFactorEnabled" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "TwoFactorEnabled" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P5 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P5 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "TwoFactorEnabled" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P5 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P5 IS NULL)) AND ("PasswordHash" = @P6 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = @P3, "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = @P3, "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = @P3, "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = @P4, "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = @P4, "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P5 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P5 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = @P4, "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P5 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P5 IS NULL)) AND ("PasswordHash" = @P6 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P4 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P4 IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P6 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P6 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P6 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P6 IS NULL)) AND ("PasswordHash" = @P7 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P7 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2
        WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P3 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P3 IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2
        WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("SecurityStamp" = @P3 AND CAST(CAST("SecurityStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max))) OR ("SecurityStamp" IS NULL AND @P3 IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO wicketgate_events (id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt,
        personal_hash, key_number, mac)
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12);

SELECT number, key_id, protected FROM wicketgate_event_keys WHERE number > @P1 ORDER BY number DESC OFFSET 0 ROWS FETCH NEXT 100 ROWS ONLY;

INSERT INTO wicketgate_event_keys (number, key_id, protected) VALUES (@P1, @P2, @P3);

UPDATE wicketgate_event_keys SET key_id = @P2, protected = @P3 WHERE number = @P1 AND protected = @P4;

SELECT minute_start, client, reason, part, sign_ins FROM wicketgate_unknown_sign_ins
    WHERE minute_start < @P1 ORDER BY minute_start, client, reason, part OFFSET 0 ROWS FETCH NEXT 256 ROWS ONLY;

DELETE FROM wicketgate_unknown_sign_ins
    WHERE minute_start = @P1 AND client = @P2 AND reason = @P3 AND part = @P4 AND sign_ins = @P5;

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE seal = @P1 AND id > @P2 ORDER BY id OFFSET 0 ROWS FETCH NEXT 1000 ROWS ONLY;

SELECT number, event_count, first_at, last_at, hash, key_number FROM wicketgate_event_seals
    WHERE number > @P1 ORDER BY number OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY;

SELECT number, event_count, first_at, last_at, hash, key_number FROM wicketgate_event_seals
    WHERE number > @P1 ORDER BY number DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY;

SELECT id, happened_at, key_number, mac FROM wicketgate_events WHERE seal IS NULL AND id > @P1
    ORDER BY id OFFSET 0 ROWS FETCH NEXT 1000 ROWS ONLY;

SELECT COUNT(*) AS "Count" FROM (
        SELECT id FROM wicketgate_events WHERE seal IS NULL AND id > @P1 ORDER BY id OFFSET 0 ROWS FETCH NEXT 1000 ROWS ONLY
    ) AS page;

SELECT id FROM wicketgate_events WHERE seal IS NULL AND id > @P1 ORDER BY id OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY;

INSERT INTO wicketgate_event_seals (number, event_count, first_at, last_at, hash, key_number)
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6);

UPDATE wicketgate_events SET seal = @P51 WHERE id IN (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15, @P16, @P17, @P18, @P19, @P20, @P21, @P22, @P23, @P24, @P25, @P26, @P27, @P28, @P29, @P30, @P31, @P32, @P33, @P34, @P35, @P36, @P37, @P38, @P39, @P40, @P41, @P42, @P43, @P44, @P45, @P46, @P47, @P48, @P49, @P50);

SELECT id, key_number FROM wicketgate_events WHERE user_id = @P1 AND id > @P2 AND seal <= @P3 ORDER BY id OFFSET 0 ROWS FETCH NEXT 1000 ROWS ONLY;

UPDATE wicketgate_events SET user_id = NULL, client = NULL, name_hash = NULL, request_id = NULL, salt = NULL,
        erased_by = @P51
    WHERE id IN (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15, @P16, @P17, @P18, @P19, @P20, @P21, @P22, @P23, @P24, @P25, @P26, @P27, @P28, @P29, @P30, @P31, @P32, @P33, @P34, @P35, @P36, @P37, @P38, @P39, @P40, @P41, @P42, @P43, @P44, @P45, @P46, @P47, @P48, @P49, @P50) AND erased_by IS NULL;

SELECT user_id FROM wicketgate_events WHERE user_id > @P1 ORDER BY user_id OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY;

SELECT "Id" FROM "AspNetUsers" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE id > @P1 AND id < @P2 AND (kind = @P3 OR @P3 IS NULL) AND (client = @P4 OR @P4 IS NULL)
        ORDER BY id DESC OFFSET 0 ROWS FETCH NEXT @P5 ROWS ONLY;

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE user_id = @P6 AND id > @P1 AND id < @P2 AND (kind = @P3 OR @P3 IS NULL) AND (client = @P4 OR @P4 IS NULL)
        ORDER BY id DESC OFFSET 0 ROWS FETCH NEXT @P5 ROWS ONLY;

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) ORDER BY id DESC OFFSET 0 ROWS FETCH NEXT @P2 ROWS ONLY;

SELECT seal, hash, pruned, pruned_until, erased, key_number, mac FROM wicketgate_event_checkpoints WHERE number = @P1;

INSERT INTO wicketgate_event_checkpoints (number, seal, hash, pruned, pruned_until, erased, key_number, mac)
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8);

UPDATE wicketgate_event_checkpoints
    SET seal = @P2, hash = @P3, pruned = @P4, pruned_until = @P5, erased = @P6, key_number = @P7, mac = @P8 WHERE number = @P1;

DELETE FROM wicketgate_events WHERE id IN (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15, @P16, @P17, @P18, @P19, @P20, @P21, @P22, @P23, @P24, @P25, @P26, @P27, @P28, @P29, @P30, @P31, @P32, @P33, @P34, @P35, @P36, @P37, @P38, @P39, @P40, @P41, @P42, @P43, @P44, @P45, @P46, @P47, @P48, @P49, @P50) AND erased_by IS NULL;

DELETE FROM wicketgate_events WHERE id IN (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15, @P16, @P17, @P18, @P19, @P20, @P21, @P22, @P23, @P24, @P25, @P26, @P27, @P28, @P29, @P30, @P31, @P32, @P33, @P34, @P35, @P36, @P37, @P38, @P39, @P40, @P41, @P42, @P43, @P44, @P45, @P46, @P47, @P48, @P49, @P50) AND erased_by IS NOT NULL;

DELETE FROM wicketgate_event_seals WHERE number = @P1;

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE seal IS NULL AND id > @P1 ORDER BY id OFFSET 0 ROWS FETCH NEXT 1000 ROWS ONLY;

SELECT seal FROM wicketgate_events WHERE seal > @P1 AND seal < @P2 ORDER BY seal OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY;

INSERT INTO wicketgate_mails (id, created, due, attempts, recipient, domain, key_id, payload)
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8);

SELECT COUNT(*) AS "Count" FROM wicketgate_mails WHERE recipient = @P1;

UPDATE wicketgate_mails SET lease = @P1, due = @P2 WHERE id = @P3 AND due = @P4;

SELECT id, key_id, payload FROM wicketgate_mails WHERE id = @P1;

DELETE FROM wicketgate_mails WHERE id = @P1;

UPDATE wicketgate_mails SET lease = @P1, due = @P2, attempts = @P3 WHERE id = @P4 AND lease = @P5;

UPDATE wicketgate_mails SET lease = @P1, due = @P2 WHERE due > @P2 AND lease = @P3;

SELECT COUNT(*) AS "Count", MIN(page.created) AS "Oldest" FROM (
        SELECT created FROM wicketgate_mails WHERE id > @P1 AND domain <> @P2 ORDER BY id OFFSET 0 ROWS FETCH NEXT 10000 ROWS ONLY
    ) AS page;

UPDATE wicketgate_mails SET key_id = @P1, payload = @P2 WHERE id = @P3 AND key_id = @P4;

INSERT INTO wicketgate_secrets (purpose, hash, subject, expires) VALUES (@P1, @P2, @P3, @P4);

UPDATE wicketgate_secrets SET redeemed = @P3
    WHERE purpose = @P1 AND hash = @P2 AND redeemed IS NULL AND expires > @P3;

SELECT subject FROM wicketgate_secrets WHERE purpose = @P1 AND hash = @P2;

DELETE FROM wicketgate_secrets WHERE purpose = @P1 AND hash = @P2 AND expires < @P3;

INSERT INTO wicketgate_sessions (id, user_id, kind, created, last_seen, authenticated, methods, credential, client,
        user_agent, security_stamp)
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11);

SELECT id FROM wicketgate_sessions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)))
    ORDER BY CASE WHEN ended IS NULL THEN 0 ELSE 1 END, last_seen DESC, id DESC;

DELETE FROM wicketgate_sessions WHERE id = @P1;

SELECT s.id, s.user_id, s.kind, s.created, s.last_seen, s.authenticated, s.methods, s.credential, s.client,
                s.user_agent, s.security_stamp, u."SecurityStamp"
            FROM wicketgate_sessions AS s CROSS JOIN "AspNetUsers" AS u WHERE (u."Id" = @P1 AND CAST(CAST(u."Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND s.ended IS NULL AND s.id = @P2;

SELECT s.id, s.user_id, s.kind, s.created, s.last_seen, s.authenticated, s.methods, s.credential, s.client,
                s.user_agent, s.security_stamp, u."SecurityStamp"
            FROM wicketgate_sessions AS s CROSS JOIN "AspNetUsers" AS u WHERE (u."Id" = @P1 AND CAST(CAST(u."Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND s.ended IS NULL AND (s."user_id" = @P2 AND CAST(CAST(s."user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) ORDER BY s.last_seen DESC, s.id DESC OFFSET 0 ROWS FETCH NEXT @P3 ROWS ONLY;

UPDATE wicketgate_sessions SET ended = @P3, ended_by = @P4 WHERE id = @P2 AND ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL;

UPDATE wicketgate_sessions SET ended = @P3, ended_by = @P4 WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL AND id <> @P2;

UPDATE wicketgate_sessions SET ended = @P3, ended_by = @P4 WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL AND credential = @P2;

UPDATE wicketgate_sessions SET last_seen = @P2 WHERE id = @P1 AND last_seen < @P2;

UPDATE wicketgate_sessions SET authenticated = @P3, methods = @P4 WHERE id = @P2 AND ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL;

SELECT user_agent, client, created FROM wicketgate_sessions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) ORDER BY last_seen DESC OFFSET 0 ROWS FETCH NEXT @P2 ROWS ONLY;

SELECT id FROM wicketgate_sessions WHERE last_seen < @P1 ORDER BY last_seen OFFSET 0 ROWS FETCH NEXT @P2 ROWS ONLY;

DELETE FROM wicketgate_sessions WHERE id = @P1 AND last_seen < @P2;

DELETE FROM wicketgate_sessions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE wicketgate_sessions SET security_stamp = @P2
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (security_stamp = @P3 OR (security_stamp IS NULL AND @P3 IS NULL)) AND ended IS NULL;

UPDATE wicketgate_sessions SET security_stamp = @P2
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (security_stamp = @P3 OR (security_stamp IS NULL AND @P3 IS NULL)) AND ended IS NULL AND id = @P4;

UPDATE wicketgate_sessions
    SET refresh_leaf = @P3, refresh_parent = @P4, refresh_rotated = @P5, refresh_returned = 0
    WHERE id = @P1 AND ("user_id" = @P2 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL AND refresh_leaf <= @P4;

UPDATE wicketgate_sessions SET refresh_leaf = @P3, refresh_rotated = @P5, refresh_returned = 1
    WHERE id = @P1 AND ("user_id" = @P2 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL AND refresh_leaf = @P6 AND refresh_parent = @P4
        AND refresh_returned = 0;

SELECT refresh_leaf, refresh_parent, refresh_rotated, refresh_returned FROM wicketgate_sessions
    WHERE id = @P1 AND ("user_id" = @P2 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ended IS NULL;

UPDATE wicketgate_rate_limits
    SET booked_until = CASE WHEN booked_until < @P1 OR booked_until > @P2 THEN @P1 ELSE booked_until END + @P3
    WHERE id = @P5 AND (booked_until <= @P4 OR booked_until > @P2);

INSERT INTO wicketgate_rate_limits (id, booked_until) VALUES (@P1, @P2);

SELECT booked_until FROM wicketgate_rate_limits WHERE id = @P1;

DELETE FROM wicketgate_rate_limits WHERE id > @P1 AND id <= @P2 AND (booked_until < @P3 OR booked_until > @P4);

UPDATE "AspNetUsers" SET "AccessFailedCount" = "AccessFailedCount" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))); SELECT "SecurityStamp", "ConcurrencyStamp", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT TOP (@P2) "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE "NormalizedUserName" > @P1 ORDER BY "NormalizedUserName";

SELECT TOP (@P2) "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > @P1 ORDER BY "Id";

SELECT TOP (@P2) "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "ConcurrencyStamp" FROM "AspNetUsers" WHERE "Id" > @P1 ORDER BY "Id";

SELECT TOP (@P2) "UserId", "Value" FROM "AspNetUserTokens"
        WHERE ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = 'AuthenticatorKey' AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('AuthenticatorKey' AS nvarchar(max)) AS varbinary(max))) AND "Value" IS NOT NULL AND "UserId" > @P1 ORDER BY "UserId";

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "NormalizedUserName" = @P3, "NormalizedEmail" = @P4
    WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (("ConcurrencyStamp" = @P5 AND CAST(CAST("ConcurrencyStamp" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max))) OR ("ConcurrencyStamp" IS NULL AND @P5 IS NULL))
        AND (("UserName" = @P6 AND CAST(CAST("UserName" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max))) OR ("UserName" IS NULL AND @P6 IS NULL))
        AND (("Email" = @P7 AND CAST(CAST("Email" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P7 AS nvarchar(max)) AS varbinary(max))) OR ("Email" IS NULL AND @P7 IS NULL));

UPDATE wicketgate_unknown_sign_ins SET sign_ins = sign_ins + 1
        WHERE minute_start = @P1 AND client = @P2 AND reason = @P3 AND part = @P4;
        IF @@ROWCOUNT = 0
            INSERT INTO wicketgate_unknown_sign_ins (minute_start, client, reason, part, sign_ins)
            VALUES (@P1, @P2, @P3, @P4, 1);

SELECT TOP (@P4) id, created, due, attempts, recipient, domain FROM wicketgate_mails WHERE due <= @P1 AND due >= @P2 AND (due > @P2 OR id > @P3) ORDER BY due, id;

SELECT TOP (@P2) id, key_id, payload FROM wicketgate_mails WHERE id > @P1 ORDER BY id;

INSERT INTO wicketgate_secrets (purpose, hash, subject, expires, redeemed)
        SELECT @P1, @P2, @P3, @P4, @P5
        WHERE NOT EXISTS (SELECT 1 FROM wicketgate_secrets WHERE purpose = @P1 AND hash = @P2);

SELECT TOP (@P2) purpose, hash FROM wicketgate_secrets WHERE expires < @P1 ORDER BY expires;

SELECT MAX(page.id) AS "Last" FROM (SELECT TOP (@P2) id FROM wicketgate_rate_limits WHERE id > @P1 ORDER BY id) AS page;

SELECT "CredentialId", "Data" AS "Document" FROM "AspNetUserPasskeys" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND "CredentialId" = @P2;

SELECT "CredentialId", "Data" AS "Document" FROM "AspNetUserPasskeys" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) ORDER BY "CredentialId" OFFSET 0 ROWS FETCH NEXT @P2 ROWS ONLY;

INSERT INTO "AspNetUserPasskeys" ("CredentialId", "UserId", "Data") VALUES (@P1, @P2, @P3);

UPDATE "AspNetUserPasskeys" SET "Data" = @P3 WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND "CredentialId" = @P2;

SELECT COUNT(*) AS "Count" FROM "AspNetUserPasskeys" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT COUNT(*) AS "Count" FROM "AspNetUserPasskeys" WHERE "CredentialId" = @P1;

DELETE FROM "AspNetUserPasskeys" WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND "CredentialId" = @P2;

INSERT INTO wicketgate_deletions (user_id, requested, due, lockout_enabled) VALUES (@P1, @P2, @P3, @P4);

SELECT lockout_enabled FROM wicketgate_deletions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

DELETE FROM wicketgate_deletions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

DELETE FROM wicketgate_deletions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND due <= @P2;

SELECT requested, due FROM wicketgate_deletions WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT user_id, due FROM wicketgate_deletions WHERE due <= @P1 AND due >= @P2 AND (due > @P2 OR user_id > @P3)
    ORDER BY due, user_id OFFSET 0 ROWS FETCH NEXT @P4 ROWS ONLY;

SELECT COUNT(*) AS "Count" FROM wicketgate_mails WHERE key_id = @P1;

SELECT TOP (@P1) "Id", "PasswordHash" FROM "AspNetUsers" ORDER BY "Id";

SELECT TOP (@P1) "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "ConcurrencyStamp" FROM "AspNetUsers" ORDER BY "Id";

SELECT TOP (@P1) "UserId", "Value" FROM "AspNetUserTokens"
        WHERE ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = 'AuthenticatorKey' AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('AuthenticatorKey' AS nvarchar(max)) AS varbinary(max))) AND "Value" IS NOT NULL ORDER BY "UserId";

SELECT TOP (1) "Id" FROM "AspNetUsers";

INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES (@P1, @P2);

SELECT "FriendlyName", "Xml" FROM "DataProtectionKeys" WHERE "Xml" IS NOT NULL ORDER BY "Id";

SELECT COUNT(*) AS "Count" FROM "DataProtectionKeys" WHERE "Xml" IS NOT NULL;

SELECT COUNT(*) AS "Total",
        COUNT(CASE WHEN "EmailConfirmed" = @P1 THEN 1 END) AS "Confirmed",
        COUNT(CASE WHEN "TwoFactorEnabled" = @P1 THEN 1 END) AS "TwoFactor",
        COUNT(CASE WHEN "SecurityStamp" IS NULL THEN 1 END) AS "WithoutSecurityStamp",
        (SELECT COUNT(*) FROM "AspNetUserLogins") AS "ExternalLogins"
    FROM "AspNetUsers";

SELECT COUNT(CASE WHEN "Name" = 'AuthenticatorKey' AND "Value" LIKE 'wicketgate.%' THEN 1 END) AS "EncryptedKeys",
        COUNT(CASE WHEN "Name" = 'RecoveryCodes' AND "Value" LIKE '%sha256.%' THEN 1 END) AS "HashedCodes"
    FROM "AspNetUserTokens" WHERE ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max)));

SELECT COUNT(*) AS "Roles" FROM "AspNetRoles";

SELECT number, name, checksum, finished FROM wicketgate_scripts ORDER BY number;

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
    SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS, NOCOUNT OFF;
    SET XACT_ABORT ON;
    SET ROWCOUNT 0;
    SET LOCK_TIMEOUT 4000;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;

DECLARE @result int;
    EXEC @result = sp_getapplock @Resource = @P1, @LockMode = 'Exclusive', @LockOwner = 'Transaction';
    SELECT @result AS "Result";

SELECT c.TABLE_SCHEMA AS "Schema",
        CAST(CASE c.TABLE_SCHEMA WHEN SCHEMA_NAME() THEN 1 WHEN 'dbo' THEN 2 END AS bigint) AS "Position",
        c.TABLE_NAME AS "Table", c.COLUMN_NAME AS "Name",
        CASE WHEN c.CHARACTER_MAXIMUM_LENGTH > 0 THEN CONCAT(c.DATA_TYPE, '(', c.CHARACTER_MAXIMUM_LENGTH, ')')
            ELSE c.DATA_TYPE END AS "Type",
        CAST(CASE WHEN c.IS_NULLABLE = 'NO' AND c.COLUMN_DEFAULT IS NULL AND c.DATA_TYPE <> 'timestamp'
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsIdentity') = 0
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsComputed') = 0
            THEN 1 ELSE 0 END AS bit) AS "IsRequired"
    FROM INFORMATION_SCHEMA.COLUMNS AS c
    JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE t.TABLE_TYPE = 'BASE TABLE' AND (t.TABLE_SCHEMA IN (SCHEMA_NAME(), 'dbo', @P1) OR t.TABLE_SCHEMA IN (
        SELECT TOP (100) u.TABLE_SCHEMA FROM (
            SELECT p.TABLE_SCHEMA, CASE p.TABLE_NAME WHEN @P2 THEN 1 ELSE 0 END AS is_named
            FROM INFORMATION_SCHEMA.COLUMNS AS p
            GROUP BY p.TABLE_SCHEMA, p.TABLE_NAME
            HAVING p.TABLE_NAME = @P2 OR REPLACE(LOWER(p.TABLE_NAME), '_', '') LIKE 'aspnet%'
                OR REPLACE(LOWER(p.TABLE_NAME), '_', '') = 'dataprotectionkeys'
                OR COUNT(CASE WHEN REPLACE(LOWER(p.COLUMN_NAME), '_', '') IN ('username', 'normalizedusername', 'email', 'normalizedemail', 'emailconfirmed', 'passwordhash', 'securitystamp', 'concurrencystamp', 'phonenumber', 'phonenumberconfirmed', 'twofactorenabled', 'lockoutend', 'lockoutenabled', 'accessfailedcount') THEN 1 END) >= 7
        ) AS u GROUP BY u.TABLE_SCHEMA ORDER BY MAX(u.is_named) DESC, u.TABLE_SCHEMA))
    ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION;

INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (@P1, CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), @P2, CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), @P3, @P4, CAST(NULL AS datetimeoffset), @P5, @P6);

INSERT INTO "AspNetUsers" ("UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), @P1, CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), @P2, @P3, CAST(NULL AS datetimeoffset), @P4, @P5);

UPDATE "AspNetUsers" SET "AccessFailedCount" = @P2, "ConcurrencyStamp" = CAST(NULL AS nvarchar(max)) WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = CAST(NULL AS nvarchar(max)), "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = CAST(NULL AS nvarchar(max)), "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = CAST(NULL AS nvarchar(max)), "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PasswordHash" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "SecurityStamp" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "EmailConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "EmailConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "Email" = @P3, "NormalizedEmail" = @P4, "EmailConfirmed" = @P5, "SecurityStamp" = @P6 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "Email" = @P3, "NormalizedEmail" = @P4, "EmailConfirmed" = @P5, "SecurityStamp" = @P6 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P7 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P7 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "UserName" = @P3, "NormalizedUserName" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "UserName" = @P3, "NormalizedUserName" = @P4, "SecurityStamp" = @P5 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P6 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P6 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PhoneNumberConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "PhoneNumberConfirmed" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "TwoFactorEnabled" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "TwoFactorEnabled" = @P3, "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = CAST(NULL AS datetimeoffset) WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = CAST(NULL AS datetimeoffset) WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = CAST(NULL AS datetimeoffset) WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P3 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = CAST(NULL AS datetimeoffset), "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = CAST(NULL AS datetimeoffset), "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnd" = CAST(NULL AS datetimeoffset), "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P3 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = CAST(NULL AS datetimeoffset), "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = CAST(NULL AS datetimeoffset), "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = CAST(NULL AS datetimeoffset), "AccessFailedCount" = 0 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P4 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P4 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = CAST(NULL AS datetimeoffset), "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = CAST(NULL AS datetimeoffset), "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "LockoutEnabled" = @P3, "LockoutEnd" = CAST(NULL AS datetimeoffset), "SecurityStamp" = @P4 WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P5 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P5 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2
        WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2
        WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("SecurityStamp" = CAST(NULL AS nvarchar(max)) OR ("SecurityStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ("PasswordHash" = @P3 AND CAST(CAST("PasswordHash" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO wicketgate_events (id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt,
        personal_hash, key_number, mac)
    VALUES (@P1, @P2, @P3, @P4, CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), @P5, @P6, @P7);

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE id > @P1 AND id < @P2 AND (kind = CAST(NULL AS nvarchar(max)) OR CAST(NULL AS nvarchar(max)) IS NULL) AND (client = CAST(NULL AS nvarchar(max)) OR CAST(NULL AS nvarchar(max)) IS NULL)
        ORDER BY id DESC OFFSET 0 ROWS FETCH NEXT @P3 ROWS ONLY;

SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events WHERE user_id = @P4 AND id > @P1 AND id < @P2 AND (kind = CAST(NULL AS nvarchar(max)) OR CAST(NULL AS nvarchar(max)) IS NULL) AND (client = CAST(NULL AS nvarchar(max)) OR CAST(NULL AS nvarchar(max)) IS NULL)
        ORDER BY id DESC OFFSET 0 ROWS FETCH NEXT @P3 ROWS ONLY;

UPDATE wicketgate_mails SET lease = CAST(NULL AS nvarchar(max)), due = @P1, attempts = @P2 WHERE id = @P3 AND lease = @P4;

UPDATE wicketgate_mails SET lease = CAST(NULL AS nvarchar(max)), due = @P1 WHERE due > @P1 AND lease = @P2;

INSERT INTO wicketgate_sessions (id, user_id, kind, created, last_seen, authenticated, methods, credential, client,
        user_agent, security_stamp)
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)), CAST(NULL AS nvarchar(max)));

UPDATE wicketgate_sessions SET security_stamp = @P2
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (security_stamp = CAST(NULL AS nvarchar(max)) OR (security_stamp IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ended IS NULL;

UPDATE wicketgate_sessions SET security_stamp = @P2
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND (security_stamp = CAST(NULL AS nvarchar(max)) OR (security_stamp IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL)) AND ended IS NULL AND id = @P3;

UPDATE "AspNetUsers" SET "ConcurrencyStamp" = @P2, "NormalizedUserName" = CAST(NULL AS nvarchar(max)), "NormalizedEmail" = CAST(NULL AS nvarchar(max))
    WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("ConcurrencyStamp" = CAST(NULL AS nvarchar(max)) OR ("ConcurrencyStamp" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL))
        AND ("UserName" = CAST(NULL AS nvarchar(max)) OR ("UserName" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL))
        AND ("Email" = CAST(NULL AS nvarchar(max)) OR ("Email" IS NULL AND CAST(NULL AS nvarchar(max)) IS NULL));

SELECT c.TABLE_SCHEMA AS "Schema",
        CAST(CASE c.TABLE_SCHEMA WHEN SCHEMA_NAME() THEN 1 WHEN 'dbo' THEN 2 END AS bigint) AS "Position",
        c.TABLE_NAME AS "Table", c.COLUMN_NAME AS "Name",
        CASE WHEN c.CHARACTER_MAXIMUM_LENGTH > 0 THEN CONCAT(c.DATA_TYPE, '(', c.CHARACTER_MAXIMUM_LENGTH, ')')
            ELSE c.DATA_TYPE END AS "Type",
        CAST(CASE WHEN c.IS_NULLABLE = 'NO' AND c.COLUMN_DEFAULT IS NULL AND c.DATA_TYPE <> 'timestamp'
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsIdentity') = 0
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsComputed') = 0
            THEN 1 ELSE 0 END AS bit) AS "IsRequired"
    FROM INFORMATION_SCHEMA.COLUMNS AS c
    JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE t.TABLE_TYPE = 'BASE TABLE' AND (t.TABLE_SCHEMA IN (SCHEMA_NAME(), 'dbo', CAST(NULL AS nvarchar(max))) OR t.TABLE_SCHEMA IN (
        SELECT TOP (100) u.TABLE_SCHEMA FROM (
            SELECT p.TABLE_SCHEMA, CASE p.TABLE_NAME WHEN CAST(NULL AS nvarchar(max)) THEN 1 ELSE 0 END AS is_named
            FROM INFORMATION_SCHEMA.COLUMNS AS p
            GROUP BY p.TABLE_SCHEMA, p.TABLE_NAME
            HAVING p.TABLE_NAME = CAST(NULL AS nvarchar(max)) OR REPLACE(LOWER(p.TABLE_NAME), '_', '') LIKE 'aspnet%'
                OR REPLACE(LOWER(p.TABLE_NAME), '_', '') = 'dataprotectionkeys'
                OR COUNT(CASE WHEN REPLACE(LOWER(p.COLUMN_NAME), '_', '') IN ('username', 'normalizedusername', 'email', 'normalizedemail', 'emailconfirmed', 'passwordhash', 'securitystamp', 'concurrencystamp', 'phonenumber', 'phonenumberconfirmed', 'twofactorenabled', 'lockoutend', 'lockoutenabled', 'accessfailedcount') THEN 1 END) >= 7
        ) AS u GROUP BY u.TABLE_SCHEMA ORDER BY MAX(u.is_named) DESC, u.TABLE_SCHEMA))
    ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION;
