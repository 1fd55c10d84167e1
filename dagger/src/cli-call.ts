// The contract with the CLI: words in, exit code and one JSON document out. Imports nothing from Dagger.

/** The verbs of the CLI that a function of the module stands for. */
export const VERBS = ["config", "plan", "deploy", "promote", "rollback", "resume", "status"] as const;

export type Verb = (typeof VERBS)[number];

/** The argument array that calls a verb of the CLI in the box. Options without a value are left out. */
export function cliArgv(verb: Verb, options: Readonly<Record<string, string | undefined>>): string[] {
  const flags = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name}=${value}`);
  return ["node", "/slipway/bin/slipway.mjs", verb, "--project=/app", "--json", ...flags];
}

/** What ended a call of the CLI, in one sentence: the problems of its JSON document, else the last line of its story. */
export function failureSentence(exitCode: number, stdout: string, stderr: string): string {
  const says = problemsOf(stdout) ?? lastLine(stderr) ?? lastLine(stdout) ?? "it said nothing";
  return `slipway ended with exit code ${exitCode}: ${says}`;
}

function problemsOf(stdout: string): string | undefined {
  const document = parse(stdout);
  const problems = document?.["problems"];
  if (!Array.isArray(problems) || problems.length === 0) return undefined;
  return problems.map(problemSentence).join("; ");
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
