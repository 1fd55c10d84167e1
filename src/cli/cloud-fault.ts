import { SlipwayError } from "../core/errors.ts";
import type { CloudFaultOptions } from "./cloud-fault-command.ts";
import { composeCloud, type FaultRule, type FaultState } from "./compose-cloud.ts";

/** Adds a rule, takes all away, or only tells those that are set. With a new rule all counting begins anew. */
export async function runCloudFault(
  wish: Omit<FaultRule, "nth"> | undefined,
  { name, nth, clear, json }: CloudFaultOptions,
): Promise<void> {
  const cloud = await composeCloud();
  const set = clear === true ? [] : await cloud.faults(name, undefined);
  const added = wish === undefined ? [] : [{ ...wish, nth }];
  const changes = clear === true || added.length > 0;
  const rules = changes && set !== undefined ? await cloud.faults(name, [...set, ...added]) : set;
  if (rules === undefined) throw down(name);
  process.stdout.write(`${json === true ? JSON.stringify({ rules }, null, 2) : describe(rules)}\n`);
}

function describe(rules: readonly FaultState[]): string {
  if (rules.length === 0) return "nothing goes wrong on purpose";
  return rules
    .map(({ service, operation, nth, fault, seen }) => {
      const left = seen < nth ? `in ${nth - seen} ${nth - seen === 1 ? "call" : "calls"}` : "has struck";
      return `${service} ${operation}: ${fault}, call ${nth} (${left})`;
    })
    .join("\n");
}

function down(name: string): SlipwayError {
  return new SlipwayError(
    {
      code: "LOCAL_CLOUD_DOWN",
      at: name,
      says: "no local cloud of that name runs",
      hint: "start it with `slipway cloud up`",
    },
    "verifyFailed",
  );
}
