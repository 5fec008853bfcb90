// Vite serves the pages, and hands everything that is the back end's to it, so that both are one origin for the browser.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const client = path("../../../clients/typescript/src");

/** The endpoints, and the application's own routes. */
const backEnd = [
  "/register",
  "/login",
  "/logout",
  "/refresh",
  "/confirmEmail",
  "/resendConfirmationEmail",
  "/forgotPassword",
  "/resetPassword",
  "/manage",
  "/passkeys",
  "/weatherforecast",
];

export default defineConfig({
  plugins: [react(), vue()],
  resolve: {
    // Outside this repository it is a package like any other, and these lines are not needed.
    alias: [
      { find: /^wicketgate-client$/, replacement: `${client}/index.ts` },
      { find: /^wicketgate-client\/(\w+)$/, replacement: `${client}/$1.ts` },
    ],
    dedupe: ["react", "vue"],
  },
  server: {
    fs: { allow: [".", client] },
    // The back end is told the page's host, which passkeys are bound to.
    proxy: Object.fromEntries(backEnd.map((route) => [route, { target: process.env.BACK_END ?? "http://127.0.0.1:8080" }])),
  },
  build: { rollupOptions: { input: ["index.html", "react/index.html", "vue/index.html"].map(path) } },
});
