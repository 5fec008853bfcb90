// The client in Chromium, in several tabs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createWicketgate } from "../../dist/index.js";
import { PASSWORD, sharedStorage } from "../server/help.mjs";
import { account, context, login, open, requests, state, until } from "./tabs.mjs";

const { SERVER: baseUrl, PROFILE: profile } = process.env;
const LOCK = `wicketgate:${baseUrl}`;
const expire = (page) =>
  page.evaluate((key) => localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), expires: 0 })), LOCK);

for (const mode of ["cookie", "bearer"]) {
  test(`tabs_follow_a_login_and_a_logout_of_each_other_without_a_request (${mode})`, async () => {
    const email = await account(`follow-${mode}`);
    const [one, two] = [await open(mode), await open(mode)];
    assert.deepEqual(await state(two), { status: "signedOut", reason: "notSignedIn" });
    requests.length = 0;
    assert.deepEqual(await login(one, email), {});
    await until(two, "signedIn");
    assert.deepEqual(await state(two), { status: "signedIn", account: { email, isEmailConfirmed: true } });
    assert.deepEqual(requests, ["POST /login", "GET /manage/info"]);
    assert.equal((await two.evaluate(() => client.request("/weatherforecast"))).data.length, 5);
    assert.deepEqual(await two.evaluate(() => client.logout()), {});
    await until(one, "signedOut");
    assert.deepEqual(await state(one), { status: "signedOut", reason: "loggedOut" });
    assert.equal((await one.evaluate(() => client.getInfo())).error.kind, "unauthorized");
  });

  test(`auth_js_442_and_fate_14_focus_asks_nothing_and_renders_nothing (${mode})`, async () => {
    const [one, two] = [await open(mode), await open(mode)];
    await login(one, await account(`focus-${mode}`));
    await until(two, "signedIn");
    const renders = await one.evaluate(() => renders);
    requests.length = 0;
    for (const page of [one, two, one]) {
      await page.bringToFront();
      await page.evaluate(() => {
        for (const name of ["focus", "online", "pageshow"]) dispatchEvent(new Event(name));
        document.dispatchEvent(new Event("visibilitychange"));
      });
    }
    assert.deepEqual(requests, []);
    assert.equal(await one.evaluate(() => renders), renders);
  });

  test(`a_reload_finds_who_is_signed_in (${mode})`, async () => {
    const page = await open(mode);
    const email = await account(`reload-${mode}`);
    await login(page, email);
    requests.length = 0;
    const again = await open(mode);
    assert.equal((await state(again)).account.email, email);
    assert.deepEqual(requests, mode === "cookie" ? ["GET /manage/info"] : []);
  });
}

test("react_renders_each_state_once", async () => {
  const page = await open("cookie");
  const text = () => page.locator("#root").textContent();
  assert.equal(await text(), "signedOut");
  await login(page, await account("react"));
  await page.waitForFunction(() => document.querySelector("#root").textContent === "signedIn");
  const renders = await page.evaluate(() => renders);
  await page.evaluate(() => Promise.all([client.check(), client.getInfo(), client.request("/weatherforecast")]));
  assert.equal(await page.evaluate(() => renders), renders, "nothing has changed");
});

test("scripts_see_no_cookie", async () => {
  const page = await open("cookie");
  await login(page, await account("cookie"));
  const cookies = await context.cookies(baseUrl);
  const cookie = cookies.find(({ name }) => name.endsWith(".AspNetCore.Identity.Application"));
  assert.ok(cookie.httpOnly);
  assert.equal(cookie.name.startsWith("__Host-"), profile === "strict");
  assert.equal(await page.evaluate(() => document.cookie + localStorage.length), "0");
});

test("supabase_auth_2136_tabs_that_refresh_at_once_send_one_refresh", async () => {
  const [one, two] = [await open("bearer"), await open("bearer")];
  await login(one, await account("refresh"));
  await until(two, "signedIn");
  for (let round = 0; round < 3; round++) {
    await expire(one);
    requests.length = 0;
    const ask = (page) => page.evaluate(() => Promise.all([client.getInfo(), client.request("/weatherforecast")]));
    const results = (await Promise.all([ask(one), ask(two)])).flat();
    assert.deepEqual(results.map(({ error }) => error), [undefined, undefined, undefined, undefined]);
    assert.equal(requests.filter((request) => request === "POST /refresh").length, 1);
  }
});

test("already_used_a_lost_answer_to_a_refresh_signs_nobody_out", async () => {
  const page = await open("bearer");
  await login(page, await account("lost"));
  await expire(page);
  await page.route("**/refresh", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  assert.equal((await page.evaluate(async () => (await client.getInfo()).error.kind)), "network");
  await page.unroute("**/refresh");
  for (let i = 0; i < 3; i++) {
    assert.equal((await page.evaluate(() => client.getInfo())).error, undefined);
    await expire(page);
  }
  assert.equal((await state(page)).status, "signedIn");
});

test("supabase_44642_a_tab_that_never_gives_the_lock_back_holds_nobody_up_for_long", async () => {
  const [one, two] = [await open("bearer"), await open("bearer")];
  await login(one, await account("frozen"));
  await expire(one);
  await two.evaluate((name) => new Promise((held) => void navigator.locks.request(name, () => new Promise(held))), LOCK);
  const waited = await one.evaluate(async () => {
    const begin = performance.now();
    const { error } = await client.getInfo();
    return error ?? performance.now() - begin;
  });
  assert.ok(waited > 4_000 && waited < 10_000, JSON.stringify(waited));
});

if (profile === "strict") {
  test("a_session_that_is_ended_elsewhere_is_over_in_all_tabs", async () => {
    const email = await account("elsewhere");
    const [one, two] = [await open("cookie"), await open("cookie")];
    await login(one, email);
    await until(two, "signedIn");
    const elsewhere = createWicketgate({ baseUrl, mode: "bearer", storage: sharedStorage() });
    await elsewhere.login({ email, password: PASSWORD });
    assert.equal((await elsewhere.sessions.endOthers()).error, undefined);
    assert.equal((await one.evaluate(() => client.fetch("/weatherforecast").then(({ status }) => status))), 401);
    assert.deepEqual(await state(one), { status: "signedOut", reason: "sessionEnded" });
    await until(two, "signedOut");
    assert.deepEqual(await state(two), { status: "signedOut", reason: "sessionEnded" });
  });
}
