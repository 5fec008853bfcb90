// Where tokens are kept decides which tabs follow each other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../storage.mjs";
import { ADA, World, credentials, json, nobody, settle } from "./world.mjs";

const REFRESH = "POST /account/refresh";
const SIGNED_IN = { status: "signedIn", account: ADA };
const ENDED = { status: "signedOut", reason: "sessionEnded" };

test("other_tabs_follow_a_login_a_new_address_and_a_logout_without_asking", async (t) => {
  const world = new World(t);
  const one = world.tab({ mode: "bearer" });
  const two = world.tab({ mode: "bearer" });
  await two.ready();
  await one.login(credentials);
  await settle();
  assert.deepEqual(two.getSnapshot(), SIGNED_IN);
  const account = { email: "new@example.test", isEmailConfirmed: false };
  world.on("GET /account/manage/info", () => json(account));
  await one.check();
  await settle();
  assert.deepEqual(two.getSnapshot(), { status: "signedIn", account });
  await one.logout();
  await settle();
  assert.deepEqual(two.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  assert.equal(world.count("GET /account/manage/info"), 2);
});

test("tabs_whose_tokens_are_their_own_do_not_follow_each_other", async (t) => {
  const world = new World(t);
  const tab = () => world.tab({ mode: "bearer", storage: memoryStorage() });
  const [one, two] = [tab(), tab()];
  await two.ready();
  await one.login(credentials);
  await settle();
  assert.deepEqual(one.getSnapshot(), SIGNED_IN);
  assert.deepEqual(two.getSnapshot(), { status: "signedOut", reason: "notSignedIn" });
  assert.equal(world.channels.length, 0);
});

/** What `localStorage` is, for the length of a test. */
function localStorageIs(t, get) {
  const saved = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", { get, configurable: true });
  t.after(() => {
    if (saved) Object.defineProperty(globalThis, "localStorage", saved);
    else delete globalThis.localStorage;
  });
}

test("where_local_storage_is_forbidden_or_missing_each_tab_signs_in_by_itself", async (t) => {
  let isForbidden = true;
  localStorageIs(t, () => {
    if (isForbidden) throw new DOMException("", "SecurityError");
    return null;
  });
  for (isForbidden of [true, false]) {
    const world = new World(t);
    const [one, two] = [world.tab({ mode: "bearer", storage: undefined }), world.tab({ mode: "bearer", storage: undefined })];
    await two.ready();
    await one.login(credentials);
    await settle();
    assert.deepEqual(one.getSnapshot(), SIGNED_IN);
    assert.deepEqual((await one.getInfo()).data, ADA);
    assert.deepEqual(two.getSnapshot(), { status: "signedOut", reason: "notSignedIn" });
    await one.logout();
    assert.equal((await one.getInfo()).error.kind, "unauthorized");
  }
});

test("tabs_with_local_storage_or_a_cookie_follow_each_other", async (t) => {
  const items = new Map();
  const storage = memoryStorage(items);
  localStorageIs(t, () => storage);
  for (const options of [{ mode: "bearer", storage: undefined }, { mode: "bearer", storage }, { storage: undefined }]) {
    const world = new World(t);
    const [one, two] = [world.tab(options), world.tab(options)];
    await one.login(credentials);
    await settle();
    assert.deepEqual(two.getSnapshot(), SIGNED_IN);
    items.clear();
  }
});

/** Storage as it is when it is full: what is there can be read and removed. */
const full = (world) => ({
  ...memoryStorage(world.storage),
  isShared: true,
  setItem: () => {
    throw new DOMException("", "QuotaExceededError");
  },
});

test("a_login_where_the_storage_is_full_is_this_tabs_alone", async (t) => {
  const world = new World(t);
  const other = world.tab({ mode: "bearer" });
  await other.ready();
  const client = world.tab({ mode: "bearer", storage: full(world) });
  assert.deepEqual(await client.login(credentials), {});
  await settle();
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  assert.deepEqual((await client.getInfo()).data, ADA);
  assert.deepEqual(other.getSnapshot(), { status: "signedOut", reason: "notSignedIn" }, "it has no tokens");
  assert.deepEqual(await client.logout(), {});
  assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  assert.equal((await client.getInfo()).error.kind, "unauthorized");
});

test("a_refresh_where_the_storage_is_full_signs_nobody_out_and_leaves_no_spent_token", async (t) => {
  const world = new World(t);
  await world.signedIn();
  const client = world.tab({ mode: "bearer", storage: full(world) });
  const other = world.tab({ mode: "bearer" });
  await Promise.all([client.ready(), other.ready()]);
  world.expire();
  assert.deepEqual((await client.getInfo()).data, ADA);
  assert.equal(world.keeps(), null, "another tab that used it again would end the session");
  // It is over in the other tab, and not in this one.
  world.on("GET /orders", (request) => (world.knows(request) ? json({}) : nobody()));
  assert.equal((await other.fetch("/orders")).status, 401);
  await settle();
  assert.deepEqual(other.getSnapshot(), ENDED);
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  assert.equal((await client.fetch("/orders")).status, 200);
  assert.equal(world.count(REFRESH), 1);
  // Who leaves there leaves here, too.
  await other.login(credentials);
  await other.logout();
  await settle();
  assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  assert.equal((await client.getInfo()).error.kind, "unauthorized");
});
