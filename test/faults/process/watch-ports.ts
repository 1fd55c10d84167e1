import { appendFileSync } from "node:fs";
import { CallNames } from "./call-names.ts";
import type { Hit, Order, TracedCall } from "./order.ts";

/** A look at the clock is no call, and a sleep ends by itself. */
const NO_CALL = "clock";

const OPENS = "open";

type Call = (...args: unknown[]) => unknown;

/**
 * The ports, each call of them traced; the call that the order names is hit before or after its effect. The trace is
 * written before the process goes on, so that it is complete whatever kills it.
 */
export function watchPorts<T extends object>(ports: T, order: Order): T {
  const names = new CallNames();
  let isHit = false;

  const isDue = (call: string, when: Hit["when"]) =>
    !isHit && order.hit?.call === call && order.hit.when === when;
  const strike = async (call: string, when: Hit["when"]) => {
    const { hit } = order;
    if (hit === undefined || !isDue(call, when)) return;
    isHit = true;
    trace({ at: Date.now(), when, call, hit: true });
    const { signal, againAfterMs } = hit;
    if (againAfterMs !== undefined) setTimeout(() => process.kill(process.pid, signal), againAfterMs).unref();
    process.kill(process.pid, signal);
    // A signal that is handled arrives with the next turns of the loop; the call comes after it.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const trace = (line: TracedCall) => appendFileSync(order.trace, `${JSON.stringify(line)}\n`);

  const watchCall =
    (port: string, method: string, body: Call): Call =>
    (...args) => {
      const call = names.next(port, method, args);
      const begin = () => {
        trace({ at: Date.now(), when: "before", call });
        const answer = body(...args);
        return answer instanceof Promise ? end(answer) : answer;
      };
      const end = async (answering: Promise<unknown>) => {
        const answer = await answering;
        const seq = seqOf(port, answer);
        trace({ at: Date.now(), when: "after", call, ...(seq === undefined ? {} : { seq }) });
        names.ended(port, method, args);
        await strike(call, "after");
        // A port that is a function opens another port.
        return method === OPENS && isObject(answer) ? watchPort(port, answer) : answer;
      };
      return isDue(call, "before") ? strike(call, "before").then(begin) : begin();
    };
  const watchPort = (port: string, target: object): object =>
    new Proxy(target, {
      get: (_, method) => {
        const value: unknown = Reflect.get(target, method, target);
        if (typeof value !== "function" || typeof method === "symbol") return value;
        return watchCall(port, method, (value as Call).bind(target));
      },
    });

  return new Proxy(ports, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof name === "symbol") return value;
      if (name === "reporter" && isObject(value)) return watchReporter(value, names);
      if (name === NO_CALL && isObject(value)) return ahead(value, order.clockMs);
      // Ports that are functions compute something, except for those that open another port.
      if (typeof value === "function")
        return name.startsWith(OPENS) ? watchCall(name, OPENS, value as Call) : value;
      return isObject(value) ? watchPort(name, value) : value;
    },
  });
}

function ahead(clock: object, ms: number): object {
  return new Proxy(clock, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      return name === "now" && typeof value === "function" ? () => Number((value as Call)()) + ms : value;
    },
  });
}

// The steps before the lease are not recorded; the story alone tells that they begin.
function watchReporter(reporter: object, names: CallNames): object {
  return new Proxy(reporter, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "stepBegan") names.step(String(args[0]));
        return (value as Call).apply(target, args);
      };
    },
  });
}

function seqOf(port: string, answer: unknown): number | undefined {
  if (port !== "journal" || !isObject(answer)) return undefined;
  const { seq } = answer as { seq?: unknown };
  return typeof seq === "number" ? seq : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
