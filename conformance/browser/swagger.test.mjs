// A person tries the tutorial on the Swagger page: a secured call is refused, they register, log in with a cookie, and
// the same call succeeds. The address of a fresh server is the one argument: `node swagger.test.mjs http://127.0.0.1:5000`.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const account = JSON.stringify({ email: "ada@example.test", password: "Passw0rd!" });
const origin = process.argv[2];
const profile = await mkdtemp(join(tmpdir(), "wicketgate-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Nothing but the page itself may use the network; a root user has no sandbox.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const elsewhere = [];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) elsewhere.push(request.url());
  });
  await page.goto(`${origin}/swagger`);

  await expectStatus(page, "a secured call before the login", "get", "/manage/info", {}, "401");
  await expectStatus(page, "register", "post", "/register", { body: account }, "200");
  await expectStatus(page, "register again", "post", "/register", { body: account }, "400");
  await expectStatus(page, "login with a cookie", "post", "/login/cookie", { body: account }, "200");
  await expectStatus(page, "the secured call after it", "get", "/manage/info", {}, "200");
  assert.deepEqual(elsewhere, [], "the page must load from its own server only");

  const cookies = await browser.cookies(origin);
  const session = cookies.find((cookie) => cookie.name === ".AspNetCore.Identity.Application");
  assert.ok(session?.httpOnly, "the login must leave a cookie that scripts cannot read");
  console.log("test result: ok. the Swagger page goes from 401 over register and login to 200");
} finally {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
}

/** Tries one operation out on the page: this status must come, and the page must show it. */
async function expectStatus(page, what, method, path, { body }, status) {
  const operation = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });
  if (!(await operation.locator(".opblock-body").isVisible())) {
    await operation.locator(".opblock-summary-control").click();
  }
  if (body) await operation.locator("textarea.body-param__text").fill(body);
  const answer = page.waitForResponse((response) => new URL(response.url()).pathname === path);
  await operation.locator("button.execute").click();
  assert.equal(String((await answer).status()), status, what);
  const shown = operation.locator(".live-responses-table .response-col_status");
  await shown.filter({ hasText: new RegExp(`^${status}`) }).waitFor();
  console.log(`${what}: ${status}`);
}
