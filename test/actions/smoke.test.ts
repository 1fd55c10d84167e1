import { expect, test } from "vitest";
import { smoke } from "../../src/actions/smoke.ts";
import { Secret } from "../../src/core/secret.ts";
import type { HttpRequest } from "../../src/ports/http-probe.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { FakeClock } from "../fakes/fake-clock.ts";

test("gives the probe the secrets that a check's headers name, unread", async () => {
  const headers = { authorization: "Bearer {secret:diary/{env}/smoke-token}" };
  const config = aConfig({ environments: { local: { cloud: "local", smoke: [{ path: "/", headers }] } } });
  const asked: HttpRequest[] = [];
  const ports = {
    clock: new FakeClock(),
    secrets: { locate: async () => undefined, read: async (name: string) => new Secret(name, "value") },
    http: {
      ask: async (request: HttpRequest) => {
        asked.push(request);
        return { kind: "answer" as const, status: 200, body: "" };
      },
    },
  };

  const options = { environment: environmentOf(config), release: aRelease(), urls: { api: "http://api" } };
  const results = await smoke("smoke", options, ports, new AbortController().signal);

  expect(results).toEqual([
    {
      name: "GET /",
      component: "api",
      request: "GET /",
      passed: true,
      milliseconds: 0,
      asked: 1,
      faults: [],
    },
  ]);
  expect(asked[0]?.headers).toEqual(headers);
  expect(JSON.stringify(asked[0]?.secrets)).toBe(
    '{"{secret:diary/{env}/smoke-token}":"<diary/local/smoke-token>"}',
  );
});
