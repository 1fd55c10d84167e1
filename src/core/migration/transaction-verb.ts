const VERBS = new Set(["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"]);

/** The verb with which a statement opens, ends or splits a transaction; undefined: it does none of that. */
export function transactionVerb([first = "", second = ""]: readonly string[]): string | undefined {
  if (VERBS.has(first)) return first;
  return first === "PREPARE" && second === "TRANSACTION" ? "PREPARE TRANSACTION" : undefined;
}
