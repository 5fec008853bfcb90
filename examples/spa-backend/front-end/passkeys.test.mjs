// A person uses passkeys on the sample's pages, in Chromium with the DevTools' authenticator: `SERVER` is the address of the back end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "../../../clients/typescript/test/server/help.mjs";
import { origin, submit, visit } from "./browser.mjs";

/** The device's own authenticator. `touch` says whether its user touches it as soon as it asks; what it asks in vain goes on asking. */
async function authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  await page.evaluate(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    globalThis.asked = [];
    navigator.credentials.get = (options) => (asked.push(options.mediation), get(options));
  });
  const send = (command, words) => devtools.send(`WebAuthn.${command}`, { authenticatorId, ...words });
  return {
    touch: (enabled) => send("setAutomaticPresenceSimulation", { enabled }),
    count: async () => (await send("getCredentials")).credentials.length,
    /** Waits until a field offers it. */
    isOffered: () => page.waitForFunction(() => asked.at(-1) === "conditional"),
  };
}

for (const framework of ["react", "vue"]) {
  test(`somebody_adds_renames_uses_and_removes_a_passkey_with_${framework}`, async () => {
    const { context, page } = await visit(framework);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const email = `${framework}-passkey@example.test`;
    await submit(page, email, PASSWORD, "Register");
    await page.getByText(email).waitFor();
    const press = (name) => page.getByRole("button", { name }).click();

    const key = await authenticator(page);
    await key.touch(true);
    await page.getByLabel("Name of a new one").fill("Laptop");
    await press("Add a passkey");
    const name = page.getByLabel("Name", { exact: true });
    await name.waitFor();
    assert.equal(await name.inputValue(), "Laptop");
    assert.equal(await page.getByLabel("Name of a new one").inputValue(), "");
    await press("Add a passkey");
    await page.getByRole("alert").filter({ hasText: "This device has a passkey" }).waitFor();
    await name.fill("Work laptop");
    await press("Rename");
    await page.getByRole("alert").waitFor({ state: "detached" });
    const [{ name: kept }] = await (await context.request.get(`${origin}/manage/passkeys`)).json();
    assert.equal(kept, "Work laptop");

    // By the button, while the field waits.
    await key.touch(false);
    await press("Sign out");
    await key.isOffered();
    await key.touch(true);
    await press("Use a passkey");
    await page.getByText(email).waitFor();

    // In the field, as soon as it is there.
    const login = page.waitForResponse((response) => response.url().includes("/passkeys/login"));
    await press("Sign out");
    assert.equal((await login).status(), 200);
    await page.getByText(email).waitFor();

    await press("Remove");
    await name.waitFor({ state: "detached" });
    while (await key.count()) await page.evaluate(() => new Promise(requestAnimationFrame));
    await key.touch(false);
    await press("Sign out");
    await submit(page, email, PASSWORD, "Sign in");
    await page.getByText(email).waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  });

  test(`a_passkey_that_the_server_does_not_know_is_refused_and_the_password_goes_on_with_${framework}`, async () => {
    const { context, page } = await visit(framework);
    const email = `${framework}-refused@example.test`;
    await submit(page, email, PASSWORD, "Register");
    await page.getByText(email).waitFor();
    const key = await authenticator(page);
    await key.touch(true);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: "Remove" }).waitFor();
    // Somewhere else, so that this browser does not hear of it.
    const [{ credentialId }] = await (await context.request.get(`${origin}/manage/passkeys`)).json();
    await context.request.delete(`${origin}/manage/passkeys/${credentialId}`);
    await key.touch(false);
    await page.getByRole("button", { name: "Sign out" }).click();
    await key.isOffered();
    await key.touch(true);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("alert").filter({ hasText: "This passkey does not sign in here." }).waitFor();
    await key.touch(false);
    await submit(page, email, PASSWORD, "Sign in");
    await page.getByText(email).waitFor();
    await context.close();
  });
}
