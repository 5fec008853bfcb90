// Answers become values that a front end can tell apart.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { failure } from "../../dist/index.js";
import { ADA, World, credentials, json, nobody, refused, settle } from "./world.mjs";

test("each_reason_of_a_refused_login_is_a_kind_of_its_own", async (t) => {
  const world = new World(t);
  const client = world.tab();
  for (const [detail, kind] of [
    ["RequiresTwoFactor", "twoFactorRequired"],
    ["Failed", "failed"],
    ["LockedOut", "lockedOut"],
    ["NotAllowed", "notAllowed"],
  ]) {
    world.on("POST /account/login", () => refused(detail));
    const { data, error } = await client.login(credentials);
    assert.equal(data, undefined);
    assert.deepEqual([error.kind, error.status], [kind, 401]);
  }
  assert.equal(client.getSnapshot().status, "unknown", "nobody has come or gone");
});

test("what_is_wrong_with_a_request_is_listed_by_code", async (t) => {
  const world = new World(t);
  const errors = { PasswordTooShort: ["Passwords must be at least 15 characters."] };
  world.on("POST /account/register", () => json({ title: "…", status: 400, errors }, 400));
  const { error } = await world.tab().register(credentials);
  assert.equal(error.kind, "invalid");
  assert.deepEqual(error.errors, errors);
});

test("too_many_requests_and_a_busy_server_say_when_to_come_back", async (t) => {
  const world = new World(t);
  for (const [status, kind] of [
    [429, "tooManyRequests"],
    [503, "unavailable"],
  ]) {
    world.on("POST /account/login", () => json({ status }, status, { "retry-after": "7" }));
    const { error } = await world.tab().login(credentials);
    assert.deepEqual([error.kind, error.retryAfter], [kind, 7]);
  }
});

test("an_unreachable_server_is_a_result_and_no_exception", async (t) => {
  const world = new World(t);
  const cause = new TypeError("Failed to fetch");
  world.on("POST /account/login", () => Promise.reject(cause));
  const { error } = await world.tab().login(credentials);
  assert.deepEqual(error, { kind: "network", cause });
});

test("a_request_that_the_caller_takes_back_is_cancelled", async (t) => {
  const world = new World(t);
  world.on("GET /orders", async ({ signal }) => {
    while (!signal.aborted) await new Promise(setImmediate);
    throw signal.reason;
  });
  const client = world.tab();
  for (const reason of [undefined, "changed my mind"]) {
    const controller = new AbortController();
    const asked = client.request("/orders", { signal: controller.signal });
    await settle();
    controller.abort(reason);
    const { error } = await asked;
    assert.deepEqual(error, { kind: "cancelled", cause: controller.signal.reason });
    assert.equal((await client.request("/orders", { signal: controller.signal })).error.kind, "cancelled", "also before it is sent");
  }
});

test("the_page_of_a_development_server_is_no_account", async (t) => {
  const world = new World(t);
  const page = () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  world.on("GET /account/manage/info", page);
  const client = world.tab();
  assert.equal((await client.ready()).status, "unknown");
  assert.equal(client.getSnapshot().error.kind, "unexpected");
});

test("bodies_that_are_no_problem_details_are_failures_by_their_status", async () => {
  const bodies = ["", "null", "[]", "\"text\"", "{", "<html>", '{"type":7,"detail":{"a":1},"errors":null}'];
  for (const body of bodies) {
    for (const [status, kind] of [
      [400, "invalid"],
      [401, "unauthorized"],
      [403, "forbidden"],
      [404, "notFound"],
      [500, "unexpected"],
    ]) {
      assert.equal((await failure(new Response(body, { status }))).kind, kind, `${status} ${body}`);
    }
  }
  // The word of a refused sign-in means it only there.
  assert.equal((await failure(json({ detail: "Failed" }, 500))).kind, "unexpected");
  assert.equal((await failure(json({ detail: "constructor" }, 401))).kind, "unauthorized");
});

test("the_response_that_a_failure_was_made_of_can_still_be_read", async () => {
  const response = refused("Failed");
  await failure(response);
  assert.equal((await response.json()).detail, "Failed");
});

test("requests_say_what_the_endpoints_expect", async (t) => {
  const world = new World(t);
  const client = world.tab();
  await client.login({ ...credentials, remember: false });
  await client.login(credentials);
  await client.confirmEmail({ userId: "1", code: "a+b", changedEmail: undefined });
  await client.forgotPassword({ email: ADA.email });
  await client.sessions.end("a/b");
  const urls = world.requests.filter(({ route }) => !route.endsWith("/info")).map(({ url }) => new URL(url));
  assert.deepEqual(
    urls.map(({ pathname, search }) => pathname + search),
    [
      "/account/login?useSessionCookies=true",
      "/account/login?useCookies=true",
      "/account/confirmEmail?userId=1&code=a%2Bb",
      "/account/forgotPassword",
      "/account/manage/sessions/a%2Fb",
    ],
  );
  assert.deepEqual(JSON.parse(world.requests[0].body), credentials);
});

test("error_codes_are_those_of_the_server", async () => {
  const here = new URL("../../", import.meta.url);
  const types = await readFile(new URL("src/api.ts", here), "utf8");
  const server = await readFile(new URL("../../crates/identity/src/error.rs", here), "utf8");
  const ours = types.slice(types.indexOf("type ErrorCode")).matchAll(/\| "(\w+)"/g);
  const theirs = server.slice(server.indexOf("fn code")).matchAll(/=> "(\w+)"/g);
  // Roles are made on the command line alone.
  const codes = new Set([...theirs].map(([, code]) => code).filter((code) => code !== "DuplicateRoleName"));
  assert.deepEqual([...ours].map(([, code]) => code).sort(), [...codes].sort());
});

test("nobody_is_a_401_without_a_reason", async () => {
  assert.equal((await failure(nobody())).kind, "unauthorized");
});
