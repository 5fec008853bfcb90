// Tokens are replaced once for all who wait, between tabs, too, and nobody is signed out for nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BASE, World, gate, json, nobody, settle } from "./world.mjs";

const REFRESH = "POST /account/refresh";
const SIGNED_IN = { status: "signedIn", account: ADA };
const ENDED = { status: "signedOut", reason: "sessionEnded" };

test("supabase_auth_2136_requests_at_once_share_one_refresh", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  const results = await Promise.all(Array.from({ length: 10 }, () => client.getInfo()));
  assert.ok(results.every(({ data }) => data.email === ADA.email));
  assert.equal(world.count(REFRESH), 1);
  assert.equal(world.count("GET /account/manage/info"), 10, "none was sent with the old token");
});

for (const isNew of [true, false]) {
  test(`requests_that_are_refused_at_once_share_one_refresh_and_are_sent_again_in_full (${isNew ? "new" : "old"} tokens)`, async (t) => {
    const world = new World(t);
    const client = await world.signedIn();
    if (!isNew) world.age();
    world.pair(); // The server does not accept the first one any more.
    const bodies = [];
    world.on("POST /orders", (request, body) => {
      if (!world.knows(request)) return nobody();
      bodies.push(body);
      return json({ id: 1 });
    });
    const send = (body) => client.fetch("/orders", { method: "POST", body });
    const responses = await Promise.all([send("one"), send(new Blob(["two"])), send(new TextEncoder().encode("three"))]);
    const request = new Request("https://id.example.test/orders", { method: "POST", body: "four" });
    responses.push(await client.fetch(request));
    assert.deepEqual(responses.map(({ status }) => status), [200, 200, 200, 200]);
    assert.deepEqual(bodies.sort(), ["four", "one", "three", "two"]);
    assert.equal(world.count(REFRESH), 1);
    assert.equal(world.count("GET /account/manage/info"), isNew ? 2 : 0, "whether it means new tokens is asked first");
  });
}

test("a_late_401_of_the_old_token_does_not_replace_the_new_one", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const slow = gate();
  world.on("GET /slow", async (request) => {
    if (request.headers.get("authorization") === "Bearer a1") await slow.opened;
    return world.knows(request) ? json({}) : nobody();
  });
  const late = client.fetch("/slow");
  await settle();
  world.expire();
  await client.getInfo();
  slow.open();
  assert.equal((await late).status, 200);
  assert.equal(world.count(REFRESH), 1);
});

test("auth_js_620_two_tabs_share_one_refresh", async (t) => {
  const world = new World(t);
  const one = await world.signedIn();
  const two = world.tab({ mode: "bearer" });
  await two.ready();
  world.expire();
  const results = await Promise.all([one.getInfo(), two.getInfo(), one.getInfo(), two.getInfo()]);
  assert.ok(results.every(({ data }) => data.email === ADA.email));
  assert.equal(world.count(REFRESH), 1);
});

for (const [kind, answer] of [
  ["unavailable", () => json({ status: 503 }, 503, { "retry-after": "2" })],
  ["tooManyRequests", () => json({ status: 429 }, 429)],
  ["network", () => Promise.reject(new TypeError("offline"))],
]) {
  test(`a_refresh_that_could_not_be_done_signs_nobody_out (${kind})`, async (t) => {
    const world = new World(t);
    const client = await world.signedIn();
    world.expire();
    const before = world.keeps();
    world.on(REFRESH, answer);
    assert.equal((await client.getInfo()).error.kind, kind);
    assert.deepEqual(client.getSnapshot(), SIGNED_IN);
    assert.deepEqual(world.keeps(), before);
    world.on(REFRESH, () => json(world.pair()));
    assert.deepEqual((await client.getInfo()).data, ADA);
  });
}

