/**
 * `0001_add_entries` or, as node-pg-migrate names its files, `1677777777777_add-users` (milliseconds) and
 * `20240131120000000_add-users` (UTC). Nothing else: the library sorts prefixes by their length, and writes names into
 * SQL unquoted.
 */
const ID = /^(?:\d{4}_[a-z0-9]+(?:_[a-z0-9]+)*|(?:\d{13}|\d{14}|\d{17})_[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)$/;
const ENDING = /^(.*?)(?:\.(up|down)\.sql|\.(sql|ts|mts|cts|js|mjs|cjs))$/;

export type FileLayout = "pair" | "single" | "code";

export interface MigrationFileName {
  readonly id: string;
  readonly number: number;
  /** Digits before the words; one folder has one number of them, but 13 and 17 are both times. */
  readonly scheme: "number" | "time" | "date";
  readonly layout: FileLayout;
  /** Of a pair. */
  readonly direction: "up" | "down" | undefined;
}

/** A migration file's name taken apart; `undefined` when it is not one. */
export function parseFileName(file: string): MigrationFileName | undefined {
  const [, id = "", direction, ending] = ENDING.exec(file) ?? [];
  const numbered = parseId(id);
  if (numbered === undefined) return undefined;
  if (direction === "up" || direction === "down") return { id, ...numbered, layout: "pair", direction };
  return { id, ...numbered, layout: ending === "sql" ? "single" : "code", direction: undefined };
}

/** The number that orders a migration, and how it is written; `undefined` when the id is not one. */
export function parseId(id: string): Pick<MigrationFileName, "number" | "scheme"> | undefined {
  if (!ID.test(id)) return undefined;
  const digits = id.slice(0, id.indexOf("_"));
  if (digits.length === 17) return { number: timeOf(digits), scheme: "time" };
  const scheme = digits.length === 4 ? "number" : digits.length === 13 ? "time" : "date";
  return { number: Number(digits), scheme };
}

function timeOf(digits: string): number {
  const [year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0, rest = 0] = [
    digits.slice(0, 4),
    digits.slice(4, 6),
    digits.slice(6, 8),
    digits.slice(8, 10),
    digits.slice(10, 12),
    digits.slice(12, 14),
    digits.slice(14),
  ].map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second, rest);
}
