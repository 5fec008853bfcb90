// What the package promises about itself.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
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

test("an_application_that_installs_the_package_as_the_readme_says_has_one_react", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "wicketgate-package-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { stdout: packed } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: here });
  const [{ filename }] = JSON.parse(packed);
  const readme = await readFile(new URL("README.md", here), "utf8");
  assert.ok(readme.includes(`npm install ../wicketgate/clients/typescript/${filename}`), filename);
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "wicketgate-client"), { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "-C", join(modules, "wicketgate-client"), "--strip-components=1"]);
  for (const name of ["react", "react-dom"]) await symlink(new URL(`node_modules/${name}`, here), join(modules, name));
  const page = `
    import { createElement } from "react";
    import { renderToString } from "react-dom/server";
    import { createWicketgate } from "wicketgate-client";
    import { useWicketgate } from "wicketgate-client/react";
    const client = createWicketgate({ baseUrl: "https://id.example.test" });
    const Page = () => createElement("p", null, useWicketgate(client).status);
    console.log(renderToString(createElement(Page)));`;
  await writeFile(join(folder, "page.mjs"), page);
  const { stdout } = await run(process.execPath, ["page.mjs"], { cwd: folder });
  assert.equal(stdout, "<p>unknown</p>\n");
});
