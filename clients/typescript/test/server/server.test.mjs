// The client in Node against a real server: `SERVER`, which writes its mails to `MAILS` and has the profile `PROFILE`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createWicketgate } from "../../dist/index.js";
import { PASSWORD, authenticatorCode, has, mail, register, sharedStorage } from "./help.mjs";

const { SERVER: baseUrl, MAILS: folder, PROFILE: profile } = process.env;
const isStrict = profile === "strict";
const client = (storage) => createWicketgate({ baseUrl, mode: "bearer", storage: storage ?? sharedStorage() });

/** Somebody who is registered and signed in. */
async function signedIn(email) {
  const storage = sharedStorage();
  const one = client(storage);
  await register(one, folder, email);
  const { error } = await one.login({ email, password: PASSWORD });
  assert.equal(error, undefined);
  return { one, storage, email };
}

/** `fetch` that does something else for a while. */
async function withFetch(other, work) {
  const { fetch } = globalThis;
  globalThis.fetch = (...request) => other(fetch, ...request);
  try {
    return await work();
  } finally {
    globalThis.fetch = fetch;
  }
}

test("a_journey_from_the_registration_to_the_logout", async () => {
  const one = client();
  const email = "journey@example.test";
  const weak = await one.register({ email, password: "weak" });
  assert.equal(weak.error.kind, "invalid");
  assert.ok(weak.error.errors.PasswordTooShort);
  await register(one, folder, email);
  assert.equal((await one.login({ email, password: "wrong" })).error.kind, "failed");
  assert.deepEqual(await one.ready(), { status: "signedOut", reason: "notSignedIn" });
  assert.equal((await one.login({ email, password: PASSWORD })).error, undefined);
  assert.deepEqual(one.getSnapshot(), { status: "signedIn", account: { email, isEmailConfirmed: true } });
  const { data: weather } = await one.request("/weatherforecast");
  assert.equal(weather.length, 5);
  assert.equal((await one.logout()).error, undefined);
  assert.deepEqual(one.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  assert.equal((await one.request("/weatherforecast")).error.kind, "unauthorized");
});

test("a_forgotten_password_is_replaced_and_a_known_one_changed", async () => {
  const { one, email } = await signedIn("forgot@example.test");
  await one.logout();
  await one.forgotPassword({ email });
  const text = await mail(folder, email, "Reset your password");
  const resetCode = text.trimEnd().split("\n").at(-1).split(": ").at(-1);
  const bad = await one.resetPassword({ email, resetCode: "bad", newPassword: PASSWORD });
  assert.ok(bad.error.errors.InvalidToken);
  const newPassword = `${PASSWORD} again`;
  assert.equal((await one.resetPassword({ email, resetCode, newPassword })).error, undefined);
  assert.equal((await one.login({ email, password: newPassword })).error, undefined);
  const wrong = await one.updateInfo({ oldPassword: "wrong", newPassword: PASSWORD });
  assert.ok(wrong.error.errors.PasswordMismatch);
  assert.equal((await one.updateInfo({ oldPassword: newPassword, newPassword: PASSWORD })).error, undefined);
  assert.equal((await one.login({ email, password: PASSWORD })).error, undefined);
});

test("a_second_factor_is_asked_for_and_given", async () => {
  const { one, email } = await signedIn("factor@example.test");
  const { data: before } = await one.twoFactor();
  assert.equal(before.isTwoFactorEnabled, false);
  const wrong = await one.twoFactor({ enable: true, twoFactorCode: "1" });
  assert.ok(wrong.error.errors.InvalidTwoFactorCode);
  const { data: on } = await one.twoFactor({ enable: true, twoFactorCode: authenticatorCode(before.sharedKey) });
  assert.equal(on.isTwoFactorEnabled, true);
  const two = client();
  assert.equal((await two.login({ email, password: PASSWORD })).error.kind, "twoFactorRequired");
  const twoFactorRecoveryCode = on.recoveryCodes[0];
  assert.equal((await two.login({ email, password: PASSWORD, twoFactorRecoveryCode })).error, undefined);
  assert.equal(two.getSnapshot().status, "signedIn");
});

test("supabase_auth_2136_two_tabs_that_refresh_at_once_both_go_on", async () => {
  const { one, storage } = await signedIn("tabs@example.test");
  const two = client(storage);
  for (let round = 0; round < 3; round++) {
    storage.expire();
    // Node has no locks, as pages without TLS have none: both send the same refresh token.
    const results = await Promise.all([one.getInfo(), two.getInfo(), one.getInfo(), two.getInfo()]);
    assert.deepEqual(results.map(({ error }) => error), [undefined, undefined, undefined, undefined]);
  }
  assert.equal(one.getSnapshot().status, "signedIn");
});

test("already_used_a_lost_answer_to_a_refresh_signs_nobody_out", async () => {
  const { one, storage } = await signedIn("lost@example.test");
  storage.expire();
  const lose = async (fetch, ...request) => {
    await (await fetch(...request)).text();
    throw new TypeError("connection lost");
  };
  const lost = await withFetch(lose, () => one.getInfo());
  assert.equal(lost.error.kind, "network");
  assert.equal(one.getSnapshot().status, "signedIn");
  for (let i = 0; i < 3; i++) {
    assert.equal((await one.getInfo()).error, undefined);
    storage.expire();
  }
});

test("a_token_that_the_server_refuses_is_replaced_and_the_request_is_sent_again", async () => {
  const { one, storage } = await signedIn("refused@example.test");
  const [[key, value]] = storage.items;
  // It is older than a minute: what is newer is not replaced for any 401.
  const { expires, ...tokens } = JSON.parse(value);
  storage.setItem(key, JSON.stringify({ ...tokens, expires: expires - 120_000, accessToken: "no token" }));
  const requests = [];
  const listen = (fetch, request, init) => (requests.push(new URL(request.url).pathname), fetch(request, init));
  const { data } = await withFetch(listen, () => one.request("/weatherforecast"));
  assert.equal(data.length, 5);
  assert.deepEqual(requests, ["/weatherforecast", "/refresh", "/weatherforecast"]);
});

test("a_refresh_token_that_the_server_refuses_ends_the_session", async () => {
  const { one, storage } = await signedIn("ended@example.test");
  const [[key, value]] = storage.items;
  storage.setItem(key, JSON.stringify({ ...JSON.parse(value), accessToken: "no", refreshToken: "no" }));
  assert.equal((await one.getInfo()).error.kind, "unauthorized");
  assert.deepEqual(one.getSnapshot(), { status: "signedOut", reason: "sessionEnded" });
  assert.equal(storage.items.size, 0);
});

test("sessions_are_listed_and_ended_where_there_are_any", async () => {
  const { one, email } = await signedIn("sessions@example.test");
  const two = client();
  await two.login({ email, password: PASSWORD });
  const { data, error } = await one.sessions.list();
  if (!isStrict) return assert.equal(error.kind, "notFound");
  assert.equal(data.sessions.length, 2);
  assert.deepEqual(data.sessions.map(({ isCurrent }) => isCurrent).sort(), [false, true]);
  // A fresh sign-in may be asked for; nobody is fresher than these two.
  assert.equal((await one.sessions.endOthers()).error, undefined);
  assert.equal((await two.getInfo()).error.kind, "unauthorized");
  assert.deepEqual(two.getSnapshot(), { status: "signedOut", reason: "sessionEnded" });
  assert.equal((await one.getInfo()).error, undefined);
});

test("a_step_up_makes_no_session_and_a_wrong_password_signs_nobody_out", async () => {
  const { one } = await signedIn("step-up@example.test");
  if (!isStrict || !has("/manage/confirm")) {
    return assert.equal((await one.stepUp({ password: PASSWORD })).error.kind, "notFound");
  }
  assert.equal((await one.stepUp({ password: "wrong" })).error.kind, "failed");
  assert.equal(one.getSnapshot().status, "signedIn");
  assert.equal((await one.stepUp({ password: PASSWORD })).error, undefined);
  assert.equal((await one.sessions.list()).data.sessions.length, 1);
  const { data } = await one.exportAccount();
  assert.equal(data.account.email, "step-up@example.test");
});

test("an_account_is_closed_by_its_user_where_that_is_offered", async () => {
  const { one, email } = await signedIn("deleted@example.test");
  const { data, error } = await one.deleteAccount();
  if (!isStrict) {
    assert.equal(error.kind, "notFound");
    return assert.equal(one.getSnapshot().status, "signedIn");
  }
  assert.ok(Date.parse(data.deletedAt) > Date.now());
  assert.deepEqual(one.getSnapshot(), { status: "signedOut", reason: "loggedOut" });
  assert.equal((await client().login({ email, password: PASSWORD })).error.kind, "failed");
});

test("a_password_is_guessed_only_so_often", async () => {
  const { one, email } = await signedIn("guessed@example.test");
  const kinds = new Set();
  for (let i = 0; i < 60 && !kinds.has("tooManyRequests"); i++) {
    const { error } = await client().login({ email, password: `guess ${i}` });
    kinds.add(error.kind);
    if (error.kind === "tooManyRequests") assert.ok(error.retryAfter > 0);
  }
  assert.deepEqual([...kinds].sort(), isStrict ? ["failed", "tooManyRequests"] : ["failed", "lockedOut", "tooManyRequests"]);
  assert.equal((await one.getInfo()).error, undefined, "who is signed in stays so");
});
