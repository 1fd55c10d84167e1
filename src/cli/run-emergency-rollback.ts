import { emergencyRollback } from "../actions/emergency-rollback.ts";
import { readSecond, type SecondPerson } from "../core/emergency/second-person.ts";
import { SlipwayError } from "../core/errors.ts";
import { composeEmergency } from "./compose-emergency.ts";
import { loadConfig, loadManifest } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import { printReport } from "./print-report.ts";
import type { RollbackOptions } from "./rollback-command.ts";

/** `slipway rollback --break-glass`. */
export async function runEmergencyRollback(options: RollbackOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);
  const second = options.second === undefined ? undefined : await findSecond(options.second);
  const reason = options.reason ?? (typeof options.breakGlass === "string" ? options.breakGlass : "");

  await interruptible(async (signals) => {
    const ports = await composeEmergency(project, environment, options.trust, process.env);
    const request = { config, environment, to: options.to, reason, second };
    const duringRollout = options.duringRollout === true;
    const report = await emergencyRollback({ ...request, duringRollout }, ports, signals);
    ports.reporter.note(`when the ledger is back: slipway audit merge --journal=${report.journal}`);
    await printReport(report, ports.reporter, options);
  });
}

async function findSecond(file: string): Promise<SecondPerson> {
  const second = readSecond(await loadManifest(file));
  if (second !== undefined) return second;
  throw new SlipwayError(
    {
      code: "EMERGENCY_SECOND_UNREADABLE",
      at: file,
      says: "is not what `slipway approve-emergency` writes",
      hint: "take the file as the second person wrote it",
    },
    "usage",
  );
}
