import { expect, test } from "vitest";
import { isSettled } from "../../../src/core/smoke/settled.ts";

const look = (at: number, status: number | undefined = 401, faults = `status ${status}`) => ({
  at,
  status,
  faults,
});

test.each([
  ["three equal refusals over two seconds", [look(0), look(1000), look(2000)], true],
  ["two of them", [look(0), look(2000)], false],
  ["three in less time", [look(0), look(500), look(1900)], false],
  ["three after another answer", [look(0, 503), look(500), look(1500), look(2500)], true],
  ["an old answer between", [look(0), look(1000), look(1500, 503), look(2000), look(2500)], false],
  ["refusals for different reasons", [look(0), look(1000, 401, "no token"), look(2000)], false],
  ["a server's fault, however often", [0, 1000, 2000, 3000].map((at) => look(at, 500)), false],
  [
    "the right status and the wrong version",
    [0, 1000, 2000, 3000].map((at) => look(at, 200, "version")),
    false,
  ],
  ["no answer", [0, 1000, 2000, 3000].map((at) => ({ ...look(at), status: undefined })), false],
  ["too many requests", [0, 1000, 2000, 3000].map((at) => look(at, 429)), false],
  ["nothing", [], false],
])("%s", (_what, looks, expected) => {
  expect(isSettled(looks)).toBe(expected);
});
