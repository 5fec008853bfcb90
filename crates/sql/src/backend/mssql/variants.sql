-- Written by the test `what_is_sent_for_each_shape_is_as_it_was_read`, and read by whoever changed it.

-- guid-keys

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE "Id" = @P1;

SELECT "Value" FROM "AspNetUserTokens"
    WHERE "UserId" = @P1 AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "Value" = @P4
    WHERE "UserId" = @P1 AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("Value" = @P3 AND CAST(CAST("Value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "Value" = @P3
    WHERE "UserId" = @P1 AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "AccessFailedCount" = "AccessFailedCount" WHERE "Id" = @P1; SELECT "SecurityStamp", "ConcurrencyStamp", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE "Id" = @P1;

-- int-keys

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE "Id" = @P1;

SELECT "Value" FROM "AspNetUserTokens"
    WHERE "UserId" = @P1 AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "Value" = @P4
    WHERE "UserId" = @P1 AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("Value" = @P3 AND CAST(CAST("Value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "Value" = @P3
    WHERE "UserId" = @P1 AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUsers" SET "AccessFailedCount" = "AccessFailedCount" WHERE "Id" = @P1; SELECT "SecurityStamp", "ConcurrencyStamp", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" WHERE "Id" = @P1;

-- schema

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "identity"."AspNetUsers" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "identity"."AspNetUsers" WHERE ("NormalizedUserName" = @P1 AND CAST(CAST("NormalizedUserName" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "identity"."AspNetUsers" WHERE ("NormalizedEmail" = @P1 AND CAST(CAST("NormalizedEmail" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "identity"."AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15);

SELECT "Value" FROM "identity"."AspNetUserTokens"
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "identity"."AspNetUserTokens" SET "Value" = @P4
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("Value" = @P3 AND CAST(CAST("Value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "identity"."AspNetUserTokens" SET "Value" = @P3
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "identity"."AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES (@P1, '[AspNetUserStore]', @P2, @P3);

INSERT INTO "identity"."AspNetRoles" ("Id", "Name", "NormalizedName", "ConcurrencyStamp") VALUES (@P1, @P2, @P3, @P4);

INSERT INTO "identity"."AspNetUserRoles" ("UserId", "RoleId") VALUES (@P1, @P2);

INSERT INTO "identity"."AspNetUserClaims" ("UserId", "ClaimType", "ClaimValue") VALUES (@P1, @P2, @P3);

UPDATE "identity"."AspNetUsers" SET "AccessFailedCount" = "AccessFailedCount" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))); SELECT "SecurityStamp", "ConcurrencyStamp", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "identity"."AspNetUsers" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT TOP (@P2) "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "identity"."AspNetUsers" WHERE "NormalizedUserName" > @P1 ORDER BY "NormalizedUserName";

SELECT TOP (@P2) "UserId", "Value" FROM "identity"."AspNetUserTokens"
        WHERE ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = 'AuthenticatorKey' AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('AuthenticatorKey' AS nvarchar(max)) AS varbinary(max))) AND "Value" IS NOT NULL AND "UserId" > @P1 ORDER BY "UserId";

INSERT INTO "identity"."AspNetUserPasskeys" ("CredentialId", "UserId", "Data") VALUES (@P1, @P2, @P3);

-- renamed-tables

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "Users" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "Users" WHERE ("NormalizedUserName" = @P1 AND CAST(CAST("NormalizedUserName" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "Users" WHERE ("NormalizedEmail" = @P1 AND CAST(CAST("NormalizedEmail" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "Users" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15);

SELECT "Value" FROM "UserTokens"
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "UserTokens" SET "Value" = @P4
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("Value" = @P3 AND CAST(CAST("Value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "UserTokens" SET "Value" = @P3
    WHERE ("UserId" = @P1 AND CAST(CAST("UserId" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = @P2 AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "UserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES (@P1, '[AspNetUserStore]', @P2, @P3);

INSERT INTO "Roles" ("Id", "Name", "NormalizedName", "ConcurrencyStamp") VALUES (@P1, @P2, @P3, @P4);

INSERT INTO "UserRoles" ("UserId", "RoleId") VALUES (@P1, @P2);

INSERT INTO "UserClaims" ("UserId", "ClaimType", "ClaimValue") VALUES (@P1, @P2, @P3);

UPDATE "Users" SET "AccessFailedCount" = "AccessFailedCount" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))); SELECT "SecurityStamp", "ConcurrencyStamp", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "Users" WHERE ("Id" = @P1 AND CAST(CAST("Id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT TOP (@P2) "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "Users" WHERE "NormalizedUserName" > @P1 ORDER BY "NormalizedUserName";

SELECT TOP (@P2) "UserId", "Value" FROM "UserTokens"
        WHERE ("LoginProvider" = '[AspNetUserStore]' AND CAST(CAST("LoginProvider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("Name" = 'AuthenticatorKey' AND CAST(CAST("Name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('AuthenticatorKey' AS nvarchar(max)) AS varbinary(max))) AND "Value" IS NOT NULL AND "UserId" > @P1 ORDER BY "UserId";

INSERT INTO "UserPasskeys" ("CredentialId", "UserId", "Data") VALUES (@P1, @P2, @P3);

-- snake-case

SELECT "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("id" = @P1 AND CAST(CAST("id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("normalized_user_name" = @P1 AND CAST(CAST("normalized_user_name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("normalized_email" = @P1 AND CAST(CAST("normalized_email" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "AspNetUsers" ("id", "user_name", "normalized_user_name", "email", "normalized_email", "email_confirmed",
        "password_hash", "security_stamp", "concurrency_stamp", "phone_number", "phone_number_confirmed", "two_factor_enabled",
        "lockout_end", "lockout_enabled", "access_failed_count")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15);

SELECT "value" AS "Value" FROM "AspNetUserTokens"
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = @P2 AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "value" = @P4
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = @P2 AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("value" = @P3 AND CAST(CAST("value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "AspNetUserTokens" SET "value" = @P3
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = @P2 AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "AspNetUserTokens" ("user_id", "login_provider", "name", "value")
    VALUES (@P1, '[AspNetUserStore]', @P2, @P3);

INSERT INTO "AspNetRoles" ("id", "name", "normalized_name", "concurrency_stamp") VALUES (@P1, @P2, @P3, @P4);

INSERT INTO "AspNetUserRoles" ("user_id", "role_id") VALUES (@P1, @P2);

INSERT INTO "AspNetUserClaims" ("user_id", "claim_type", "claim_value") VALUES (@P1, @P2, @P3);

UPDATE "AspNetUsers" SET "access_failed_count" = "access_failed_count" WHERE ("id" = @P1 AND CAST(CAST("id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))); SELECT "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "AspNetUsers" WHERE ("id" = @P1 AND CAST(CAST("id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT TOP (@P2) "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "AspNetUsers" WHERE "normalized_user_name" > @P1 ORDER BY "normalized_user_name";

SELECT TOP (@P2) "user_id" AS "UserId", "value" AS "Value" FROM "AspNetUserTokens"
        WHERE ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = 'AuthenticatorKey' AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('AuthenticatorKey' AS nvarchar(max)) AS varbinary(max))) AND "value" IS NOT NULL AND "user_id" > @P1 ORDER BY "user_id";

INSERT INTO "AspNetUserPasskeys" ("credential_id", "user_id", "data") VALUES (@P1, @P2, @P3);

-- snake-case-tables

SELECT "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "users" WHERE ("id" = @P1 AND CAST(CAST("id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "users" WHERE ("normalized_user_name" = @P1 AND CAST(CAST("normalized_user_name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "users" WHERE ("normalized_email" = @P1 AND CAST(CAST("normalized_email" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "users" ("id", "user_name", "normalized_user_name", "email", "normalized_email", "email_confirmed",
        "password_hash", "security_stamp", "concurrency_stamp", "phone_number", "phone_number_confirmed", "two_factor_enabled",
        "lockout_end", "lockout_enabled", "access_failed_count")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15);

SELECT "value" AS "Value" FROM "user_tokens"
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = @P2 AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

UPDATE "user_tokens" SET "value" = @P4
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = @P2 AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max))) AND ("value" = @P3 AND CAST(CAST("value" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P3 AS nvarchar(max)) AS varbinary(max)));

UPDATE "user_tokens" SET "value" = @P3
    WHERE ("user_id" = @P1 AND CAST(CAST("user_id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))) AND ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = @P2 AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P2 AS nvarchar(max)) AS varbinary(max)));

INSERT INTO "user_tokens" ("user_id", "login_provider", "name", "value")
    VALUES (@P1, '[AspNetUserStore]', @P2, @P3);

INSERT INTO "roles" ("id", "name", "normalized_name", "concurrency_stamp") VALUES (@P1, @P2, @P3, @P4);

INSERT INTO "user_roles" ("user_id", "role_id") VALUES (@P1, @P2);

INSERT INTO "user_claims" ("user_id", "claim_type", "claim_value") VALUES (@P1, @P2, @P3);

UPDATE "users" SET "access_failed_count" = "access_failed_count" WHERE ("id" = @P1 AND CAST(CAST("id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max))); SELECT "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "users" WHERE ("id" = @P1 AND CAST(CAST("id" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST(@P1 AS nvarchar(max)) AS varbinary(max)));

SELECT TOP (@P2) "id" AS "Id", "user_name" AS "UserName", "normalized_user_name" AS "NormalizedUserName", "email" AS "Email", "normalized_email" AS "NormalizedEmail", "email_confirmed" AS "EmailConfirmed", "password_hash" AS "PasswordHash",
                "security_stamp" AS "SecurityStamp", "concurrency_stamp" AS "ConcurrencyStamp", "phone_number" AS "PhoneNumber", "phone_number_confirmed" AS "PhoneNumberConfirmed", "two_factor_enabled" AS "TwoFactorEnabled",
                "lockout_end" AS "LockoutEnd", "lockout_enabled" AS "LockoutEnabled", "access_failed_count" AS "AccessFailedCount"
            FROM "users" WHERE "normalized_user_name" > @P1 ORDER BY "normalized_user_name";

SELECT TOP (@P2) "user_id" AS "UserId", "value" AS "Value" FROM "user_tokens"
        WHERE ("login_provider" = '[AspNetUserStore]' AND CAST(CAST("login_provider" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('[AspNetUserStore]' AS nvarchar(max)) AS varbinary(max))) AND ("name" = 'AuthenticatorKey' AND CAST(CAST("name" AS nvarchar(max)) AS varbinary(max)) = CAST(CAST('AuthenticatorKey' AS nvarchar(max)) AS varbinary(max))) AND "value" IS NOT NULL AND "user_id" > @P1 ORDER BY "user_id";

INSERT INTO "user_passkeys" ("credential_id", "user_id", "data") VALUES (@P1, @P2, @P3);

-- own-columns

INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount", "Points", "Subscribed", "Tenant")
    VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15, CAST(0x3000 AS nvarchar(max)), CAST(0x3000 AS nvarchar(max)), CAST(0x3000 AS nvarchar(max)));
