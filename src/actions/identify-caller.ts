import type { EnvironmentConfig } from "../core/config/types.ts";
import { clocksDiffer } from "../core/deployment/clocks-differ.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { Caller } from "../ports/identity.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import type { Steps } from "./steps.ts";

/**
 * The step `identity`: who calls, as the platform says, and in the environment's own account and region. Throws (exit
 * 11) otherwise.
 *
 * @param timed whether the run decides on the time of day: then the clocks of platform and ledger must agree
 */
export async function identifyCaller(
  environment: EnvironmentConfig,
  timed: boolean,
  steps: Steps,
  ports: Pick<DeploymentPorts, "identity" | "gatekeeping">,
  signal: AbortSignal,
): Promise<Caller> {
  let caller: Caller | undefined;
  await steps.take("identity", "who deploys, and where", signal, async () => {
    caller = await ports.identity.whoAmI();
    const problems = [
      ...wrongPlace(environment, caller),
      ...(timed ? clocksDiffer(caller.platformTime, await ports.gatekeeping.now()) : []),
    ];
    if (problems.length > 0) throw new SlipwayError(problems, "verifyFailed");
    return { says: `${caller.actor} in ${caller.account}, ${caller.region}` };
  });
  if (caller === undefined) throw new Error("the identity step ended without a caller");
  return caller;
}

function wrongPlace(environment: EnvironmentConfig, caller: Caller): Problem[] {
  const problems: Problem[] = [];
  const at = `environments/${environment.name}`;
  if (environment.account !== undefined && caller.account !== environment.account) {
    problems.push({
      code: "WRONG_ACCOUNT",
      at: `${at}/account`,
      says: `is ${environment.account}, the credentials are those of ${caller.account} (${caller.actor})`,
      hint: "use the credentials of the environment's account",
    });
  }
  if (caller.region !== environment.region) {
    problems.push({
      code: "WRONG_REGION",
      at: `${at}/region`,
      says: `is ${environment.region}, the cloud that answers is in ${caller.region}`,
      hint: "use the environment's region",
    });
  }
  return problems;
}
