// What the pages of `tabs.mjs` run: a client, and a component of React that shows its state.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { createWicketgate } from "../../dist/index.js";
import { passkeys } from "../../dist/passkeys.js";
import { useWicketgate } from "../../dist/react.js";

globalThis.renders = 0;
globalThis.start = async (options) => {
  const client = createWicketgate(options);
  Object.assign(globalThis, { client, passkeys: passkeys(client) });
  const Status = () => {
    renders++;
    return useWicketgate(client).status;
  };
  createRoot(document.querySelector("#root")).render(createElement(Status));
  await client.ready();
};
