// Tabs of Chromium with a client: pages at `http://localhost:PAGES` talk to the server at `SERVER`, another origin of the same site.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { createWicketgate } from "../../dist/index.js";
import { PASSWORD, register, sharedStorage } from "../server/help.mjs";

const { SERVER: baseUrl, MAILS: folder, PAGES: port } = process.env;
const origin = `http://localhost:${port}`;

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
export const context = await chromium.launchPersistentContext(home, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
/** What was asked of the server. */
export const requests = [];
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
export async function open(mode) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(origin);
  await page.waitForFunction(() => globalThis.start);
  await page.evaluate(([baseUrl, mode]) => start({ baseUrl, mode }), [baseUrl, mode]);
  return page;
}

export const login = (page, email) => page.evaluate(([email, password]) => client.login({ email, password }), [email, PASSWORD]);
export const state = (page) => page.evaluate(() => client.getSnapshot());
export const until = (page, status) => page.waitForFunction((status) => client.getSnapshot().status === status, status);

/** Somebody who is registered. */
export async function account(name) {
  const email = `${name}-in-chromium@example.test`;
  await register(createWicketgate({ baseUrl, mode: "bearer", storage: sharedStorage() }), folder, email);
  return email;
}
