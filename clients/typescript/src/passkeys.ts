// Passkeys: `passkeys(client)` signs in with them and manages them. An entry of its own, for those who have them.
import type { Passkey } from "./api.js";
import type { Remember, Wicketgate } from "./client.js";
import type { Failure, FreshSignInRequired, Result } from "./result.js";

export interface Passkeys {
  /**
   * Signs in. With `autofill`, it waits until the user picks a passkey in a field with `autocomplete="username webauthn"`; a later
   * ceremony, such as that of a button, ends the waiting with `cancelled`, as does `signal`.
   */
  login(options?: Remember & { autofill?: boolean; signal?: AbortSignal }): Promise<Result<void>>;
  /** Proves who the user is by one of their passkeys, for `stepUp`. */
  prove(): Promise<Result<{ credentialJson: string }>>;
  /** Adds one to the account. */
  add(name?: string): Promise<Result<Passkey>>;
  list(): Promise<Result<Passkey[]>>;
  rename(credentialId: string, name: string): Promise<Result<void>>;
  /** Removes it from the account, and has the browser not offer it any more. */
  remove(credentialId: string): Promise<Result<void>>;
}

type Json = Record<string, any>;
interface CredentialClass {
  isConditionalMediationAvailable?(): Promise<boolean>;
  [parse: `parse${string}OptionsFromJSON`]: ((options: Json) => object) | undefined;
  signalUnknownCredential?(credential: { rpId: string; credentialId: string }): Promise<void>;
}

const browser = () => globalThis.PublicKeyCredential as unknown as CredentialClass | undefined;
const MANAGE = "manage/passkeys";

let running: AbortController | undefined;
/** Whose passkeys a server's are, as it has told. */
const rpIds = new WeakMap<Wicketgate, string>();

export function passkeys(client: Wicketgate): Passkeys {
  const request = <T = void>(path: string, body?: object | null, method = body ? "POST" : "GET", signal?: AbortSignal) =>
    client.request<T>(path, {
      method,
      signal,
      // A challenge is in a cookie, also for those who have tokens.
      credentials: "include",
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  /** Asks how to sign in. */
  const options = (signal?: AbortSignal) => request<Json>("passkeys/requestOptions", {}, "POST", signal);
  const one = (credentialId: string) => MANAGE + "/" + encodeURIComponent(credentialId);

  /** Goes on with what a request has brought, also if it takes a step-up. */
  const then = async <A, T>({ data, error }: Result<A>, next: (data: A) => Promise<Result<T>>): Promise<Result<T>> => {
    if (error?.kind === "freshSignInRequired") {
      const { stepUp } = error;
      (error as FreshSignInRequired<any>).stepUp = async (proof) => then(await stepUp(proof), next);
    }
    return error ? { error: error as Failure<T> } : next(data as A);
  };

  /** Has the browser answer the server's challenge. */
  const answered = <T>(
    asked: Result<Json>,
    next: (credentialJson: string) => Promise<Result<T>>,
    mediation?: CredentialMediationRequirement,
    signal?: AbortSignal,
  ): Promise<Result<T>> =>
    then(asked, async (data): Promise<Result<T>> => {
      rpIds.set(client, data.rpId ?? data.rp?.id);
      // One at a time: a new one ends the one before.
      running?.abort();
      const ceremony = (running = new AbortController());
      const abort = () => ceremony.abort(signal!.reason);
      signal?.addEventListener("abort", abort);
      // The server does not take an answer that is older; what waits in a field waits with a new challenge.
      let isOld = false;
      const timer =
        mediation &&
        setTimeout(() => {
          isOld = true;
          ceremony.abort();
        }, (data.timeout ?? 300_000) - 20_000);
      let credentialJson;
      try {
        const credential = await (navigator.credentials as Json)[data.user ? "create" : "get"]({
          publicKey: browser()![`parse${data.user ? "Creation" : "Request"}OptionsFromJSON`]?.(data) ?? decoded(data),
          mediation,
          signal: ceremony.signal,
        });
        credentialJson = JSON.stringify(encoded(credential));
        // Some password managers do not listen.
        signal?.throwIfAborted();
      } catch (cause) {
        if (isOld) return answered(await options(signal), next, mediation, signal);
        const isCancelled = signal?.aborted || /NotAllowed|Abort/.test((cause as Error)?.name);
        return { error: { kind: isCancelled ? "cancelled" : "unsupported", cause } };
      } finally {
        clearTimeout(timer as number | undefined);
        signal?.removeEventListener("abort", abort);
      }
      return next(credentialJson);
    });

  return {
    async login({ remember, autofill, signal } = {}) {
      if (autofill && !(await browser()?.isConditionalMediationAvailable?.())) {
        return { error: { kind: "unsupported" } as Failure<void> };
      }
      return answered(
        await options(signal),
        (credentialJson) => client.signIn("passkeys/login", { credentialJson }, remember),
        autofill ? "conditional" : undefined,
        signal,
      );
    },
    prove: async () => answered(await options(), async (credentialJson) => ({ data: { credentialJson } })),
    add: async (name) =>
      answered(await request(MANAGE + "/creationOptions", {}), (credentialJson) =>
        request(MANAGE, { credentialJson, name }),
      ),
    list: () => request(MANAGE),
    rename: (credentialId, name) => request(one(credentialId), { name }, "PUT"),
    remove: async (credentialId) =>
      // Only after this: the browser may delete the passkey for good.
      then(await request(one(credentialId), null, "DELETE"), async () => {
        const Class = browser();
        if (Class?.signalUnknownCredential) {
          // After a reload, nobody has been told yet.
          const rpId: string = rpIds.get(client) ?? (await options()).data?.rpId;
          Class.signalUnknownCredential({ rpId, credentialId }).catch(() => {});
        }
        return {};
      }),
  };
}

const bytes = (text: string) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));

const text = (buffer: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/[+/=]/g, (char) => ({ "+": "-", "/": "_" })[char] ?? "");

const withId = (item: Json) => ({ ...item, id: bytes(item.id) });

/** The options as `navigator.credentials` takes them. */
const decoded = (options: Json) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: withId(options.user) }),
  allowCredentials: options.allowCredentials?.map(withId),
  excludeCredentials: options.excludeCredentials?.map(withId),
});

/** What `toJSON` gives. Password managers that bring their own passkeys often have none. */
const encoded = (credential: Json): Json => {
  if (credential.toJSON) return credential;
  const { id, type, authenticatorAttachment, response } = credential;
  const members: Json = { transports: response.getTransports?.() };
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) members[name] = text(response[name]);
  }
  return {
    id,
    rawId: id,
    type,
    authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: members,
  };
};
