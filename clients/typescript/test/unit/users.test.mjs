// What is of one user does not go to another who signs in meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BASE, EVE, World, json, nobody, settle } from "./world.mjs";

const REFRESH = "POST /account/refresh";

test("a_request_is_not_sent_in_the_name_of_a_user_who_has_come_during_the_refresh", async (t) => {
  const world = new World(t);
  const [client, other] = await world.tabs();
  world.expire();
  const letGo = world.hold(REFRESH, () => json({ ...world.pair(), accessToken: "late" }));
  world.on("POST /pay", () => json({ paid: true }));
  const paying = client.fetch("/pay", { method: "POST", body: "100" });
  await world.comes(REFRESH);
  await world.eveComes(other);
  const theirs = world.keeps();
  letGo();
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
    const [client, other] = await world.tabs();
    const letGo = world.hold(route, () => new Response(null));
    const leaving = client[name]();
    await world.comes(route);
    await world.eveComes(other);
    await settle();
    const theirs = world.keeps();
    letGo();
    assert.deepEqual(await leaving, {});
    assert.deepEqual(world.keeps(), theirs);
    assert.deepEqual(client.getSnapshot(), { status: "signedIn", account: EVE });
  });
}

test("an_account_that_was_asked_for_earlier_is_not_kept_with_another_users_tokens", async (t) => {
  const world = new World(t);
  const client = await world.signedIn();
  const letGo = world.hold("GET /account/manage/info", () => json(ADA));
  const asked = client.getInfo();
  await world.comes("GET /account/manage/info");
  // Another tab's, of which this one has not heard yet.
  world.storage.set(`wicketgate:${BASE}`, JSON.stringify({ ...world.keeps(), id: 2, account: EVE }));
  letGo();
  await asked;
  assert.deepEqual(world.keeps().account, EVE);
});

test("the_end_of_a_session_does_not_sign_out_who_has_come_right_after_it", async (t) => {
  const world = new World(t);
  const [client, other] = await world.tabs();
  const seen = [];
  for (const tab of [client, other]) tab.subscribe(() => seen.push(tab.getSnapshot().status));
  world.expire();
  const { request } = world.locks;
  // Another tab signs in between the end of the session and the end of the lock.
  world.locks.request = async (name, options, work) => {
    await request(name, options, work);
    await world.eveComes(other);
  };
  world.on(REFRESH, nobody);
  assert.equal((await client.fetch("/orders")).status, 401);
  await settle();
  assert.deepEqual(seen, ["signedIn", "signedIn"], "both hear of the other user, and nobody was signed out");
  for (const tab of [client, other]) assert.deepEqual(tab.getSnapshot(), { status: "signedIn", account: EVE });
});
