// The process that runs the module: one call in, one answer out, over the channel to the parent. What the module prints
// goes to stdout and is part of the story. Its arguments are the folder with the module as JavaScript and the SDK's
// compiled folder: both are loaded while the engine starts.

import { pathToFileURL } from "node:url";
import { answerOnce } from "../answer-once.ts";
import { describeResult } from "./describe-result.ts";
import { materialise, type DaggerClient } from "./materialise.ts";
import type { CallFailure, ChildAnswer, ChildRequest } from "./protocol.ts";

type Callable = Record<string, (...args: readonly unknown[]) => unknown>;

const [compiled = "", sdk = ""] = process.argv.slice(2);
const loading = loadAll();
// A fault is told when the call has come.
loading.catch(() => undefined);

answerOnce((request) =>
  run(request as ChildRequest)
    .then((value): ChildAnswer => ({ kind: "value", value: value ?? null }))
    .catch((error: unknown): ChildAnswer => ({ kind: "failed", failure: describeFailure(error) })),
);

async function loadAll() {
  const load = async <T>(path: string) => (await import(pathToFileURL(path).href)) as T;
  return await Promise.all([
    load<{ createGQLClient(port: number, token: string): unknown }>(`${sdk}/common/graphql/client.js`),
    load<{ globalConnection: { setGQLClient(client: unknown): void } }>(
      `${sdk}/common/graphql/connection.js`,
    ),
    load<{ dag: DaggerClient }>(`${compiled}/sdk.js`),
    load<Record<string, new (...args: readonly unknown[]) => Callable>>(`${compiled}/index.js`),
  ]);
}

async function run(request: ChildRequest): Promise<unknown> {
  const { plan } = request;
  const [client, { globalConnection }, { dag }, module] = await loading;
  globalConnection.setGQLClient(client.createGQLClient(request.session.port, request.session.token));

  const Main = module[request.main];
  if (Main === undefined) throw new Error(`the module exports no class ${request.main}`);
  let result: unknown = new Main(...plan.construct.map((value) => materialise(dag, value)));
  for (const step of plan.steps) {
    const args = step.positional.map((value) => materialise(dag, value));
    const options = Object.entries(step.options).map(
      ([name, value]) => [name, materialise(dag, value)] as const,
    );
    if (options.length > 0) args.push(Object.fromEntries(options));
    result = await onEach(result, (object) => object[step.name]?.(...args));
  }
  return await onEach(result, async (object) => describeResult(object, plan));
}

/** A function called on a list is called on each of its items. */
async function onEach(on: unknown, act: (object: Callable) => unknown): Promise<unknown> {
  return Array.isArray(on)
    ? await Promise.all(on.map((item) => act(item as Callable)))
    : await act(on as Callable);
}

function describeFailure(error: unknown): CallFailure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined };
  const { name, message, stack } = error;
  const { cmd, exitCode, stdout, stderr } = error as Error & Partial<CallFailure>;
  if (typeof exitCode !== "number") return { name, message, stack };
  return { name, message, stack, exitCode, cmd: cmd ?? [], stdout: stdout ?? "", stderr: stderr ?? "" };
}
