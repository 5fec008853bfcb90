// What asks for a fresh sign-in says so, and goes on after it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { failure } from "../../dist/index.js";
import { endOthers } from "../end_others.mjs";
import { World, credentials, json, nobody, refused, settle } from "./world.mjs";

const problem = { type: "urn:wicketgate:fresh-sign-in-required", title: "Fresh sign-in required", status: 401 };
const stale = (methods = ["password"]) => json({ ...problem, methods }, 401);

/** A server that asks for it until somebody proves who they are. */
function asking(t) {
  const world = new World(t);
  world.isFresh = false;
  world.on("DELETE /account/manage/sessions", () => (world.isFresh ? new Response(null, { status: 204 }) : stale()));
  world.on("POST /account/manage/confirm", (_, body) => {
    if (JSON.parse(body).password !== "right") return refused("Failed");
    world.isFresh = true;
    return new Response(null);
  });
  return world;
}

test("better_auth_ui_86_an_old_sign_in_is_a_failure_with_a_name_and_signs_nobody_out", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  const { error } = await client.sessions.endOthers();
  assert.equal(error.kind, "freshSignInRequired");
  assert.deepEqual(error.methods, ["password"]);
  assert.equal(client.getSnapshot().status, "signedIn");
  assert.equal(world.count("POST /account/refresh"), 0, "new tokens would not help");
});

test("step_up_goes_on_with_the_request", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  const { error } = await client.sessions.endOthers();
  const wrong = await error.stepUp({ password: "wrong" });
  assert.equal(wrong.error.kind, "failed");
  assert.equal(world.count("DELETE /account/manage/sessions"), 1);
  assert.equal(world.count("POST /account/manage/confirm"), 1, "a wrong password counts once");
  const right = await error.stepUp({ password: "right" });
  assert.equal(right.error, undefined);
  assert.equal(world.count("DELETE /account/manage/sessions"), 2);
  assert.equal(world.count("POST /account/login"), 0, "no session is made");
});

test("an_address_that_is_changed_after_a_step_up_shows_at_once", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  const account = { email: "ada@new.test", isEmailConfirmed: true };
  world.on("POST /account/manage/info", () => (world.isFresh ? json(account) : stale()));
  const { error } = await client.updateInfo({ newEmail: account.email });
  assert.deepEqual((await error.stepUp({ password: "right" })).data, account);
  assert.deepEqual(client.getSnapshot(), { status: "signedIn", account });
  assert.deepEqual(world.keeps().account, account);
});

for (const mode of ["cookie", "bearer"]) {
  test(`an_account_is_closed_after_a_step_up_and_then_nobody_is_signed_in (${mode})`, async (t) => {
    const world = asking(t);
    const [client, other] = [world.tab({ mode }), world.tab({ mode })];
    await client.login(credentials);
    await other.ready();
    const deletion = { deletedAt: "2030-01-31T00:00:00Z" };
    world.on("DELETE /account/manage/account", () => {
      if (!world.isFresh) return stale();
      world.pair();
      world.cookie = false;
      return json(deletion);
    });
    const { error } = await client.deleteAccount();
    assert.equal(error.kind, "freshSignInRequired");
    assert.equal(client.getSnapshot().status, "signedIn");
    assert.deepEqual(await error.stepUp({ password: "right" }), { data: deletion });
    await settle();
    for (const tab of [client, other]) assert.deepEqual(tab.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
    assert.equal(world.keeps(), null);
    assert.equal(world.count("POST /account/refresh") + world.count("POST /account/logout"), 0);
  });

  test(`an_account_that_could_not_be_closed_leaves_its_user_signed_in (${mode})`, async (t) => {
    const world = new World(t);
    const client = world.tab({ mode });
    await client.login(credentials);
    for (const [kind, answer] of [
      ["unavailable", () => json({ status: 503 }, 503)],
      ["notFound", () => new Response(null, { status: 404 })],
      ["network", () => Promise.reject(new TypeError("offline"))],
    ]) {
      world.on("DELETE /account/manage/account", answer);
      assert.equal((await client.deleteAccount()).error.kind, kind);
      assert.equal(client.getSnapshot().status, "signedIn");
    }
    assert.equal((await client.getInfo()).error, undefined);
    // Somebody else has ended the session.
    for (const route of ["DELETE /account/manage/account", "POST /account/refresh"]) world.on(route, nobody);
    assert.equal((await client.deleteAccount()).error.kind, "unauthorized");
    assert.equal(client.getSnapshot().status, "signedOut");
    assert.equal(world.keeps(), null);
  });
}

test("a_step_up_that_does_not_last_can_be_done_again", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  world.on("DELETE /account/manage/sessions", () => stale(["authenticator", "recovery_code"]));
  let { error } = await client.sessions.endOthers();
  for (let i = 0; i < 3; i++) ({ error } = await error.stepUp({ password: "right" }));
  assert.deepEqual(error.methods, ["authenticator", "recovery_code"]);
});

