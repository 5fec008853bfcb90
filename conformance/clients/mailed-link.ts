// The link in the newest mail for an address, from the folder where the server puts mail while it has no mail server.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Waits for the mail, which goes out behind the answer. */
export async function mailedLink(folder: string): Promise<{ userId: string; code: string }> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50)) {
    const names = await readdir(folder).catch(() => []);
    const mail = names.filter((name) => name.endsWith(".eml")).sort().at(-1);
    const link = mail && /href='([^']*)'/.exec(await readFile(join(folder, mail), "utf8"))?.[1];
    if (!link) continue;
    const query = new URL(link.replaceAll("&amp;", "&")).searchParams;
    return { userId: query.get("userId") ?? "", code: query.get("code") ?? "" };
  }
  throw new Error(`no mail came to ${folder}`);
}
