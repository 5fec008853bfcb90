-- Accounts :from to :to, beside those that are there, with the shape of registered ones. The account user1 was registered
-- with the product, and gives all others its password. Indexes and keys are dropped meanwhile, and made again as they were.

SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';

CREATE TEMP TABLE kept_constraints AS
    SELECT conrelid::regclass::text AS of_table, conname, contype, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f');
CREATE TEMP TABLE kept_indexes AS
    SELECT i.indexname, i.indexdef FROM pg_indexes AS i
    WHERE i.schemaname = 'public' AND i.indexname NOT IN (SELECT conname FROM kept_constraints);

SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', of_table, conname) FROM kept_constraints WHERE contype = 'f' \gexec
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', of_table, conname) FROM kept_constraints WHERE contype = 'p' \gexec
SELECT format('DROP INDEX %I', indexname) FROM kept_indexes \gexec

INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
    "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled",
    "AccessFailedCount")
SELECT gen_random_uuid()::text, address, upper(address), address, upper(address), true,
    first."PasswordHash", upper(translate(gen_random_uuid()::text, '-', '')), gen_random_uuid()::text, false, false, true, 0
FROM (SELECT 'user' || number || '@example.test' AS address FROM generate_series(:from, :to) AS number) AS addresses,
    (SELECT "PasswordHash" FROM "AspNetUsers" WHERE "NormalizedUserName" = 'USER1@EXAMPLE.TEST') AS first;

-- One in ten has a claim, one in twenty is in a role, one in twenty has an authenticator's key.
INSERT INTO "AspNetRoles" ("Id", "Name", "NormalizedName", "ConcurrencyStamp")
SELECT 'role-' || name, name, upper(name), gen_random_uuid()::text FROM unnest(ARRAY['Admin', 'Editor', 'Auditor']) AS name
WHERE NOT EXISTS (SELECT FROM "AspNetRoles");
CREATE TEMP TABLE some_users AS
    SELECT "Id", row_number() OVER () AS number FROM "AspNetUsers" TABLESAMPLE SYSTEM (10)
    WHERE "Id" NOT IN (SELECT "UserId" FROM "AspNetUserClaims");
INSERT INTO "AspNetUserClaims" ("UserId", "ClaimType", "ClaimValue")
SELECT "Id", 'department', 'department ' || number % 100 FROM some_users;
INSERT INTO "AspNetUserRoles" ("UserId", "RoleId")
SELECT "Id", 'role-' || (ARRAY['Admin', 'Editor', 'Auditor'])[number % 3 + 1] FROM some_users WHERE number % 2 = 0
    AND "Id" NOT IN (SELECT "UserId" FROM "AspNetUserRoles");
INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
SELECT "Id", '[AspNetUserStore]', 'AuthenticatorKey', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' FROM some_users WHERE number % 2 = 1
    AND "Id" NOT IN (SELECT "UserId" FROM "AspNetUserTokens");

SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', of_table, conname, definition)
FROM kept_constraints WHERE contype = 'p' \gexec
SELECT indexdef FROM kept_indexes \gexec
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', of_table, conname, definition)
FROM kept_constraints WHERE contype = 'f' \gexec

VACUUM (ANALYZE);
