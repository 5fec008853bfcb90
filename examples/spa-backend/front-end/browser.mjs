// What tests of the pages need: Chromium, and Vite in front of the back end at `SERVER`.
import { after } from "node:test";
import { chromium } from "playwright-core";
import { createServer } from "vite";

process.env.BACK_END = process.env.SERVER;
const vite = await createServer({ root: import.meta.dirname, server: { port: 0 }, logLevel: "error" });
await vite.listen();
const { port } = vite.httpServer.address();
export const origin = `http://localhost:${port}`;
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
after(async () => {
  await browser.close();
  await vite.close();
});

/** Somebody's browser, on the page of a framework. */
export async function visit(framework) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${origin}/${framework}/`);
  return { context, page };
}

/** Fills in the form, and presses a button of it. */
export async function submit(page, email, password, button) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: button }).click();
}
