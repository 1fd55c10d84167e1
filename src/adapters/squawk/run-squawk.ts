import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { SquawkWarning } from "../../core/lint/squawk-rules.ts";
import type { LintText } from "../../core/lint/types.ts";
import type { SquawkAnswer } from "../../ports/linting.ts";

const DEADLINE_MS = 60_000;
const MOST_OUTPUT = 64 * 1024 * 1024;

interface RawWarning {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  readonly message: string;
  readonly help: string | null;
  readonly rule_name: string;
}

/** Lints all texts with one process for those inside a transaction and one for those outside. */
export async function runSquawk(
  texts: readonly LintText[],
  major: number | undefined,
): Promise<SquawkAnswer> {
  const binary = findSquawk();
  if (binary === undefined) {
    return { kind: "missing", says: `squawk has no binary for ${process.platform}-${process.arch} here` };
  }
  const folder = await mkdtemp(join(tmpdir(), "slipway-lint-"));
  try {
    const warnings: SquawkWarning[][] = texts.map(() => []);
    const numbered = texts.map((text, index) => ({ text, index, file: join(folder, `${index}.sql`) }));
    await Promise.all(numbered.map(({ text, file }) => writeFile(file, sqlOf(text))));
    const groups = Map.groupBy(numbered, ({ text }) => isInTransaction(text));
    const runs = [...groups].map(async ([inTransaction, group]) => {
      const options = [
        "--reporter=json",
        ...(inTransaction ? ["--assume-in-transaction"] : []),
        ...(major === undefined ? [] : [`--pg-version=${major}.0`]),
      ];
      const found = await run(binary, [...options, ...group.map(({ file }) => file)]);
      for (const { file, line, message, help, rule_name: rule } of found) {
        warnings[Number.parseInt(basename(file), 10)]?.push({
          rule,
          line: line + 1,
          message,
          help: help ?? "",
        });
      }
    });
    await Promise.all(runs);
    return { kind: "ran", warnings };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isInTransaction({ migration, direction }: LintText): boolean {
  return migration[direction].header.inTransaction;
}

function sqlOf({ migration, direction }: LintText): string {
  return migration[direction].sql;
}

/** The native program itself: its wrapper in Node costs twenty times as much as linting a file. */
function findSquawk(): string | undefined {
  const name = `@squawk-cli/${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), "bin", process.platform === "win32" ? "squawk.exe" : "squawk");
  } catch {
    return undefined;
  }
}

function run(binary: string, argv: readonly string[]): Promise<readonly RawWarning[]> {
  return new Promise((resolve, reject) => {
    const options = { timeout: DEADLINE_MS, maxBuffer: MOST_OUTPUT, env: {} };
    execFile(binary, [...argv], options, (error, stdout) => {
      // It ends with 1 whenever it has a warning.
      if (error !== null && error.code !== 1) reject(error);
      else resolve(stdout.trim() === "" ? [] : (JSON.parse(stdout) as readonly RawWarning[]));
    });
  });
}
