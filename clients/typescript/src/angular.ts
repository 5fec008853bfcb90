// For Angular 17 and later.
import { DestroyRef, inject, Injector, runInInjectionContext, signal, type Signal } from "@angular/core";
import type { State, Wicketgate } from "./client.js";

/** Who is signed in, for as long as what injects it lives. */
export function injectWicketgate(client: Wicketgate): Signal<State> {
  const state = signal(client.getSnapshot());
  inject(DestroyRef).onDestroy(client.subscribe(() => state.set(client.getSnapshot())));
  return state.asReadonly();
}

/** For `canActivate` and `canMatch`: waits until it is known who is signed in, and sends others to `elsewhere`, which may inject. */
export function signedIn<T>(client: Wicketgate, elsewhere: () => T): () => Promise<true | T> {
  return async () => {
    const injector = inject(Injector);
    return (await client.ready()).status === "signedIn" || runInInjectionContext(injector, elsewhere);
  };
}
