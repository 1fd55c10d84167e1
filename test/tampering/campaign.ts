// `node test/tampering/campaign.ts --count=10000 --honest=1000 [--seed=…] [--json]`: exits 1 when one was missed.

import { parseArgs } from "node:util";
import { runCampaign } from "./campaign-run.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1500" },
    honest: { type: "string", default: "150" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    json: { type: "boolean", default: false },
  },
});

const began = performance.now();
const report = runCampaign(values.seed, Number(values.count), Number(values.honest));
const seconds = Math.round((performance.now() - began) / 10) / 100;

if (values.json) print(JSON.stringify({ ...report, seconds }, null, 2));
else {
  for (const [name, count] of Object.entries(report.tried)) print(`${String(count).padStart(6)}  ${name}`);
  for (const one of [...report.missed, ...report.falseAlarms].slice(0, 20)) print(JSON.stringify(one));
  print(
    `seed ${report.seed}: ${report.found} of ${report.tampered} tamperings found and named, ` +
      `${report.falseAlarms.length} false alarms on ${report.honest} honest ledgers, ${seconds} s`,
  );
}
process.exitCode = report.missed.length + report.falseAlarms.length === 0 ? 0 : 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
