// The journey with orval's functions and schemas: node out/orval/journey.js http://127.0.0.1:5000 MAIL_FOLDER
import assert from "node:assert/strict";
import * as api from "./generated/api.js";
import * as schemas from "./generated/schemas.js";
import { mailedLink } from "../mailed-link.js";

const [, mail = ""] = process.argv.slice(2);
const account: api.LoginRequest = schemas.LoginBody.parse({ email: "ada@example.test", password: "Passw0rd!" });

const registered = await api.register(account);
assert.equal(registered.status, 200);
const again = await api.register(account);
assert.ok(again.status === 400 && again.data.errors?.["DuplicateUserName"]);
const unconfirmed = await api.login(account);
assert.ok(unconfirmed.status === 401 && unconfirmed.data.detail === "NotAllowed");

const confirmed = await api.confirmEmail(await mailedLink(mail));
assert.ok(confirmed.status === 200 && confirmed.data === "Thank you for confirming your email.");

const tokens = schemas.LoginResponse.parse((await api.login(account)).data);
assert.equal(tokens.expiresIn, 3600);
await showAccount({ authorization: `Bearer ${tokens.accessToken}` });
const next = schemas.RefreshResponse.parse((await api.refresh({ refreshToken: tokens.refreshToken })).data);
await showAccount({ authorization: `Bearer ${next.accessToken}` });

const login = await api.loginWithCookie(account);
assert.equal(login.status, 200);
const cookie = login.headers.getSetCookie().map((text) => text.split(";")[0]).join("; ");
await showAccount({ cookie });
const logout = await api.logout({}, { headers: { cookie } });
assert.equal(logout.status, 200);
const stranger = await api.getInfo();
assert.equal(stranger.status, 401);
console.log("test result: ok. orval");

async function showAccount(headers: Record<string, string>) {
  const info = schemas.GetInfoResponse.parse((await api.getInfo({ headers })).data);
  assert.deepEqual(info, { email: account.email, isEmailConfirmed: true });
}
