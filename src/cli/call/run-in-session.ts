import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_CODES, SlipwayError } from "../../core/errors.ts";
import type { CallSurroundings, EngineSession } from "./call-surroundings.ts";
import type { CallFailure, ChildAnswer, ChildRequest } from "./child/protocol.ts";
import type { EngineChoice } from "./engine-choice.ts";
import { exitOfFailure } from "./exit-of-failure.ts";
import { failureProblems, saysItAll, type FailedCall } from "./failure-problems.ts";
import { forkOnce } from "./fork-once.ts";
import type { PreparedModule } from "./module/prepared-module.ts";
import { flagName } from "./schema/flag-name.ts";
import { createStory, type Story } from "./story/story.ts";
import { unwritable } from "./unwritable.ts";
import type { ParsedCall } from "./words/parse-call.ts";
import { renderValue } from "./words/render-value.ts";

const CHILD = join(import.meta.dirname, "child/main.ts");

type Call = Extract<ParsedCall, { kind: "call" }>;
type Session = Exclude<EngineChoice, { kind: "dagger" }>;

/** Runs a call on a session's engine: the one given, or an embedded one that lives as long as the call. */
export async function runInSession(
  module: PreparedModule,
  call: Call,
  session: Session,
  on: CallSurroundings,
): Promise<number> {
  const story = createStory((line) => on.stderr(`${line}\n`), on.now);
  const starting =
    session.kind === "session"
      ? Promise.resolve(given(session))
      : on.startEngine((event) => story.tell(event));
  try {
    const answer = (await forkOnce({
      main: CHILD,
      args: [module.compiled, module.source.sdk],
      request: starting.then(({ port, token }): ChildRequest => ({
        main: module.schema.main,
        session: { port, token },
        plan: call.plan,
      })),
      // A module sees nothing of its caller's environment, as in a Dagger engine.
      env: { PATH: on.env["PATH"], NODE_COMPILE_CACHE: module.compileCache },
      signal: on.interrupted,
      onLine: (line) => story.tell({ kind: "module", line }),
    })) as ChildAnswer;

    const name = wordsOf(call);
    if (answer.kind === "failed") throw failed(answer.failure, describe(call, module), story, on);
    on.stderr(`${story.summary(`${name}: done`)}\n`);
    answerWith(call, answer.value, on);
    return EXIT_CODES.done.code;
  } finally {
    await (await starting).close();
  }
}

function given(session: { readonly port: number; readonly token: string }): EngineSession {
  return { port: session.port, token: session.token, close: () => Promise.resolve() };
}

/** Prints the answer, or writes it where `--output` says. What an object consists of the engine has written already. */
function answerWith({ plan, own }: Call, value: unknown, on: CallSurroundings): void {
  if (plan.output !== undefined && plan.endsIn === undefined) {
    writeOutput(plan.output, renderValue(value, own.json));
    return on.stdout(own.json ? `${JSON.stringify(plan.output)}\n` : `${plan.output}\n`);
  }
  on.stdout(renderValue(value, own.json));
}

function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw unwritable("OUTPUT_UNWRITABLE", path, error, "give --output another path");
  }
}

/** Shows what the failing commands printed, and makes the error that ends the call. */
function failed(failure: CallFailure, call: FailedCall, story: Story, on: CallSurroundings): Error {
  const seen = story.failures();
  // A session that is not ours tells us nothing of its commands; the error has the end of what they printed.
  const output = seen === "" ? [failure.stdout, failure.stderr].filter(Boolean).join("\n") : seen;
  if (!saysItAll(failure)) on.stderr(output);
  on.stderr(`\n${story.summary(`${call.name}: failed`)}\n`);

  const exit = exitOfFailure(failure);
  if (exit === "bug") return Object.assign(new Error(failure.message), { stack: failure.stack });
  return new SlipwayError(failureProblems(failure, call), exit);
}

function describe(call: Call, { schema }: PreparedModule): FailedCall {
  const main = schema.objects[schema.main]?.functions ?? [];
  const source = call.plan.construct[0];
  return {
    name: wordsOf(call),
    functions: main.map(({ name }) => flagName(name)),
    app: source?.kind === "directory" ? source.path : undefined,
  };
}

/** The functions as they were typed. */
function wordsOf({ chain }: Call): string {
  return chain.map(({ name }) => flagName(name)).join(" ");
}
