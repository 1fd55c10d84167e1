import { dag } from "@dagger.io/dagger";
import { expect, test } from "vitest";
import { configBox, deliveryBox, migrationBox } from "../../dagger/src/toolbox.ts";
import { captureQueries } from "./capture.ts";

const packages = {
  "node_modules/commander": { version: "1.0.0" },
  "node_modules/temporal-polyfill": { version: "1.1.0" },
  "node_modules/yaml": { version: "2.0.0" },
  "node_modules/zod": { version: "3.0.0" },
  "node_modules/pg": { version: "8.0.0" },
  "node_modules/canonicalize": { version: "1.0.0" },
  "node_modules/libpg-query": { version: "1.0.0" },
  "node_modules/node-pg-migrate": { version: "9.0.0" },
  "node_modules/@squawk-cli/linux-arm64": { version: "2.0.0" },
};

/** An engine that knows Slipway's folder with these packages installed. */
function slipwayWith(installed: Readonly<Record<string, string>>): string[] {
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ dependencies: { pg: "*", zod: "*" } }),
    "package-lock.json": JSON.stringify({ packages }),
  };
  const kept = Object.entries(installed).map(([name, version]) => [`node_modules/${name}`, { version }]);
  if (kept.length > 0) {
    files["node_modules/.package-lock.json"] = JSON.stringify({ packages: Object.fromEntries(kept) });
  }
  return captureQueries((query) => {
    if (query.includes("glob")) return Object.keys(files).filter((path) => path.startsWith("node_modules/"));
    if (query.includes("defaultPlatform")) return "linux/arm64/v8";
    return query.includes("contents }") ? files[/file \(path: "(.*?)"\)/.exec(query)?.[1] ?? ""] : "id";
  });
}

test("a config is read with the installed packages when they are those of the lock file", async () => {
  const queries = slipwayWith({
    commander: "1.0.0",
    "temporal-polyfill": "1.1.0",
    yaml: "2.0.0",
    zod: "3.0.0",
  });

  await (await configBox(dag.directory())).sync();

  expect(queries.some((query) => query.includes("withExec"))).toBe(false);
  expect(queries.find((query) => query.includes("filter"))).toContain('"node_modules/zod"');
});

test.each([
  ["are not installed", {}],
  ["are not all installed", { commander: "1.0.0", zod: "3.0.0" }],
  [
    "are installed in another version",
    { commander: "1.0.0", "temporal-polyfill": "1.1.0", yaml: "2.0.1", zod: "3.0.0" },
  ],
])("packages that %s are installed in the box", async (_, installed) => {
  const queries = slipwayWith(installed);

  await (await configBox(dag.directory())).sync();

  expect(queries.some((query) => query.includes('withExec (args: ["npm","ci"'))).toBe(true);
  expect(queries.some((query) => query.includes('\\"zod\\":\\"3.0.0\\"'))).toBe(true);
});

test("a delivery has what Slipway needs at run time, from the lock file", async () => {
  const queries = slipwayWith({});

  await (await deliveryBox(dag.directory())).sync();

  const query = queries.find((query) => query.includes("withExec")) ?? "";
  expect(query).toContain('\\"dependencies\\":{\\"pg\\":\\"8.0.0\\",\\"zod\\":\\"3.0.0\\"}');
});

test("migrations have squawk's program for the platform of the box", async () => {
  const queries = slipwayWith({});

  await (await migrationBox(dag.directory(), dag.directory())).sync();

  const query = queries.find((query) => query.includes("withExec")) ?? "";
  expect(query).toContain('\\"@squawk-cli/linux-arm64\\":\\"2.0.0\\"');
});
