import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Cell, CellResult } from "./cell.ts";

const CAMPAIGN = fileURLToPath(new URL("../../tampering/campaign.ts", import.meta.url));
const FAULTS_SHOWN = 10;

/** F29: the campaign against the ledger, which has a program of its own. */
export function tamperingCells(): Cell[] {
  return [
    { id: "F29/ledger/10000-tamperings", inSubset: false, run: ({ seed }) => campaign(10_000, 1000, seed) },
    { id: "F29/ledger/500-tamperings", inSubset: true, run: ({ seed }) => campaign(500, 50, seed) },
  ];
}

async function campaign(count: number, honest: number, seed: number): Promise<CellResult> {
  const words = [`--count=${count}`, `--honest=${honest}`, `--seed=${seed}`, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, [CAMPAIGN, ...words], {
    maxBuffer: 256 * 1024 * 1024,
  }).catch((error: unknown) => {
    // It ends with exit code 1 and its report when it missed one.
    if (error instanceof Error && "stdout" in error && error.stdout !== "")
      return error as Error & { stdout: string };
    throw error;
  });
  const report = JSON.parse(stdout) as {
    readonly found: number;
    readonly missed: readonly unknown[];
    readonly falseAlarms: readonly unknown[];
  };
  return {
    broken: [...report.missed, ...report.falseAlarms]
      .slice(0, FAULTS_SHOWN)
      .map((one) => JSON.stringify(one)),
    checked: [],
    figures: {
      "tamperings tried": count,
      "tamperings found and named": report.found,
      "honest ledgers": honest,
      "false alarms": report.falseAlarms.length,
    },
  };
}
