// For React 18 and later.
import { useSyncExternalStore } from "react";
import type { State, Wicketgate } from "./client.js";

/** Who is signed in. The component renders again when that changes, and at no other time. */
export function useWicketgate(client: Wicketgate): State {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getServerSnapshot);
}
