import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
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
  const options = { cwd, env, signal, timeout: COMMAND_DEADLINE_MS, maxBuffer: 1024 * 1024 };
  return await new Promise((answer, fail) => {
    execFile("/bin/sh", ["-c", command], options, (error, stdout) => {
      // The error of execFile holds the command's output, which may be the secret.
      if (error === null) answer(stdout);
      else
        fail(
          new RecipeProblem(
            `secret cmd://${command}: the command failed (${String(error.code ?? error.signal)})`,
          ),
        );
    });
  });
}
