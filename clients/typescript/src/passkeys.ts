// Passkeys: `passkeys(client)` signs in with them and manages them. An entry of its own, for those who have them.
import type { Passkey } from "./api.js";
import type { Remember, Wicketgate } from "./client.js";
import type { Result } from "./result.js";

export interface Passkeys {
  /**
   * Signs in. With `autofill`, it waits until the user picks a passkey in a field with `autocomplete="username webauthn"`; a later
   * ceremony, such as that of a button, ends the waiting with `cancelled`, as does `signal`.
   */
  login(options?: Remember & { autofill?: boolean; signal?: AbortSignal }): Promise<Result<void>>;
  /** Adds one to the account. */
  add(name?: string): Promise<Result<Passkey>>;
  list(): Promise<Result<Passkey[]>>;
  rename(credentialId: string, name: string): Promise<Result<void>>;
  /** Removes it from the account, and has the browser not offer it any more. */
  remove(credentialId: string): Promise<Result<void>>;
}

type Json = Record<string, any>;
type CredentialClass = typeof PublicKeyCredential & {
  parseCreationOptionsFromJSON?(options: Json): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?(options: Json): PublicKeyCredentialRequestOptions;
  signalUnknownCredential?(credential: { rpId: string; credentialId: string }): Promise<void>;
};

const browser = () => globalThis.PublicKeyCredential as CredentialClass | undefined;
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
  const one = (credentialId: string) => `${MANAGE}/${encodeURIComponent(credentialId)}`;

  /** Has the browser answer the server's challenge. */
  const answered = async <T>(
    { data, error }: Result<Json>,
    next: (credentialJson: string) => Promise<Result<T>>,
    mediation?: CredentialMediationRequirement,
    signal?: AbortSignal,
  ): Promise<Result<T>> => {
    if (error?.kind === "freshSignInRequired") {
      const { stepUp } = error;
      return { error: { ...error, stepUp: async (proof) => answered(await stepUp(proof), next) } };
    }
    if (error) return { error };
    rpIds.set(client, data.rpId ?? data.rp?.id);
    // One at a time: a new one ends the one before.
    running?.abort();
    const ceremony = (running = new AbortController());
    const abort = () => ceremony.abort(signal!.reason);
    signal?.addEventListener("abort", abort);
    let credentialJson;
    try {
      credentialJson = await answer(data, ceremony.signal, mediation);
      // Some password managers do not listen.
      signal?.throwIfAborted();
    } catch (cause) {
      const isCancelled = signal?.aborted || /^(NotAllowed|Abort)Error$/.test((cause as Error)?.name);
      return { error: { kind: isCancelled ? "cancelled" : "unsupported", cause } };
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    return next(credentialJson);
  };

  return {
    async login({ remember, autofill, signal } = {}) {
      if (autofill && !(await browser()?.isConditionalMediationAvailable?.())) {
        return { error: { kind: "unsupported", cause: undefined } };
      }
      return answered(
        await options(signal),
        (credentialJson) => client.signIn("passkeys/login", { credentialJson }, remember),
        autofill ? "conditional" : undefined,
        signal,
      );
    },
    add: async (name) =>
      answered(await request(MANAGE + "/creationOptions", {}), (credentialJson) =>
        request(MANAGE, { credentialJson, name }),
      ),
    list: () => request(MANAGE),
    rename: (credentialId, name) => request(one(credentialId), { name }, "PUT"),
    async remove(credentialId) {
      const result = await request(one(credentialId), null, "DELETE");
      const Class = browser();
      // Only after this: the browser may delete the passkey for good.
      if (!result.error && Class?.signalUnknownCredential) {
        // After a reload, nobody has been told yet.
        const rpId = rpIds.get(client) ?? (await options()).data?.rpId ?? location.hostname;
        Class.signalUnknownCredential({ rpId, credentialId }).catch(() => {});
      }
      return result;
    },
  };
}

/** What the browser answers to a challenge. */
async function answer(options: Json, signal: AbortSignal, mediation?: CredentialMediationRequirement): Promise<string> {
  const credential = options.user
    ? await navigator.credentials.create({
        publicKey: browser()!.parseCreationOptionsFromJSON?.(options) ?? (decoded(options) as any),
        signal,
      })
    : await navigator.credentials.get({
        publicKey: browser()!.parseRequestOptionsFromJSON?.(options) ?? (decoded(options) as any),
        mediation,
        signal,
      });
  return JSON.stringify(encoded(credential!));
}

const bytes = (text: string) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));

const text = (buffer: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

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
function encoded(credential: Json): Json {
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
}