test("a_lost_answer_to_a_refresh_is_asked_for_again_with_the_same_token", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  world.on(REFRESH, () => (world.pair(), Promise.reject(new TypeError("connection lost"))));
  assert.equal((await client.getInfo()).error.kind, "network");
  // Within the server's grace the old one gives the same successor.
  world.on(REFRESH, (_, body) => {
    assert.equal(JSON.parse(body).refreshToken, "r1");
    return json(world.pair());
  });
  assert.deepEqual((await client.getInfo()).data, ADA);
});

test("a_refused_refresh_ends_the_session_once_for_all", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const other = world.tab({ mode: "bearer" });
  await other.ready();
  world.age();
  const states = [];
  client.subscribe(() => states.push(client.getSnapshot()));
  world.expire();
  world.pair();
  world.on(REFRESH, nobody);
  const results = await Promise.all([client.getInfo(), client.getInfo(), client.getInfo()]);
  assert.ok(results.every(({ error }) => error.kind === "unauthorized"));
  assert.equal(world.count(REFRESH), 1);
  assert.deepEqual(states, [ENDED]);
  assert.equal(world.keeps(), null);
  await settle();
  assert.deepEqual(other.getSnapshot(), ENDED);
});

test("what_anybody_may_see_can_be_seen_after_the_session_ended", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.age();
  world.on("GET /news", (request) => (request.headers.has("authorization") ? nobody() : json({ news: 1 })));
  world.on(REFRESH, nobody);
  assert.equal((await client.fetch("/news")).status, 200);
  assert.deepEqual(client.getSnapshot(), ENDED);
});

test("a_logout_during_a_refresh_wins", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const slow = gate();
  world.expire();
  world.on(REFRESH, async () => (await slow.opened, json(world.pair())));
  const asked = client.getInfo();
  await world.comes(REFRESH);
  // Another tab, which does not wait for the refresh.
  world.storage.clear();
  slow.open();
  assert.equal((await asked).error.kind, "unauthorized");
  assert.equal(world.keeps(), null, "the new tokens are not kept");
});

test("a_change_of_the_account_during_a_refresh_loses_no_tokens", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const slow = gate();
  world.expire();
  world.on(REFRESH, async () => (await slow.opened, json(world.pair())));
  const asked = client.fetch("/orders");
  await world.comes(REFRESH);
  const account = { email: "new@example.test", isEmailConfirmed: true };
  world.storage.set(`wicketgate:${BASE}`, JSON.stringify({ ...world.keeps(), account }));
  slow.open();
  await asked;
  assert.equal(world.keeps().refreshToken, "r2");
  assert.deepEqual(world.keeps().account, account);
});

test("supabase_44642_a_frozen_tab_holds_nobody_up_for_long", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  const forever = gate();
  world.locks.request("any", { signal: new AbortController().signal }, () => forever.opened);
  // Time is the browser's: what waits for a lock gets a signal that is up at once, what waits for an answer one that never is.
  const waits = [];
  t.mock.method(AbortSignal, "timeout", (wait) => {
    waits.push(wait);
    const controller = new AbortController();
    if (waits.length === 1) setImmediate(() => controller.abort(new DOMException("", "TimeoutError")));
    return controller.signal;
  });
  assert.deepEqual((await client.getInfo()).data, ADA);
  assert.equal(world.count(REFRESH), 1);
  assert.ok(waits[0] < 10_000, "while the server's grace lasts");
  forever.open();
});

test("a_server_that_never_answers_a_refresh_is_given_up", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  const controller = new AbortController();
  const waits = [];
  t.mock.method(AbortSignal, "timeout", (wait) => (waits.push(wait), controller.signal));
  world.on(REFRESH, (_, __, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))));
  const asked = client.getInfo();
  await world.comes(REFRESH);
  controller.abort(new DOMException("", "TimeoutError"));
  assert.equal((await asked).error.kind, "network");
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  // The server's grace lasts 10 s from the moment that it took the token: who asks again now is in time.
  assert.deepEqual(waits, [5_000, 3_000]);
});

