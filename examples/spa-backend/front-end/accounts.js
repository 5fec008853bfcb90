// The one client of the page, and what its results mean in words.
import { createWicketgate } from "wicketgate-client";

export const wicketgate = createWicketgate();

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
    case "network":
      return "The server cannot be reached.";
    default:
      return "Something went wrong.";
  }
}

/** Registers an address and signs in; where addresses have to be confirmed first, signing in is refused until then. */
export async function registerAndLogin(account) {
  const { error } = await wicketgate.register(account);
  return error ? { error } : wicketgate.login(account);
}
