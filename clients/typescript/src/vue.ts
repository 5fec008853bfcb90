// For Vue 3.
import { getCurrentScope, onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from "vue";
import type { State, Wicketgate } from "./client.js";

/** Who is signed in, for as long as the component or scope lives. */
export function useWicketgate(client: Wicketgate): Readonly<ShallowRef<State>> {
  const state = shallowRef(client.getSnapshot());
  const unsubscribe = client.subscribe(() => (state.value = client.getSnapshot()));
  if (getCurrentScope()) onScopeDispose(unsubscribe);
  return shallowReadonly(state);
}
