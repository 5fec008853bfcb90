// Passkeys, also in browsers and password managers that know no JSON for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { passkeys } from "../../dist/passkeys.js";
import { World, json, refused, settle } from "./world.mjs";

const buffer = (text) => new TextEncoder().encode(text).buffer;
const CREATION = {
  rp: { name: "Wicketgate", id: "example.test" },
  user: { id: "dXNlcg", name: "ada@example.test", displayName: "ada@example.test" },
  challenge: "_-8",
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  excludeCredentials: [{ type: "public-key", id: "b2xk", transports: ["internal"] }],
};
const REQUEST = { challenge: "_-8", rpId: "example.test", allowCredentials: [] };

/** A browser without JSON for passkeys, and the server's routes for them. */
function world(t, credentials, ClassOfCredentials = class {}) {
  const world = new World(t);
  world.storage.clear();
  Object.defineProperty(globalThis, "navigator", { value: { locks: world.locks, credentials }, configurable: true });
  globalThis.PublicKeyCredential = ClassOfCredentials;
  t.after(() => delete globalThis.PublicKeyCredential);
  world.on("POST /account/passkeys/requestOptions", () => json(REQUEST));
  world.on("POST /account/passkeys/login", () => (world.signsIn(), json(world.pair())));
  world.on("POST /account/manage/passkeys/creationOptions", () => json(CREATION));
  world.on("POST /account/manage/passkeys", () => json({ credentialId: "bmV3", name: "Laptop" }));
  world.on("DELETE /account/manage/passkeys/bmV3", () => new Response(null, { status: 204 }));
  return world;
}

const assertion = {
  id: "bmV3",
  type: "public-key",
  authenticatorAttachment: "platform",
  getClientExtensionResults: () => ({}),
  response: { clientDataJSON: buffer("{}"), authenticatorData: buffer("\xff>"), signature: buffer("s"), userHandle: null },
};

for (const mode of ["cookie", "bearer"]) {
  test(`a_passkey_signs_in_where_the_browser_knows_no_json (${mode})`, async (t) => {
    let asked;
    const here = world(t, { get: async (options) => ((asked = options), assertion) });
    const client = here.tab({ mode });
    assert.equal((await passkeys(client).login()).error, undefined);
    assert.equal(client.getSnapshot().status, "signedIn");
    assert.deepEqual([...asked.publicKey.challenge], [0xff, 0xef]);
    assert.equal(asked.mediation, undefined);
    const login = here.requests.find(({ route }) => route.endsWith("/passkeys/login"));
    assert.equal(login.credentials, "include", "the challenge is in a cookie");
    assert.equal(new URL(login.url).search, mode === "cookie" ? "?useCookies=true" : "");
    assert.deepEqual(JSON.parse(JSON.parse(login.body).credentialJson), {
      id: "bmV3",
      rawId: "bmV3",
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: { clientDataJSON: "e30", authenticatorData: "w78-", signature: "cw" },
    });
  });
}

test("a_passkey_is_added_where_the_browser_knows_no_json", async (t) => {
  let asked;
  const created = {
    ...assertion,
    response: { clientDataJSON: buffer("{}"), attestationObject: buffer("o"), getTransports: () => ["internal"] },
  };
  const here = world(t, { create: async (options) => ((asked = options.publicKey), created) });
  const { data } = await passkeys(here.tab()).add("Laptop");
  assert.deepEqual(data, { credentialId: "bmV3", name: "Laptop" });
  assert.equal(new TextDecoder().decode(asked.user.id), "user");
  assert.equal(new TextDecoder().decode(asked.excludeCredentials[0].id), "old");
  const { credentialJson, name } = JSON.parse(here.requests.at(-1).body);
  assert.equal(name, "Laptop");
  assert.deepEqual(JSON.parse(credentialJson).response, {
    transports: ["internal"],
    clientDataJSON: "e30",
    attestationObject: "bw",
  });
});

