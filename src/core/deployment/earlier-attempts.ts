import type { ReleaseMigration } from "../release/types.ts";

/** The part of a journal record that tells what an earlier attempt did. */
export interface AttemptRecord {
  readonly type: string;
  readonly step: string | undefined;
  readonly attempt: number;
  readonly phase: "intent" | "outcome";
  readonly outcome: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What earlier attempts of a deployment have done, as far as the ledger tells. */
export interface EarlierAttempts {
  readonly attempts: number;
  /** What it was let in with; undefined when the first record does not say. */
  readonly planSha256: string | undefined;
  readonly releaseSha256: string | undefined;
  /** The reason with which it skipped gates; undefined when it skipped none. */
  readonly brokenGlass: string | undefined;
  /** Migrations that were pending when it began. */
  readonly pending: readonly ReleaseMigration[];
  /** It may have changed something outside. */
  readonly mutated: boolean;
  /** Traffic may stand where it put it, and has not been brought back and proven since. */
  readonly moved: boolean;
}

export const NO_ATTEMPTS: EarlierAttempts = {
  attempts: 0,
  planSha256: undefined,
  releaseSha256: undefined,
  brokenGlass: undefined,
  pending: [],
  mutated: false,
  moved: false,
};

/** @param records all records of one deployment, oldest first */
export function earlierAttempts(records: readonly AttemptRecord[]): EarlierAttempts {
  const begun = records.find(({ type, phase }) => type === "deployment" && phase === "intent")?.data ?? {};
  const intents = (step: string) =>
    records.findLastIndex((one) => one.step === step && one.phase === "intent");
  const broughtBack = records.findLastIndex(
    ({ step, outcome }) => step === "rollback-smoke" && outcome === "done",
  );
  return {
    attempts: Math.max(0, ...records.map(({ attempt }) => attempt)),
    planSha256: textOf(begun["planSha256"]),
    releaseSha256: textOf(begun["releaseSha256"]),
    brokenGlass: textOf(begun["brokenGlass"]),
    pending: migrationsIn(begun["pending"]),
    mutated: records.some(({ phase, data }) => phase === "intent" && data["mutates"] === true),
    moved: intents("shift") > broughtBack,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The migrations in a record's list; what is none is left out. */
export function migrationsIn(value: unknown): ReleaseMigration[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isMigration);
}

function isMigration(value: unknown): value is ReleaseMigration {
  return typeof value === "object" && value !== null && "file" in value && "sha256" in value;
}
