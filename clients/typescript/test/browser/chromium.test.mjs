// The client in Chromium, in several tabs: pages at `http://localhost:PAGES` talk to the server at `SERVER`, another origin of the same site.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { createWicketgate } from "../../dist/index.js";
import { PASSWORD, register, sharedStorage } from "../server/help.mjs";

const { SERVER: baseUrl, MAILS: folder, PROFILE: profile, PAGES: port } = process.env;
const origin = `http://localhost:${port}`;
const LOCK = `wicketgate:${baseUrl}`;

const bundle = await build({
  entryPoints: [new URL("page.mjs", import.meta.url).pathname],
  bundle: true,
  write: false,
  format: "esm",
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = bundle.outputFiles[0].text;
const server = createServer((request, response) => {
  const isScript = request.url === "/page.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : '<!doctype html><title>Page</title><p id="root"></p><script type="module" src="/page.js"></script>');
});
await new Promise((resolve) => server.listen(Number(port), "127.0.0.1", resolve));

// A profile of its own: a private window keeps no cookies for other origins.
const home = await mkdtemp(join(tmpdir(), "wicketgate-client-"));
const context = await chromium.launchPersistentContext(home, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
let requests = [];
context.on("request", (request) => {
  const url = new URL(request.url());
  if (url.origin === baseUrl && request.method() !== "OPTIONS") requests.push(`${request.method()} ${url.pathname}`);
});
after(async () => {
  await context.close();
  server.close();
  await rm(home, { recursive: true, force: true });
});
afterEach(async () => {
  await Promise.all(context.pages().slice(1).map((page) => page.close()));
  await context.clearCookies();
  await context.pages()[0].goto(origin);
  await context.pages()[0].evaluate(() => localStorage.clear());
});

/** A tab with a client, which knows who is signed in. */
async function open(mode) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(origin);
  await page.waitForFunction(() => globalThis.start);
  await page.evaluate(([baseUrl, mode]) => start({ baseUrl, mode }), [baseUrl, mode]);
  return page;
}

const login = (page, email) => page.evaluate(([email, password]) => client.login({ email, password }), [email, PASSWORD]);
const state = (page) => page.evaluate(() => client.getSnapshot());
const until = (page, status) => page.waitForFunction((status) => client.getSnapshot().status === status, status);
const expire = (page) =>
  page.evaluate((key) => localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), expires: 0 })), LOCK);

async function account(name) {
  const email = `${name}-in-chromium@example.test`;
  await register(createWicketgate({ baseUrl, mode: "bearer", storage: sharedStorage() }), folder, email);
  return email;
}

for (const mode of ["cookie", "bearer"]) {
  test(`tabs_follow_a_login_and_a_logout_of_each_other_without_a_request (${mode})`, async () => {
    const email = await account(`follow-${mode}`);
    const [one, two] = [await open(mode), await open(mode)];
    assert.deepEqual(await state(two), { status: "signedOut", reason: "notSignedIn" });
    requests = [];
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
    requests = [];
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
    requests = [];
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
    requests = [];
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

test("a_passkey_is_added_used_by_button_and_autofill_and_forgotten", async () => {
  const page = await open("cookie");
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  // The server's routes, as .NET's proposal has them.
  const sent = {};
  let isSignedIn = false;
  const challenge = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  const answers = {
    "POST /manage/passkeys/creationOptions": {
      rp: { name: "localhost", id: "localhost" },
      user: { id: "dXNlcg", name: "ada@example.test", displayName: "ada@example.test" },
      challenge,
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      timeout: 300000,
      excludeCredentials: [],
      authenticatorSelection: { residentKey: "preferred", requireResidentKey: false, userVerification: "required" },
      hints: [],
      attestationFormats: [],
    },
    "POST /manage/passkeys": { credentialId: "…", name: "Laptop" },
    "POST /passkeys/requestOptions": { challenge, timeout: 300000, rpId: "localhost", allowCredentials: [], userVerification: "required", hints: [] },
    "POST /passkeys/login": undefined,
    "GET /manage/info": { email: "ada@example.test", isEmailConfirmed: true },
  };
  await page.route(/\/passkeys|\/manage\/info/, (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const name = `${request.method()} ${pathname}`;
    sent[name] = request.postDataJSON();
    isSignedIn ||= name === "POST /passkeys/login";
    const body = answers[name];
    return route.fulfill({
      status: name === "GET /manage/info" && !isSignedIn ? 401 : 200,
      headers: {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "content-type",
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        ...(body && { "content-type": "application/json" }),
      },
      body: body ? JSON.stringify(body) : "",
    });
  });
  const added = await page.evaluate(() => passkeys.add("Laptop"));
  assert.deepEqual(added.data, { credentialId: "…", name: "Laptop" });
  const { credentialJson } = sent["POST /manage/passkeys"];
  const credential = JSON.parse(credentialJson);
  assert.equal(credential.type, "public-key");
  assert.ok(credential.response.attestationObject && credential.response.clientDataJSON);

  assert.deepEqual(await page.evaluate(() => passkeys.login()), {});
  const assertion = JSON.parse(sent["POST /passkeys/login"].credentialJson);
  assert.equal(assertion.id, credential.id);
  assert.ok(assertion.response.signature && assertion.response.userHandle === "dXNlcg");
  assert.equal((await state(page)).status, "signedIn");

  sent["POST /passkeys/login"] = undefined;
  assert.deepEqual(await page.evaluate(() => passkeys.login({ autofill: true })), {});
  assert.ok(sent["POST /passkeys/login"]);

  await page.evaluate((id) => passkeys.remove(id), credential.id);
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
    if (!credentials.length) break;
    assert.ok(Date.now() < deadline, "the browser still offers it");
  }
});
