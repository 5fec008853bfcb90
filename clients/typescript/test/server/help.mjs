// What tests against a real server need beside it.
import { createHmac } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { memoryStorage } from "../storage.mjs";

// Good for both profiles.
export const PASSWORD = "Correct horse 1 battery!";

const description = JSON.parse(await readFile(new URL("../../openapi.json", import.meta.url), "utf8"));

/** Whether the server describes a route. */
export const has = (path) => path in description.paths;

/** What the server wrote to an address about something; waits for it, since mails go out behind the answer. */
export async function mail(folder, to, subject) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50)) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml"));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    const found = texts.find((text) => text.includes(`To: ${to}`) && text.includes(`Subject: ${subject}`));
    if (found) return found;
  }
  throw new Error(`${to} got no mail: ${subject}`);
}

/** The query of the link that confirms an address. */
async function link(folder, to) {
  const url = new URL(/href='([^']*)'/.exec(await mail(folder, to, "Confirm your email"))[1].replaceAll("&amp;", "&"));
  return { userId: url.searchParams.get("userId"), code: url.searchParams.get("code") };
}

/** Registers an address and confirms it. */
export async function register(client, folder, email) {
  const registered = await client.register({ email, password: PASSWORD });
  if (registered.error) throw new Error(JSON.stringify(registered.error));
  const confirmed = await client.confirmEmail(await link(folder, email));
  if (confirmed.error) throw new Error(JSON.stringify(confirmed.error));
}

/** What an authenticator shows (RFC 6238). */
export function authenticatorCode(key) {
  const bits = [...key.toUpperCase()].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const code = mac.readUInt32BE(mac[19] & 15) & 0x7fff_ffff;
  return String(code % 1_000_000).padStart(6, "0");
}

/** Storage that several clients share, as tabs do. */
export function sharedStorage() {
  const items = new Map();
  return {
    ...memoryStorage(items),
    items,
    isShared: true,
    /** Has the access token be over, as the client sees it. */
    expire() {
      for (const [key, value] of items) items.set(key, JSON.stringify({ ...JSON.parse(value), expires: 0 }));
    },
  };
}