test("where_the_browser_has_no_locks_tokens_are_replaced_all_the_same", async (t) => {
  for (const navigator of [undefined, {}, { locks: { request: () => Promise.reject(new DOMException("", "SecurityError")) } }]) {
    const world = new World(t);
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
    const client = await world.signedIn();
    world.expire();
    const results = await Promise.all([client.getInfo(), client.getInfo()]);
    assert.ok(results.every(({ data }) => data));
    assert.equal(world.count(REFRESH), 1);
  }
});

test("no_listener_runs_while_the_lock_is_held", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  let isHeld = false;
  const { request } = world.locks;
  world.locks.request = (name, options, work) =>
    request(name, options, async () => {
      isHeld = true;
      try {
        return await work();
      } finally {
        isHeld = false;
      }
    });
  const held = [];
  client.subscribe(() => held.push(isHeld));
  world.expire();
  world.on(REFRESH, nobody);
  await client.getInfo();
  assert.deepEqual(held, [false]);
});

test("no_other_origin_gets_the_token_or_the_cookie", async (t) => {
  const world = new World(t);
  const client = await world.signedIn({ origins: ["https://api.example.test"] });
  for (const [url, isTrusted] of [
    ["https://id.example.test/orders", true],
    ["/orders", true],
    ["https://api.example.test/orders", true],
    ["https://evil.test/orders", false],
    ["//evil.test/orders", false],
    ["http://id.example.test/orders", false],
    ["https://id.example.test:8443/orders", false],
    [new URL("https://evil.test/url"), false],
    [new Request("https://evil.test/request"), false],
  ]) {
    await client.fetch(url);
    assert.equal(world.requests.at(-1).headers.has("authorization"), isTrusted, String(url.url ?? url));
  }
  const cookie = world.tab();
  await cookie.fetch("https://evil.test/orders");
  assert.equal(world.requests.at(-1).credentials, "same-origin");
  await cookie.fetch("/orders");
  assert.equal(world.requests.at(-1).credentials, "include");
});

test("a_bearer_client_sends_no_cookie_to_the_endpoints", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  await client.getInfo();
  await client.logout();
  assert.deepEqual([...new Set(world.requests.map(({ credentials }) => credentials))], ["omit"]);
});

test("other_tabs_follow_a_login_a_new_address_and_a_logout_without_asking", async (t) => {
  const world = new World(t);
  const one = world.tab({ mode: "bearer" });
  const two = world.tab({ mode: "bearer" });
  await two.ready();
  await one.login({ email: ADA.email, password: "a long passphrase" });
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

test("requests_that_wait_for_a_refresh_that_fails_get_an_answer_of_their_own_each", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  world.on(REFRESH, () => json({ status: 503, detail: "busy" }, 503));
  const responses = await Promise.all([client.fetch("/orders"), client.fetch("/orders")]);
  assert.deepEqual(await Promise.all(responses.map(async (response) => (await response.json()).detail)), ["busy", "busy"]);
  assert.equal(world.count(REFRESH), 1);
});

const EVE = { email: "eve@example.test", isEmailConfirmed: true };
const credentials = { email: ADA.email, password: "a long passphrase" };

test("a_request_is_not_sent_in_the_name_of_a_user_who_has_come_during_the_refresh", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const other = world.tab({ mode: "bearer" });
  await other.ready();
  const slow = gate();
  world.expire();
  world.on(REFRESH, async () => (await slow.opened, json({ ...world.pair(), accessToken: "late" })));
  world.on("POST /pay", () => json({ paid: true }));
  const paying = client.fetch("/pay", { method: "POST", body: "100" });
  await world.comes(REFRESH);
  world.on("GET /account/manage/info", () => json(EVE));
  await other.login({ email: EVE.email, password: "another passphrase" });
  const theirs = world.keeps();
  slow.open();
  assert.equal((await paying).status, 401);
  assert.equal(world.count("POST /pay"), 0);
  assert.deepEqual(client.getSnapshot(), { status: "signedIn", account: EVE }, "the state says who is there now");
  assert.deepEqual(world.keeps(), theirs);
  assert.equal((await client.fetch("/pay", { method: "POST", body: "100" })).status, 200, "what is asked from now on is theirs");
});

