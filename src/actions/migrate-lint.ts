import { lintMigrations } from "../core/lint/lint-migrations.ts";
import { lintExit, type LintReport } from "../core/lint/lint-report.ts";
import type { Finding } from "../core/lint/types.ts";
import { applyWaivers } from "../core/migration/apply-waivers.ts";
import type { Linting } from "../ports/linting.ts";

export interface LintRequest {
  readonly app: string;
  /** Ids of migrations that ran: they are past mending, and only tell what is there. */
  readonly applied: readonly string[];
  /** Of the target; undefined: any. */
  readonly major: number | undefined;
}

/** Looks for what is unsafe in migrations, each direction by itself. Needs no database. */
export async function migrateLint(
  { app, applied, major }: LintRequest,
  linting: Linting,
): Promise<LintReport> {
  const { texts, facts, waivers, problems } = await linting.load();
  const squawk = await linting.squawk(texts, major);

  const answers = new Map(
    texts.map((text, index) => [text, squawk.kind === "ran" ? squawk.warnings[index] : []]),
  );
  const all = lintMigrations(texts, (text) => answers.get(text) ?? [], facts);
  const ran = new Set(
    texts.filter(({ migration }) => applied.includes(migration.id)).map(({ file }) => file),
  );
  const pending = all.filter(({ at }) => !ran.has(at.replace(/:\d+$/, "")));
  const errors = pending.filter(({ severity }) => severity === "error");
  const { left, waived } = applyWaivers([...problems, ...errors], waivers);
  const leftOver = new Set<unknown>(left);
  const findings: readonly Finding[] = pending.filter(
    (one) => one.severity === "warning" || leftOver.has(one),
  );
  const outcome = left.length > 0 ? "errors" : findings.length > 0 ? "warnings" : "clean";
  return {
    outcome,
    app,
    files: new Set(texts.map(({ file }) => file)).size,
    findings,
    waived,
    skipped: squawk.kind === "missing" ? [squawk.says] : [],
    problems: left,
    exitCode: lintExit(left),
  };
}
