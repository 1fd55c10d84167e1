import type { Requirement } from "./requirements/requirement.ts";

const HEAD = `# Requirements, tests and evidence

Made from \`scripts/docs/requirements/\` by \`npm run docs\`. A test fails when a clause has no test, or when a test that is named
here is gone or skipped.

This is no legal advice, and software alone complies with nothing: 21 CFR Part 11 and HIPAA are about your whole system, of
which Slipway is a part. Each row says what Slipway does, and what is left to you. [audit](audit.md) says how to verify the
records, [approvals](approvals.md) what a signature is worth, [guarantees](guarantees.md) what all of it rests on.

`;

/** The table of all clauses, and below it the tests of each. */
export function compliancePage(requirements: readonly Requirement[]): string {
  const rows = requirements.map(
    ({ clause, asks, slipway, yours, onlyYours }) =>
      `| ${clause} | ${asks} | ${onlyYours === undefined ? "" : "**Yours.** "}${slipway} | ${yours} |`,
  );
  return [
    HEAD,
    "| clause | asks for | what Slipway does | what is left to you |\n| --- | --- | --- | --- |\n",
    `${rows.join("\n")}\n`,
    "\n## Tests and evidence\n",
    ...requirements.map(section),
  ].join("");
}

function section({ clause, tests, evidence, onlyYours }: Requirement): string {
  const files = Object.entries(tests).flatMap(([file, titles]) => [
    `- [${file}](../${file})`,
    ...titles.map((title) => `  - ${title}`),
  ]);
  const shown = onlyYours === undefined ? `Tests:\n\n${files.join("\n")}` : `No test: ${onlyYours}.`;
  return `\n### ${clause}\n\n${shown}\n\nEvidence: ${evidence.join("; ")}.\n`;
}
