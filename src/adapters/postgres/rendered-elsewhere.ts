import type { RenderedMigration } from "../../core/migration/types.ts";

const rendered = new Map<string, ReadonlyMap<string, RenderedMigration>>();

/** Remembers what the migrations in code of a folder stand for, so that their code is not run here. */
export function rememberRendered(folder: string, files: ReadonlyMap<string, RenderedMigration>): void {
  rendered.set(folder, files);
}

/** What was remembered of that folder. */
export function renderedElsewhere(folder: string): ReadonlyMap<string, RenderedMigration> | undefined {
  return rendered.get(folder);
}
