// What orval generates: functions on fetch, and schemas that check at run time what came.
const baseUrl = process.env.BASE_URL;

export default {
  api: {
    input: "./generated/openapi.json",
    output: { target: "./generated/api.ts", client: "fetch", baseUrl },
  },
  schemas: {
    input: "./generated/openapi.json",
    output: { target: "./generated/schemas.ts", client: "zod" },
  },
};
