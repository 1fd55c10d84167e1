import ts from "typescript";

/** A test as its file names it. */
export interface TestTitle {
  /** Titles of the groups around it and its own, ` › ` between; what is filled in at run time is `…`. */
  readonly title: string;
  /** `skipped`: never runs. `sometimes`: a condition decides. */
  readonly runs: "always" | "sometimes" | "skipped";
}

const OFTEN = ["each", "for", "concurrent", "sequential"];
const SELDOM = ["skipIf", "runIf"];

/** The tests that a file of vitest declares, read from its syntax; it is not run. */
export function testTitles(text: string): readonly TestTitle[] {
  const found: TestTitle[] = [];
  const walk = (node: ts.Node, groups: readonly string[], runs: TestTitle["runs"]): void => {
    const call = ts.isCallExpression(node) ? declared(node) : undefined;
    if (call === undefined) {
      ts.forEachChild(node, (child) => walk(child, groups, runs));
      return;
    }
    const within = [...groups, call.title];
    const how = strictest(runs, call.runs);
    if (call.kind === "test") found.push({ title: within.join(" › "), runs: how });
    else for (const argument of (node as ts.CallExpression).arguments) walk(argument, within, how);
  };
  walk(ts.createSourceFile("a.test.ts", text, ts.ScriptTarget.Latest, true), [], "always");
  return found;
}

interface Declared {
  readonly kind: "test" | "describe";
  readonly title: string;
  readonly runs: TestTitle["runs"];
}

/** `test("…")`, `describe.each(…)("…")` and their like. */
function declared(call: ts.CallExpression): Declared | undefined {
  const [first] = call.arguments;
  const title = first === undefined ? undefined : titleOf(first);
  if (title === undefined) return undefined;
  const words: string[] = [];
  let callee: ts.Expression = call.expression;
  for (;;) {
    if (ts.isCallExpression(callee)) callee = callee.expression;
    else if (ts.isPropertyAccessExpression(callee)) {
      words.push(callee.name.text);
      callee = callee.expression;
    } else break;
  }
  if (!ts.isIdentifier(callee) || !["test", "it", "describe"].includes(callee.text)) return undefined;
  const kind = callee.text === "describe" ? "describe" : "test";
  if (words.every((word) => OFTEN.includes(word))) return { kind, title, runs: "always" };
  const seldom = words.every((word) => OFTEN.includes(word) || SELDOM.includes(word));
  return { kind, title, runs: seldom ? "sometimes" : "skipped" };
}

function titleOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
}

function strictest(one: TestTitle["runs"], other: TestTitle["runs"]): TestTitle["runs"] {
  if (one === "skipped" || other === "skipped") return "skipped";
  return one === "sometimes" || other === "sometimes" ? "sometimes" : "always";
}
