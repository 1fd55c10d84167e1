import { approveEmergency } from "../actions/approve-emergency.ts";
import type { ApproveEmergencyOptions } from "./approve-emergency-command.ts";
import { composeApproveEmergency } from "./compose-emergency.ts";
import { loadConfig, saveFile } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { printAct } from "./print-act.ts";

/** `slipway approve-emergency`. */
export async function runApproveEmergency(options: ApproveEmergencyOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environment = findEnvironment(config, options.env);
  const ports = await composeApproveEmergency(options.person, process.env);

  const request = { config, environment, release: options.to, reason: options.reason };
  const answer = await approveEmergency(request, ports);
  if (answer.kind === "done") await saveFile(options.out, `${JSON.stringify(answer.second, null, 2)}\n`);
  printAct(
    answer,
    ({ second: { statement }, printedName }) => [
      `${options.out}  good until ${statement.expiresAt}`,
      `  ${printedName} answers for going back to ${statement.release} in ${statement.env} without the ledger`,
      `  next: slipway rollback --break-glass --env=${statement.env} --second=${options.out} --reason="…"`,
    ],
    options.json,
  );
}
