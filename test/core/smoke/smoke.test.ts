import { describe, expect, test } from "vitest";
import type { SmokeCheck } from "../../../src/core/config/types.ts";
import { evaluate, type SmokeAnswer } from "../../../src/core/smoke/evaluate.ts";
import { fillIn } from "../../../src/core/smoke/fill-in.ts";

const CHECK: SmokeCheck = {
  name: "version",
  component: "api",
  method: "GET",
  path: "/version",
  headers: {},
  body: undefined,
  expectStatus: 200,
  expectJson: {},
};
const answer = (status: number, body: unknown = ""): SmokeAnswer => ({
  kind: "answer",
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("an answer passes", () => {
  test.each<[string, Partial<SmokeCheck>, SmokeAnswer]>([
    ["with the status that is expected", {}, answer(200)],
    ["with another status when that is expected", { expectStatus: 401 }, answer(401)],
    [
      "with the JSON that is expected",
      { expectJson: { version: "1.0.0" } },
      answer(200, { version: "1.0.0", more: 1 }),
    ],
    [
      "with a value deep inside",
      { expectJson: { "build.0.ok": true } },
      answer(200, { build: [{ ok: true }] }),
    ],
  ])("%s", (_what, changes, given) => {
    expect(evaluate({ ...CHECK, ...changes }, given)).toEqual([]);
  });
});

describe("an answer fails", () => {
  test.each<[string, Partial<SmokeCheck>, SmokeAnswer, string[]]>([
    ["when there is none", {}, { kind: "no-answer", because: "ECONNREFUSED" }, ["no answer: ECONNREFUSED"]],
    ["with another status", {}, answer(500), ["status 500, expected 200"]],
    [
      "with the old version",
      { expectJson: { version: "2" } },
      answer(200, { version: "1" }),
      ['version is "1", expected "2"'],
    ],
    ["with a number for a text", { expectJson: { n: "1" } }, answer(200, { n: 1 }), ['n is 1, expected "1"']],
    ["without the value", { expectJson: { a: 1 } }, answer(200, {}), ["a is missing, expected 1"]],
    [
      "with what only looks like a value",
      { expectJson: { toString: "x" } },
      answer(200, {}),
      ['toString is missing, expected "x"'],
    ],
    [
      "with a page instead of JSON",
      { expectJson: { a: 1 } },
      answer(200, "<html>"),
      [expect.stringMatching(/^the body is not JSON/)],
    ],
    [
      "in status and body at once",
      { expectJson: { a: 1 } },
      answer(503, { a: 2 }),
      ["status 503, expected 200", "a is 2, expected 1"],
    ],
  ])("%s", (_what, changes, given, faults) => {
    expect(evaluate({ ...CHECK, ...changes }, given)).toEqual(faults);
  });
});

test("version and commit are filled in wherever a text may hold them", () => {
  const check = {
    ...CHECK,
    path: "/assets/{commit}.js",
    headers: { "x-version": "{version}" },
    body: '{"v":"{version}"}',
    expectJson: { version: "{version}", commit: "{commit}", count: 1 },
  };

  expect(fillIn(check, { version: "1.2.3", commit: "abc" })).toEqual({
    ...CHECK,
    path: "/assets/abc.js",
    headers: { "x-version": "1.2.3" },
    body: '{"v":"1.2.3"}',
    expectJson: { version: "1.2.3", commit: "abc", count: 1 },
  });
});
