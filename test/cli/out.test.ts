import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fitCall, printErr, printOut, shownBy } from "../../src/cli/out.ts";
import { lineReporter } from "../../src/adapters/local/line-reporter.ts";
import { problemText } from "../../src/core/problem-text.ts";
import { Secret } from "../../src/core/secret.ts";

let [stdout, stderr] = ["", ""];
beforeEach(() => {
  [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

const FORGED = { code: "X", at: "a\r\u001B[2K", says: "b\n✓ deployed", hint: "c\u202Ed" };

test("an answer in words commands no terminal; a JSON document is exact", () => {
  printOut("one\u001B[2J\ntwo\u0007", "text");
  printOut(JSON.stringify({ a: "\u202E" }), "json");

  expect(stdout).toBe('one?[2J\ntwo?\n{"a":"\u202E"}\n');
});

test("a secret is told nowhere", () => {
  new Secret("url", "postgres://u:hunter-two@h/d").reveal();
  printOut('{"says":"hunter-two"}', "json");
  printErr("no: hunter-two");

  expect([stdout, stderr]).toEqual(['{"says":"<url>"}\n', "no: <url>\n"]);
});

test("a problem stays on its two lines", () => {
  expect(problemText(FORGED)).toBe("  a??[2K: b?✓ deployed\n    → c?d");
});

test("the story's lines are the story's", () => {
  const lines: string[] = [];
  const reporter = shownBy(lineReporter((line) => lines.push(line)));
  reporter.stepBegan("shift", "x\ny");
  reporter.note("x\u001By");
  reporter.stepEnded("shift", "failed", "x\r✓", 0);
  reporter.problem(FORGED);

  const shown = lines.flatMap((line) => line.split("\n"));
  expect(shown).toHaveLength(5);
  expect(shown.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("a sentence about the call repeats its words on one line", () => {
  const word = "--evn=a\n✓ done\u001B[1A";

  expect(fitCall(`error: unknown option '${word}'\n(Did you mean --env?)\n`, [word])).toBe(
    "error: unknown option '--evn=a?✓ done?[1A'\n(Did you mean --env?)\n",
  );
});
