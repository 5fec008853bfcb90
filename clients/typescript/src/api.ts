// What the server takes and answers: names for what `schema.ts` has, and what the description does not have yet.
import type { components, operations } from "./schema.js";

type Schemas = components["schemas"];

/** Who is signed in. */
export type Account = Schemas["InfoResponse"];
export type Credentials = Schemas["LoginRequest"];
export type Registration = Schemas["RegisterRequest"];
export type Tokens = Schemas["AccessTokenResponse"];
export type MailedLink = operations["confirmEmail"]["parameters"]["query"];
export type PasswordReset = Schemas["ResetPasswordRequest"];
export type InfoChange = Schemas["InfoRequest"];
export type TwoFactor = Schemas["TwoFactorResponse"];
/** Changes of the second factor. Turning it off asks for the password in the strict profile. */
export type TwoFactorChange = Schemas["TwoFactorRequest"];
export type Session = Schemas["SessionResponse"];
export type Sessions = Schemas["SessionsResponse"];
/** What the server knows about an account. */
export type Export = Schemas["ExportResponse"];
/** What becomes of an account that is closed. */
export type Deletion = Schemas["DeletionResponse"];

/** What only the user knows or has. */
export type Proof =
  | { password: string }
  | { twoFactorCode: string }
  | { twoFactorRecoveryCode: string }
  /** What `prove` of the entry for passkeys gives. */
  | { credentialJson: string };

/** By what the user can prove again who they are. */
export type ConfirmationMethod = "password" | "authenticator" | "recovery_code" | "passkey" | (string & {});

/** A passkey of the account. */
export interface Passkey {
  /** As base64url. */
  credentialId: string;
  name?: string | null;
  createdAt?: string;
}

/** Codes of what can be wrong with a request; an application's own rules may add others. */
export type ErrorCode =
  | "CannotResetSharedKeyAndEnable"
  | "ConcurrencyFailure"
  | "DuplicateEmail"
  | "DuplicateUserName"
  | "InvalidEmail"
  | "InvalidPasskey"
  | "InvalidPasskeyName"
  | "InvalidToken"
  | "InvalidTwoFactorCode"
  | "InvalidUserName"
  | "LastSignInMethod"
  | "OldPasswordRequired"
  | "PasswordBreached"
  | "PasswordContainsName"
  | "PasswordMismatch"
  | "PasswordRequired"
  | "PasswordRequiresDigit"
  | "PasswordRequiresLower"
  | "PasswordRequiresNonAlphanumeric"
  | "PasswordRequiresUniqueChars"
  | "PasswordRequiresUpper"
  | "PasswordTooCommon"
  | "PasswordTooLong"
  | "PasswordTooShort"
  | "RequiresTwoFactor"
  | "TooManyPasskeys"
  | (string & {});
