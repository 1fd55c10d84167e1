import type { Problem } from "../errors.ts";
import { scanSql } from "./scan-sql.ts";

const MARKER = /^-- (Up|Down) Migration[ \t\r]*$/;
/** What node-pg-migrate takes for a marker: `-- up migration of users` cuts a file too. */
const LIKE_MARKER = /^\s*--[\s-]*(up|down)\s+migration/i;

export interface MarkedParts {
  readonly up: string;
  /** `undefined`: the file has no down part. */
  readonly down: string | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Takes a single file apart at `-- Up Migration` and `-- Down Migration`. The whole file is covered, and each part keeps
 * its line numbers.
 */
export function splitMarkers(at: string, text: string): MarkedParts {
  const lines = text.split("\n");
  const marks = lines.flatMap((line, index) => {
    const [, which] = MARKER.exec(line) ?? [];
    if (which !== undefined) return [{ index, which, exact: true }];
    return LIKE_MARKER.test(line) ? [{ index, which: line.trim(), exact: false }] : [];
  });

  const problems = marks.filter(({ exact }) => !exact).map(({ index, which }) => inexact(at, index, which));
  const ups = marks.filter(({ which }) => which === "Up");
  const downs = marks.filter(({ which }) => which === "Down");
  for (const { index, which } of [...ups.slice(1), ...downs.slice(1)]) {
    problems.push(misplaced(at, index, `has a second -- ${which} Migration`));
  }
  const [up] = ups;
  const [down] = downs;
  if (up !== undefined && down !== undefined && down.index < up.index) {
    problems.push(misplaced(at, down.index, "has its down part before its up part"));
  }
  if (up !== undefined && scanSql(lines.slice(0, up.index).join("\n")).statements.length > 0) {
    problems.push(misplaced(at, up.index, "has statements before -- Up Migration"));
  }
  if (down === undefined) return { up: text, down: undefined, problems };
  return {
    up: lines.slice(0, down.index).join("\n"),
    down: "\n".repeat(down.index) + lines.slice(down.index).join("\n"),
    problems,
  };
}

function inexact(at: string, index: number, line: string): Problem {
  return {
    code: "MIGRATION_MARKER",
    at: `${at}:${index + 1}`,
    says: `has the comment "${line}", which node-pg-migrate takes for a marker`,
    hint: "write the marker exactly as -- Up Migration or -- Down Migration, or word the comment otherwise",
  };
}

function misplaced(at: string, index: number, says: string): Problem {
  return {
    code: "MIGRATION_MARKER",
    at: `${at}:${index + 1}`,
    says,
    hint: "begin the file with -- Up Migration, and put -- Down Migration after its statements, each once",
  };
}
