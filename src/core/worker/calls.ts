// What a deployment asks of the worker that migrates for it, and what comes back. Types only.

import type { ExitKind, Problem } from "../errors.ts";
import type { MigrationEvent } from "../migration/run-event.ts";
import type { RenderedMigration } from "../migration/types.ts";
import type { WaiverRules } from "../migration/waiver-rules.ts";
import type { SeedsToKeep } from "../seed/types.ts";

/** A file of the app as the deployment has read it. */
export interface CarriedFile {
  /** In the folder of migrations, in that of the app's checks beside it, or in that of its seeds. */
  readonly in: "migrations" | "checks" | "seeds";
  /** A seed's with its set: `reference/0001_languages.sql`. */
  readonly file: string;
  readonly base64: string;
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
}

/** What a worker, which has no files of the app, needs of them. */
export interface CarriedFolder {
  /** Seeds in the order in which they run. */
  readonly files: readonly CarriedFile[];
  /** File → the SQL that a migration in code stands for: the worker runs no code of the app. */
  readonly rendered: Readonly<Record<string, RenderedMigration>>;
}

/** By what waivers are judged, without the tools for it. */
export type CarriedRules = Omit<WaiverRules, "tools"> | "unasked";

export type WorkerCall =
  /** Files for later calls, which name them by the hex SHA-256 of its canonical JSON. */
  | { readonly kind: "carry"; readonly sha256: string; readonly carried: CarriedFolder }
  | {
      readonly kind: "open";
      readonly handle: string;
      readonly what: "migrations" | "inspection";
      readonly demandsRehearsal: boolean;
      readonly waivers?: CarriedRules | undefined;
      readonly alertAfterMs?: number | undefined;
      readonly sha256: string;
    }
  /** The seeds that were carried, to be brought in. */
  | { readonly kind: "open"; readonly handle: string; readonly what: "seeds"; readonly sha256: string }
  /** The database, to be probed. */
  | { readonly kind: "open"; readonly handle: string; readonly what: "row-security" }
  /** One method of what was opened. */
  | {
      readonly kind: "ask";
      readonly handle: string;
      readonly method: string;
      readonly argument?: unknown;
    }
  | { readonly kind: "close"; readonly handle: string }
  /** Ends the sessions that the worker of another run has left on the server; answers when none is there. */
  | { readonly kind: "settle"; readonly run: string };

/** From the deployment to the worker. */
export type Request =
  | { readonly kind: "call"; readonly id: string; readonly fence: number | null; readonly call: WorkerCall }
  /** Ends a call that is under way, as an abort would. */
  | { readonly kind: "cancel"; readonly id: string }
  /** What the call is about to keep was heard of: now it may be kept. */
  | { readonly kind: "heard"; readonly id: string };

export type WorkerAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  /** Thrown as a SlipwayError over there, to be thrown here. */
  | { readonly kind: "fault"; readonly exit: ExitKind; readonly problems: readonly Problem[] };

/** From the worker to the deployment. */
export type Reply =
  | { readonly kind: "hello"; readonly tool: string }
  | { readonly kind: "event"; readonly id: string; readonly event: MigrationEvent }
  /** Before seeds are kept: without `heard` they are not, so an answer that is lost later can be asked for by this. */
  | { readonly kind: "keeping"; readonly id: string; readonly seeds: SeedsToKeep }
  | { readonly kind: "answer"; readonly id: string; readonly answer: WorkerAnswer };
