// A world of its own for each test: a server that answers as it is told, and what browsers give to tabs.
import { createWicketgate } from "../../dist/index.js";
import { memoryStorage } from "../storage.mjs";

export const ADA = { email: "ada@example.test", isEmailConfirmed: true };
export const EVE = { email: "eve@example.test", isEmailConfirmed: true };
/** Ada's. */
export const credentials = { email: ADA.email, password: "a long passphrase" };
export const BASE = "https://id.example.test/account";

export const json = (body, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": status < 400 ? "application/json" : "application/problem+json", ...headers },
  });
export const nobody = () => new Response(null, { status: 401, headers: { "www-authenticate": "Bearer" } });
/** As the server tells why a sign-in failed. */
export const refused = (detail) => json({ title: "Unauthorized", status: 401, detail }, 401);

/** A promise that a test settles. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { opened, open };
}

/** Lets everything happen that can happen without a timer. */
export async function settle() {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
}

/** The fake server: `routes` has handlers by `METHOD /path`, and `requests` what came. */
export class World {
  requests = [];
  routes = {};
  tokens = 0;
  storage = new Map();
  channels = [];
  lockQueue = Promise.resolve();

  constructor(t) {
    const saved = ["fetch", "document", "BroadcastChannel", "navigator"].map((name) => [
      name,
      Object.getOwnPropertyDescriptor(globalThis, name),
    ]);
    const world = this;
    define("fetch", (input, init) => this.#answer(new Request(input, init), init));
    define("document", {});
    define(
      "BroadcastChannel",
      class {
        constructor(name) {
          world.channels.push(Object.assign(this, { name }));
        }
        postMessage(data) {
          const copy = structuredClone(data);
          for (const other of world.channels) {
            if (other !== this && other.name === this.name) setImmediate(() => other.onmessage?.({ data: copy }));
          }
        }
      },
    );
    this.locks = {
      request: (_, options, work) => {
        const turn = this.lockQueue.then(async () => {
          if (!options.signal.aborted) return work();
        });
        this.lockQueue = turn.catch(() => {});
        return new Promise((resolve, reject) => {
          options.signal.addEventListener("abort", () => reject(options.signal.reason));
          turn.then(resolve, reject);
        });
      },
    };
    define("navigator", { locks: this.locks });
    t.after(() => {
      for (const [name, descriptor] of saved) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else delete globalThis[name];
      }
    });
    this.on("GET /account/manage/info", (request) => (this.knows(request) ? json(ADA) : nobody()));
    this.on("POST /account/login", () => (this.signsIn(), json(this.pair())));
    this.on("POST /account/refresh", () => json(this.pair()));
    this.on("POST /account/logout", () => ((this.cookie = false), new Response(null)));
  }

  on(route, handler) {
    this.routes[route] = handler;
  }

  /** Holds the answers to a route back until what it returns is called. */
  hold(route, answer) {
    const { opened, open } = gate();
    this.on(route, async () => (await opened, answer()));
    return open;
  }

  /** A new pair of tokens, of which only the newest is good. */
  pair(expiresIn = 3600) {
    this.tokens++;
    return { tokenType: "Bearer", accessToken: `a${this.tokens}`, refreshToken: `r${this.tokens}`, expiresIn };
  }

  signsIn() {
    this.cookie = true;
  }

  knows(request) {
    return request.headers.get("authorization") === `Bearer a${this.tokens}` || (request.credentials === "include" && this.cookie);
  }

  /** Waits until a request has come. */
  async comes(route) {
    while (!this.count(route)) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  count(route) {
    return this.requests.filter((request) => request.route === route).length;
  }

  /** A client as a tab has it; all of a world share their storage. */
  tab(options = {}) {
    return createWicketgate({ baseUrl: BASE, storage: { ...memoryStorage(this.storage), isShared: true }, ...options });
  }

  /** Somebody signed in by tokens. */
  async signedIn(options = {}) {
    const client = this.tab({ mode: "bearer", ...options });
    await client.login(credentials);
    this.requests.length = 0;
    return client;
  }

  /** The same in one tab, and another tab that knows. */
  async tabs() {
    const client = await this.signedIn();
    const other = this.tab({ mode: "bearer" });
    await other.ready();
    return [client, other];
  }

  /** Has Eve sign in with a tab. */
  async eveComes(tab) {
    this.on("GET /account/manage/info", () => json(EVE));
    await tab.login({ email: EVE.email, password: "another passphrase" });
  }

  keeps() {
    return JSON.parse(this.storage.get(`wicketgate:${BASE}`) ?? "null");
  }

  /** Has the tokens be older than a minute, and good still. */
  age() {
    this.storage.set(`wicketgate:${BASE}`, JSON.stringify({ ...this.keeps(), expires: this.keeps().expires - 120_000 }));
  }

  expire() {
    this.storage.set(`wicketgate:${BASE}`, JSON.stringify({ ...this.keeps(), expires: 0 }));
  }

  async #answer(request, init) {
    const { pathname } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const body = await request.clone().text();
    this.requests.push({ route, url: request.url, headers: request.headers, credentials: request.credentials, body });
    const handler = this.routes[route];
    if (!handler) return new Response(null, { status: 404 });
    return handler(request, body, init);
  }
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
