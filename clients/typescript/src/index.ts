// The client of Wicketgate.
export * from "./api.js";
export { createWicketgate } from "./client.js";
export type { Options, Remember, SignedOutReason, State, Wicketgate } from "./client.js";
export { failure } from "./result.js";
export type { Busy, Failure, FreshSignInRequired, Invalid, Refused, Result } from "./result.js";
export type { TokenStorage } from "./tokens.js";
