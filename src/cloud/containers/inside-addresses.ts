import type { Reach } from "../../machine/sandbox/types.ts";

/** A server of this machine that containers may use, and the name that it has inside. */
export interface Neighbour {
  readonly alias: string;
  /** On 127.0.0.1. */
  readonly port: number;
}

/**
 * Writes the values of variables as they must be inside: a container has a loopback of its own, so `127.0.0.1:5432` of
 * a neighbour becomes `database.internal:5432`. The same connection string works on both sides this way.
 */
export function insideValues(
  env: Readonly<Record<string, string>>,
  neighbours: readonly Neighbour[],
): Record<string, string> {
  const inside = (value: string) =>
    neighbours.reduce(
      (text, { alias, port }) =>
        text.replace(
          new RegExp(`(?<![\\w.])(?:127\\.0\\.0\\.1|localhost):${port}(?!\\d)`, "g"),
          `${alias}:${port}`,
        ),
      value,
    );
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, inside(value)]));
}

export function reachOf({ alias, port }: Neighbour): Reach {
  return { alias, port, to: { kind: "address", host: "127.0.0.1", port } };
}