test("adding_goes_on_after_the_step_up_that_it_needs", async (t) => {
  const here = world(t, { create: async () => ({ toJSON: () => ({ id: "bmV3" }) }) });
  let isFresh = false;
  here.on("POST /account/manage/passkeys/creationOptions", () =>
    isFresh ? json(CREATION) : json({ type: "urn:wicketgate:fresh-sign-in-required", methods: ["password"] }, 401),
  );
  here.on("POST /account/manage/confirm", (_, body) => {
    isFresh = JSON.parse(body).password === "right";
    return isFresh ? new Response(null) : refused("Failed");
  });
  const { error } = await passkeys(here.tab()).add();
  assert.equal(error.kind, "freshSignInRequired");
  assert.equal((await error.stepUp({ password: "wrong" })).error.kind, "failed");
  assert.deepEqual((await error.stepUp({ password: "right" })).data, { credentialId: "bmV3", name: "Laptop" });
});

test("a_user_who_thinks_again_and_a_browser_without_passkeys_are_failures", async (t) => {
  const cause = new DOMException("", "NotAllowedError");
  const here = world(t, { get: () => Promise.reject(cause) });
  const client = here.tab();
  assert.deepEqual((await passkeys(client).login()).error, { kind: "cancelled", cause });
  assert.equal((await passkeys(client).login({ autofill: true })).error.kind, "unsupported");
  assert.equal(here.count("POST /account/passkeys/requestOptions"), 1, "without autofill nothing is asked for");
  // What the browser cannot do, nobody has cancelled.
  for (const name of ["InvalidStateError", "SecurityError", "NotSupportedError"]) {
    const cause = new DOMException("", name);
    navigator.credentials.get = () => Promise.reject(cause);
    assert.deepEqual((await passkeys(client).login()).error, { kind: "unsupported", cause });
  }
  delete globalThis.PublicKeyCredential;
  delete navigator.credentials.get;
  assert.equal((await passkeys(client).login()).error.kind, "unsupported");
  assert.equal(here.count("POST /account/passkeys/login"), 0);
});

test("a_button_ends_the_waiting_of_autofill", async (t) => {
  const get = ({ signal, mediation }) =>
    mediation
      ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
      : Promise.resolve(assertion);
  const here = world(t, { get }, class {
    static isConditionalMediationAvailable = async () => true;
  });
  const client = here.tab();
  const waiting = passkeys(client).login({ autofill: true });
  await settle();
  assert.equal((await passkeys(client).login()).error, undefined);
  assert.equal((await waiting).error.kind, "cancelled");
});

