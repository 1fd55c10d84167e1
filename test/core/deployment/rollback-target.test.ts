import { describe, expect, test } from "vitest";
import { rollbackTarget } from "../../../src/core/deployment/rollback-target.ts";
import type { KnownGood } from "../../../src/core/deployment/types.ts";
import { aRelease } from "../../builders/a-release.ts";

/** `1 2 r1`: release 1 deployed, release 2 deployed, rolled back to release 1. */
function history(words: string): KnownGood[] {
  return words
    .split(" ")
    .filter(Boolean)
    .map((word, index) => ({
      deploymentId: `d${index}`,
      purpose: word.startsWith("r") ? "rollback" : "deploy",
      release: aRelease(Number(word.replace("r", ""))),
      revisions: { api: `api:${index}` },
      at: "2026-01-31T12:00:00Z",
    }));
}

function targetOf(words: string, options: { to?: number; drifted?: boolean } = {}): string {
  const to = options.to === undefined ? undefined : aRelease(options.to).id;
  const answer = rollbackTarget(history(words), { to, drifted: options.drifted ?? false });
  return answer.kind === "target"
    ? `${answer.current.release.version} → ${answer.target.release.version}`
    : answer.problem.says;
}

describe("a rollback goes", () => {
  test.each([
    ["1 2", "2.0.0 → 1.0.0"],
    ["1 2 3", "3.0.0 → 2.0.0"],
    ["1 2 3 r2", "2.0.0 → 1.0.0"],
    ["1 2 r1 3", "3.0.0 → 1.0.0"],
    ["1 2 3 r1 2", "2.0.0 → 1.0.0"],
    ["1 2 1", "1.0.0 → 2.0.0"],
    ["1 2 2", "2.0.0 → 1.0.0"],
    ["1 2 r1 r2", "2.0.0 → 1.0.0"],
  ])("after %s: %s", (words, expected) => {
    expect(targetOf(words)).toBe(expected);
  });

  test.each([
    ["", "nothing was ever deployed here"],
    ["1", `"${aRelease(1).id}" is the only release that is known good here`],
    ["1 2 r1", `"${aRelease(1).id}" is the only release that is known good here`],
  ])("nowhere after %j: %s", (words, says) => {
    expect(targetOf(words)).toBe(says);
  });

  test("to the release that is named, also to one that was left", () => {
    expect(targetOf("1 2 3", { to: 1 })).toBe("3.0.0 → 1.0.0");
    expect(targetOf("1 2 r1", { to: 2 })).toBe("1.0.0 → 2.0.0");
  });

  test("not to one that was never good, nor to the one that runs", () => {
    expect(targetOf("1 2", { to: 5 })).toBe(`"${aRelease(5).id}" was never known good here`);
    expect(targetOf("1 2", { to: 2 })).toBe(`"${aRelease(2).id}" is what runs`);
  });

  test("to the current one itself when something else runs", () => {
    expect(targetOf("1 2", { drifted: true })).toBe("2.0.0 → 2.0.0");
    expect(targetOf("1", { drifted: true })).toBe("1.0.0 → 1.0.0");
    expect(targetOf("1 2", { drifted: true, to: 2 })).toBe("2.0.0 → 2.0.0");
  });
});
