// `start.mjs` ends when it is told to, and when what it starts cannot go on: with programs that only play cargo and npm.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** Starts a copy of `start.mjs` that finds these programs, and whose packages are installed or not. Answers once one of them runs. */
async function started(t, { isInstalled = true, ...programs } = {}) {
  const root = await mkdtemp(join(tmpdir(), "wicketgate-start-"));
  const here = join(root, "examples/spa-backend/front-end");
  await mkdir(join(here, "node_modules"), { recursive: true });
  await copyFile(join(import.meta.dirname, "start.mjs"), join(here, "start.mjs"));
  if (isInstalled) await writeFile(join(here, "node_modules/.package-lock.json"), "{}");
  for (const [name, code] of Object.entries(programs)) {
    await writeFile(join(root, name), `#!${process.execPath}\n${code}`, { mode: 0o755 });
  }
  const child = spawn(process.execPath, [join(here, "start.mjs")], { env: { PATH: root }, stdio: ["ignore", "pipe", "pipe"] });
  const [output, texts] = [[], []];
  child.stdout.on("data", (text) => output.push(text));
  child.stderr.on("data", (text) => texts.push(text));
  t.after(async () => {
    child.kill("SIGKILL");
    await rm(root, { recursive: true, force: true });
  });
  if (Object.keys(programs).length) await once(child.stdout, "data");
  return { child, output, texts };
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`${signal}_while_cargo_builds_ends_both`, { timeout: 20_000 }, async (t) => {
    const { child } = await started(t, { cargo: `console.log(process.pid); setInterval(() => {}, 1000);` });
    child.kill(signal);
    const [code] = await once(child, "exit");
    assert.equal(code, 1);
  });
}

test("a_build_that_fails_ends_it_with_its_code", { timeout: 20_000 }, async (t) => {
  const { child } = await started(t, { cargo: `console.log("building"); process.exitCode = 101;` });
  assert.deepEqual(await once(child, "exit"), [101, null]);
});

test("it_turns_passkeys_on", { timeout: 20_000 }, async (t) => {
  const { child, output } = await started(t, { cargo: `console.log(process.env.WICKETGATE__PASSKEYS__ENABLED);` });
  await once(child, "exit");
  assert.equal(output.join(""), "true\n");
});

test("without_cargo_it_says_so_and_ends", { timeout: 20_000 }, async (t) => {
  const { child, texts } = await started(t);
  assert.deepEqual(await once(child, "exit"), [1, null]);
  assert.match(texts.join(""), /^cargo: /);
});

test("an_installation_that_was_cut_off_is_done_again_before_cargo_builds", { timeout: 20_000 }, async (t) => {
  const programs = { npm: `console.log("npm " + process.argv[2]); process.exitCode = 7;`, cargo: `console.log("cargo");` };
  const { child, output } = await started(t, { isInstalled: false, ...programs });
  assert.deepEqual(await once(child, "exit"), [7, null]);
  assert.equal(output.join(""), "npm ci\n");
});
