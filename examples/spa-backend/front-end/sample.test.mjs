// A person tries the sample in Chromium, with React and with Vue: `SERVER` is the address of the back end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, authenticatorCode } from "../../../clients/typescript/test/server/help.mjs";
import { origin, submit, visit } from "./browser.mjs";

for (const [framework, other] of [
  ["react", "vue"],
  ["vue", "react"],
]) {
  test(`a_wrong_code_leaves_the_field_for_another_one_with_${framework}`, async () => {
    const { context, page } = await visit(framework);
    const email = `${framework}-code@example.test`;
    await submit(page, email, PASSWORD, "Register");
    await page.getByText(email).waitFor();
    const manage = async (data) => (await context.request.post(`${origin}/manage/2fa`, { data })).json();
    const { sharedKey } = await manage({});
    const { isTwoFactorEnabled } = await manage({ enable: true, twoFactorCode: authenticatorCode(sharedKey) });
    assert.ok(isTwoFactorEnabled);
    await page.getByRole("button", { name: "Sign out" }).click();

    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    const alert = page.getByRole("alert");
    const signIn = async (code, text) => {
      if (code !== undefined) await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Sign in" }).click();
      if (text) await alert.filter({ hasText: text }).waitFor();
    };
    await signIn(undefined, "Please enter the code");
    await signIn("000000", "Address, password or code is wrong");
    // Without a code it is as at first: the field keeps nobody out who needs none.
    await signIn("", "Please enter the code");
    await signIn(authenticatorCode(sharedKey));
    await page.locator("tr").nth(4).waitFor();
    await context.close();
  });

  test(`somebody_registers_sees_the_weather_and_leaves_with_${framework}`, async () => {
    const { context, page } = await visit(framework);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const email = `${framework}-sample@example.test`;
    await submit(page, email, "weak", "Register");
    await page.getByRole("alert").filter({ hasText: "Passwords must" }).waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByText(email).waitFor();
    await page.locator("tr").nth(4).waitFor();

    // The other page knows at once, and follows.
    const neighbour = await context.newPage();
    await neighbour.goto(`${origin}/${other}/`);
    await neighbour.getByText(email).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const tab of [page, neighbour]) await tab.getByText("You are signed out.").waitFor();

    await submit(page, email, "wrong", "Sign in");
    await page.getByRole("alert").filter({ hasText: "is wrong" }).waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("tr").nth(4).waitFor();
    await page.reload();
    await page.getByText(email).waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  });
}
