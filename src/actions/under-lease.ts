import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Caller } from "../ports/identity.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { identifyCaller } from "./identify-caller.ts";
import { holdLease, type LeaseHeld } from "./hold-lease.ts";
import type { StopSignals } from "./run-context.ts";
import type { Steps } from "./steps.ts";

/** Who does it, under which lease, and when to stop. */
export interface Tenure {
  readonly caller: Caller;
  readonly fence: number;
  /** A person's stop, or the lease is lost. */
  readonly stop: AbortSignal;
  /** A person's second stop, or the lease is lost: compensation ends here too. */
  readonly leave: AbortSignal;
}

/** Finds out who calls, takes the environment's lease, does the work under it, and frees it whatever happens. */
export async function underLease<T>(
  options: {
    readonly config: Config;
    readonly environment: EnvironmentConfig;
    readonly purpose: string;
    /** Whether the decision to go on rests on the time of day: then the clocks of platform and ledger must agree. */
    readonly timed?: boolean;
  },
  steps: Steps,
  ports: DeploymentPorts,
  signals: StopSignals,
  work: (tenure: Tenure) => Promise<T>,
): Promise<T> {
  const { config, environment } = options;

  const caller = await identifyCaller(environment, options.timed === true, steps, ports, signals.stop);

  const { actor } = caller;
  let held: LeaseHeld | undefined;
  await steps.take("lease", `the lease of ${environment.name}`, signals.stop, async () => {
    held = await holdLease(
      {
        app: config.app,
        env: environment.name,
        holder: `${actor} on ${ports.process}`,
        purpose: options.purpose,
        link: ports.origin.link,
      },
      ports,
      signals.stop,
    );
    const { takenOverFrom } = held;
    const from = takenOverFrom === undefined ? "" : `, taken over from ${takenOverFrom.holder}`;
    if (takenOverFrom !== undefined) steps.warn(`the lease was ${takenOverFrom.holder}'s, who fell silent`);
    return { says: `fence ${held.lease.fence}${from}` };
  });
  if (held === undefined) throw new Error("the lease step ended without a lease");

  steps.guard = held.prove;
  const tenure: Tenure = {
    caller,
    fence: held.lease.fence,
    stop: AbortSignal.any([signals.stop, held.lost]),
    leave: AbortSignal.any([signals.leave, held.lost]),
  };
  try {
    return await work(tenure);
  } finally {
    await release(held, ports);
  }
}

// A lease that cannot be freed expires by itself; that must not hide how the work ended.
async function release(held: LeaseHeld, ports: DeploymentPorts): Promise<void> {
  try {
    await held.release();
  } catch {
    ports.reporter.note("the lease could not be freed; it expires by itself");
  }
}
