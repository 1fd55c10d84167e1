import { describe, expect, test } from "vitest";
import { EXIT_CODES, SlipwayError, sentence } from "../../src/core/errors.ts";
import { holderIs, reliableForMs } from "../../src/core/lease.ts";
import { parseImage, resourceName, secretName } from "../../src/core/names.ts";
import { Secret } from "../../src/core/secret.ts";
import { duration } from "../../src/core/time.ts";
import { inspect } from "node:util";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("an image name", () => {
  test.each([
    [
      `127.0.0.1:5000/diary/api@${DIGEST}`,
      { registry: "127.0.0.1:5000", repository: "diary/api", digest: DIGEST },
    ],
    [`ghcr.io/a/b@${DIGEST}`, { registry: "ghcr.io", repository: "a/b", digest: DIGEST }],
  ])("%s is taken apart", (image, parts) => {
    expect(parseImage(image)).toEqual(parts);
  });

  test.each([
    "node:24",
    `node@${DIGEST}`,
    "ghcr.io/a/b:1",
    `ghcr.io/a/b:1@${DIGEST}`,
    `ghcr.io/a/b@sha256:abc`,
    "",
  ])("%j is none by digest", (image) => {
    expect(parseImage(image)).toBeUndefined();
  });
});

test("names of the platform are made of app, environment and component", () => {
  expect(resourceName("diary", "local", "api")).toBe("diary-local-api");
  expect(secretName("diary/{env}/url", "local")).toBe("diary/local/url");
});

test.each([
  [40, "0.0 s"],
  [9949, "9.9 s"],
  [12_400, "12 s"],
  [59_700, "1 min 00 s"],
  [125_000, "2 min 05 s"],
])("%i ms are told as %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test("a holder lives when it has renewed, or when another has taken over, between two looks", () => {
  const first = { fence: 3, renewedAt: "2026-01-31T12:00:00.000Z" };

  expect(holderIs(first, first)).toBe("silent");
  expect(holderIs(first, { ...first, renewedAt: "2026-01-31T12:00:05.000Z" })).toBe("alive");
  expect(holderIs(first, { ...first, fence: 4 })).toBe("alive");
});

test("a lease may be relied on until shortly before its end, and not when the clock was set back", () => {
  expect([0, 14_999, 15_000, 60_000, -1].map(reliableForMs)).toEqual([15_000, 1, 0, -45_000, 0]);
});

test("a secret prints as its name wherever it is printed", () => {
  const secret = new Secret("DATABASE_URL", "s3cret");

  expect([String(secret), JSON.stringify({ secret }), inspect({ secret })]).toEqual([
    "<DATABASE_URL>",
    '{"secret":"<DATABASE_URL>"}',
    "{ secret: <DATABASE_URL> }",
  ]);
  expect(secret.reveal()).toBe("s3cret");
});

test("an error carries all its problems and says them in lines", () => {
  const problems = [
    { code: "A", at: "config/a", says: "is wrong", hint: "mend it" },
    { code: "B", at: "", says: "is missing", hint: "" },
  ];
  const error = new SlipwayError(problems, "usage");

  expect(error.message).toBe("config/a: is wrong (mend it)\nis missing");
  expect(error.problems.map(sentence)).toEqual(["config/a: is wrong (mend it)", "is missing"]);
});

test("no two exit codes are alike", () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
