import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { Stage } from "./stage.ts";

/** Path in the app's folder → what is there instead of what the small app has; null: nothing. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** A mistake that somebody makes in the small app, and what has to catch it. */
export interface Planted {
  /** What was done wrong, as people say it. Unique. */
  readonly mistake: string;
  /** Words after `slipway`. TARGET holds the URL of the database, SERVER that of its server; APP/ is the folder. */
  readonly argv: readonly string[];
  readonly exit: number;
  /** Codes of all problems, in their order. */
  readonly codes: readonly string[];
  /** Changes to the small app before the command. */
  readonly files?: Files;
  /** Whether the small app's migrations ran in its database before. Default: they did. */
  readonly database?: "migrated" | "empty";
  /** Run in the database as its superuser before the command. */
  readonly sql?: string;
  /** Another config than the small app's. */
  readonly config?: Partial<WrittenConfig>;
  /** Done before the command, when files and SQL are not enough. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** Done while the command runs. */
  readonly meanwhile?: (stage: Stage) => Promise<void>;
  /** It runs as a process that has run nothing before. */
  readonly alone?: boolean;
  /** It runs as a process, which gets a signal when this query of its database answers a row. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly when: string };
  /** Lines of the story that belong to the sentence. */
  readonly story?: RegExp;
}

/** Promises of the database's part, each with the mistakes against it. */
export interface Chapter {
  readonly promise: string;
  readonly mistakes: readonly Planted[];
}
