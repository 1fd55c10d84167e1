import { expect, test } from "vitest";
import { createStory } from "../../../src/cli/call/story/story.ts";

function aStory() {
  const lines: string[] = [];
  let now = 5000;
  const story = createStory(
    (line) => lines.push(line),
    () => now,
  );
  const limited = (...argv: string[]) => ["timeout", "-k", "5", "600", ...argv];
  return {
    ...story,
    lines,
    wait: (seconds: number) => (now += seconds * 1000),
    module: (line: string) => story.tell({ kind: "module", line }),
    ended: (
      id: number,
      argv: string[],
      over: { cached?: boolean; exitCode?: number; seconds?: number } = {},
    ) =>
      story.tell({
        kind: "exec-finished",
        id,
        argv: limited(...argv),
        cached: false,
        exitCode: 0,
        seconds: 1,
        ...over,
      }),
  };
}

test("every event is one line with the seconds since the start; time limits are not shown", () => {
  const story = aStory();
  story.module("check lint: started: npm run lint");
  story.tell({ kind: "exec-started", id: 1, argv: ["timeout", "-k", "5", "600", "npm", "run", "lint"] });
  story.wait(12.34);
  story.ended(1, ["npm", "run", "lint"], { seconds: 12.3 });
  story.module("check lint: ok, 12.3 s");
  story.tell({ kind: "note", line: "no network of its own" });

  expect(story.lines).toEqual([
    "    0.0 s  lint: started",
    "    0.0 s    npm run lint …",
    "   12.3 s    npm run lint: 12.3 s",
    "   12.3 s  lint: ok, 12.3 s",
    "   12.3 s  no network of its own",
  ]);
  expect(story.summary("check: done")).toBe("check: done in 12.3 s; ran 1 command, 0 came from the cache");
});

test("a check whose command came from the cache is told as cached", () => {
  const story = aStory();
  story.module("check lint: started: npm run lint");
  story.module("check unit: started: npm test");
  story.ended(1, ["npm", "ci"], { cached: true });
  story.ended(2, ["npm", "run", "lint"], { cached: true });
  story.ended(3, ["npm", "test"]);
  story.module("check lint: ok, 0.0 s");
  story.module("check unit: ok, 1.0 s");

  expect(story.lines.map((line) => line.slice(11))).toEqual([
    "lint: started",
    "unit: started",
    "  npm test: 1.0 s",
    "lint: cached",
    "unit: ok, 1.0 s",
  ]);
});

test("the whole output of what failed is shown at the end, and of nothing else", () => {
  const story = aStory();
  story.tell({ kind: "output", id: 1, line: "fine" });
  story.tell({ kind: "output", id: 2, line: "1 test failed" });
  story.tell({ kind: "output", id: 2, line: "  at x.ts:1" });
  story.ended(1, ["npm", "run", "lint"]);
  story.ended(2, ["npm", "test"], { exitCode: 1 });
  story.ended(3, ["false"], { exitCode: 1 });

  expect(story.failures()).toBe(
    "\n── npm test (exit code 1)\n1 test failed\n  at x.ts:1\n\n── false (exit code 1)\n(no output)\n",
  );
});
