import { EventEmitter, once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** What a prober saw: counts, the versions that answered in order of first sight, and the failures in words. */
export interface ProbeReport {
  readonly sent: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly versions: readonly string[];
  readonly slowestMs: number;
  readonly failures: readonly string[];
}

export interface Prober {
  /** Resolves when `count` more requests have been answered; rejects after ten seconds without that. */
  answers(count: number): Promise<void>;
  /** Stops sending, waits for what is under way and reports. */
  stop(): Promise<ProbeReport>;
}

const REQUEST_DEADLINE_MS = 5_000;
const FAILURES_KEPT = 10;
const ANSWERS_DEADLINE_MS = 10_000;

/**
 * Sends `perSecond` requests a second to `url`, each on its own timer tick whether or not earlier ones have been
 * answered, so that a stalled server is seen as failures and not as fewer requests. A request fails when it gets no
 * answer within five seconds, a connection error, or a status other than 200. The answer's `version` field is noted.
 */
export function startProber(url: string, perSecond: number): Prober {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const underWay = new Set<Promise<void>>();
  const versions: string[] = [];
  const failures: string[] = [];
  const startedAt = performance.now();
  const answered = new EventEmitter();
  let sent = 0;
  let failed = 0;
  let slowestMs = 0;

  const note = async (began: number) => {
    try {
      const version = await ask(url, agent);
      if (!versions.includes(version)) versions.push(version);
    } catch (error) {
      failed += 1;
      if (failures.length < FAILURES_KEPT)
        failures.push(error instanceof Error ? error.message : String(error));
    }
    slowestMs = Math.max(slowestMs, performance.now() - began);
    answered.emit("one");
  };

  const send = () => {
    const began = performance.now();
    sent += 1;
    const one = note(began).finally(() => underWay.delete(one));
    underWay.add(one);
  };

  // A late tick sends what is due, so the rate holds on a busy machine.
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
    for (let late = due - sent; late > 0; late -= 1) send();
  }, 1000 / perSecond);

  return {
    async answers(count) {
      const signal = AbortSignal.timeout(ANSWERS_DEADLINE_MS);
      for (let left = count; left > 0; left -= 1) await once(answered, "one", { signal });
    },
    async stop() {
      clearInterval(timer);
      const seconds = (performance.now() - startedAt) / 1000;
      await Promise.all(underWay);
      agent.destroy();
      return { sent, failed, perSecond: sent / seconds, versions, slowestMs, failures };
    },
  };
}

async function ask(url: string, agent: Agent): Promise<string> {
  const outgoing = request(url, { agent, signal: AbortSignal.timeout(REQUEST_DEADLINE_MS) }).end();
  outgoing.on("error", () => {}); // after the answer has begun, reading its body fails instead
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  const body = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${body.slice(0, 120)}`);
  return versionOf(body);
}

function versionOf(body: string): string {
  const answer: unknown = JSON.parse(body);
  const version =
    typeof answer === "object" && answer !== null && "version" in answer ? answer.version : undefined;
  if (typeof version !== "string") throw new Error(`no version in the answer: ${body.slice(0, 120)}`);
  return version;
}
