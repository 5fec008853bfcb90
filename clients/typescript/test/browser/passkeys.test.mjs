// Passkeys in Chromium against a server that has them: the pages and the server are two origins, and both are `localhost`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createWicketgate } from "../../dist/index.js";
import { PASSWORD, has, sharedStorage } from "../server/help.mjs";
import { authenticators, base64 } from "./authenticator.mjs";
import { account, login, open, requests, state, until } from "./tabs.mjs";

const { SERVER: baseUrl } = process.env;
const skip = !has("/passkeys/login");
const add = (page, name) => page.evaluate((name) => passkeys.add(name), name);
const signIn = (page, options) => page.evaluate((options) => passkeys.login(options), options);
const list = async (page) => (await page.evaluate(() => passkeys.list())).data;
const logout = (page) => page.evaluate(() => client.logout());
/** The kind of a failure, and the name of what was thrown, which no test could read otherwise. */
const failed = (page, method, ...words) =>
  page.evaluate(
    async ([method, words]) => {
      const { error } = await passkeys[method](...words);
      return [error?.kind, error?.cause?.name].filter(Boolean).join();
    },
    [method, words],
  );

/** Somebody who is signed in by a password, on a page with an authenticator. */
async function signedIn(name, mode = "cookie", ...options) {
  const page = await open(mode);
  const email = await account(name);
  const keys = await authenticators(page, ...options);
  assert.deepEqual(await login(page, email), {});
  return { page, email, keys, key: keys[0] };
}

/** The same person elsewhere. */
async function elsewhere(email) {
  const client = createWicketgate({ baseUrl, mode: "bearer", storage: sharedStorage() });
  assert.deepEqual(await client.login({ email, password: PASSWORD }), {});
  return client;
}

for (const mode of ["cookie", "bearer"]) {
  test(`a_passkey_is_added_listed_renamed_and_signs_in (${mode})`, { skip }, async () => {
    const { page, email, key } = await signedIn(`passkey-${mode}`, mode);
    assert.deepEqual(await list(page), []);
    const before = Date.now();
    const { data } = await add(page, "Laptop");
    assert.equal(data.name, "Laptop");
    const [{ createdAt, ...listed }, ...others] = await list(page);
    assert.deepEqual([listed, others], [data, []]);
    assert.ok(Math.abs(Date.parse(createdAt) - before) < 60_000, createdAt);
    const [made] = await key.credentials();
    assert.deepEqual([made.credentialId, made.rpId, made.isResidentCredential], [base64(data.credentialId), "localhost", true]);
    const rename = (name) => page.evaluate(([id, name]) => passkeys.rename(id, name), [data.credentialId, name]);
    assert.deepEqual(await rename("Büro"), {});
    assert.equal((await list(page))[0].name, "Büro");
    assert.ok((await rename("x".repeat(201))).error.errors.InvalidPasskeyName);

    await logout(page);
    requests.length = 0;
    assert.deepEqual(await signIn(page), {});
    assert.deepEqual(requests, ["POST /passkeys/requestOptions", "POST /passkeys/login", "GET /manage/info"]);
    assert.deepEqual(await state(page), { status: "signedIn", account: { email, isEmailConfirmed: true } });
    assert.equal((await page.evaluate(() => client.request("/weatherforecast"))).data.length, 5);
    const [used] = await key.credentials();
    assert.ok(used.signCount > made.signCount);
  });

  test(`a_passkey_proves_again_who_is_signed_in_and_makes_no_session (${mode})`, { skip }, async () => {
    const { page } = await signedIn(`prove-${mode}`, mode);
    await add(page);
    const proved = await page.evaluate(async () => client.stepUp((await passkeys.prove()).data));
    assert.deepEqual(proved, {});
    assert.equal((await page.evaluate(() => client.sessions.list())).data.sessions.length, 1);
    const again = await page.evaluate(async () => {
      const { data } = await passkeys.prove();
      await client.stepUp(data);
      return (await client.stepUp(data)).error.kind;
    });
    assert.equal(again, "failed", "a proof is good once");
    assert.equal((await state(page)).status, "signedIn");
  });
}

