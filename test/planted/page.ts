import type { Caught } from "./catch.ts";
import { ELSEWHERE } from "./elsewhere.ts";
import type { Chapter, Planted } from "./planted.ts";

const HEAD = `# Planted mistakes

Each mistake is planted in a small app, and the command that has to catch it is run. What it says on stderr stands below it,
as a person reads it. Made by \`npx vitest run --project real test/planted --update\`; look at what changes.
`;

const TAIL = `## Planted by other tests

More of them, each with its sentence, in the files themselves:

`;

/** All sentences in one page: promise by promise, mistake by mistake. */
export function page(chapters: readonly Chapter[], caught: ReadonlyMap<Planted, Caught>): string {
  const told = chapters.map(({ promise, mistakes }) => {
    const sections = mistakes.map((planted) => section(planted, caught.get(planted)?.lines ?? []));
    return `## ${promise}\n\n${sections.join("\n")}`;
  });
  const elsewhere = ELSEWHERE.map(({ what, file }) => `- ${what}: [${file}](../../${file})`);
  return `${HEAD}\n${told.join("\n")}\n${TAIL}${elsewhere.join("\n")}\n`;
}

function section({ mistake, argv, exit, codes }: Planted, lines: readonly string[]): string {
  const named = [...new Set(codes)].map((code) => `, \`${code}\``).join("");
  const shown = lines.map((line) => line.replace(/^ {2}/, ""));
  return `### ${mistake}\n\n\`slipway ${argv.join(" ")}\` → exit ${exit}${named}\n\n\`\`\`text\n${shown.join("\n")}\n\`\`\`\n`;
}
