// The journey with openapi-generator's TypeScript client:
// node out/typescript-fetch/journey.js http://127.0.0.1:5000 MAIL_FOLDER
import assert from "node:assert/strict";
import { Configuration, HttpValidationProblemDetailsFromJSON, IdentityApi, ProblemDetailsFromJSON, ResponseError } from "./generated/index.js";
import { mailedLink } from "../mailed-link.js";

const [basePath = "", mail = ""] = process.argv.slice(2);
const stranger = new IdentityApi(new Configuration({ basePath }));
const account = { email: "ada@example.test", password: "Passw0rd!" };

await stranger.register({ registerRequest: account });
const again = HttpValidationProblemDetailsFromJSON(await refusal(400, stranger.register({ registerRequest: account })));
assert.ok(again.errors?.["DuplicateUserName"]);
const unconfirmed = ProblemDetailsFromJSON(await refusal(401, stranger.login({ loginRequest: account })));
assert.equal(unconfirmed.detail, "NotAllowed");

const thanks: string = await stranger.confirmEmail(await mailedLink(mail));
assert.equal(thanks, "Thank you for confirming your email.");

const tokens = await stranger.login({ loginRequest: account });
assert.equal(tokens.expiresIn, 3600);
await showAccount({ accessToken: tokens.accessToken });
const next = await stranger.refresh({ refreshRequest: { refreshToken: tokens.refreshToken } });
await showAccount({ accessToken: next.accessToken });

let cookie = "";
const browser = new IdentityApi(
  new Configuration({
    basePath,
    middleware: [
      {
        // A browser does this by itself.
        async post({ response }) {
          cookie = response.headers.getSetCookie().map((text) => text.split(";")[0]).join("; ");
        },
      },
    ],
  }),
);
await browser.loginWithCookie({ loginRequest: account });
await showAccount({ headers: { cookie } });
await new IdentityApi(new Configuration({ basePath, headers: { cookie } })).logout({ body: {} });
await refusal(401, stranger.getInfo());
console.log("test result: ok. typescript-fetch");

async function showAccount(parameters: { accessToken?: string; headers?: Record<string, string> }) {
  const info = await new IdentityApi(new Configuration({ basePath, ...parameters })).getInfo();
  assert.deepEqual({ ...info }, { email: account.email, isEmailConfirmed: true });
}

/** The body of the refusal, if it has one. */
async function refusal(status: number, call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => assert.fail("nothing was refused"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ResponseError, String(error));
  assert.equal(error.response.status, status);
  const text = await error.response.text();
  return text === "" ? undefined : JSON.parse(text);
}
