import { join } from "node:path";
import { expect, test } from "vitest";
import { postgresSuites, usesDatabase } from "../../../scripts/containers/suites.ts";

test("knows a suite by its import of the helper that lends databases", () => {
  expect(usesDatabase('import { useDatabase } from "../../support/postgres.ts";\n')).toBe(true);
  expect(usesDatabase('import { test } from "vitest";\nimport { useDatabase } from "./postgres.ts";\n')).toBe(
    true,
  );
  expect(usesDatabase('import { startPostgres } from "../../../src/machine/postgres/server.ts";\n')).toBe(
    false,
  );
  expect(usesDatabase("// like ../support/postgres.ts\n")).toBe(false);
});

test("finds the suites of this repository, and not the server's own", async () => {
  const suites = await postgresSuites(join(import.meta.dirname, "../../.."));

  expect(suites).toContain("test/support/postgres.real.test.ts");
  expect(suites).not.toContain("test/machine/postgres/server.real.test.ts");
});
