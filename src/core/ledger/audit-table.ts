/** A record as `audit show` shows it. */
export interface AuditLine {
  readonly seq: number;
  /** RFC 3339, UTC, microseconds. */
  readonly at: string;
  readonly app: string;
  readonly environment: string;
  readonly deploymentId: string;
  readonly step: string | null;
  readonly phase: string;
  readonly outcome: string | null;
  /** From the intent to this outcome; null on intents and where the intent is not among the records. */
  readonly seconds: number | null;
  readonly actor: string;
  readonly attempt: number;
  readonly fence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

type Column = readonly [title: string, cell: (line: AuditLine) => string];

const COLUMNS: readonly Column[] = [
  ["#", ({ seq }) => String(seq)],
  ["when (UTC)", ({ at }) => `${at.slice(0, 10)} ${at.slice(11, 19)}`],
  ["where", ({ app, environment }) => `${app}/${environment}`],
  ["deployment", ({ deploymentId }) => deploymentId],
  ["step", ({ step }) => step ?? "(all of it)"],
  ["phase", ({ phase }) => phase],
  ["outcome", ({ outcome }) => outcome ?? ""],
  ["seconds", ({ seconds }) => (seconds === null ? "" : seconds.toFixed(2))],
  ["who", ({ actor }) => actor],
];

// A record may hold what a stranger chose: nothing of it may move the cursor, end a line or turn the text around.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The records as a table for people, one line each. */
export function auditTable(lines: readonly AuditLine[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...lines.map((line) => COLUMNS.map(([, cell]) => cell(line).replace(UNPRINTABLE, "?"))),
  ];
  const widths = COLUMNS.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
