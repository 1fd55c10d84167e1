import { expect, test } from "vitest";
import { secretNames } from "../../../src/core/config/secret-names.ts";
import { aConfig, environmentOf } from "../../builders/a-config.ts";

test("names the secrets of the services and of the smoke test, each once", () => {
  const headers = { authorization: "Bearer {secret:diary/{env}/smoke-token}" };
  const smoke = [
    { path: "/", headers },
    { path: "/again", headers: { ...headers, cookie: "{secret:diary/{env}/database-url}" } },
  ];
  const config = aConfig({ environments: { local: { cloud: "local", smoke } } });

  expect(secretNames(config, environmentOf(config))).toEqual([
    "diary/local/database-url",
    "diary/local/smoke-token",
  ]);
});
