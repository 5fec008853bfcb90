// Where a bearer client keeps its tokens, and how one tab at a time renews them.
import type { Account, Tokens } from "./api.js";

/** What a client keeps its tokens in; `localStorage` and `sessionStorage` are such. */
export interface TokenStorage extends Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  /** Whether all tabs see the same in it, and follow each other. Of `localStorage` that is known. */
  isShared?: boolean;
}

/** What is kept. */
export interface Kept extends Tokens {
  /** When the access token ends, by this device's clock, in milliseconds. */
  expires: number;
  account?: Account | undefined;
  /** Which sign-in they are of. */
  id?: number;
}

export const kept = (tokens: Tokens): Kept => ({ ...tokens, expires: Date.now() + tokens.expiresIn * 1000 });

/** The browser's storage, which all tabs share; where there is none or it is forbidden, one that takes nothing. */
export const local = (): TokenStorage => {
  try {
    return localStorage ?? {};
  } catch {
    return {} as TokenStorage;
  }
};

/** Does something that no other tab does at the same time, as far as the browser can tell and in bounded time. */
export const alone = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  let begun: Promise<T> | undefined;
  const begin = () => (begun ??= work());
  try {
    // It does not wait longer than the server's `sessions.refresh_grace` lasts, so that it may go on alone.
    await navigator.locks.request(name, { signal: AbortSignal.timeout(5_000) }, async () => {
      // Locks are faster than storage: what the tab before has stored may not be here yet.
      await new Promise((seen) => setTimeout(seen, 100));
      await begin();
    });
  } catch {
    // There are no locks, or another tab is frozen with this one; or the work failed, which it tells below.
  }
  return begin();
};
