// Tokens are replaced once for all who wait, between tabs, too, and nobody is signed out for nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BASE, World, credentials, gate, json, nobody, settle } from "./world.mjs";

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
  const [one, two] = await world.tabs();
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
  const [client, other] = await world.tabs();
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
  world.expire();
  const letGo = world.hold(REFRESH, () => json(world.pair()));
  const asked = client.getInfo();
  await world.comes(REFRESH);
  // Another tab, which does not wait for the refresh.
  world.storage.clear();
  letGo();
  assert.equal((await asked).error.kind, "unauthorized");
  assert.equal(world.keeps(), null, "the new tokens are not kept");
});

test("a_change_of_the_account_during_a_refresh_loses_no_tokens", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  const letGo = world.hold(REFRESH, () => json(world.pair()));
  const asked = client.fetch("/orders");
  await world.comes(REFRESH);
  const account = { email: "new@example.test", isEmailConfirmed: true };
  world.storage.set(`wicketgate:${BASE}`, JSON.stringify({ ...world.keeps(), account }));
  letGo();
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

test("requests_that_wait_for_a_refresh_that_fails_get_an_answer_of_their_own_each", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.expire();
  world.on(REFRESH, () => json({ status: 503, detail: "busy" }, 503));
  const responses = await Promise.all([client.fetch("/orders"), client.fetch("/orders")]);
  assert.deepEqual(await Promise.all(responses.map(async (response) => (await response.json()).detail)), ["busy", "busy"]);
  assert.equal(world.count(REFRESH), 1);
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
