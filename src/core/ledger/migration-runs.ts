import { parseFileName } from "../migration/file-name.ts";
import { isObject } from "./is-object.ts";
import { readStory, type Story } from "./read-story.ts";
import type { ProvenRecord } from "./record-proof.ts";

/** One run of one migration, as a record of the ledger tells it. */
export interface MigrationRun {
  readonly seq: number;
  /** The database's time, RFC 3339, UTC. */
  readonly at: string;
  readonly deploymentId: string;
  readonly actor: string;
  readonly step: string;
  readonly direction: "up" | "down";
  /** `ran`, or how the step ended in which it did not. */
  readonly outcome: string;
  readonly seconds: number | null;
  readonly attempts: number | null;
  /** Hex SHA-256 of the texts that ran; null: the record is older than that. */
  readonly upSha256: string | null;
  readonly downSha256: string | null;
  readonly renderedSha256: string | null;
  /** Hex SHA-256 of the schema around its up. */
  readonly schemaBefore: string | null;
  readonly schemaAfter: string | null;
  /** Of the backup that the run began with. */
  readonly backup: string | null;
}

/** Whose runs are looked for. */
export interface MigrationSubject {
  readonly app: string;
  readonly env: string;
  /** The migration's. */
  readonly id: string;
}

const STEPS: readonly string[] = ["migrate", "rollback-migrate"];

/** Each run of a migration that these records tell of, in their order. */
export function migrationRuns(
  records: readonly ProvenRecord[],
  subject: MigrationSubject,
): readonly MigrationRun[] {
  return records.flatMap(({ record }) => {
    const story = readStory(record);
    return story === undefined ? [] : runsIn(story, subject);
  });
}

function runsIn(story: Story, subject: MigrationSubject): MigrationRun[] {
  if (!isOutcome(story) || !isOf(story, subject)) return [];
  const data = dataOf(story);
  const names = (one: unknown) => isObject(one) && isFileOf(one["file"], subject.id);
  const ran = listIn(data, "ran").filter(names);
  const failed = [data["failed"]].filter(names);
  // What stays and is not among those that ran did run: its commit went through, and the answer was lost.
  const stayed = ran.length > 0 ? [] : listIn(data, "stayed").filter((file) => isFileOf(file, subject.id));
  const told =
    ran.length + failed.length + stayed.length > 0
      ? []
      : problemsIn(data).filter((at) => isFileOf(at, subject.id));
  return [
    ...ran.map((one) => runOf(story, data, one, "ran")),
    ...[...failed, ...told.slice(0, 1)].map((one) => runOf(story, data, one, story.outcome)),
    ...stayed.slice(0, 1).map((one) => runOf(story, data, one, "ran")),
  ];
}

function runOf(
  story: Story,
  data: Readonly<Record<string, unknown>>,
  found: unknown,
  outcome: string,
): MigrationRun {
  const { seq, at, deploymentId, actor, step } = story;
  const one = isObject(found) ? found : {};
  const text = (name: string, of = one) => (typeof of[name] === "string" ? of[name] : null);
  const number = (name: string) => (typeof one[name] === "number" ? one[name] : null);
  return {
    seq,
    at,
    deploymentId,
    actor,
    step,
    outcome,
    direction: data["direction"] === "down" ? "down" : "up",
    seconds: number("seconds"),
    attempts: number("attempts"),
    upSha256: text("upSha256"),
    downSha256: text("downSha256"),
    renderedSha256: text("renderedSha256"),
    schemaBefore: text("schemaBefore"),
    schemaAfter: text("schemaAfter"),
    backup: text("backup", data),
  };
}

/** Finds the deployments in which a migration ran, failed, or was under way when the run was killed. */
export class RunFinder {
  readonly #subject: MigrationSubject;
  readonly #found = new Set<string>();
  readonly #announced = new Set<string>();
  readonly #underWay = new Set<string>();

  constructor(subject: MigrationSubject) {
    this.#subject = subject;
  }

  /** The next record, in the order of seq. */
  take(record: string): void {
    // Most records tell of something else.
    if (!record.includes(this.#subject.id) && !STEPS.some((step) => record.includes(`"${step}"`))) return;
    const story = readStory(record);
    if (story === undefined || !isOf(story, this.#subject)) return;
    const { deploymentId } = story;
    if (isOutcome(story)) {
      this.#underWay.delete(deploymentId);
      if (runsIn(story, this.#subject).length > 0) this.#found.add(deploymentId);
    } else if (story.phase === "intent") {
      const data = dataOf(story);
      const files = [
        ...listIn(data, "pending").map((one) => isObject(one) && one["file"]),
        ...listIn(data, "files"),
      ];
      if (files.some((file) => isFileOf(file, this.#subject.id))) this.#announced.add(deploymentId);
      if (STEPS.includes(story.step) && this.#announced.has(deploymentId)) this.#underWay.add(deploymentId);
    }
  }

  /** Whether a run of it was begun and nobody wrote down how it ended. */
  get isOpen(): boolean {
    return this.#underWay.size > 0;
  }

  get deployments(): ReadonlySet<string> {
    return new Set([...this.#found, ...this.#underWay]);
  }
}

function isOutcome({ step, phase }: Story): boolean {
  return phase === "outcome" && STEPS.includes(step);
}

function isOf({ app, env }: Story, subject: MigrationSubject): boolean {
  return app === subject.app && env === subject.env;
}

function isFileOf(file: unknown, id: string): boolean {
  return typeof file === "string" && parseFileName(file)?.id === id;
}

function dataOf({ data }: Story): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(data);
  return isObject(value) ? value : {};
}

function listIn(data: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  return Array.isArray(data[name]) ? data[name] : [];
}

/** Files that a record's problems are about, without the line. */
function problemsIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  return [data["problem"], ...listIn(data, "problems")].flatMap((one) =>
    isObject(one) && typeof one["at"] === "string" ? [one["at"].replace(/:\d+$/, "")] : [],
  );
}
