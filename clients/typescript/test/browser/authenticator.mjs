// The DevTools' authenticator: what would be the device's, behind a finger or a PIN.
import { context } from "./tabs.mjs";

const INTERNAL = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

/** The authenticators of a page; it has none without. */
export async function authenticators(page, ...others) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const made = [];
  for (const other of others.length ? others : [{}]) made.push(await authenticator(devtools, { ...INTERNAL, ...other }));
  return made;
}

async function authenticator(devtools, options) {
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  const send = (command, words) => devtools.send(`WebAuthn.${command}`, { authenticatorId, ...words });
  const credentials = async () => (await send("getCredentials")).credentials;
  return {
    credentials,
    /** Whether its user touches it as soon as it asks. What it asks in vain goes on asking. */
    touch: (enabled) => send("setAutomaticPresenceSimulation", { enabled }),
    /** Whether its user can prove who they are. */
    verify: (isUserVerified) => send("setUserVerified", { isUserVerified }),
    /** Has it answer wrongly, such as `{ isBogusSignature: true }`. */
    err: (bits) => send("setResponseOverrideBits", bits),
    /** Puts passkeys back as they were, such as those of a copy. */
    async restore(passkeys) {
      await send("clearCredentials");
      for (const credential of passkeys) await send("addCredential", { credential });
    },
    /** Waits until it has so many passkeys. */
    async has(count) {
      for (const deadline = Date.now() + 10_000; (await credentials()).length !== count; ) {
        if (Date.now() > deadline) throw new Error(`it has ${(await credentials()).length} passkeys`);
      }
    },
  };
}

/** As DevTools write ids. */
export const base64 = (base64url) => Buffer.from(base64url, "base64url").toString("base64");
