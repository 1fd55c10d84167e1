import { spawn } from "node:child_process";

export interface DaggerCall {
  readonly cli: string;
  readonly moduleRoot: string;
  /** Flags of the pipeline that were not typed, as words. */
  readonly defaults: readonly string[];
  /** The words of the call, without those that only `slipway call` knows. */
  readonly words: readonly string[];
  readonly signal: AbortSignal;
}

const GRACE_MS = 10_000;

/** Hands the call to the dagger CLI, which writes to our stdout and stderr. Answers its exit code. */
export function runDagger(call: DaggerCall): Promise<number> {
  const argv = ["call", "-m", call.moduleRoot, ...call.defaults, ...call.words];
  const child = spawn(call.cli, argv, { stdio: "inherit" });
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill("SIGTERM");
    timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  };
  call.signal.addEventListener("abort", end, { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      call.signal.removeEventListener("abort", end);
      resolve(code ?? 1);
    });
  });
}

/** The words without `--engine` and `--project`, which the dagger CLI does not know. */
export function daggerWords(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--engine" || word === "--project") at += 1;
    else if (!/^--(engine|project)=/.test(word)) kept.push(word);
  }
  return kept;
}

/** Flags for the arguments of the constructor that were not typed but have a default here. */
export function defaultFlags(defaults: Readonly<Record<string, string>>, words: readonly string[]): string[] {
  const typed = (name: string) => words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  return Object.entries(defaults)
    .filter(([name]) => !typed(name))
    .map(([name, value]) => `--${name}=${value}`);
}
