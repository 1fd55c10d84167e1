import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import type { SlipwayRun } from "./slipway.ts";

/** What the quickstart needs of a deployment's report. */
export interface Deployed extends Pick<DeploymentReport, "outcome" | "version" | "steps" | "exitCode"> {
  readonly url: string;
}

/** The answer of `slipway cloud up --json`. */
export function broughtUp({ stdout }: SlipwayRun): { readonly registry: string } {
  const { registry } = JSON.parse(stdout) as { registry?: unknown };
  if (typeof registry !== "string") throw new Error(`the local cloud names no registry: ${stdout}`);
  return { registry };
}

/** The answer of `slipway deploy --json`. */
export function deployed({ stdout }: SlipwayRun): Deployed {
  const report = JSON.parse(stdout) as DeploymentReport;
  if (report.url === null) throw new Error(`the deployment names no address: ${stdout}`);
  return { ...report, url: report.url };
}

/** The answer of `slipway migrate up --json`: the hash of the schema as the catalogs describe it. */
export function schemaAfter({ stdout }: SlipwayRun): string {
  return (JSON.parse(stdout) as { schemaAfter: string }).schemaAfter;
}
