import { spawnSync } from "node:child_process";
import type { TestProject } from "vitest/node";

/** Where the tests' Postgres comes from, decided once per run. */
export type PostgresSource = "containers" | "binaries";

declare module "vitest" {
  interface ProvidedContext {
    postgresSource: PostgresSource;
  }
}

/** Runs a docker command and says whether it succeeded. */
export type Docker = (argv: readonly string[], timeoutMs: number) => boolean;

/** Runs before the first test file: chooses the source and says it once. */
export function setup(project: TestProject): void {
  const { source, says } = postgresSource(process.env, docker);
  project.provide("postgresSource", source);
  process.stderr.write(`Postgres of the tests: ${says}\n`);
}

/** `SLIPWAY_TEST_POSTGRES` decides; without it, whether a container runtime answers and has or can pull the image. */
export function postgresSource(
  env: NodeJS.ProcessEnv,
  docker: Docker,
): { readonly source: PostgresSource; readonly says: string } {
  const asked = env["SLIPWAY_TEST_POSTGRES"] ?? "";
  const image = postgresImage(env);
  const containers = { source: "containers", says: `container ${image}` } as const;
  const binaries = { source: "binaries", says: "binaries of this machine" } as const;
  if (asked === "containers") return containers;
  if (asked === "binaries") return binaries;
  if (asked !== "") {
    throw new Error(
      `SLIPWAY_TEST_POSTGRES is ${JSON.stringify(asked)}; it can be "containers" or "binaries"`,
    );
  }

  if (!docker(["info"], 2000)) return binaries;
  if (docker(["image", "inspect", image], 10_000) || docker(["pull", "--quiet", image], 120_000))
    return containers;
  return { ...binaries, says: `${binaries.says}; the container runtime cannot get ${image}` };
}

export function postgresImage(env = process.env): string {
  return env["SLIPWAY_TEST_POSTGRES_IMAGE"] ?? "postgres:18";
}

function docker(argv: readonly string[], timeoutMs: number): boolean {
  return spawnSync("docker", argv, { timeout: timeoutMs, stdio: "ignore" }).status === 0;
}
