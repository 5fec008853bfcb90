// The client: who is signed in, and requests in their name.
import type * as api from "./api.js";
import { failure, outcome, type Failure, type Result } from "./result.js";
import { alone, defaultStorage, kept, type Kept, type TokenStorage } from "./tokens.js";

export interface Options {
  /** Where the endpoints are: `https://id.example.com`, or `/account` on the page's own origin, which is the default. */
  baseUrl?: string;
  /** How requests say who sends them: by a cookie, which scripts cannot read (default), or by tokens. */
  mode?: "cookie" | "bearer";
  /** Other origins that get cookie or token from `fetch` and `request`. That of `baseUrl` does. */
  origins?: string[];
  /** Where tokens are kept: `localStorage` by default. */
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
  /** `logout` was called, in this tab or another one. */
  | "loggedOut"
  /** The server does not accept the cookie or tokens any more: they expired, or somebody ended the session. */
  | "sessionEnded";

/** Whether the user stays signed in when the browser is closed; only with cookies. */
export interface Remember {
  /** `true` by default. */
  remember?: boolean;
}

export interface Wicketgate {
  /** Calls back after each change of the state, and asks the server for it if nobody has yet. The answer unsubscribes. */
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
  exportAccount(): Promise<Result<unknown>>;

  readonly sessions: {
    list(): Promise<Result<api.Sessions>>;
    /** For one of the others: this one ends with `logout`. */
    end(id: string): Promise<Result<void>>;
    endOthers(): Promise<Result<void>>;
  };
}

/** Whether a response says that the server knows nobody by the request's cookie or token. */
const isStranger = async (response: Response) =>
  response.status === 401 && (await failure(response)).kind === "unauthorized";

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

export function createWicketgate(options: Options = {}): Wicketgate {
  const { baseUrl = "", origins = [], storage = defaultStorage(), initial = { status: "unknown" } } = options;
  const bearer = options.mode === "bearer";
  const key = `wicketgate:${baseUrl}`;

  // Who is signed in, in this tab and the others.

  let state: State = initial;
  // Counts sign-ins, sign-outs and the like: what was asked before the last one says nothing about now.
  let turn = 0;
  let isLeaving = false;
  const listeners = new Set<() => void>();
  const channel = globalThis.document && globalThis.BroadcastChannel && new BroadcastChannel(key);

  /** What is news is told to the other tabs as well. */
  const set = (next: State, isNews?: boolean) => {
    if (isSame(next, state)) return;
    state = next;
    if (isNews) {
      turn++;
      channel?.postMessage(next);
    }
    for (const listener of [...listeners]) {
      try {
        listener();
      } catch (error) {
        // The others are called all the same, and the error is reported as nobody's.
        Promise.reject(error);
      }
    }
  };
  const end = (reason: SignedOutReason) => set({ status: "signedOut", reason: isLeaving ? "loggedOut" : reason }, true);
  if (channel) {
    channel.onmessage = ({ data }) => {
      turn++;
      set(data);
    };
  }

  // Something that is not true, if there are none.
  const read = (): Kept | undefined => {
    try {
      return (bearer && JSON.parse(storage.getItem(key)!)) as Kept | undefined;
    } catch {}
  };
  const write = (tokens: Kept) => storage.setItem(key, JSON.stringify(tokens));
  const drop = () => storage.removeItem(key);

  // Requests.

  const resolve = (path: string) =>
    new URL(path, new URL(baseUrl.replace(/\/*$/, "/"), globalThis.location as unknown as URL));

  /** A request to an endpoint; without a body and a method it is a GET. */
  const to = (path: string, body?: object, method = body ? "POST" : "GET") =>
    new Request(resolve(path), {
      method,
      // A passkey's challenge is in a cookie.
      credentials: bearer && !path.includes("passkeys") ? "omit" : "include",
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });

  let refreshing: Promise<Response | undefined> | undefined;
  /** Replaces the pair of tokens that this one is of, once for all who ask. What the server answers if it could not. */
  const refresh = (stale: string) =>
    (refreshing ??= (async () => {
      // No listener runs under the lock: one that called the client would wait for itself.
      const refused = await alone(key, async () => {
        const before = read();
        if (before?.accessToken !== stale) return;
        const request = to("refresh", { refreshToken: before.refreshToken });
        // The other tabs are waiting, too.
        const response = await fetch(request, { signal: AbortSignal.timeout(10_000) });
        const tokens: api.Tokens | false = response.ok && (await response.json());
        // Another tab may have been faster, or the user has left.
        if (read()?.refreshToken !== before.refreshToken) return;
        if (tokens) write({ ...before, ...kept(tokens) });
        else if (response.status === 401) drop();
        return tokens ? undefined : response;
      });
      if (refused?.status !== 401) return refused;
      end("sessionEnded");
    })().finally(() => (refreshing = undefined)));

  /** Sends a request in the user's name: again with new tokens if it has to be, and as nobody if there are none. */
  const authorized = async (request: Request, isLast?: boolean): Promise<Response> => {
    const tokens = read();
    const copy = request.clone();
    if (tokens) copy.headers.set("authorization", "Bearer " + tokens.accessToken);
    if (!tokens || isLast) return fetch(copy);
    if (tokens.expires > Date.now()) {
      const response = await fetch(copy);
      if (!(await isStranger(response))) return response;
    }
    return (await refresh(tokens.accessToken)) ?? authorized(request, true);
  };

  /** The same for any request. If the server does not know the user any more, the state says so before this returns. */
  const send = async (request: Request): Promise<Response> => {
    if (![resolve("").origin, ...origins].includes(new URL(request.url).origin)) return fetch(request);
    const response = await authorized(bearer ? request : new Request(request, { credentials: "include" }));
    if (state.status === "signedIn" && (await isStranger(response))) await check();
    return response;
  };

  const requestOf = (input: string | URL | Request, init?: RequestInit) =>
    new Request(typeof input === "string" ? resolve(input) : input, init);

  /** Does something that may need a fresh sign-in, and can go on after it. */
  const resumable = async <T>(attempt: () => Promise<Result<T>>): Promise<Result<T>> => {
    const result = await attempt();
    if (result.error?.kind === "freshSignInRequired") {
      result.error.stepUp = async (proof) => {
        const { error } = await stepUp(proof);
        return error ? { error: error as Failure<T> } : resumable(attempt);
      };
    }
    return result;
  };

  /** What an endpoint answers to anybody. */
  const open = <T = void>(path: string, body?: object) => outcome<T>(() => fetch(to(path, body)));
  /** What one under `/manage` answers to the user. */
  const own = <T = void>(path: string, body?: object, method?: string) =>
    resumable(() => outcome<T>(() => send(to("manage/" + path, body, method))));

  const stepUp = (proof: api.Proof) => own("confirm", proof);

  // Who is signed in, as the server says.

  const info = () => outcome<api.Account>(() => authorized(to("manage/info")));

  const know = (account: api.Account | undefined, isNews: boolean) => {
    const tokens = read();
    // Not needlessly: another tab may be writing, too.
    if (tokens && !isSame(tokens.account, account)) write({ ...tokens, account });
    set({ status: "signedIn", account }, isNews);
  };

  /** Keeps the account that an endpoint tells, unless somebody has come or gone since it was asked. */
  const learn = async (asking: Promise<Result<api.Account>>) => {
    const asked = turn;
    const result = await asking;
    if (result.data && asked === turn) know(result.data, true);
    return result;
  };

  let checking: Promise<State> | undefined;
  const check = () =>
    (checking ??= (async () => {
      const asked = turn;
      // Without tokens there is nobody to ask about.
      const { data, error }: Partial<Result<api.Account>> = bearer && !read() ? {} : await info();
      const isUnknown = state.status === "unknown";
      // If somebody has come or gone in the meantime, the answer is out of date.
      if (asked !== turn) return state;
      if (data) know(data, !isUnknown);
      else if (error && error.kind !== "unauthorized") isUnknown && set({ status: "unknown", error });
      else if (isUnknown) set({ status: "signedOut", reason: "notSignedIn" });
      else if (state.status === "signedIn") end("sessionEnded");
      return state;
    })().finally(() => (checking = undefined)));

  const ready = async () => {
    // Not at once, so that what is rendered first is what a server renders.
    await 0;
    if (state.status !== "unknown") return state;
    const account = read()?.account;
    if (!account) return check();
    set({ status: "signedIn", account });
    return state;
  };

  // Signing in.

  const signIn: Wicketgate["signIn"] = async (path, body, remember = true) => {
    const query = bearer ? "" : `?use${remember ? "" : "Session"}Cookies=true`;
    const { data, error } = await open<api.Tokens>(path + query, body);
    if (error) return { error: error as Failure<void> };
    if (bearer) write(kept(data));
    const asked = ++turn;
    const told = await info();
    if (asked === turn) know(told.data, true);
    return {};
  };

  return {
    subscribe(listener) {
      // A function of its own, since the same one may subscribe twice.
      const entry = () => listener();
      listeners.add(entry);
      ready();
      return () => void listeners.delete(entry);
    },
    getSnapshot: () => state,
    getServerSnapshot: () => initial,
    ready,
    check,

    fetch: async (input, init) => send(requestOf(input, init)),
    async request(input, init) {
      const request = requestOf(input, init);
      return resumable(() => outcome(() => send(request.clone())));
    },

    register: (registration) => open("register", registration),
    signIn,
    login: ({ remember, ...credentials }) => signIn("login", credentials, remember),
    async logout() {
      isLeaving = true;
      const result = await outcome<void>(() => authorized(to("logout", {})));
      const isOut = !result.error || result.error.kind === "unauthorized";
      if (isOut || bearer) {
        drop();
        end("loggedOut");
      }
      isLeaving = false;
      return isOut ? {} : result;
    },
    confirmEmail: (link) => open("confirmEmail?" + new URLSearchParams(link as Record<string, string>)),
    resendConfirmationEmail: (request) => open("resendConfirmationEmail", request),
    forgotPassword: (request) => open("forgotPassword", request),
    resetPassword: (reset) => open("resetPassword", reset),
    getInfo: () => learn(own("info")),
    updateInfo: (change) => learn(own("info", change)),
    twoFactor: (change = {}) => own("2fa", change),
    stepUp,
    exportAccount: () => own("account/export"),

    sessions: {
      list: () => own("sessions"),
      end: (id) => own("sessions/" + encodeURIComponent(id), undefined, "DELETE"),
      endOthers: () => own("sessions", undefined, "DELETE"),
    },
  };
}
