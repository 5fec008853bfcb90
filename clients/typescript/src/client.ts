// The client: who is signed in, and requests in their name.
import type * as api from "./api.js";
import { failure, FRESH, outcome, type Failure, type Result } from "./result.js";
import { alone, kept, local, type Kept, type TokenStorage } from "./tokens.js";

export interface Options {
  /** Where the endpoints are: `https://id.example.com`, or `/account` on the page's own origin, which is the default. */
  baseUrl?: string;
  /** How requests say who sends them: by a cookie, which scripts cannot read (default), or by tokens. */
  mode?: "cookie" | "bearer";
  /** Other origins that get cookie or token from `fetch` and `request`. That of `baseUrl` does. */
  origins?: string[];
  /** Where tokens are kept: `localStorage` by default. What it does not take stays in this tab's memory. */
  storage?: TokenStorage;
  /** What a server that rendered the page knows already. */
  initial?: State;
}

/** Who is signed in. A state that has not changed stays the same object. */
export type State =
  /** Nobody has asked the server yet; or it could not be asked, and `error` says why. */
  | { readonly status: "unknown"; readonly error?: Failure }
  /** `account` is missing only if the server failed to tell right after the sign-in. */
  | { readonly status: "signedIn"; readonly account?: api.Account }
  | { readonly status: "signedOut"; readonly reason: SignedOutReason };

export type SignedOutReason =
  /** Nobody was signed in from the beginning. */
  | "notSignedIn"
  /** `logout` or `deleteAccount` was called, in this tab or another one. */
  | "loggedOut"
  /** The server does not accept the cookie or tokens any more: they expired, or somebody ended the session. */
  | "sessionEnded";

/** Whether the user stays signed in when the browser is closed; only with cookies. */
export interface Remember {
  /** `true` by default. */
  remember?: boolean;
}

export interface Wicketgate {
  /**
   * Calls back after each change of the state, and asks the server for it if nobody has yet. The answer unsubscribes. Without a
   * `document`, as on a server that renders, it does nothing.
   */
  subscribe(listener: () => void): () => void;
  getSnapshot(): State;
  /** The state that the page was rendered with. */
  getServerSnapshot(): State;
  /** The state as soon as it is known, for guards of routes. */
  ready(): Promise<State>;
  /** Asks the server again. */
  check(): Promise<State>;

  /**
   * `fetch` in the user's name. Tokens are renewed where they have to be. A path that begins with `/` is one of `baseUrl`'s origin;
   * other origins than that and `origins` get neither cookie nor token.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** The same for an API of JSON, with a result. */
  request<T>(input: string | URL | Request, init?: RequestInit): Promise<Result<T>>;

  register(registration: api.Registration): Promise<Result<void>>;
  /** If the server knows nobody after it, such as where the browser keeps no cookie, it has failed with `unauthorized`. */
  login(credentials: api.Credentials & Remember): Promise<Result<void>>;
  /** Signs in at an endpoint that answers as `/login` does. */
  signIn(path: string, body: object, remember?: boolean): Promise<Result<void>>;
  logout(): Promise<Result<void>>;
  confirmEmail(link: api.MailedLink): Promise<Result<void>>;
  resendConfirmationEmail(request: { email: string }): Promise<Result<void>>;
  forgotPassword(request: { email: string }): Promise<Result<void>>;
  resetPassword(reset: api.PasswordReset): Promise<Result<void>>;
  getInfo(): Promise<Result<api.Account>>;
  updateInfo(change: api.InfoChange): Promise<Result<api.Account>>;
  twoFactor(change?: api.TwoFactorChange): Promise<Result<api.TwoFactor>>;
  /** Proves again who the user is, for what asks for a fresh sign-in. The session stays the same. */
  stepUp(proof: api.Proof): Promise<Result<void>>;
  exportAccount(): Promise<Result<api.Export>>;
  /** Closes the account and signs out; the server deletes it when its time of grace is over. Asks for a fresh sign-in. */
  deleteAccount(): Promise<Result<api.Deletion>>;

