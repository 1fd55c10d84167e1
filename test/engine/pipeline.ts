import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as stable from "@dagger.io/dagger";
import * as next from "dagger-sdk-next";
import type { EngineLog, ExecReport } from "../../src/engine/log.ts";
import { type Engine, type EngineOptions, startEngine } from "../../src/engine/start.ts";

/** The official SDKs, as their users install them. The tests are written against the stable one's types. */
export const SDKS: readonly { readonly name: string; readonly connect: typeof stable.connect }[] = [
  { name: "@dagger.io/dagger 0.21", connect: stable.connect },
  { name: "@dagger.io/dagger 1.0 beta", connect: next.connect as unknown as typeof stable.connect },
];

export interface Run {
  readonly dag: stable.Client;
  readonly engine: Engine;
  /** This machine's Node as a container. */
  readonly node: stable.Container;
  readonly log: readonly EngineLog[];
  /** The execs so far, as a summary would show them. */
  readonly execs: () => Pick<ExecReport, "argv" | "cached" | "exitCode">[];
}

/** A folder for one test, removed with it: `await using folder = await scratch()`. */
export async function scratch(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "slipway engine "));
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }) };
}

/** Runs a pipeline on an engine of its own, through the official SDK, and closes the engine. */
export async function pipeline<T>(
  { connect }: Pick<(typeof SDKS)[number], "connect">,
  options: EngineOptions,
  body: (run: Run) => Promise<T>,
): Promise<T> {
  const log: EngineLog[] = [];
  const engine = await startEngine({ onLog: (line) => log.push(line), ...options });
  const before = { port: process.env.DAGGER_SESSION_PORT, token: process.env.DAGGER_SESSION_TOKEN };
  process.env.DAGGER_SESSION_PORT = String(engine.port);
  process.env.DAGGER_SESSION_TOKEN = engine.token;
  try {
    let result: { value: T } | undefined;
    await connect(async (dag) => {
      const node = dag.container().from("node:24");
      const execs = () =>
        log.flatMap((line) =>
          line.kind === "exec-finished"
            ? [{ argv: line.argv, cached: line.cached, exitCode: line.exitCode }]
            : [],
        );
      result = { value: await body({ dag, engine, node, log, execs }) };
    });
    if (result === undefined) throw new Error("the SDK did not run the pipeline");
    return result.value;
  } finally {
    restore("DAGGER_SESSION_PORT", before.port);
    restore("DAGGER_SESSION_TOKEN", before.token);
    await engine.close();
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** What a promise was rejected with, as the SDK gives it. */
export async function failureOf(promise: Promise<unknown>): Promise<stable.ExecError> {
  try {
    await promise;
  } catch (error) {
    return error as stable.ExecError;
  }
  throw new Error("it should have failed");
}

/** The arguments of an exec that runs a line of JavaScript. */
export function js(code: string): string[] {
  return ["node", "-e", code];
}
