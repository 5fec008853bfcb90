// One command for front end and back end: `node examples/spa-backend/front-end/start.mjs` builds and starts the server, and then Vite.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const url = "http://127.0.0.1:8080";
// ASP.NET Core has no endpoints for passkeys, so they are off by default.
const settings = { WICKETGATE__PASSKEYS__ENABLED: "true" };

// npm writes this file when all is there.
if (!existsSync(`${here}node_modules/.package-lock.json`)) {
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const children = [];
let isOver = false;
/** Ends all. */
function end() {
  isOver = true;
  for (const child of children) child.kill();
}

/** Starts a program; when it ends, all ends. */
function start(program, args, cwd) {
  const child = spawn(program, args, { cwd, env: { ...settings, ...process.env }, stdio: "inherit" });
  children.push(child);
  child.on("error", (error) => {
    console.error(`${program}: ${error.message}`);
    process.exitCode = 1;
    end();
  });
  // Without a code, a signal has ended it.
  child.on("exit", (code) => {
    process.exitCode ??= code ?? 1;
    end();
  });
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, end);

// Data, keys and mails are in the folder `data` of the workspace.
start("cargo", ["run", "--release", "-p", "spa-backend"], workspace);
const isReady = () => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false);
while (!isOver && !(await isReady())) await pause(500);
if (!isOver) start(process.execPath, ["node_modules/vite/bin/vite.js"], here);
