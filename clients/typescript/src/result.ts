// How answers become values: what was asked for, or one of the failures that a front end handles differently.
import type { ConfirmationMethod, ErrorCode, Proof } from "./api.js";

/** Either `data` or `error`; which one it is, `if (result.error)` tells TypeScript, too. */
export type Result<T> =
  | (undefined extends T ? { data?: T; error?: undefined } : { data: T; error?: undefined })
  | { data?: undefined; error: Failure<T> };

/** Why there is no data. `kind` tells the failures apart. */
export type Failure<T = unknown> =
  | FreshSignInRequired<T>
  | Refused
  | Invalid
  | Busy
  | { kind: "network" | "cancelled" | "unsupported"; cause: unknown };

/** The user has to prove again who they are; then the request can go on. */
export interface FreshSignInRequired<T = unknown> extends Answer {
  kind: "freshSignInRequired";
  /** What `stepUp` takes from this user. */
  methods: ConfirmationMethod[];
  /** Proves it, and repeats the request. Its failures are those of either. */
  stepUp(proof: Proof): Promise<Result<T>>;
}

export interface Refused extends Answer {
  kind:
    /** A right password, but the account has a second factor: log in again with a code. */
    | "twoFactorRequired"
    /** Wrong credentials; or, where the server does not tell of accounts, any other reason. */
    | "failed"
    | "lockedOut"
    /** The address is not confirmed yet. */
    | "notAllowed"
    /** Nobody is signed in, or a mailed link or code is not valid any more. */
    | "unauthorized"
    | "forbidden"
    | "notFound"
    | "unexpected";
}

/** Something about the request is wrong. */
export interface Invalid extends Answer {
  kind: "invalid";
  /** Sentences by code. */
  errors: { [code in ErrorCode]?: string[] };
}

/** Too many requests, or a server that is busy or cannot reach its database: later it will do. */
export interface Busy extends Answer {
  kind: "tooManyRequests" | "unavailable";
  /** Seconds, if the server says. */
  retryAfter?: number;
}

interface Answer {
  status: number;
}

/** The problem (RFC 9457) of a response that has one. */
interface Problem {
  type?: string;
  detail?: string;
  errors?: Record<string, string[]>;
  methods?: string[];
}

export const FRESH = "freshSignInRequired";

/** By the status, and by the reason of a refused sign-in after a `_`. */
const KINDS: Record<string, string> = {
  _RequiresTwoFactor: "twoFactorRequired",
  _Failed: "failed",
  _LockedOut: "lockedOut",
  _NotAllowed: "notAllowed",
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "notFound",
  429: "tooManyRequests",
  503: "unavailable",
};

/** What a response that is not OK means. */
export const failure = async (response: Response): Promise<Failure> => {
  const json: Promise<Problem | null> = response.clone().json();
  const { type, detail, errors = {}, methods = [] } = (await json.catch(() => null)) ?? {};
  const { status, headers } = response;
  const isFresh = type === "urn:wicketgate:fresh-sign-in-required";
  return {
    kind: isFresh ? FRESH : ((status === 401 && KINDS["_" + detail]) || KINDS[status] || "unexpected"),
    status,
    errors,
    methods,
    retryAfter: +headers.get("retry-after")! || undefined,
  } as Failure;
};

/** The result of a request. What is no answer of the API is a failure, too, such as the page of a development server. */
export const outcome = async <T>(make: () => Request, send: (request: Request) => Promise<Response>): Promise<Result<T>> => {
  let request;
  try {
    request = make();
    const response = await send(request);
    const type = response.headers.get("content-type")!;
    if (!response.ok || /html/.test(type)) return { error: (await failure(response)) as Failure<T> };
    return (/json/.test(type) ? { data: await response.json() } : {}) as Result<T>;
  } catch (cause) {
    return { error: { kind: request?.signal.aborted ? "cancelled" : "network", cause } };
  }
};
