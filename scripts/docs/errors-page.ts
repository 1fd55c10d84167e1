import ts from "typescript";
import { EXIT_CODES } from "../../src/core/errors.ts";

const HEAD = `# Exit codes and problems

Made from the code by \`npm run docs\`.

## Exit codes

| code | meaning |
| ---: | --- |
`;

const PROBLEMS = `
## Problems

Every problem has a code, a place, a sentence and, where there is one, the next step. A code is stable; its sentence is
not. With \`--json\` problems are in the answer's \`problems\`.

| code | where it comes from |
| --- | --- |
`;

/** The page of all exit codes and of every problem code that the sources hold, with the parts that use it. */
export function errorsPage(sources: Readonly<Record<string, string>>): string {
  const exits = Object.values(EXIT_CODES).map(({ code, says }) => `| ${code} | ${says} |`);
  const codes = problemCodes(sources).map(([code, areas]) => `| \`${code}\` | ${areas.join(", ")} |`);
  return `${HEAD}${exits.join("\n")}\n${PROBLEMS}${codes.join("\n")}\n`;
}

// A code is a text in capitals that stands in an object with `at` and `says`, is handed to a function that makes one, or
// stands in a list before its sentence.
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

function problemCodes(sources: Readonly<Record<string, string>>): [string, string[]][] {
  const found = new Map<string, Set<string>>();
  for (const [file, text] of Object.entries(sources)) {
    if (!/problem|SlipwayError|Meaning|fault|\bsays:/i.test(text)) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    visit(source, (node) => {
      if (!ts.isStringLiteral(node) || !CODE.test(node.text) || !isCode(node)) return;
      found.set(node.text, (found.get(node.text) ?? new Set()).add(area(file)));
    });
  }
  return [...found]
    .map(([code, files]): [string, string[]] => [code, [...files]])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `src/adapters/aws/x.ts` → `adapters/aws`. */
function area(file: string): string {
  const [, first = "", second = ""] = file.split("/");
  return second.endsWith(".ts") ? first : `${first}/${second}`;
}

/** `code: "…"`, or an argument beside which sentences stand. */
function isCode(node: ts.StringLiteral): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === "code";
  if (ts.isArrayLiteralExpression(parent)) {
    const [first, second] = parent.elements;
    return first === node && second !== undefined && ts.isStringLiteral(second) && second.text.includes(" ");
  }
  if (!ts.isCallExpression(parent)) return false;
  return /problem|failed|missing|meaning|refus|fault|error|issue/i.test(parent.expression.getText());
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}
