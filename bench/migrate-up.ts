// A process that migrates: `node bench/migrate-up.ts <folder>`, with the database's URL in DATABASE_URL.
import { enableCompileCache } from "node:module";

// As the CLI does.
enableCompileCache();
const [{ openMigrations }, { Secret }] = await Promise.all([
  import("../src/adapters/postgres/open-migrations.ts"),
  import("../src/core/secret.ts"),
]);

const [folder = ""] = process.argv.slice(2);
const url = new Secret("DATABASE_URL", process.env["DATABASE_URL"] ?? "");
const migrations = await openMigrations({ url, folder });
const plan = await migrations.plan();
const outcome = await migrations.apply({ fence: 1, signal: new AbortController().signal });
await migrations.schema();
await migrations.close();
if (plan.kind !== "planned" || outcome.kind !== "applied") {
  console.error(JSON.stringify({ plan, outcome }));
  process.exitCode = 1;
}
