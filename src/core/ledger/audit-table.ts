import { printable } from "../printable.ts";

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
  /** Null for what people did without a lease: approvals, holds. */
  readonly fence: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

type Column = readonly [title: string, cell: (line: AuditLine) => string];

const COLUMNS: readonly Column[] = [
  ["#", ({ seq }) => String(seq)],
  ["when (UTC)", ({ at }) => `${at.slice(0, 10)} ${at.slice(11, 19)}`],
  ["step", ({ step }) => step ?? "(all of it)"],
  ["phase", ({ phase }) => phase],
  ["outcome", ({ outcome }) => outcome ?? ""],
  ["seconds", ({ seconds }) => (seconds === null ? "" : seconds.toFixed(2))],
];

/** The records as a table for people, one line each; a heading says of each run of records what, where and who. */
export function auditTable(lines: readonly AuditLine[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...lines.map((line) => COLUMNS.map(([, cell]) => printable(cell(line)))),
  ];
  const widths = COLUMNS.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const [titles = "", ...records] = rows.map((row) =>
    `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd(),
  );

  let last = "";
  const printed = lines.flatMap((line, index) => {
    const heading = `${line.app}/${line.environment}  ${line.deploymentId}  by ${line.actor}`;
    const record = records[index] ?? "";
    if (heading === last) return [record];
    last = heading;
    return [printable(heading), record];
  });
  return [titles, ...printed].join("\n");
}