  readonly sessions: {
    list(): Promise<Result<api.Sessions>>;
    /** For one of the others: this one ends with `logout`. */
    end(id: string): Promise<Result<void>>;
    endOthers(): Promise<Result<void>>;
  };
}

const json = JSON.stringify;
const isSame = (one: unknown, other: unknown) => json(one) === json(other);

/** Whether it says that the server knows nobody by the request's cookie or token. */
const isNobody = (error: Failure | undefined) => error?.kind === "unauthorized";
const isStranger = async (response: Response) => response.status === 401 && isNobody(await failure(response));

/** Does something once for all who ask for it at the same time. */
const shared = <A, T>(work: (input: A) => Promise<T>) => {
  let running: Promise<T> | null;
  return (input: A) => (running ??= work(input).finally(() => (running = null)));
};

const UNKNOWN = "unknown";
const SIGNED_IN = "signedIn";
const LOGGED_OUT = "loggedOut";
const SESSION_ENDED = "sessionEnded";

export function createWicketgate(options: Options = {}): Wicketgate {
  const { baseUrl = "", origins = [], storage = local(), initial = { status: UNKNOWN } } = options;
  const bearer = options.mode === "bearer";
  const key = `wicketgate:${baseUrl}`;

  // Who is signed in, in this tab and the others.

  let state: State = initial;
  // Counts sign-ins, sign-outs and the like.
  let turn = 0;
  let isLeaving = false;
  // Tokens that the storage does not take: then only this tab has them.
  let unsaved: Kept | null = null;
  const listeners = new Set<() => Promise<void>>();
  // Tabs whose tokens are their own have users of their own, too.
  // A server renders once, for many users.
  const isPage = globalThis.document;
  const channel =
    isPage && (!bearer || storage.isShared || storage === local()) && new BroadcastChannel(key);

  const is = (status: State["status"]) => state.status === status;

  /** What is news is told to the other tabs as well. */
  const set = (next: State, isNews?: boolean) => {
    if (isSame(next, state)) return;
    state = next;
    if (isNews) {
      turn++;
      if (channel && !unsaved) channel.postMessage(next);
    }
    // A copy: who comes now knows already.
    [...listeners].map((call) => call());
  };
  const out = (reason: SignedOutReason, isNews?: boolean) => set({ status: "signedOut", reason }, isNews);
  const end = (reason: SignedOutReason) => out(isLeaving ? LOGGED_OUT : reason, true);
  if (channel) {
    channel.onmessage = ({ data }) => {
      // The others do not see this tab's tokens. Who leaves, leaves all the same.
      if (unsaved && data.reason !== LOGGED_OUT) return;
      unsaved = null;
      turn++;
      set(data);
    };
  }

  // Something that is not true, if there are none.
  const read = (): Kept | undefined => {
    try {
      return (bearer && (unsaved ?? JSON.parse(storage.getItem(key)!))) as Kept | undefined;
    } catch {}
  };
  const drop = () => {
    unsaved = null;
    try {
      storage.removeItem(key);
    } catch {}
  };
  const write = (tokens: Kept) => {
    unsaved = null;
    try {
      storage.setItem(key, json(tokens));
    } catch {
      // What it still has is spent: nobody may use it.
      drop();
      unsaved = tokens;
    }
  };

  /** Differs as soon as somebody has come or gone: what was asked before says nothing about after. */
  const now = () => turn + "/" + read()?.id;

  // Requests.

  const resolve = (path: string) =>
    new URL(path, new URL(baseUrl.replace(/\/*$/, "/"), globalThis.location as unknown as URL));

  /** A request to an endpoint; without a body and a method it is a GET. */
  const to = (path: string, body?: object | null, method = body ? "POST" : "GET") =>
    new Request(resolve(path), {
      method,
      // A passkey's challenge is in a cookie.
      credentials: bearer && !/passkeys|confirm$/.test(path) ? "omit" : "include",
      ...(body && { body: json(body), headers: { "content-type": "application/json" } }),
    });

  /** Replaces a pair of tokens, once for all who ask. What the server answers if it could not. */
  const refresh = shared(async ({ refreshToken }: Kept): Promise<Response | void> => {
    const isKept = () => read()?.refreshToken === refreshToken;
    // No listener runs under the lock: one that called the client would wait for itself.
    const refused = await alone(key, async () => {
      if (!isKept()) return;
      // The other tabs are waiting, too; and who asks again does so while the server's grace lasts.
      const response = await fetch(to("refresh", { refreshToken }), { signal: AbortSignal.timeout(3_000) });
      const tokens: api.Tokens | false = response.ok && (await response.json());
      // Another tab may have been faster, or the user has left.
      if (!isKept()) return;
      if (tokens) return write({ ...read()!, ...kept(tokens) });
      if (response.status === 401) drop();
      return response;
    });
    if (refused?.status !== 401) return refused;
    // Unless somebody has signed in just now.
    if (!read()) end(SESSION_ENDED);
  });

  const signed = (request: Request, tokens: Kept | undefined) => {
    if (tokens) request.headers.set("authorization", "Bearer " + tokens.accessToken);
    return fetch(request);
  };

  /**
   * Sends a request in the user's name: again with new tokens if it has to be, and as nobody if there are none. With `isCareful`, a
   * refusal costs no tokens that are new: then the server is asked whether it means them.
   */
  const authorized = async (request: Request, isCareful?: unknown, before?: Kept): Promise<Response> => {
    const tokens = read();
    if (!tokens || before) {
      if (!tokens || tokens.id === before!.id) return signed(request, tokens);
      // Not in the name of another user who has come in the meantime.
      if (isCareful) await check();
      return new Response(null, { status: 401 });
    }
    if (tokens.expires > Date.now()) {
      const response = await signed(request.clone(), tokens);
      if (
        !(await isStranger(response)) ||
        (isCareful &&
          Date.now() - tokens.expires + tokens.expiresIn * 1000 < 60_000 &&
          (await check(), isSame(read(), tokens)))
      ) {
        return response;
      }
    }
    return (await refresh(tokens))?.clone() ?? authorized(request, isCareful, tokens);
  };

  /** The same for any request. If the server does not know the user any more, the state says so before this returns. */
  const send = async (request: Request): Promise<Response> => {
    if (![resolve("").origin, ...origins].includes(resolve(request.url).origin)) return fetch(request);
    const response = await authorized(bearer ? request : new Request(request, { credentials: "include" }), 1);
    // Whether tokens are good is known by now.
    if (is(SIGNED_IN) && !read() && (await isStranger(response))) await check();
    return response;
  };

  const requestOf = (input: string | URL | Request, init?: RequestInit) =>
    new Request((input as Request).url ? input : resolve(input as string), init);

  /** The result of a request that ends the session. Where it must end is told by `isAnyway`. */
  const leave = async <T>(make: () => Request, isAnyway?: boolean): Promise<Result<T>> => {
    const id = read()?.id;
    isLeaving = true;
    const result = await outcome<T>(make, authorized);
    // Nobody else who has come in the meantime.
    if ((isAnyway || !result.error || isNobody(result.error)) && (read()?.id ?? id) === id) {
      drop();
      end(LOGGED_OUT);
    }
    isLeaving = false;
    return result;
  };

  /** The result of a request that may need a fresh sign-in, and can go on after it. `path` is that of an endpoint under `/manage`. */
  const ask = async <T>(make: () => Request, path?: string): Promise<Result<T>> => {
    const asked = now();
    const result = await (path === "account" ? leave<T>(make) : outcome<T>(make, send));
    if (path === "info" && result.data && asked === now()) know(result.data as unknown as api.Account, true);
    if (result.error?.kind === FRESH) {
      result.error.stepUp = async (proof) => {
        const proved = await stepUp(proof);
        return proved.error ? (proved as Result<T>) : ask(make, path);
      };
    }
    return result;
  };

  /** What an endpoint answers to anybody. */
  const open =
    <T = void>(path: string) =>
    (body?: object) =>
      outcome<T>(() => to(path, body), fetch);
  /** What one under `/manage` answers to the user. */
  const own = <T = void>(path: string, body?: object | null, method?: string) =>
    ask<T>(() => to("manage/" + path, body, method), path);
  const remove = <T = void>(path: string) => own<T>(path, null, "DELETE");

  const stepUp = (proof: api.Proof) => own("confirm", proof);

  // Who is signed in, as the server says.

  const know = (account: api.Account | undefined, isNews?: boolean) => {
    const tokens = read();
    // Not needlessly: another tab may be writing, too.
    if (tokens && !isSame(tokens.account, account)) write({ ...tokens, account });
    set({ status: SIGNED_IN, account }, isNews);
  };

  /** Asks the server who it is. If it says that it is nobody, that is the error. */
  const meet = async (isNew?: boolean): Promise<Result<void>> => {
    const asked = now();
    // Without tokens there is nobody to ask about.
    const { data, error }: Partial<Result<api.Account>> =
      bearer && !read() ? {} : await outcome<api.Account>(() => to("manage/info"), authorized);
    const isUnknown = is(UNKNOWN);
    const isGone = isNobody(error);
    if (asked === now()) {
      if (data || (isNew && !isGone)) know(data, isNew || !isUnknown);
      else if (error && !isGone) isUnknown && set({ status: UNKNOWN, error });
      else {
        drop();
        if (isUnknown) out("notSignedIn");
        else if (is(SIGNED_IN)) end(SESSION_ENDED);
      }
    }
    return isGone ? { error: error as Failure<void> } : {};
  };

  const check = shared<void, State>(async () => {
    await meet();
    return state;
  });

  const ready = async () => {
    // Not at once, so that what is rendered first is what a server renders.
    await 0;
    if (is(UNKNOWN)) {
      const account = read()?.account;
      account ? know(account) : await check();
    }
    return state;
  };

  // Signing in.

  const signIn: Wicketgate["signIn"] = async (path, body, remember = true) => {
    const query = bearer ? "" : `?use${remember ? "" : "Session"}Cookies=true`;
    const result = await open<api.Tokens>(path + query)(body);
    if (result.error) return result as Result<void>;
    if (bearer) write({ ...kept(result.data), id: Math.random() });
    turn++;
    // Refused, for example, where the browser does not keep the cookie.
    return meet(true);
  };

  return {
    subscribe(listener) {
      // A function of its own, since the same one may subscribe twice. What it throws is reported as nobody's: the others are
      // called all the same.
      const entry = async () => listener();
      if (isPage) {
        listeners.add(entry);
        ready();
      }
      return () => void listeners.delete(entry);
    },
    getSnapshot: () => state,
    getServerSnapshot: () => initial,
    ready,
    check,

    fetch: async (input, init) => send(requestOf(input, init)),
    async request(input, init) {
      const request = requestOf(input, init);
      return ask(() => request.clone());
    },

    register: open("register"),
    signIn,
    login: ({ remember, ...credentials }) => signIn("login", credentials, remember),
    async logout() {
      const result = await leave<void>(() => to("logout", {}), bearer);
      return isNobody(result.error) ? {} : result;
    },
    async confirmEmail(link) {
      // The account as it was, so that the other tabs hear of the change.
      await ready();
      const result = await open("confirmEmail?" + new URLSearchParams(JSON.parse(json(link))))();
      if (!result.error && is(SIGNED_IN)) await check();
      return result;
    },
    resendConfirmationEmail: open("resendConfirmationEmail"),
    forgotPassword: open("forgotPassword"),
    resetPassword: open("resetPassword"),
    getInfo: () => own("info"),
    updateInfo: (change) => own("info", change),
    twoFactor: (change = {}) => own("2fa", change),
    stepUp,
    exportAccount: () => own("account/export"),
    deleteAccount: () => remove("account"),

    sessions: {
      list: () => own("sessions"),
      end: (id) => remove("sessions/" + encodeURIComponent(id)),
      endOthers: () => remove("sessions"),
    },
  };
}
