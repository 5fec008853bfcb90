// The journey with openapi-fetch: node out/openapi-fetch/journey.js http://127.0.0.1:5000 MAIL_FOLDER
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";
import { mailedLink } from "../mailed-link.js";

const [baseUrl = "", mail = ""] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });
const account: components["schemas"]["LoginRequest"] = { email: "ada@example.test", password: "Passw0rd!" };

const registered = await client.POST("/register", { body: account });
assert.equal(registered.response.status, 200);
const again = await client.POST("/register", { body: account });
assert.equal(again.response.status, 400);
assert.ok(again.error && "errors" in again.error && again.error.errors?.["DuplicateUserName"]);
const unconfirmed = await client.POST("/login", { body: account });
assert.equal(unconfirmed.response.status, 401);
assert.ok(unconfirmed.error && "detail" in unconfirmed.error && unconfirmed.error.detail === "NotAllowed");

const confirmed = await client.GET("/confirmEmail", { params: { query: await mailedLink(mail) }, parseAs: "text" });
assert.equal(confirmed.data, "Thank you for confirming your email.");

const { data: tokens } = await client.POST("/login", { body: account });
assert.ok(tokens);
const seconds: number = tokens.expiresIn;
assert.equal(seconds, 3600);
await showAccount({ authorization: `Bearer ${tokens.accessToken}` });
const { data: next } = await client.POST("/refresh", { body: { refreshToken: tokens.refreshToken } });
assert.ok(next);
await showAccount({ authorization: `Bearer ${next.accessToken}` });

const login = await client.POST("/login/cookie", { body: account });
assert.equal(login.error, undefined);
assert.equal(login.response.status, 200);
const cookie = login.response.headers.getSetCookie().map((text) => text.split(";")[0]).join("; ");
await showAccount({ cookie });
const logout = await client.POST("/logout", { body: {}, headers: { cookie } });
assert.equal(logout.response.status, 200);
const stranger = await client.GET("/manage/info");
assert.equal(stranger.response.status, 401);
console.log("test result: ok. openapi-fetch");

async function showAccount(headers: Record<string, string>) {
  const { data } = await client.GET("/manage/info", { headers });
  assert.deepEqual(data, { email: account.email, isEmailConfirmed: true });
}
