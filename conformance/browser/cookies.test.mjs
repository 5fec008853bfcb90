// What a real browser keeps of the cookies, and what pages of other sites get out of it.
// `node cookies.test.mjs http://127.0.0.1:5000 strict 6000` has the address of a fresh server, how it is configured (see
// `xtask/src/browser.rs`), and the port for this test's own pages.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, kind, pagesPort] = process.argv.slice(2);
const { port } = new URL(address);
// Chromium has every name under `localhost` on this machine, and takes each name right under it for a site of its own.
const own = `http://id.localhost:${port}`;
// A request of another site with the cookie is refused at once; without the cookie it is refused as it is no JSON.
const REFUSED = 403;
const NO_JSON = 415;
const WITHOUT_COOKIE = NO_JSON;
const account = JSON.stringify({ email: "ada@example.test", password: "A long passphrase 1!" });

const pages = createServer((_, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>a page</title>");
});
await new Promise((resolve) => pages.listen(Number(pagesPort), "127.0.0.1", resolve));
const pageAt = (host) => `http://${host}.localhost:${pagesPort}`;

// A profile of its own: a private window would not let other sites have cookies at all.
const profile = await mkdtemp(join(tmpdir(), "wicketgate-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});

try {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${own}/swagger/`);
  assert.equal(await send(page, "/register", account), 200);
  assert.equal(await send(page, "/login?useCookies=true", account), 200);
  const session = (await context.cookies(own)).find((cookie) => cookie.name.endsWith(".AspNetCore.Identity.Application"));
  assert.ok(session, "the browser keeps the cookie");
  assert.ok(session.httpOnly);
  assert.equal(session.domain, "id.localhost", "no other host gets it");
  assert.equal(await page.evaluate(() => document.cookie), "", "scripts do not see it");

  if (kind === "strict") {
    assert.equal(session.name, "__Host-.AspNetCore.Identity.Application");
    assert.deepEqual([session.secure, session.sameSite, session.path], [true, "Strict", "/"]);
    // A neighbour's page cannot put its own cookie in the place of the user's.
    const neighbour = await context.newPage();
    await neighbour.goto(pageAt("neighbour.id"));
    await neighbour.evaluate((name) => {
      document.cookie = `${name}=forged; domain=id.localhost; path=/; secure`;
      document.cookie = `plain=forged; domain=id.localhost; path=/; secure`;
    }, session.name);
    const kept = (await context.cookies(own)).filter((cookie) => cookie.value === "forged");
    assert.deepEqual(kept.map((cookie) => cookie.name), ["plain"], "the prefix keeps a neighbour out");
    // A page of another site cannot even send it.
    assert.equal(await statusFrom("evil", "/logout", submit), WITHOUT_COOKIE);
  } else {
    assert.deepEqual([session.secure, session.sameSite], [true, "None"]);
    for (const path of ["/logout", "/manage/info", "/weatherforecast"]) {
      // A form leads the browser to the server itself, so that no rule about cookies of third parties holds it back.
      assert.equal(await statusFrom("evil", path, submit), REFUSED, `another site, ${path}`);
      assert.equal(await statusFrom("neighbour.id", path, post), REFUSED, `a neighbour, ${path}`);
    }
    // CORS lists this neighbour.
    assert.equal(await statusFrom("app.id", "/logout", post), NO_JSON);
  }
  assert.equal(await page.evaluate(async () => (await fetch("/manage/info")).status), 200, "Ada is still signed in");

  // A form on another site does not sign anybody in.
  await context.clearCookies();
  assert.equal(await statusFrom("evil", "/login/cookie", submit), NO_JSON);
  assert.deepEqual(await context.cookies(own), []);
  console.log(`test result: ok. ${kind}: the cookie is as it should be, and no other site uses it`);
} finally {
  await context.close();
  pages.close();
  await rm(profile, { recursive: true, force: true });
}

/** The status of a POST from the server's own page. */
function send(page, path, body) {
  const headers = { "content-type": "application/json" };
  return page.evaluate(
    async ([path, body, headers]) => (await fetch(path, { method: "POST", body, headers })).status,
    [path, body, headers],
  );
}

/** The status of a POST that a page of this host can send to the server without asking first. */
async function statusFrom(host, path, send) {
  const page = await context.newPage();
  await page.goto(pageAt(host));
  const answer = page.waitForResponse((response) => response.url() === own + path);
  await page.evaluate(send, [own + path, account]);
  const status = (await answer).status();
  await page.close();
  return status;
}

/** In the page: a request behind it. */
function post([url, body]) {
  return fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body }).then(() => {}, () => {});
}

/** In the page: a form, whose one field has JSON for a name. */
function submit([action, body]) {
  const form = document.createElement("form");
  Object.assign(form, { action, method: "post", enctype: "text/plain" });
  const input = document.createElement("input");
  Object.assign(input, { name: body, value: "" });
  form.append(input);
  document.body.append(form);
  form.submit();
}
