// Who is signed in, as a front end sees it. Most tests are complaints about other clients.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BASE, EVE, World, credentials, json, nobody, refused, settle } from "./world.mjs";

const SIGNED_IN = { status: "signedIn", account: ADA };

test("nothing_is_asked_of_the_server_until_somebody_wants_to_know", async (t) => {
  const world = new World(t);
  const client = world.tab();
  await settle();
  assert.deepEqual(client.getSnapshot(), { status: "unknown" });
  assert.equal(world.requests.length, 0);
});

test("better_auth_9613_many_components_ask_once", async (t) => {
  const world = new World(t);
  world.signsIn();
  const client = world.tab();
  let calls = 0;
  for (let i = 0; i < 20; i++) client.subscribe(() => calls++);
  await Promise.all([client.ready(), client.check(), client.ready()]);
  client.subscribe(() => {});
  await settle();
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  assert.equal(world.requests.length, 1);
  assert.equal(calls, 20);
});

test("better_auth_6879_a_check_does_not_go_back_to_unknown_and_calls_nobody_for_nothing", async (t) => {
  const world = new World(t);
  world.signsIn();
  const client = world.tab();
  await client.ready();
  const before = client.getSnapshot();
  const seen = [];
  client.subscribe(() => seen.push(client.getSnapshot()));
  const checked = client.check();
  assert.equal(client.getSnapshot(), before);
  await checked;
  await client.getInfo();
  assert.equal(client.getSnapshot(), before, "the same object, so that nothing is rendered again");
  assert.deepEqual(seen, []);
});

for (const mode of ["cookie", "bearer"]) {
  test(`better_auth_1006_the_state_is_new_when_login_and_logout_return (${mode})`, async (t) => {
    const world = new World(t);
    const client = world.tab({ mode });
    await client.login(credentials);
    assert.deepEqual(client.getSnapshot(), SIGNED_IN);
    await client.logout();
    assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
    assert.equal(world.keeps(), null);
  });
}

test("a_new_address_shows_at_once", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const account = { email: "ada@new.test", isEmailConfirmed: true };
  world.on("POST /account/manage/info", () => json(account));
  await client.updateInfo({ newEmail: account.email });
  assert.deepEqual(client.getSnapshot(), { status: "signedIn", account });
  assert.deepEqual(await world.tab({ mode: "bearer" }).ready(), { status: "signedIn", account });
});

test("auth_js_762_a_listener_may_call_the_client", async (t) => {
  const world = new World(t);
  const client = world.tab({ mode: "bearer" });
  const results = [];
  client.subscribe(async () => {
    if (client.getSnapshot().status === "signedIn") {
      results.push((await client.getInfo()).data, (await client.fetch(`${BASE}/manage/info`)).status);
    } else {
      results.push(await client.check());
    }
  });
  await settle();
  results.length = 0;
  await client.login(credentials);
  await settle();
  assert.deepEqual(results, [ADA, 200]);
  // Also when the tokens are replaced, and when that fails.
  world.expire();
  world.on("POST /account/refresh", nobody);
  const { error } = await client.getInfo();
  assert.equal(error.kind, "unauthorized");
  await settle();
  assert.deepEqual(results.at(-1), { status: "signedOut", reason: "sessionEnded" });
});

test("a_listener_that_throws_keeps_no_other_from_being_called", async (t) => {
  const world = new World(t);
  const client = world.tab();
  const thrown = [];
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => thrown.push(error.message));
  t.after(() => {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  });
  let calls = 0;
  client.subscribe(() => {
    throw new Error("oops");
  });
  client.subscribe(() => calls++);
  assert.equal((await client.login(credentials)).error, undefined);
  await settle();
  assert.equal(calls, 2);
  assert.deepEqual(thrown, ["oops", "oops"]);
});

test("a_listener_that_was_taken_back_is_not_called_even_if_it_was_given_twice", async (t) => {
  const world = new World(t);
  const client = world.tab();
  let calls = 0;
  const listener = () => calls++;
  const first = client.subscribe(listener);
  const second = client.subscribe(listener);
  await client.ready();
  assert.equal(calls, 2);
  first();
  await client.login(credentials);
  assert.equal(calls, 3);
  second();
  await client.logout();
  assert.equal(calls, 3);
});

test("an_unreachable_server_leaves_the_state_unknown_and_says_why", async (t) => {
  const world = new World(t);
  let isDown = true;
  world.signsIn();
  world.on("GET /account/manage/info", () => (isDown ? json({ status: 503 }, 503) : json(ADA)));
  const client = world.tab();
  assert.deepEqual((await client.ready()).error.kind, "unavailable");
  assert.equal(client.getSnapshot().status, "unknown");
  isDown = false;
  assert.deepEqual(await client.ready(), SIGNED_IN);
  isDown = true;
  assert.deepEqual(await client.check(), SIGNED_IN, "nobody is signed out because of the network");
});

