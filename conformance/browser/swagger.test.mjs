// A person tries the tutorial on the Swagger page: a secured call is refused, they register, log in with a cookie, and
// the same call succeeds. `node swagger.test.mjs http://127.0.0.1:5000/account` has the address of a fresh server, with the
// path that a proxy has it under, if any; a second argument is what the paths of its operations begin with.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const account = JSON.stringify({ email: "ada@example.test", password: "Passw0rd!" });
const [base, prefix = ""] = process.argv.slice(2);
const { origin, pathname } = new URL(base);
const root = pathname.replace(/\/$/, "");
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
  // What the browser's policies refuse shows in the console alone.
  const refused = [];
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to|MIME type/.test(message.text())) refused.push(message.text());
  });
  // Every spelling of the address gives the whole page.
  for (const address of ["/swagger/", "/swagger/index.html", "/swagger"]) {
    await page.goto(base + address);
    await page.locator(".opblock").first().waitFor();
  }

  await expectStatus(page, "a secured call before the login", "get", "/manage/info", {}, "401");
  await expectStatus(page, "register", "post", "/register", { body: account }, "200");
  await expectStatus(page, "register again", "post", "/register", { body: account }, "400");
  await expectStatus(page, "login with a cookie", "post", "/login/cookie", { body: account }, "200");
  await expectStatus(page, "the secured call after it", "get", "/manage/info", {}, "200");
  assert.deepEqual(elsewhere, [], "the page must load from its own server only");
  assert.deepEqual(refused, [], "the page must get along with its own security policy");

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
  const operation = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${prefix}${path}"]`) });
  if (!(await operation.locator(".opblock-body").isVisible())) {
    await operation.locator(".opblock-summary-control").click();
  }
  if (body) await operation.locator("textarea.body-param__text").fill(body);
  const answer = page.waitForResponse((response) => new URL(response.url()).pathname === root + path);
  await operation.locator("button.execute").click();
  assert.equal(String((await answer).status()), status, what);
  const shown = operation.locator(".live-responses-table .response-col_status");
  await shown.filter({ hasText: new RegExp(`^${status}`) }).waitFor();
  console.log(`${what}: ${status}`);
}
