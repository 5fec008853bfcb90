// `start.mjs` ends when it is told to, and when what it starts cannot go on: with programs that only play cargo.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** Starts a copy of `start.mjs` that finds this as cargo, or none; answers once cargo runs. */
async function started(t, cargo) {
  const root = await mkdtemp(join(tmpdir(), "wicketgate-start-"));
  const here = join(root, "examples/spa-backend/front-end");
  await mkdir(join(here, "node_modules"), { recursive: true });
  await copyFile(join(import.meta.dirname, "start.mjs"), join(here, "start.mjs"));
  if (cargo) {
    await writeFile(join(root, "cargo"), `#!${process.execPath}\n${cargo}`);
    await chmod(join(root, "cargo"), 0o755);
  }
  const child = spawn(process.execPath, [join(here, "start.mjs")], { env: { PATH: root }, stdio: ["ignore", "pipe", "pipe"] });
  const texts = [];
  child.stderr.on("data", (text) => texts.push(text));
  t.after(async () => {
    child.kill("SIGKILL");
    await rm(root, { recursive: true, force: true });
  });
  if (cargo) await once(child.stdout, "data");
  return { child, texts };
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`${signal}_while_cargo_builds_ends_both`, { timeout: 20_000 }, async (t) => {
    const { child } = await started(t, `console.log(process.pid); setInterval(() => {}, 1000);`);
    child.kill(signal);
    const [code] = await once(child, "exit");
    assert.equal(code, 1);
  });
}

test("a_build_that_fails_ends_it_with_its_code", { timeout: 20_000 }, async (t) => {
  const { child } = await started(t, `console.log("building"); process.exitCode = 101;`);
  assert.deepEqual(await once(child, "exit"), [101, null]);
});

test("without_cargo_it_says_so_and_ends", { timeout: 20_000 }, async (t) => {
  const { child, texts } = await started(t);
  assert.deepEqual(await once(child, "exit"), [1, null]);
  assert.match(texts.join(""), /^cargo: /);
});