test("a_check_that_was_sent_before_the_login_does_not_undo_it", async (t) => {
  const world = new World(t);
  const client = world.tab();
  const letGo = world.hold("GET /account/manage/info", nobody);
  const checked = client.check();
  await settle();
  world.on("GET /account/manage/info", () => json(ADA));
  await client.login(credentials);
  letGo();
  assert.deepEqual(await checked, SIGNED_IN);
});

for (const [what, isIn, ask] of [
  ["an_answer_that_was_sent_before_the_logout_does_not_undo_it", true, (client) => client.getInfo()],
  ["a_logout_before_the_login_has_returned_wins", false, (client) => client.login(credentials)],
]) {
  test(what, async (t) => {
    const world = new World(t);
    const client = world.tab();
    if (isIn) world.signsIn();
    await client.ready();
    const letGo = world.hold("GET /account/manage/info", () => json(ADA));
    const asked = ask(client);
    await settle();
    await client.logout();
    letGo();
    await asked;
    assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  });
}

test("a_listener_that_subscribes_another_one_is_called_once", async (t) => {
  const world = new World(t);
  const client = world.tab();
  let calls = 0;
  const listener = () => {
    if (calls++ < 5) client.subscribe(listener);
  };
  client.subscribe(listener);
  await client.ready();
  assert.equal(calls, 1);
});

test("supabase_swift_3_a_sign_out_has_its_reason", async (t) => {
  const world = new World(t);
  const client = world.tab();
  assert.deepEqual(await client.ready(), { status: "signedOut", reason: "notSignedIn" });
  await client.login(credentials);
  world.cookie = false;
  assert.equal((await client.sessions.list()).error.kind, "notFound");
  world.on("GET /account/manage/sessions", nobody);
  assert.equal((await client.sessions.list()).error.kind, "unauthorized");
  assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "sessionEnded" });
  await client.login(credentials);
  await client.logout();
  assert.deepEqual(await client.check(), { status: "signedOut", reason: "loggedOut" });
});

test("a_request_that_comes_back_during_the_logout_does_not_change_its_reason", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const reasons = [];
  client.subscribe(() => reasons.push(client.getSnapshot().reason));
  const letGo = world.hold("POST /account/logout", () => new Response(null));
  const leaving = client.logout();
  await settle();
  for (const route of ["GET /account/manage/info", "POST /account/refresh"]) world.on(route, nobody);
  await client.getInfo();
  letGo();
  await leaving;
  assert.deepEqual(reasons, ["loggedOut"]);
});

for (const mode of ["cookie", "bearer"]) {
  test(`a_401_of_the_application_signs_nobody_out (${mode})`, async (t) => {
    const world = new World(t);
    world.on("GET /orders", nobody);
    const client = world.tab({ mode });
    await client.login(credentials);
    world.requests.length = 0;
    for (let i = 0; i < 3; i++) assert.equal((await client.fetch("/orders")).status, 401);
    assert.deepEqual(client.getSnapshot(), SIGNED_IN);
    const asked = ["GET /orders", "GET /account/manage/info"];
    assert.deepEqual(world.requests.map(({ route }) => route), [...asked, ...asked, ...asked], "the server is asked each time");
  });
}

test("a_401_of_the_application_replaces_tokens_that_are_older_than_a_minute_and_no_others", async (t) => {
  const world = new World(t);
  world.on("GET /orders", nobody);
  const client = await world.signedIn();
  world.age();
  for (let i = 0; i < 3; i++) assert.equal((await client.fetch("/orders")).status, 401);
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  assert.equal(world.count("POST /account/refresh"), 1);
  assert.equal(world.count("GET /orders"), 4);
});

test("a_check_that_finds_another_user_after_its_refresh_comes_to_an_end", async (t) => {
  const world = new World(t);
  const [client, other] = await world.tabs();
  world.expire();
  const letGo = world.hold("POST /account/refresh", () => json(world.pair()));
  const checked = client.check();
  await world.comes("POST /account/refresh");
  await world.eveComes(other);
  letGo();
  await checked;
  await settle();
  assert.deepEqual(client.getSnapshot(), { status: "signedIn", account: EVE });
});

test("new_tokens_that_the_server_itself_refuses_are_replaced", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.pair();
  assert.deepEqual(await client.check(), SIGNED_IN);
  assert.equal(world.count("POST /account/refresh"), 1);
});

