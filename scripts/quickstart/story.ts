// What the quickstart prints: headings while it runs, a summary at the end. Standard output is the story here.

export interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly result: string;
}

/** Prints a heading with the time since the start in front. */
export function heading(sinceStart: number, text: string): void {
  console.log(`\n${clock(sinceStart)}  ${text}`);
}

export function note(text: string): void {
  console.log(`       ${text}`);
}

/** The steps as lines of a table, widths taken from the contents. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

/** `12.3 s`, or `2 min 5 s` from one minute on. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
