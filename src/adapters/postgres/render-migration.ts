import type { MigrationBuilder } from "node-pg-migrate";
import type { RenderedMigration, RenderedText } from "../../core/migration/types.ts";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import { renderedElsewhere } from "./rendered-elsewhere.ts";
import { SILENT_LOGGER } from "./silent-logger.ts";

type Action = (pgm: MigrationBuilder, done?: () => void) => Promise<void> | void;

interface Loaded {
  readonly up?: unknown;
  readonly down?: unknown;
  readonly shorthands?: Readonly<Record<string, unknown>>;
}

/**
 * Renders migrations in code to SQL without a database, in the order given, by the builder and the loader of
 * node-pg-migrate. Names of types that one file declares are known to those after it, as they are there.
 */
export async function renderMigrations(
  folder: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, RenderedMigration>> {
  const known = renderedElsewhere(folder);
  if (known !== undefined) return known;
  const rendered = new Map<string, RenderedMigration>();
  if (files.length === 0) return rendered;
  const { jiti } = await import("node-pg-migrate");
  let shorthands: Record<string, unknown> = {};
  for (const file of files) {
    try {
      const loaded = await jiti.import<Loaded>(`${folder}/${file}`);
      shorthands = { ...shorthands, ...loaded.shorthands };
      rendered.set(file, await renderOne(loaded, file, shorthands));
    } catch (error) {
      rendered.set(file, { kind: "unrendered", problem: problemOf(file, error) });
    }
  }
  return rendered;
}

async function renderOne(
  loaded: Loaded,
  file: string,
  shorthands: Record<string, unknown>,
): Promise<RenderedMigration> {
  if (typeof loaded.up !== "function") throw new SlipwayError(noUp(file), "usage");
  const up = await renderDirection(loaded, "up", file, shorthands);
  if (loaded.down === false) return { kind: "rendered", up, down: undefined };
  try {
    return { kind: "rendered", up, down: await renderDirection(loaded, "down", file, shorthands) };
  } catch (error) {
    // The library answers this for an up that it cannot turn round, and has no code for it.
    if (loaded.down !== undefined) throw error;
    return { kind: "rendered", up, down: undefined };
  }
}

async function renderDirection(
  loaded: Loaded,
  direction: "up" | "down",
  file: string,
  shorthands: Record<string, unknown>,
): Promise<RenderedText> {
  const { MigrationBuilder: Builder } = await import("node-pg-migrate");
  const database = { query: () => refused(file), select: () => refused(file) };
  const pgm = new Builder(database, shorthands as never, false, SILENT_LOGGER);
  // An up without a down is turned round, as the library does.
  if (direction === "down" && loaded.down === undefined) pgm.enableReverseMode();
  const action = (direction === "down" ? (loaded.down ?? loaded.up) : loaded.up) as Action;
  if (action.length === 2) await new Promise<void>((done) => void action(pgm, done));
  else await action(pgm);
  return { sql: `${pgm.getSqlSteps().join("\n")}\n`, inTransaction: pgm.isUsingTransaction() };
}

/** It would run whenever the SQL is only looked at. */
function refused(file: string): never {
  throw new SlipwayError(
    {
      code: "MIGRATION_ASKS_DATABASE",
      at: file,
      says: "uses pgm.db, so what it does depends on the database and cannot be shown, linted or rehearsed before",
      hint: "write it as SQL with pgm.sql; what depends on rows can be decided in SQL",
    },
    "usage",
  );
}

function noUp(file: string): Problem {
  return {
    code: "MIGRATION_UP_MISSING",
    at: file,
    says: "exports no function up",
    hint: "export const up = (pgm) => { … }, and down",
  };
}

function problemOf(file: string, error: unknown): Problem {
  if (error instanceof SlipwayError && error.problems[0] !== undefined) return error.problems[0];
  return {
    code: "MIGRATION_UNRENDERED",
    at: file,
    says: `could not be turned into SQL: ${error instanceof Error ? error.message : String(error)}`,
    hint: "run it with Node by itself to see where; it must not need a database",
  };
}