for (const mode of ["cookie", "bearer"]) {
  test(`a_login_that_leaves_nobody_signed_in_says_so (${mode})`, async (t) => {
    const world = new World(t);
    // As where the browser keeps no cookie.
    world.on("GET /account/manage/info", nobody);
    const client = world.tab({ mode });
    await client.ready();
    const seen = [];
    client.subscribe(() => seen.push(client.getSnapshot().status));
    const { error } = await client.login(credentials);
    assert.deepEqual([error.kind, error.status], ["unauthorized", 401]);
    assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "notSignedIn" });
    assert.deepEqual(seen, []);
    assert.equal(world.keeps(), null);
    await client.login(credentials);
    assert.equal((await client.ready()).status, "signedOut");
  });

  test(`a_confirmed_address_shows_in_all_tabs (${mode})`, async (t) => {
    const world = new World(t);
    const one = world.tab({ mode });
    const account = { email: ADA.email, isEmailConfirmed: false };
    world.on("GET /account/manage/info", () => json(account));
    await one.login(credentials);
    world.on("GET /account/confirmEmail", () => ((account.isEmailConfirmed = true), new Response("Thank you")));
    const two = world.tab({ mode });
    assert.deepEqual(await two.confirmEmail({ userId: "1", code: "a" }), {});
    assert.deepEqual(two.getSnapshot(), SIGNED_IN);
    await settle();
    assert.deepEqual(one.getSnapshot(), SIGNED_IN);
    assert.deepEqual(await world.tab({ mode }).ready(), SIGNED_IN);
  });
}

test("who_is_signed_out_is_not_asked_for_when_an_address_is_confirmed", async (t) => {
  const world = new World(t);
  world.on("GET /account/confirmEmail", () => new Response("Thank you"));
  const client = world.tab({ mode: "bearer" });
  assert.deepEqual(await client.confirmEmail({ userId: "1", code: "a", changedEmail: undefined }), {});
  assert.deepEqual(world.requests.map(({ url }) => new URL(url).search), ["?userId=1&code=a"]);
});

test("a_login_that_could_not_be_looked_up_is_a_login", async (t) => {
  const world = new World(t);
  world.on("GET /account/manage/info", () => json({ status: 503 }, 503));
  const client = world.tab();
  assert.deepEqual(await client.login(credentials), {});
  assert.deepEqual(client.getSnapshot(), { status: "signedIn", account: undefined });
});

test("a_server_that_renders_asks_nothing_and_keeps_no_listener", async (t) => {
  const world = new World(t);
  delete globalThis.document;
  const client = world.tab();
  let calls = 0;
  client.subscribe(() => calls++)();
  client.subscribe(() => calls++);
  await settle();
  assert.equal(world.requests.length, 0);
  await client.login(credentials);
  assert.equal(calls, 0);
});

test("without_a_network_a_cookie_stays_and_tokens_go", async (t) => {
  const world = new World(t);
  const offline = () => Promise.reject(new TypeError("offline"));
  world.on("POST /account/logout", offline);
  const cookie = world.tab();
  await cookie.login(credentials);
  assert.equal((await cookie.logout()).error.kind, "network");
  assert.deepEqual(cookie.getSnapshot(), SIGNED_IN, "no script can delete the cookie");
  const bearer = await world.signedIn();
  assert.equal((await bearer.logout()).error.kind, "network");
  assert.deepEqual(bearer.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  assert.equal(world.keeps(), null);
});

test("betterlytics_1060_a_server_renders_what_the_browser_renders_first", async (t) => {
  const world = new World(t);
  await world.signedIn();
  const client = world.tab({ mode: "bearer" });
  client.subscribe(() => {});
  assert.deepEqual(client.getSnapshot(), { status: "unknown" }, "not before the first rendering");
  await settle();
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  assert.deepEqual(client.getServerSnapshot(), { status: "unknown" });
  assert.equal(client.getServerSnapshot(), client.getServerSnapshot());
  const known = world.tab({ initial: SIGNED_IN });
  assert.equal(known.getSnapshot(), SIGNED_IN);
  assert.equal(known.getServerSnapshot(), SIGNED_IN);
});

test("tokens_that_are_kept_need_no_network_at_the_start", async (t) => {
  const world = new World(t);
  await world.signedIn();
  assert.deepEqual(await world.tab({ mode: "bearer" }).ready(), SIGNED_IN);
  world.storage.clear();
  assert.deepEqual(await world.tab({ mode: "bearer" }).ready(), { status: "signedOut", reason: "notSignedIn" });
  for (const rubbish of ["{", "null", ""]) {
    world.storage.set(`wicketgate:${BASE}`, rubbish);
    const { status } = await world.tab({ mode: "bearer" }).ready();
    assert.equal(status, "signedOut", rubbish);
  }
  assert.equal(world.count("POST /account/refresh"), 0);
});

test("a_wrong_password_at_the_login_leaves_who_is_signed_in", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  world.on("POST /account/login", () => refused("Failed"));
  assert.equal((await client.login(credentials)).error.kind, "failed");
  assert.deepEqual(client.getSnapshot(), SIGNED_IN);
  assert.equal(world.keeps().accessToken, "a1");
});
