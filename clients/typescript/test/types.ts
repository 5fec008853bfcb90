// What TypeScript makes of the results: this compiles, and what must not compile does not.
import { createWicketgate, failure, type Account, type Failure, type Result, type State } from "wicketgate-client";
import { passkeys } from "wicketgate-client/passkeys";
import { useWicketgate as useInReact } from "wicketgate-client/react";
import { useWicketgate as useInVue } from "wicketgate-client/vue";
import { useWicketgate as useInSolid } from "wicketgate-client/solid";
import { wicketgateStore } from "wicketgate-client/svelte";
import { injectWicketgate, signedIn } from "wicketgate-client/angular";

const client = createWicketgate({ baseUrl: "https://id.example.test", mode: "bearer", storage: sessionStorage });

export async function results(): Promise<string> {
  const { data, error } = await client.getInfo();
  // @ts-expect-error: there may be none
  data.email;
  if (error) return explain(error);
  return data.email;
}

/** Every kind, with what it has. */
function explain(error: Failure<Account>): string {
  switch (error.kind) {
    case "freshSignInRequired": {
      const again: Promise<Result<Account>> = error.stepUp({ password: "…" });
      // @ts-expect-error: one of the two
      error.stepUp({});
      return error.methods.join() + again;
    }
    case "invalid":
      return (error.errors.PasswordTooShort ?? error.errors["AnApplicationsOwn"] ?? []).join();
    case "tooManyRequests":
    case "unavailable":
      return `${error.retryAfter ?? 1} s`;
    case "network":
    case "cancelled":
    case "unsupported":
      return String(error.cause);
    case "twoFactorRequired":
    case "failed":
    case "lockedOut":
    case "notAllowed":
    case "unauthorized":
    case "forbidden":
    case "notFound":
    case "unexpected":
      return String(error.status);
    default:
      return error satisfies never;
  }
}

export function states(state: State): string {
  switch (state.status) {
    case "unknown":
      return state.error?.kind ?? "";
    case "signedIn":
      return state.account?.email ?? "";
    case "signedOut":
      return state.reason;
  }
}

export async function requests() {
  const { data } = await client.request<{ temperatureC: number }[]>("/weatherforecast");
  const degrees: number | undefined = data?.[0]?.temperatureC;
  await client.login({ email: "ada@example.test", password: "…", twoFactorCode: "123456", remember: false });
  // @ts-expect-error: a password is missing
  await client.login({ email: "ada@example.test" });
  await client.twoFactor({ enable: false, password: "…" });
  const added = await passkeys(client).add("Laptop");
  const proof = await passkeys(client).prove();
  if (proof.data) await client.stepUp(proof.data);
  const { kind } = await failure(await client.fetch("/orders"));
  const done: Result<void> = await client.logout();
  const roles: string[] | undefined = (await client.exportAccount()).data?.roles;
  const deleted: Result<{ deletedAt: string }> = await client.deleteAccount();
  return [degrees, added.data?.credentialId, kind, done, roles, deleted];
}

export const react: State = useInReact(client);
export const vue: State = useInVue(client).value;
export const solid: State = useInSolid(client)();
export const svelte = wicketgateStore(client).subscribe(states);
export const angular: State = injectWicketgate(client)();
export const guard: () => Promise<string | true> = signedIn(client, () => "/login");
// @ts-expect-error: no such mode
createWicketgate({ mode: "jwt" });
