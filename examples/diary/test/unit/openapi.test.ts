import assert from "node:assert/strict";
import { test } from "node:test";
import { openapi } from "../../src/api/openapi.ts";

test("describes every path, and who may ask", () => {
  const { info, paths } = openapi("1.2.3") as {
    info: { version: string };
    paths: Record<string, Record<string, { security?: unknown }>>;
  };

  assert.equal(info.version, "1.2.3");
  const open = Object.entries(paths)
    .filter(([, methods]) =>
      Object.values(methods).some((method) => !Array.isArray(method) && !method.security),
    )
    .map(([path]) => path);
  assert.deepEqual(open, ["/healthz", "/version"]);
  assert.deepEqual(Object.keys(paths["/api/v1/entries/{id}"] ?? {}), ["parameters", "get", "put", "delete"]);
});
