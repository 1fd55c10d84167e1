import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { runProcess } from "../../machine/processes/run.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";

export interface ProviderSetting {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

const COMMAND_DEADLINE_MS = 60_000;

/**
 * The plaintext behind `env://NAME`, `file://PATH` or `cmd://COMMAND` (as `sh -c` runs it). Throws a RecipeProblem that
 * never holds the plaintext.
 */
export async function readSecret(uri: string, setting: ProviderSetting): Promise<string> {
  const [, scheme = "", rest = ""] = /^([a-z+]+):\/\/([\s\S]*)$/.exec(uri) ?? [];
  switch (scheme) {
    case "env":
      return readVariable(rest, setting);
    case "file":
      return await readSecretFile(rest, setting);
    case "cmd":
      return await readCommand(rest, setting);
    case "":
      throw new RecipeProblem(
        `secret ${JSON.stringify(uri)} has no scheme; write env://NAME, file://PATH or cmd://COMMAND`,
      );
    default:
      throw new RecipeProblem(
        `secrets from ${scheme}:// are not part of the embedded engine; Dagger Engine has them`,
      );
  }
}

function readVariable(name: string, { env }: ProviderSetting): string {
  const value = env[name];
  if (value === undefined) throw new RecipeProblem(`secret env://${name}: the variable is not set`);
  return value;
}

async function readSecretFile(path: string, { cwd }: ProviderSetting): Promise<string> {
  const absolute = resolve(cwd, path.replace(/^~(?=\/|$)/, homedir()));
  try {
    return await readFile(absolute, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new RecipeProblem(`secret file://${path}: ${code}`, { cause: error });
  }
}

async function readCommand(command: string, { cwd, env, signal }: ProviderSetting): Promise<string> {
  const result = await runProcess({
    argv: ["/bin/sh", "-c", command],
    cwd,
    env,
    signal,
    timeoutMs: COMMAND_DEADLINE_MS,
  });
  if (result.exitCode === 0) return result.stdout.toString();
  const why = result.timedOut
    ? `not done after ${COMMAND_DEADLINE_MS / 1000} s`
    : (result.exitCode ?? result.signal);
  // What the command wrote is left out: it may be the secret.
  throw new RecipeProblem(`secret cmd://${command}: the command failed (${why})`);
}
