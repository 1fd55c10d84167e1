import { spawnSync } from "node:child_process";
import type { TestProject } from "vitest/node";

/** Where the tests' Postgres comes from, decided once per run. */
export type PostgresSource = "containers" | "binaries";

declare module "vitest" {
  interface ProvidedContext {
    postgresSource: PostgresSource;
  }
}

/** Runs before the first test file: chooses the source and says it once. */
export function setup(project: TestProject): void {
  const source = postgresSource(process.env, containersAnswer);
  project.provide("postgresSource", source);
  const what = source === "containers" ? `container ${postgresImage()}` : "binaries of this machine";
  process.stderr.write(`Postgres of the tests: ${what}\n`);
}

/** `SLIPWAY_TEST_POSTGRES` decides; without it, whether a container runtime answers. */
export function postgresSource(env: NodeJS.ProcessEnv, containersAnswer: () => boolean): PostgresSource {
  const asked = env["SLIPWAY_TEST_POSTGRES"];
  if (asked === undefined || asked === "") return containersAnswer() ? "containers" : "binaries";
  if (asked === "containers" || asked === "binaries") return asked;
  throw new Error(`SLIPWAY_TEST_POSTGRES is ${JSON.stringify(asked)}; it can be "containers" or "binaries"`);
}

export function postgresImage(env = process.env): string {
  return env["SLIPWAY_TEST_POSTGRES_IMAGE"] ?? "postgres:18";
}

function containersAnswer(): boolean {
  const info = spawnSync("docker", ["info", "--format", "{{.ServerVersion}}"], {
    timeout: 2000,
    stdio: "ignore",
  });
  return info.status === 0;
}
