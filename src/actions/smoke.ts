import type { EnvironmentConfig, SmokeCheck } from "../core/config/types.ts";
import type { ComponentPlan } from "../core/deployment/service-spec.ts";
import type { StepName } from "../core/deployment/types.ts";
import type { Release } from "../core/release/types.ts";
import type { Secret } from "../core/secret.ts";
import { evaluate } from "../core/smoke/evaluate.ts";
import { fillIn } from "../core/smoke/fill-in.ts";
import type { SmokeResult } from "../core/smoke/result.ts";
import { smokeSecrets } from "../core/smoke/secret-names.ts";
import { isSettled, type FailedLook } from "../core/smoke/settled.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { StepFailed, stopIfAborted } from "./step-faults.ts";

const PAUSE_MS = 500;
const ANSWER_MS = 5000;

interface AskedCheck {
  readonly check: SmokeCheck;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly url: string;
  readonly looks: FailedLook[];
  result: SmokeResult;
}

/**
 * Asks every smoke check until each has passed, the environment's time is up, or one has refused for good. Answers how
 * each one went; throws `StepFailed` with the last faults of those that have not passed.
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
): Promise<readonly SmokeResult[]> {
  const { environment } = options;
  const deadline = ports.clock.now() + environment.smokeTimeoutSeconds * 1000;
  const checks = await Promise.all(environment.smoke.map((check) => prepare(check, options, ports)));

  for (;;) {
    for (const asked of checks.filter(({ result }) => !result.passed)) {
      await ask(asked, ports);
      stopIfAborted(signal);
    }

    const open = checks.filter(({ result }) => !result.passed);
    const results = checks.map(({ result }) => result);
    if (open.length === 0) return results;
    if (ports.clock.now() >= deadline || open.some(({ looks }) => isSettled(looks))) {
      throw new StepFailed(step, open.map(problemOf), { smoke: results });
    }
    await ports.clock.sleep(PAUSE_MS, signal);
    stopIfAborted(signal);
  }
}

async function prepare(
  written: SmokeCheck,
  { environment, release, urls }: Parameters<typeof smoke>[1],
  ports: Pick<DeploymentPorts, "secrets">,
): Promise<AskedCheck> {
  const check = fillIn(written, release);
  const { name, component, method, path } = check;
  const request = `${method} ${path}`;
  return {
    check,
    secrets: await secretsOf(written, environment.name, ports),
    url: `${urls[component]}${path}`,
    looks: [],
    result: { name, component, request, passed: false, milliseconds: 0, asked: 0, faults: [] },
  };
}

async function ask(asked: AskedCheck, ports: Pick<DeploymentPorts, "http" | "clock">): Promise<void> {
  const { check, secrets, url, looks } = asked;
  const began = ports.clock.now();
  const answer = await ports.http.ask({ ...check, secrets, url, timeoutMs: ANSWER_MS });
  const faults = evaluate(check, answer);
  const at = ports.clock.now();
  const status = answer.kind === "answer" ? answer.status : undefined;
  if (faults.length > 0) looks.push({ status, faults: faults.join("; "), at });
  asked.result = {
    ...asked.result,
    passed: faults.length === 0,
    milliseconds: at - began,
    asked: asked.result.asked + 1,
    faults,
  };
}

function problemOf({ check, url, result }: AskedCheck) {
  const says = `${check.name}: ${result.faults.join("; ")}`;
  return { code: "SMOKE_FAILED", at: `${check.method} ${url}`, says, hint: "" };
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
