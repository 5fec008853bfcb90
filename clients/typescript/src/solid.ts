// For Solid.
import { createSignal, getOwner, onCleanup, type Accessor } from "solid-js";
import type { State, Wicketgate } from "./client.js";

/** Who is signed in, for as long as the component or root lives. */
export function useWicketgate(client: Wicketgate): Accessor<State> {
  const [state, setState] = createSignal(client.getSnapshot());
  const unsubscribe = client.subscribe(() => setState(client.getSnapshot()));
  if (getOwner()) onCleanup(unsubscribe);
  return state;
}