for (const [name, route] of [
  ["logout", "POST /account/logout"],
  ["deleteAccount", "DELETE /account/manage/account"],
]) {
  test(`a_${name}_that_takes_long_does_not_sign_out_who_has_come_in_the_meantime`, async (t) => {
    const world = new World(t);
    const client = await world.signedIn();
    const other = world.tab({ mode: "bearer" });
    await other.ready();
    const slow = gate();
    world.on(route, async () => (await slow.opened, new Response(null)));
    const leaving = client[name]();
    await world.comes(route);
    world.on("GET /account/manage/info", () => json(EVE));
    await other.login({ email: EVE.email, password: "another passphrase" });
    await settle();
    const theirs = world.keeps();
    slow.open();
    assert.deepEqual(await leaving, {});
    assert.deepEqual(world.keeps(), theirs);
    assert.deepEqual(client.getSnapshot(), { status: "signedIn", account: EVE });
  });
}

test("an_account_that_was_asked_for_earlier_is_not_kept_with_another_users_tokens", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const slow = gate();
  world.on("GET /account/manage/info", async () => (await slow.opened, json(ADA)));
  const asked = client.getInfo();
  await world.comes("GET /account/manage/info");
  // Another tab's, of which this one has not heard yet.
  world.storage.set(`wicketgate:${BASE}`, JSON.stringify({ ...world.keeps(), id: 2, account: EVE }));
  slow.open();
  await asked;
  assert.deepEqual(world.keeps().account, EVE);
});

test("tabs_whose_tokens_are_their_own_do_not_follow_each_other", async (t) => {
  const world = new World(t);
  const own = () => {
    const items = new Map();
    return {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  };
  const [one, two] = [world.tab({ mode: "bearer", storage: own() }), world.tab({ mode: "bearer", storage: own() })];
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
  const storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
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
  isShared: true,
  getItem: (key) => world.storage.get(key) ?? null,
  setItem: () => {
    throw new DOMException("", "QuotaExceededError");
  },
  removeItem: (key) => void world.storage.delete(key),
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

test("a_request_is_copied_only_where_it_may_be_sent_again", async (t) => {
  const world = new World(t);
  let copies = 0;
  const { clone } = Request.prototype;
  t.mock.method(Request.prototype, "clone", function () {
    copies++;
    return clone.call(this);
  });
  const copiesOf = async (client, expected) => {
    copies = 0;
    await client.fetch("/orders", { method: "POST", body: "one" });
    // The fake server copies each to read it.
    assert.equal(copies - world.requests.length, expected);
    assert.equal(world.requests.at(-1).body, "one");
    world.requests.length = 0;
  };
  await copiesOf(world.tab(), 0);
  await copiesOf(world.tab({ mode: "bearer" }), 0);
  const client = await world.signedIn();
  await copiesOf(client, 1);
  world.expire();
  await copiesOf(client, 0);
});

test("the_end_of_a_session_does_not_sign_out_who_has_come_right_after_it", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const other = world.tab({ mode: "bearer" });
  await other.ready();
  const seen = [];
  for (const tab of [client, other]) tab.subscribe(() => seen.push(tab.getSnapshot().status));
  world.expire();
  const { request } = world.locks;
  // Another tab signs in between the end of the session and the end of the lock.
  world.locks.request = async (name, options, work) => {
    await request(name, options, work);
    world.on("GET /account/manage/info", () => json(EVE));
    await other.login({ email: EVE.email, password: "another passphrase" });
  };
  world.on(REFRESH, nobody);
  assert.equal((await client.fetch("/orders")).status, 401);
  await settle();
  assert.deepEqual(seen, ["signedIn", "signedIn"], "both hear of the other user, and nobody was signed out");
  for (const tab of [client, other]) assert.deepEqual(tab.getSnapshot(), { status: "signedIn", account: EVE });
});
