ALTER TABLE "AspNetUsers"
    ALTER COLUMN "PhoneNumber" TYPE character varying(256);


ALTER TABLE "AspNetUserLogins"
    ALTER COLUMN "LoginProvider" TYPE character varying(128),
    ALTER COLUMN "ProviderKey" TYPE character varying(128);


ALTER TABLE "AspNetUserTokens"
    ALTER COLUMN "LoginProvider" TYPE character varying(128),
    ALTER COLUMN "Name" TYPE character varying(128);