test("autofill_signs_in_and_other_tabs_follow", { skip }, async () => {
  const { page, email } = await signedIn("autofill");
  await add(page);
  await logout(page);
  const other = await open("cookie");
  assert.deepEqual(await signIn(page, { autofill: true }), {});
  await until(other, "signedIn");
  assert.equal((await state(other)).account.email, email);
});

test("autofill_waits_until_there_is_a_button_or_a_signal", { skip }, async () => {
  const { page, email, key } = await signedIn("waiting");
  await add(page);
  await logout(page);
  await key.touch(false);
  /** Answers when the browser waits. */
  const start = () =>
    page.evaluate(
      () =>
        new Promise((waits) => {
          const get = navigator.credentials.get.bind(navigator.credentials);
          navigator.credentials.get = (options) => (setTimeout(waits), get(options));
          globalThis.controller = new AbortController();
          globalThis.waiting = passkeys.login({ autofill: true, signal: controller.signal });
          waiting.finally(() => delete navigator.credentials.get);
        }),
    );
  const kind = () => page.evaluate(async () => (await waiting).error.kind);
  await start();
  await page.evaluate(() => controller.abort());
  assert.equal(await kind(), "cancelled");
  await start();
  await key.touch(true);
  assert.deepEqual(await signIn(page), {});
  assert.equal(await kind(), "cancelled");
  assert.equal((await state(page)).account.email, email);
});

test("an_account_has_passkeys_on_several_devices_and_one_on_each", { skip }, async () => {
  const { page, email, keys } = await signedIn("devices", "cookie", {}, { transport: "usb" });
  const only = (chosen) => Promise.all(keys.map((key) => key.touch(key === chosen)));
  const ids = [];
  for (const key of keys) {
    await only(key);
    ids.push((await add(page, `Device ${ids.length + 1}`)).data.credentialId);
    await key.has(1);
    assert.equal(await failed(page, "add", "Again"), "unsupported,InvalidStateError");
  }
  const listed = await list(page);
  assert.deepEqual(listed.map(({ credentialId, name }) => [credentialId, name]), [[ids[0], "Device 1"], [ids[1], "Device 2"]]);
  for (const key of keys) {
    await logout(page);
    await only(key);
    const [{ signCount }] = await key.credentials();
    assert.deepEqual(await signIn(page), {});
    assert.equal((await state(page)).account.email, email);
    assert.ok((await key.credentials())[0].signCount > signCount, "it was this one");
  }
  // What is left signs in when one is removed.
  await page.evaluate((id) => passkeys.remove(id), ids[0]);
  await keys[0].has(0);
  assert.equal((await keys[1].credentials()).length, 1);
  assert.deepEqual((await list(page)).map(({ credentialId }) => credentialId), [ids[1]]);
});

test("a_device_has_passkeys_of_several_accounts_and_each_signs_in_its_own", { skip }, async () => {
  const { page, email, key } = await signedIn("first");
  await add(page);
  const [first] = await key.credentials();
  await logout(page);
  const other = await account("second");
  assert.deepEqual(await login(page, other), {});
  await add(page);
  const [second] = (await key.credentials()).filter(({ credentialId }) => credentialId !== first.credentialId);
  assert.notEqual(first.userHandle, second.userHandle);
  for (const [passkey, address] of [
    [first, email],
    [second, other],
    [first, email],
  ]) {
    await logout(page);
    const all = await key.credentials();
    await key.restore(all.filter(({ credentialId }) => credentialId === passkey.credentialId));
    assert.deepEqual(await signIn(page), {});
    assert.equal((await state(page)).account.email, address);
    const [used] = await key.credentials();
    await key.restore([used, ...all.filter(({ credentialId }) => credentialId !== used.credentialId)]);
  }
});

