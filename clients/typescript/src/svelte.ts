// For Svelte 3 and later: a store that components read as `$session`.
import type { State, Wicketgate } from "./client.js";

/** What Svelte takes for a store. */
export interface Readable {
  subscribe(run: (state: State) => void): () => void;
}

/** Who is signed in, as a store. */
export function wicketgateStore(client: Wicketgate): Readable {
  return {
    subscribe(run) {
      run(client.getSnapshot());
      return client.subscribe(() => run(client.getSnapshot()));
    },
  };
}
