import type { ReleaseMigration } from "../core/release/types.ts";

/** The app's own folder, as it is on disk. */
export interface ProjectFiles {
  /** The migrations in a folder of the app, sorted by name. Throws `MIGRATIONS_UNREADABLE` (exit 2). */
  migrations(folder: string): Promise<readonly ReleaseMigration[]>;
}