for (const [methods, name, question] of [
  [["password"], "password", "Your password, please"],
  [["authenticator", "recovery_code"], "twoFactorCode", "The code of your authenticator app, please"],
]) {
  test(`the_example_asks_for_what_the_server_takes_until_it_is_right (${name})`, async (t) => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const example = endOthers.toString().split("\n").slice(1, -2).map((line) => line.slice(2));
    assert.ok(readme.includes(example.join("\n")), "the example is the README's");
    const world = new World(t);
    const proofs = [];
    const isFresh = () => proofs.at(-1)?.[name] === "right";
    world.on("DELETE /account/manage/sessions", () => (isFresh() ? new Response(null, { status: 204 }) : stale(methods)));
    world.on("POST /account/manage/confirm", (_, body) => {
      proofs.push(JSON.parse(body));
      return isFresh() ? new Response(null) : refused("Failed");
    });
    const client = await world.signedIn();
    const [answers, questions] = [["wrong", "wrong again", "right"], []];
    assert.equal(await endOthers(client, async (question) => (questions.push(question), answers.shift())), undefined);
    assert.deepEqual(questions, [question, question, question]);
    assert.deepEqual(proofs, [{ [name]: "wrong" }, { [name]: "wrong again" }, { [name]: "right" }]);
    assert.equal(world.count("DELETE /account/manage/sessions"), 2);
    // Too many guesses end it.
    proofs.length = 0;
    world.on("POST /account/manage/confirm", () => json({ status: 429 }, 429));
    assert.equal((await endOthers(client, async () => "a guess")).kind, "tooManyRequests");
  });
}

test("an_applications_own_request_goes_on_with_its_body", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  const bodies = [];
  world.on("POST /pay", (_, body) => {
    bodies.push(body);
    return world.isFresh ? json({ paid: true }) : stale();
  });
  const { error } = await client.request("/pay", { method: "POST", body: "100" });
  const { data } = await error.stepUp({ password: "right" });
  assert.deepEqual(data, { paid: true });
  assert.deepEqual(bodies, ["100", "100"]);
});

test("what_was_fetched_is_told_by_failure", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  world.on("GET /secret", () => stale());
  const response = await client.fetch("/secret");
  assert.equal((await failure(response)).kind, "freshSignInRequired");
});

test("a_session_that_ended_in_the_meantime_is_told_at_the_step_up", async (t) => {
  const world = asking(t);
  const client = await world.signedIn();
  const { error } = await client.sessions.endOthers();
  world.pair();
  world.on("POST /account/manage/confirm", nobody);
  world.on("POST /account/refresh", nobody);
  assert.equal((await error.stepUp({ password: "right" })).error.kind, "unauthorized");
  assert.deepEqual(client.getSnapshot(), { status: "signedOut", reason: "sessionEnded" });
});

const recorded = new URL("../../../../conformance/strict/fresh-sign-in.json", import.meta.url);

test("the_servers_recorded_answers_are_understood", { skip: !existsSync(recorded) }, async () => {
  const { steps } = JSON.parse(await readFile(recorded, "utf8"));
  const answers = steps.filter(({ response }) => response?.status === 401);
  const [kinds, offered] = [[], new Set()];
  for (const { path, response } of answers) {
    const { kind, methods } = await failure(new Response(response.body, response));
    kinds.push(`${path} ${kind}`);
    if (kind === "freshSignInRequired") offered.add(methods.join());
  }
  assert.ok(kinds.includes("/manage/2fa freshSignInRequired"), kinds.join());
  assert.ok(kinds.includes("/manage/confirm failed"), kinds.join());
  assert.deepEqual([...offered], ["password", "authenticator,recovery_code"]);
});
