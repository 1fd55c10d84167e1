import { dag } from "@dagger.io/dagger";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMigrations } from "../../dagger/src/read-migrations.ts";
import { projectFiles } from "../../src/adapters/local/project-files.ts";
import { captureQueries } from "./capture.ts";

const FILES = {
  "0001_a.up.sql": "create table a ();\n-- slipway: phase=contract\n",
  "0001_a.down.sql": "-- slipway: phase=contract\ndrop table a;\n",
  "0002_b.up.sql":
    "-- why\n\n-- slipway: statement-timeout=9s, phase=contract\nalter table a drop column b;\n",
  "0003_c.up.sql": "-- slipway: phase=expand\r\nselect 'caf\u00e9';\r\n",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-migrations-"));
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text, "latin1");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the module's command prints when it really runs in the folder. */
function runIn(cwd: string, query: string): string {
  const [, args = "[]"] = /withExec \(args: (\[.*?\])\) \{ stdout/.exec(query) ?? [];
  const [, ...argv] = JSON.parse(args) as string[];
  return spawnSync(process.execPath, argv, { cwd, encoding: "utf8" }).stdout;
}

test("the module and the CLI read the same hashes and phases out of the files", async () => {
  captureQueries((query) => {
    if (query.includes("entries")) return Object.keys(FILES);
    return query.includes("createHash") ? runIn(folder, query) : "id";
  });

  const released = await readMigrations(dag.directory(), "migrations");

  expect(released).toEqual(await projectFiles(folder).migrations("."));
  expect(released).toEqual(
    [
      ["0001_a.down.sql", {}],
      ["0001_a.up.sql", {}],
      ["0002_b.up.sql", { phase: "contract" }],
      ["0003_c.up.sql", { phase: "expand" }],
    ].map(([file, phase]) => ({
      file,
      sha256: createHash("sha256")
        .update(Buffer.from(FILES[file as keyof typeof FILES], "latin1"))
        .digest("hex"),
      ...(phase as object),
    })),
  );
});
