// What the package promises about itself.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const here = new URL("../../", import.meta.url);
const manifest = JSON.parse(await readFile(new URL("package.json", here), "utf8"));

test("the_client_depends_on_nothing", async () => {
  assert.equal(manifest.dependencies, undefined);
  for (const name of ["index.js", "client.js", "result.js", "tokens.js", "passkeys.js"]) {
    const code = await readFile(new URL(`dist/${name}`, here), "utf8");
    for (const [, module] of code.matchAll(/from "([^"]+)"/g)) assert.match(module, /^\.\//, `${name}: ${module}`);
  }
});

test("auth_js_442_nothing_listens_for_focus_and_nothing_reads_cookies_or_tokens", async () => {
  for (const name of await readdir(new URL("dist/", here))) {
    if (!name.endsWith(".js")) continue;
    const code = await readFile(new URL(`dist/${name}`, here), "utf8");
    assert.doesNotMatch(code, /visibilitychange|["']focus["']|["']online["']|setInterval|document\.cookie/, name);
    if (name !== "passkeys.js") assert.doesNotMatch(code, /atob/, name);
  }
});

test("every_entry_is_there_with_its_types_and_its_size_is_checked", async () => {
  const sizes = JSON.parse(await readFile(new URL(".size-limit.json", here), "utf8"));
  for (const path of Object.values(manifest.exports)) {
    await readFile(new URL(path, here));
    await readFile(new URL(path.replace(/\.js$/, ".d.ts"), here));
    assert.ok(sizes.some((size) => `./${size.path}` === path), path);
  }
});
