/** Where a run is hit: before or after one call of a port, by which signal. */
export interface Hit {
  /** As `callNames` writes it: `<step>/<port>.<method>#<n>`. */
  readonly call: string;
  readonly when: "before" | "after";
  readonly signal: "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGSTOP";
  /** Milliseconds after which the same signal comes again. */
  readonly againAfterMs?: number;
}

/** What a watched run is told by its environment. */
export interface Order {
  /** File that every call is written to, before and after it. */
  readonly trace: string;
  readonly hit?: Hit | undefined;
  /** This process's clock is so many milliseconds ahead. */
  readonly clockMs: number;
}

/** A line of the trace. */
export interface TracedCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly when: "before" | "after";
  readonly call: string;
  /** Position of the record that an append was acknowledged with. */
  readonly seq?: number;
  /** This is where the order's signal was sent. */
  readonly hit?: true;
}

const VARIABLE = "SLIPWAY_FAULT_ORDER";

export function orderVariable(order: Order): Readonly<Record<string, string>> {
  return { [VARIABLE]: JSON.stringify(order) };
}

export function readOrder(env: NodeJS.ProcessEnv): Order {
  const text = env[VARIABLE];
  if (text === undefined)
    throw new Error(`${VARIABLE} is missing: this process is started by the fault harness`);
  return JSON.parse(text) as Order;
}
