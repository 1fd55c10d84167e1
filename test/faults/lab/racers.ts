import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pMap from "p-map";
import type { RaceAnswer, RaceWord } from "../process/race-words.ts";

const RACER = fileURLToPath(new URL("../process/racer.ts", import.meta.url));
const AT_ONCE = 6;
const DEADLINE_MS = 120_000;

/** One process that races. */
export class Racer {
  readonly name: string;
  readonly #child: ChildProcess;
  /** Rejects when it ends while somebody waits for its answer. */
  readonly #ended: Promise<never>;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#ended = once(child, "exit").then(() => {
      throw new Error(`racer ${name} ended`);
    });
    this.#ended.catch(() => undefined);
  }

  static async start(name: string, env: Readonly<Record<string, string>>, url: string): Promise<Racer> {
    const child = fork(RACER, {
      env: { ...env, RACE_URL: url, RACE_NAME: name },
      execArgv: [],
      silent: true,
    });
    const racer = new Racer(name, child);
    await racer.#answer();
    return racer;
  }

  async tell(word: RaceWord): Promise<RaceAnswer> {
    const answer = this.#answer();
    this.#child.send(word);
    return answer;
  }

  /** SIGKILL: it keeps what it held until that runs out. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  async #answer(): Promise<RaceAnswer> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const message = once(this.#child, "message", { signal });
    message.catch(() => undefined);
    const [answer] = (await Promise.race([message, this.#ended])) as [RaceAnswer];
    return answer;
  }
}

/** Starts many, some at a time. */
export async function startRacers(
  count: number,
  env: Readonly<Record<string, string>>,
  url: string,
): Promise<Racer[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return pMap(numbers, (n) => Racer.start(`racer-${n}`, env, url), { concurrency: AT_ONCE });
}
