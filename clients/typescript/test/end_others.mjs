// The README's example of a step-up: its types are checked, and `test/unit/fresh.test.mjs` runs it.

/**
 * @param {import("wicketgate-client").Wicketgate} wicketgate
 * @param {(question: string) => Promise<string>} ask
 */
export async function endOthers(wicketgate, ask) {
  let { error } = await wicketgate.sessions.endOthers();
  for (let asked = error; asked?.kind === "freshSignInRequired"; ) {
    const proof = asked.methods.includes("password")
      ? { password: await ask("Your password, please") }
      : { twoFactorCode: await ask("The code of your authenticator app, please") };
    ({ error } = await asked.stepUp(proof));
    // A wrong one is asked for again.
    if (error?.kind !== "failed") asked = error;
  }
  return error;
}