test("what_waits_in_a_field_waits_with_a_new_challenge_before_the_server_forgets_the_old_one", async (t) => {
  const waiting = [];
  const get = ({ signal, publicKey }) =>
    new Promise((resolve, reject) => {
      waiting.push(() => resolve(assertion));
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const here = world(t, { get }, class {
    static isConditionalMediationAvailable = async () => true;
  });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const client = here.tab();
  for (const [timeout, wait] of [
    [300_000, 280_000],
    [undefined, 280_000],
    [60_000, 40_000],
  ]) {
    here.requests.length = waiting.length = 0;
    here.on("POST /account/passkeys/requestOptions", () => json({ ...REQUEST, timeout }));
    const login = passkeys(client).login({ autofill: true });
    for (let round = 1; round <= 3; round++) {
      await settle();
      assert.equal(waiting.length, round);
      t.mock.timers.tick(wait - 1);
      await settle();
      assert.equal(waiting.length, round, "not earlier");
      t.mock.timers.tick(1);
    }
    await settle();
    waiting.at(-1)();
    assert.equal((await login).error, undefined);
    assert.equal(here.count("POST /account/passkeys/requestOptions"), 4);
    t.mock.timers.tick(wait);
    await settle();
    assert.equal(waiting.length, 4, "and then no more");
  }
  // A button waits as long as the browser lets it.
  const login = passkeys(client).login();
  await settle();
  t.mock.timers.tick(60_000);
  await settle();
  waiting.at(-1)();
  assert.equal((await login).error, undefined);
});

test("a_caller_takes_a_login_back_at_any_time", async (t) => {
  const get = ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const here = world(t, { get }, class {
    static isConditionalMediationAvailable = async () => true;
  });
  const client = here.tab();
  for (const reason of [undefined, "the dialog was closed"]) {
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = passkeys(client).login({ autofill: true, signal });
    await settle();
    controller.abort(reason);
    assert.deepEqual((await waiting).error, { kind: "cancelled", cause: signal.reason });
    here.on("POST /account/passkeys/requestOptions", ({ signal }) => (signal.aborted ? Promise.reject(signal.reason) : json(REQUEST)));
    assert.deepEqual((await passkeys(client).login({ signal })).error, { kind: "cancelled", cause: signal.reason });
  }
  // A password manager that does not listen changes nothing.
  const late = new AbortController();
  navigator.credentials.get = async () => (late.abort(), assertion);
  assert.equal((await passkeys(client).login({ signal: late.signal })).error.kind, "cancelled");
  assert.equal(here.count("POST /account/passkeys/login"), 0);
});

test("after_a_reload_the_browser_forgets_the_passkey_of_the_right_server", async (t) => {
  const told = [];
  const here = world(t, {}, class {
    static signalUnknownCredential = async (credential) => void told.push(credential);
  });
  here.on("POST /account/passkeys/requestOptions", () => json({ ...REQUEST, rpId: "parent.test" }));
  assert.equal((await passkeys(here.tab()).remove("bmV3")).error, undefined);
  assert.deepEqual(told, [{ rpId: "parent.test", credentialId: "bmV3" }]);
});

test("the_browser_forgets_a_passkey_whose_removal_took_a_step_up_by_another_one", async (t) => {
  const told = [];
  const here = world(t, { get: async () => assertion }, class {
    static signalUnknownCredential = async (credential) => void told.push(credential);
  });
  let isFresh = false;
  here.on("DELETE /account/manage/passkeys/bmV3", () =>
    isFresh
      ? new Response(null, { status: 204 })
      : json({ type: "urn:wicketgate:fresh-sign-in-required", methods: ["password", "passkey"] }, 401),
  );
  here.on("POST /account/manage/confirm", (request, body) => {
    assert.equal(request.credentials, "include", "the challenge is in a cookie");
    isFresh = JSON.parse(JSON.parse(body).credentialJson).id === "bmV3";
    return new Response(null);
  });
  const client = await here.signedIn();
  const { error } = await passkeys(client).remove("bmV3");
  assert.deepEqual(error.methods, ["password", "passkey"]);
  assert.deepEqual(told, []);
  const { data } = await passkeys(client).prove();
  assert.deepEqual(await error.stepUp(data), {});
  assert.deepEqual(told, [{ rpId: "example.test", credentialId: "bmV3" }]);
});

test("the_browser_forgets_a_passkey_only_after_the_server_did", async (t) => {
  const told = [];
  const here = world(t, { get: async () => assertion }, class {
    static signalUnknownCredential = async (credential) => void told.push(credential);
  });
  const client = here.tab();
  await passkeys(client).login();
  here.on("DELETE /account/manage/passkeys/bmV3", () => json({}, 503));
  assert.equal((await passkeys(client).remove("bmV3")).error.kind, "unavailable");
  assert.equal((await passkeys(client).remove("unknown")).error.kind, "notFound");
  assert.deepEqual(told, []);
  here.on("DELETE /account/manage/passkeys/bmV3", () => new Response(null, { status: 204 }));
  await passkeys(client).remove("bmV3");
  assert.deepEqual(told, [{ rpId: "example.test", credentialId: "bmV3" }]);
});

test("a_passkey_that_is_refused_signs_nobody_in", async (t) => {
  const here = world(t, { get: async () => assertion });
  here.on("POST /account/passkeys/login", () => refused("Failed"));
  const client = here.tab();
  assert.equal((await passkeys(client).login()).error.kind, "failed");
  assert.equal(client.getSnapshot().status, "unknown");
});
