import { duration } from "../time.ts";

/** A session that another one waits for. */
export interface Blocker {
  readonly pid: number;
  readonly application: string;
  readonly role: string;
  /** `active`, `idle in transaction`, … */
  readonly state: string;
  /** When its transaction began, database time, RFC 3339, UTC; null: unknown. */
  readonly since: string | null;
}

/** What happens while migrations run, for the story. */
export type MigrationEvent =
  | { readonly kind: "ran"; readonly file: string; readonly seconds: number }
  /** The lock on a table was not to be had in time; the migration was undone and is tried again. */
  | {
      readonly kind: "retry";
      readonly file: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly blockers: readonly Blocker[];
    }
  /** It takes longer than it should. */
  | { readonly kind: "slow"; readonly file: string; readonly ms: number; readonly doing: string }
  /** After a down, columns stand in another order than before its up. */
  | { readonly kind: "columns-moved"; readonly file: string; readonly columns: readonly string[] }
  | { readonly kind: "index-dropped"; readonly file: string; readonly index: string }
  | { readonly kind: "already-done"; readonly file: string };

/** One line for people. */
export function describeMigrationEvent(event: MigrationEvent): string {
  switch (event.kind) {
    case "ran":
      return `${event.file} took ${duration(event.seconds * 1000)}`;
    case "retry":
      return `${event.file} waits for a lock${heldBy(event.blockers)}; try ${event.attempt + 1} in ${duration(event.waitMs)}`;
    case "slow":
      return `${event.file} runs for ${duration(event.ms)} by now: ${event.doing}`;
    case "columns-moved":
      return `${event.file} ran; columns stand in another order than before: ${event.columns.join(", ")}`;
    case "index-dropped":
      return `dropped the invalid index ${event.index} that a try of ${event.file} left behind`;
    case "already-done":
      return `${event.file} was done by an earlier run that did not get to record it`;
    default:
      return event satisfies never;
  }
}

/** ` held by diary-api (pid 71, role app, idle in transaction since 10:00:00Z)`, or nothing. */
export function heldBy(blockers: readonly Blocker[]): string {
  if (blockers.length === 0) return "";
  const names = blockers.map(({ pid, application, role, state, since }) => {
    const age = since === null ? "" : ` since ${since}`;
    return `${application || "a session"} (pid ${pid}, role ${role}, ${state}${age})`;
  });
  return ` held by ${names.join(" and ")}`;
}
