// The contract with the CLI: words in, exit code and one JSON document out. Imports nothing from Dagger.

/** The verbs of the CLI that a function of the module stands for. */
export const VERBS = ["config", "plan", "deploy", "promote", "rollback", "resume", "status"] as const;

export type Verb = (typeof VERBS)[number];

/** The verbs after `migrate` that a function of the module stands for. */
export const MIGRATE_VERBS = [
  "lint",
  "plan",
  "rehearse",
  "up",
  "down",
  "round-trip",
  "status",
  "snapshot",
  "drift",
  "check",
  "expect",
  "rls",
  "seed",
] as const;

export type MigrateVerb = (typeof MIGRATE_VERBS)[number];

/** Name → value; `true` is a flag without one, and of a list each item is given by itself. */
export type Options = Readonly<Record<string, string | true | readonly string[] | undefined>>;

const CLI = ["node", "/slipway/bin/slipway.mjs"];

/** The argument array that calls a verb of the CLI in the box, for one JSON document. */
export function cliArgv(verb: Verb, options: Options): string[] {
  return [...CLI, verb, "--project=/app", "--json", ...flags(options)];
}

/** The argument array that calls a verb of `migrate` in the box, for an answer that people read. */
export function migrateArgv(verb: MigrateVerb, options: Options): string[] {
  return [...CLI, "migrate", verb, "--project=/app", ...flags(options)];
}

/** Options without a value are left out. */
function flags(options: Options): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().map((one) => `--${name}=${one}`);
  });
}

/**
 * What ended a call of the CLI, in one sentence: the problems of its JSON document, else those of its story, else the
 * story's last line.
 */
export function failureSentence(exitCode: number, stdout: string, stderr: string): string {
  const says =
    problemsOf(stdout) ?? problemsIn(stderr) ?? lastLine(stderr) ?? lastLine(stdout) ?? "it said nothing";
  return `slipway ended with exit code ${exitCode}: ${says}`;
}

function problemsOf(stdout: string): string | undefined {
  const document = parse(stdout);
  const problems = document?.["problems"];
  if (!Array.isArray(problems) || problems.length === 0) return undefined;
  return problems.map(problemSentence).join("; ");
}

/** The CLI tells a problem on two lines: `  at: says` and `    → hint`. Dagger trims the first of an error's story. */
function problemsIn(story: string): string | undefined {
  const told = [...story.matchAll(/^(?: {2})?(\S.*)\n {4}→ (.*)$/gm)].map(
    ([, says, hint]) => `${says} (${hint})`,
  );
  return told.length === 0 ? undefined : told.join("; ");
}

function problemSentence(problem: unknown): string {
  const { at, says, hint } = problem as { at?: string; says?: string; hint?: string };
  return `${at ? `${at}: ` : ""}${says ?? JSON.stringify(problem)}${hint ? ` (${hint})` : ""}`;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split("\n").at(-1)?.trim() || undefined;
}
