// The entries for frameworks follow the state, render nothing for nothing, and leave nothing behind.
import "@angular/compiler";
import assert from "node:assert/strict";
import { test } from "node:test";
import { inject, InjectionToken, Injector, runInInjectionContext } from "@angular/core";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { createEffect, createRoot } from "solid-js";
import { get } from "svelte/store";
import { createSSRApp, effectScope, h, watch } from "vue";
import { renderToString as renderVue } from "vue/server-renderer";
import { injectWicketgate, signedIn } from "../../dist/angular.js";
import { useWicketgate as useInReact } from "../../dist/react.js";
import { useWicketgate as useInSolid } from "../../dist/solid.js";
import { wicketgateStore } from "../../dist/svelte.js";
import { useWicketgate as useInVue } from "../../dist/vue.js";
import { World, credentials, settle } from "./world.mjs";

const statuses = ["unknown", "signedOut", "signedIn", "signedOut"];

/** A client whose listeners are counted. */
function counted(t) {
  const world = new World(t);
  const client = world.tab();
  let count = 0;
  const { subscribe } = client;
  const counting = {
    ...client,
    subscribe(listener) {
      count++;
      const unsubscribe = subscribe(listener);
      return () => (count--, unsubscribe());
    },
  };
  return { client: counting, listeners: () => count };
}

/** Somebody comes, and goes, and the server is asked in between. */
async function comeAndGo(client) {
  await settle();
  await client.login(credentials);
  await client.check();
  await settle();
  await client.logout();
  await settle();
}

test("react_renders_on_the_server_what_the_server_knows", async (t) => {
  const { client } = counted(t);
  const Page = () => createElement("p", null, useInReact(client).status);
  assert.equal(renderToString(createElement(Page)), "<p>unknown</p>");
  await client.login(credentials);
  assert.equal(renderToString(createElement(Page)), "<p>unknown</p>", "as the browser renders it first");
});

test("vue_follows_the_state_as_long_as_its_scope_lives", async (t) => {
  const { client, listeners } = counted(t);
  const scope = effectScope();
  const seen = [];
  scope.run(() => {
    const state = useInVue(client);
    watch(state, ({ status }) => seen.push(status), { immediate: true, flush: "sync" });
  });
  await comeAndGo(client);
  assert.deepEqual(seen, statuses);
  scope.stop();
  assert.equal(listeners(), 0);
});

test("vue_renders_on_a_server_without_asking_and_leaves_no_listener", async (t) => {
  const world = new World(t);
  delete globalThis.document;
  const client = world.tab();
  const app = () => createSSRApp({ setup: () => ((state) => () => h("p", state.value.status))(useInVue(client)) });
  for (let i = 0; i < 2; i++) assert.equal(await renderVue(app()), "<p>unknown</p>");
  await settle();
  assert.equal(world.requests.length, 0);
  assert.equal(client.getSnapshot(), client.getServerSnapshot());
});

test("svelte_reads_it_as_a_store", async (t) => {
  const { client, listeners } = counted(t);
  const store = wicketgateStore(client);
  const seen = [];
  const unsubscribe = store.subscribe(({ status }) => seen.push(status));
  await comeAndGo(client);
  assert.deepEqual(seen, statuses);
  assert.equal(get(store), client.getSnapshot());
  unsubscribe();
  assert.equal(listeners(), 0);
});

test("solid_follows_the_state_as_long_as_its_root_lives", async (t) => {
  const { client, listeners } = counted(t);
  const seen = [];
  const dispose = createRoot((dispose) => {
    const state = useInSolid(client);
    createEffect(() => seen.push(state().status));
    return dispose;
  });
  await comeAndGo(client);
  assert.deepEqual(seen, statuses);
  dispose();
  assert.equal(listeners(), 0);
});

test("angular_follows_the_state_as_long_as_its_injector_lives", async (t) => {
  const { client, listeners } = counted(t);
  const injector = Injector.create({ providers: [] });
  const state = runInInjectionContext(injector, () => injectWicketgate(client));
  assert.equal(state().status, "unknown");
  const guard = signedIn(client, () => "/login");
  const isAllowed = () => runInInjectionContext(injector, guard);
  assert.equal(await isAllowed(), "/login", "a guard waits until it is known");
  await client.login(credentials);
  assert.equal(state().status, "signedIn");
  assert.equal(await isAllowed(), true);
  injector.destroy();
  assert.equal(listeners(), 0);
});

test("angular_lets_a_guard_inject_where_it_sends_others", async (t) => {
  const { client } = counted(t);
  const LOGIN = new InjectionToken("where people sign in");
  const injector = Injector.create({ providers: [{ provide: LOGIN, useValue: "/login" }] });
  const guard = signedIn(client, () => inject(LOGIN));
  assert.equal(await runInInjectionContext(injector, guard), "/login");
});
