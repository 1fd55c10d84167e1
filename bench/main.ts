// `npm run bench`: a table of figures, each beside its baseline. `-- --json` prints one document; a missed limit exits 1.
// `-- --only=NAME` runs the benchmarks whose file name contains NAME.

import { parseArgs } from "node:util";
import type { Row } from "./row.ts";

const BENCHMARKS = [
  "version-start",
  "exec-overhead",
  "check",
  "quickstart-memory",
  "ledger-append",
  "ledger-queries",
  "lease-race",
  "ledger-verify",
  "migrate-up",
  "migrations",
] as const;

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, only: { type: "string" } },
});
const chosen = BENCHMARKS.filter((name) => values.only === undefined || name.includes(values.only));
if (chosen.length === 0) {
  console.error(`bench: no benchmark is named like "${values.only}"; there are ${BENCHMARKS.join(", ")}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const name of chosen) {
  console.error(`bench: measuring ${name} …`);
  const { measure } = (await import(`./rows/${name}.ts`)) as { measure: () => Promise<Row | Row[]> };
  rows.push(...[await measure()].flat());
}
if (values.json) console.log(JSON.stringify({ rows }, null, 2));
else console.log(rows.map(line).join("\n"));
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

function line(row: Row): string {
  const value = `${row.value.toFixed(1)} ${row.unit}`.padStart(12);
  const judged =
    row.ratio === null || row.baseline === null
      ? `limit ${row.limit} ${row.unit}`
      : `${row.ratio.toFixed(2)} × ${row.baseline.toFixed(1)} ${row.unit}, limit ${row.limit} ×`;
  return `${row.ok ? "ok    " : "MISSED"}  ${row.name.padEnd(58)} ${value}   ${judged}`;
}
