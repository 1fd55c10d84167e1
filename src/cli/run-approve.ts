import { approve } from "../actions/approve.ts";
import { revoke } from "../actions/revoke.ts";
import { describeSigning } from "../core/acts/describe-signing.ts";
import type { Config } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { utcText } from "../core/gates/window-time.ts";
import { readPlan } from "../core/plan/schema.ts";
import type { Plan } from "../core/plan/types.ts";
import type { ApproveOptions, RevokeOptions } from "./approve-command.ts";
import { composeActs, composeFingerprint } from "./compose-acts.ts";
import { loadConfig, loadManifest } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { printAct } from "./print-act.ts";
import { printErr } from "./out.ts";

/** `slipway approve`. */
export async function runApprove(options: ApproveOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const plan = await findPlan(options.plan, config);
  if (options.env !== undefined && options.env !== plan.environment) {
    throw otherPlan("environment", plan.environment, options.env);
  }
  const environment = findEnvironment(config, plan.environment);
  const { role, meaning, reason } = options;

  await using composed = await composeActs(options, process.env);
  printErr(`slipway: to be signed\n${describeSigning({ plan, role, meaning, reason })}`);
  const answer = await approve({ config, environment, plan, role, meaning, reason }, composed.ports);
  printAct(
    answer,
    ({ approval }) => [
      `${approval.id}  good until ${utcText(approval.expiresAt)}, for one deployment`,
      `  ${approval.printedName} (${approval.person}) signed "${meaning}" as ${role} on ${utcText(Date.parse(approval.at))}`,
      `  release ${plan.release.id} for ${plan.environment}, proven by ${approval.identity.subject}`,
    ],
    options.json,
  );
}

/** `slipway revoke`. */
export async function runRevoke(options: RevokeOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  await using composed = await composeActs(options, process.env);
  const answer = await revoke(
    { config, approvalId: options.approval, reason: options.reason },
    composed.ports,
  );
  printAct(
    answer,
    ({ approvalId, env }) => [
      `${approvalId} was taken back; no deployment to ${env} may use it from here on`,
    ],
    options.json,
  );
}

async function findPlan(path: string, config: Config): Promise<Plan> {
  const result = readPlan(await loadManifest(path), await composeFingerprint());
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  const { plan } = result;
  if (plan.app === config.app) return plan;
  throw otherPlan("app", plan.app, config.app);
}

function otherPlan(what: "app" | "environment", found: string, wanted: string): SlipwayError {
  return new SlipwayError(
    {
      code: "PLAN_OTHER",
      at: `plan/${what}`,
      says: `is for "${found}", and asked for is "${wanted}"`,
      hint: `give a plan for ${wanted}: slipway plan --out=<file>`,
    },
    "usage",
  );
}
