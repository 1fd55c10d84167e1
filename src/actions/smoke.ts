import type { EnvironmentConfig, SmokeCheck } from "../core/config/types.ts";
import type { ComponentPlan } from "../core/deployment/service-spec.ts";
import type { StepName } from "../core/deployment/types.ts";
import type { Release } from "../core/release/types.ts";
import type { Secret } from "../core/secret.ts";
import { evaluate } from "../core/smoke/evaluate.ts";
import { fillIn } from "../core/smoke/fill-in.ts";
import { smokeSecrets } from "../core/smoke/secret-names.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { StepFailed, stopIfAborted } from "./steps.ts";

const PAUSE_MS = 500;
const ANSWER_MS = 5000;

/**
 * Asks every smoke check until each has passed, or the environment's time is up. Answers how many there were; throws
 * `StepFailed` with the last faults of those that never passed.
 */
export async function smoke(
  step: StepName,
  options: {
    readonly environment: EnvironmentConfig;
    readonly release: Release;
    readonly urls: Readonly<Record<string, string>>;
  },
  ports: Pick<DeploymentPorts, "http" | "clock" | "secrets">,
  signal: AbortSignal,
): Promise<number> {
  const { environment, release, urls } = options;
  const deadline = ports.clock.now() + environment.smokeTimeoutSeconds * 1000;
  const checks = await Promise.all(
    environment.smoke.map(async (check) => ({
      check: fillIn(check, release),
      secrets: await secretsOf(check, environment.name, ports),
    })),
  );
  let open = checks.map((asked) => ({ ...asked, faults: [] as string[] }));

  for (;;) {
    const looked = [];
    for (const { check, secrets } of open) {
      const answer = await ports.http.ask({
        ...check,
        secrets,
        url: `${urls[check.component]}${check.path}`,
        timeoutMs: ANSWER_MS,
      });
      looked.push({ check, secrets, faults: evaluate(check, answer) });
      stopIfAborted(signal);
    }

    open = looked.filter(({ faults }) => faults.length > 0);
    if (open.length === 0) return checks.length;
    if (ports.clock.now() >= deadline) break;
    await ports.clock.sleep(PAUSE_MS, signal);
    stopIfAborted(signal);
  }
  throw new StepFailed(
    step,
    open.map(({ check, faults }) => ({
      code: "SMOKE_FAILED",
      at: `${check.method} ${urls[check.component]}${check.path}`,
      says: `${check.name}: ${faults.join("; ")}`,
      hint: "",
    })),
  );
}

/** Placeholder → secret, for one check. */
async function secretsOf(
  check: SmokeCheck,
  env: string,
  ports: Pick<DeploymentPorts, "secrets">,
): Promise<Readonly<Record<string, Secret>>> {
  const entries = smokeSecrets(check, env).map(
    async ({ placeholder, name }) => [placeholder, await ports.secrets.read(name)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Where each component is asked: the environment's URL, else what its load balancer says. */
export async function urlsOf(
  plans: readonly ComponentPlan[],
  environment: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "containers">,
): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(
    plans.map(
      async ({ component, service }) =>
        [component, environment.url ?? (await ports.containers.url(service))] as const,
    ),
  );
  return Object.fromEntries(entries);
}
