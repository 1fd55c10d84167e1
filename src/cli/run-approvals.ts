import { approvals } from "../actions/approvals.ts";
import { describeApproval } from "../core/acts/describe-approval.ts";
import { SlipwayError } from "../core/errors.ts";
import { readRelease } from "../core/release/schema.ts";
import type { ApprovalsOptions } from "./approve-command.ts";
import { composeActs, composeFingerprint } from "./compose-acts.ts";
import { loadConfig, loadManifest } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { printOut } from "./out.ts";

/** `slipway approvals`. */
export async function runApprovals(options: ApprovalsOptions): Promise<void> {
  const { config } = await findProject(options.project, loadConfig);
  const environment = findEnvironment(config, options.env);
  const releaseSha256 = await sha256Of(options.release);

  await using composed = await composeActs({}, process.env);
  const request = { app: config.app, env: environment.name, releaseSha256 };
  const { now, approvals: list } = await approvals(request, composed.ports.gatekeeping);
  const texts = list.map((approval) => describeApproval(approval, now));
  const inWords = texts.length === 0 ? "nobody has approved it, or everybody took it back" : texts.join("\n");
  const answer = options.json === true ? JSON.stringify({ approvals: list }, null, 2) : inWords;
  printOut(answer, options.json === true ? "json" : "text");
}

async function sha256Of(release: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(release)) return release;
  const result = readRelease(await loadManifest(release));
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  return (await composeFingerprint())(result.release);
}
