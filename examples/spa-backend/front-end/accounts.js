// The one client of the page, and what its results mean in words.
import { createWicketgate } from "wicketgate-client";
import { passkeys } from "wicketgate-client/passkeys";

export const wicketgate = createWicketgate();
export const keys = passkeys(wicketgate);

/** Why nobody is signed in, where that needs saying. */
export const reasons = {
  loggedOut: "You are signed out.",
  sessionEnded: "Your session has ended. Please sign in again.",
};

/** What to tell the user about a failure. */
export function explain(error) {
  switch (error.kind) {
    case "failed":
      return "Address, password or code is wrong, or the address is not confirmed yet.";
    case "twoFactorRequired":
      return "Please enter the code of your authenticator app.";
    case "notAllowed":
      return "Please follow the link in the mail that we sent you.";
    case "lockedOut":
      return "Too many attempts. Please try again later.";
    case "invalid":
      return Object.values(error.errors).flat().join(" ");
    case "tooManyRequests":
    case "unavailable":
      return `Please try again in ${error.retryAfter ?? 10} seconds.`;
    case "unauthorized":
      return "You are not signed in. Does the browser keep the cookies of this page?";
    case "freshSignInRequired":
      return "You signed in a while ago. Please sign out and in again first.";
    case "network":
      return "The server cannot be reached.";
    case "cancelled":
      return "No passkey was used.";
    case "unsupported":
      return error.cause?.name === "InvalidStateError"
        ? "This device has a passkey for your account already."
        : "This browser cannot do that with passkeys.";
    case "notFound":
      return "The server has nothing like that.";
    default:
      return "Something went wrong.";
  }
}

/** The same about a passkey that should sign in. */
export const explainPasskey = (error) => (error.kind === "failed" ? "This passkey does not sign in here." : explain(error));

/** Has the browser offer passkeys in the field of the address, until `signal` is up or a button is faster. */
export async function offerPasskeys(signal, tell) {
  for (;;) {
    const { error } = await keys.login({ autofill: true, signal });
    // Nobody has to know that a browser has none.
    if (!["failed", "lockedOut", "notAllowed"].includes(error?.kind)) return;
    tell(explainPasskey(error));
  }
}

/** Registers an address and signs in; where addresses have to be confirmed first, signing in is refused until then. */
export async function registerAndLogin(account) {
  const { error } = await wicketgate.register(account);
  return error ? { error } : wicketgate.login(account);
}
