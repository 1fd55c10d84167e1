import type { Problem } from "../../core/errors.ts";
import type { DatabaseUse } from "./address.ts";
import { codeOf } from "./connect-problem.ts";
import type { Connected } from "./connect.ts";

/** SQLSTATE, or its class, → what to do. The server understood what was asked and could not do it now. */
const HINDERED: readonly (readonly [state: string, hint: string])[] = [
  [
    "25006",
    "find out who made it read only; alter database … reset default_transaction_read_only takes that back",
  ],
  ["40P01", "try again"],
  ["55P03", "try again; pg_stat_activity and pg_locks show who holds the table"],
  ["57014", "try again; the server was too slow, or somebody cancelled it"],
  ["53100", "make room on the server's disk"],
  ["53", "look at the server's memory and connections, and try again"],
  ["58", "look at the server's log; its disk may be failing"],
  ["XX001", "change nothing; look at the server's log and at the last backup"],
  ["XX002", "change nothing; look at the server's log, and rebuild the index that it names"],
];

/** Why the server did not do what Slipway asked for itself; `undefined` when that is a fault of ours. */
export function hinderedProblem(
  error: unknown,
  use: DatabaseUse,
  { address }: Pick<Connected, "address">,
): Problem | undefined {
  const code = codeOf(error);
  const [, hint] = HINDERED.find(([state]) => code.startsWith(state)) ?? [];
  if (hint === undefined || code.length !== 5) return undefined;
  return {
    code: `${use}_HINDERED`,
    at: address.text,
    says: `the server could not do what was asked: ${error instanceof Error ? error.message : code} (${code})`,
    hint,
  };
}
