/**
 * Names the calls of one run so that the same call of another run has the same name: the step it belongs to, the port,
 * the method and its number within the step. Records are named by what they say, for they are what a step begins and
 * ends with.
 */
export class CallNames {
  #step = "start";
  readonly #counts = new Map<string, number>();

  /** A step has begun that no record tells of. */
  step(name: string): void {
    this.#step = name;
  }

  next(port: string, method: string, args: readonly unknown[]): string {
    const entry = port === "journal" && method === "append" ? (args[0] as Entry) : undefined;
    if (entry?.phase === "intent") this.#step = entry.step ?? "open";
    if (entry?.phase === "outcome" && entry.step === undefined) this.#step = "end";
    const what =
      entry === undefined ? `${port}.${method}` : `record ${entry.type ?? ""} ${entry.phase ?? ""}`;
    const name = `${this.#step}/${what.replaceAll(" ", "-")}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `${name}#${count}`;
  }

  /** What comes after a step's outcome and before the next intent belongs to neither. */
  ended(port: string, method: string, args: readonly unknown[]): void {
    if (port !== "journal" || method !== "append") return;
    const entry = args[0] as Entry;
    if (entry.phase === "outcome") this.#step = `after-${entry.step ?? "end"}`;
    else if (entry.step === undefined) this.#step = "opened";
  }
}

interface Entry {
  readonly type?: string;
  readonly phase?: string;
  readonly step?: string;
}
