/**
 * `0001_add_entries.up.sql`: one scheme, because node-pg-migrate sorts prefixes of 13, 14 and 17 digits by different
 * rules and writes the name into SQL without quoting it.
 */
const FORM = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)*)\.(up|down)\.sql$/;

export interface MigrationFileName {
  readonly id: string;
  readonly number: number;
  readonly direction: "up" | "down";
}

/** A migration file's name taken apart; `undefined` when it is not one. */
export function parseFileName(file: string): MigrationFileName | undefined {
  const [, digits, words, direction] = FORM.exec(file) ?? [];
  if (digits === undefined || (direction !== "up" && direction !== "down")) return undefined;
  return { id: `${digits}_${words}`, number: Number(digits), direction };
}
