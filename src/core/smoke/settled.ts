/** One answer to a check that did not pass. */
export interface FailedLook {
  readonly status: number | undefined;
  readonly faults: string;
  /** Milliseconds, of any clock. */
  readonly at: number;
}

const EQUAL_ANSWERS = 3;
const OVER_MS = 2000;

/** Answers of these say "not now" rather than "no": RFC 9110 and RFC 6585. */
const PASSING = new Set([408, 425, 429]);

/**
 * Is it settled that the check will not pass? The same refusal, three times over two seconds, from the release that
 * runs. No answer, a server's fault or another version may still change while old tasks leave.
 */
export function isSettled(looks: readonly FailedLook[]): boolean {
  const last = looks.at(-1);
  if (last?.status === undefined || last.status < 400 || last.status > 499 || PASSING.has(last.status))
    return false;
  const firstOther = looks.findLastIndex(
    ({ faults, status }) => faults !== last.faults || status !== last.status,
  );
  const equal = looks.slice(firstOther + 1);
  return equal.length >= EQUAL_ANSWERS && last.at - (equal[0]?.at ?? last.at) >= OVER_MS;
}