test("what_is_refused_signs_nobody_in", { skip }, async () => {
  const { page, key } = await signedIn("refused");
  await add(page);
  const made = await key.credentials();
  await logout(page);
  // The user thinks again, or is not recognized.
  await key.verify(false);
  assert.equal(await failed(page, "login"), "cancelled,NotAllowedError");
  await key.verify(true);
  for (const bits of [{ isBogusSignature: true }, { isBadUV: true }, { isBadUP: true }]) {
    await key.err(bits);
    assert.equal(await failed(page, "login"), "failed", JSON.stringify(bits));
    await key.err({});
  }
  assert.equal((await state(page)).status, "signedOut");
  assert.deepEqual(await signIn(page), {});
  await logout(page);
  // A copy from before.
  await key.restore(made);
  assert.equal(await failed(page, "login"), "failed");
  assert.deepEqual(await state(page), { status: "signedOut", reason: "loggedOut" });
});

test("an_answer_works_once", { skip }, async () => {
  const { page } = await signedIn("once");
  await add(page);
  await logout(page);
  let sent;
  await page.route("**/passkeys/login*", (route) => ((sent = [route.request().url(), route.request().postData()]), route.continue()));
  assert.deepEqual(await signIn(page), {});
  await logout(page);
  const status = await page.evaluate(async ([url, body]) => {
    const headers = { "content-type": "application/json" };
    return (await fetch(url, { method: "POST", credentials: "include", headers, body })).status;
  }, sent);
  assert.equal(status, 401);
  assert.equal((await page.evaluate(() => client.check())).status, "signedOut");
});

test("a_passkey_that_is_removed_is_forgotten_by_the_browser_and_its_session_ends", { skip }, async () => {
  const { page, key } = await signedIn("removed");
  const { data } = await add(page, "Laptop");
  await logout(page);
  assert.deepEqual(await signIn(page), {});
  const before = await key.credentials();
  assert.deepEqual(await page.evaluate((id) => passkeys.remove(id), data.credentialId), {});
  await key.has(0);
  assert.equal((await page.evaluate(() => client.check())).reason, "sessionEnded");
  // Where the browser has it still, it signs nobody in.
  await key.restore(before);
  assert.equal(await failed(page, "login"), "failed");
});

test("a_passkey_that_is_removed_elsewhere_ends_what_it_began_and_nothing_else", { skip }, async () => {
  const { page, email, key } = await signedIn("removed-elsewhere");
  const { data } = await add(page);
  await logout(page);
  assert.deepEqual(await signIn(page), {});
  const other = await elsewhere(email);
  const path = `/manage/passkeys/${data.credentialId}`;
  assert.equal((await other.fetch(path, { method: "DELETE" })).status, 204);
  assert.equal((await other.fetch(path, { method: "DELETE" })).status, 404);
  assert.equal((await page.evaluate(() => client.fetch("/weatherforecast").then(({ status }) => status))), 401);
  assert.deepEqual(await state(page), { status: "signedOut", reason: "sessionEnded" });
  assert.equal((await other.getInfo()).error, undefined);
  assert.equal((await key.credentials()).length, 1, "nobody has told this browser");
  assert.equal(await failed(page, "login"), "failed");
});

test("a_passkey_that_the_server_keeps_stays_in_the_browser", { skip }, async () => {
  const { page, key } = await signedIn("kept");
  const { data } = await add(page);
  await page.route("**/manage/passkeys/*", (route) => route.abort("connectionreset"));
  assert.equal(await failed(page, "remove", data.credentialId), "network,TypeError");
  await page.unroute("**/manage/passkeys/*");
  await logout(page);
  assert.equal(await failed(page, "remove", data.credentialId), "unauthorized");
  assert.deepEqual(await signIn(page), {});
  assert.equal((await key.credentials()).length, 1);
});
