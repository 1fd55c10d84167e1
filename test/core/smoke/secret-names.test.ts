import { expect, test } from "vitest";
import { smokeSecrets } from "../../../src/core/smoke/secret-names.ts";

test("finds each secret once, with the environment's name filled in", () => {
  const headers = {
    authorization: "Bearer {secret:diary/{env}/smoke-token}",
    cookie: "a={secret:one}; b={secret:diary/{env}/smoke-token}",
  };

  expect(smokeSecrets({ headers }, "staging")).toEqual([
    { placeholder: "{secret:diary/{env}/smoke-token}", name: "diary/staging/smoke-token" },
    { placeholder: "{secret:one}", name: "one" },
  ]);
});

test("finds none in headers without a placeholder", () => {
  const headers = { accept: "text/html", x: "{version} {secret:} secret:one" };

  expect(smokeSecrets({ headers }, "local")).toEqual([]);
});
