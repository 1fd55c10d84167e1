import type { Problem } from "../core/errors.ts";
import type { Migration } from "../core/migration/types.ts";
import type { Waiver } from "../core/migration/waiver.ts";

/** The file of waivers beside an app's migrations. */
export interface WaiverFile {
  /** `problems`: why the file of waivers cannot be added to. */
  read(): Promise<{ readonly migrations: readonly Migration[]; readonly problems: readonly Problem[] }>;
  /** Adds one, in place of older ones of the same rule and file. */
  keep(waiver: Waiver): Promise<void>;
}
