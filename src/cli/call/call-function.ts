import { resolve } from "node:path";
import { EXIT_CODES, SlipwayError } from "../../core/errors.ts";
import { renderError } from "../render-error.ts";
import type { CallSurroundings } from "./call-surroundings.ts";
import { chooseEngine, engineWords } from "./engine-choice.ts";
import { exitOfDagger } from "./exit-of-failure.ts";
import { contextFolder, contextPath, MODULE_ROOT } from "./module/module-source.ts";
import { prepareModule } from "./module/prepared-module.ts";
import { daggerWords, defaultFlags, runDagger } from "./run-dagger.ts";
import { runInSession } from "./run-in-session.ts";
import { missingPlaces } from "./words/check-places.ts";
import { parseCall } from "./words/parse-call.ts";
import { renderHelp } from "./words/render-help.ts";

const interrupted = new SlipwayError(
  {
    code: "INTERRUPTED",
    at: "call",
    says: "ended before it was done",
    hint: "run it again; what was done comes from the cache",
  },
  "interrupted",
);

/** Runs the words after `slipway call` and answers the exit code. `project` is the value of a `--project` before `call`. */
export async function callFunction(
  words: readonly string[],
  project: string | undefined,
  on: CallSurroundings,
): Promise<number> {
  const json = words.some((word) => word === "--json" || word === "-j");
  try {
    return await read(words, project, on);
  } catch (error) {
    if (!on.interrupted.aborted) return renderError(error, { json });
    await on.cleanUp();
    return renderError(interrupted, { json });
  }
}

async function read(
  words: readonly string[],
  project: string | undefined,
  on: CallSurroundings,
): Promise<number> {
  const module = await prepareModule(on.env, on.interrupted);
  const defaults = constructorDefaults(projectFolder(words, project, on.cwd));

  const parsed = parseCall(module.schema, words, { cwd: on.cwd, defaults, contextPath });
  if (parsed.kind === "help") {
    on.stdout(renderHelp(module.schema, parsed.chain, defaults));
    return EXIT_CODES.done.code;
  }
  const problems = parsed.kind === "refused" ? parsed.problems : missingPlaces(parsed.plan, on.env);
  if (parsed.kind === "refused" || problems.length > 0) throw new SlipwayError(problems, "usage");

  const choice = chooseEngine(parsed.own.engine, on.env);
  on.stderr(`${engineWords(choice)}\n`);
  if (choice.kind !== "dagger") return await runInSession(module, parsed, choice, on);
  const code = await runDagger({
    cli: choice.cli,
    moduleRoot: MODULE_ROOT,
    defaults: defaultFlags(defaults, words),
    words: daggerWords(words),
    signal: on.interrupted,
  });
  on.interrupted.throwIfAborted();
  return EXIT_CODES[exitOfDagger(code, parsed.chain[0]?.name ?? "")].code;
}

/** The app is where the project is; Slipway's own files are named when the module's context is another checkout. */
function constructorDefaults(project: string): Record<string, string> {
  return contextFolder() === MODULE_ROOT ? { source: project } : { source: project, slipway: MODULE_ROOT };
}

/** The `--project` among the words counts more than the one before `call`. */
function projectFolder(words: readonly string[], before: string | undefined, cwd: string): string {
  const at = words.findLastIndex((word) => word === "--project" || word.startsWith("--project="));
  const word = words[at];
  const among = word === "--project" ? words[at + 1] : word?.slice("--project=".length);
  return resolve(cwd, among ?? before ?? ".");
}
