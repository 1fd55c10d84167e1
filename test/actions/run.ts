import { deploy } from "../../src/actions/deploy.ts";
import { plan } from "../../src/actions/plan.ts";
import { resume } from "../../src/actions/resume.ts";
import { rollback } from "../../src/actions/rollback.ts";
import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import type { Config } from "../../src/core/config/types.ts";
import type { Plan, PlanReport } from "../../src/core/plan/types.ts";
import type { Release } from "../../src/core/release/types.ts";
import { canonicalSha256 } from "../../src/adapters/local/canonical-sha256.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import type { FakeProcess, World } from "../fakes/world.ts";

export interface Stops {
  readonly stop?: AbortSignal;
  readonly leave?: AbortSignal;
  readonly process?: FakeProcess;
  readonly config?: Config;
  readonly plan?: Plan;
  readonly breakGlass?: string;
  /** Name of the environment; "local" unless told. */
  readonly environment?: string;
}

const NEVER = new AbortController().signal;

export function runDeploy(world: World, release: Release, stops: Stops = {}): Promise<DeploymentReport> {
  const config = stops.config ?? aConfig();
  const { ports } = stops.process ?? world.process();
  const signals = { stop: stops.stop ?? NEVER, leave: stops.leave ?? NEVER };
  const environment = environmentOf(config, stops.environment);
  // A release goes out with the config it was built with.
  const built = stops.config === undefined ? release : builtWith(config, release);
  return deploy(
    { config, environment, release: built, plan: stops.plan, breakGlass: stops.breakGlass },
    ports,
    signals,
  );
}

/** The release as it would have been built with another config. */
export function builtWith(config: Config, release: Release): Release {
  return { ...release, configSha256: canonicalSha256(config) };
}

export function runResume(world: World, stops: Stops = {}): Promise<DeploymentReport> {
  const config = stops.config ?? aConfig();
  const { ports } = stops.process ?? world.process();
  const signals = { stop: stops.stop ?? NEVER, leave: stops.leave ?? NEVER };
  return resume({ config, environment: environmentOf(config, stops.environment) }, ports, signals);
}

export function runRollback(world: World, to?: string, stops: Stops = {}): Promise<DeploymentReport> {
  const config = stops.config ?? aConfig();
  const { ports } = stops.process ?? world.process();
  const signals = { stop: stops.stop ?? NEVER, leave: stops.leave ?? NEVER };
  return rollback({ config, environment: environmentOf(config), to }, ports, signals);
}

/** What `slipway plan` answers, with the releases built as `runDeploy` builds them. */
export function runPlan(world: World, release: Release, stops: Stops = {}): Promise<PlanReport> {
  const config = stops.config ?? aConfig();
  const { ports } = stops.process ?? world.process();
  const environment = environmentOf(config, stops.environment);
  const built = stops.config === undefined ? release : builtWith(config, release);
  return plan({ config, environment, release: built, breakGlass: stops.breakGlass }, ports, NEVER);
}

/** The parts of a report that say how it ended. */
export function ending({ outcome, exitCode, running, problems }: DeploymentReport) {
  return {
    outcome,
    exitCode,
    running,
    problems: problems.map(({ code, at, says }) => `${code} ${at}: ${says}`),
  };
}
