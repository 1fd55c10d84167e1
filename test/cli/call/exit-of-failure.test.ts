import { expect, test } from "vitest";
import { exitOfDagger, exitOfFailure } from "../../../src/cli/call/exit-of-failure.ts";

const base = { message: "", stack: undefined, stdout: "", stderr: "" };
const box = ["node", "/slipway/bin/slipway.mjs", "deploy"];

test.each([
  [
    "a verb in its box ended with a code of ours",
    { name: "ExecError", cmd: box, exitCode: 20 },
    "rolledBack",
  ],
  [
    "a verb in its box ended with a code of ours",
    { name: "ExecError", cmd: box, exitCode: 41 },
    "outcomeUnknown",
  ],
  [
    "the config was wrong",
    { name: "ExecError", cmd: ["node", "/slipway/bin/slipway.mjs", "config"], exitCode: 2 },
    "usage",
  ],
  ["a verb in its box was killed", { name: "ExecError", cmd: box, exitCode: 137 }, "checksFailed"],
  [
    "a check ended with a code that means something else to us",
    { name: "CheckFailed", cmd: ["npm"], exitCode: 20 },
    "checksFailed",
  ],
  ["several checks failed", { name: "CheckFailed" }, "checksFailed"],
  ["a build step failed", { name: "ExecError", cmd: ["npm", "ci"], exitCode: 1 }, "checksFailed"],
  ["the module refused the call", { name: "WrongCall" }, "usage"],
  ["the engine refused", { name: "GraphQLRequestError" }, "verifyFailed"],
  ["something else went wrong", { name: "TypeError" }, "bug"],
] as const)("%s", (_, failure, exit) => {
  expect(exitOfFailure({ ...base, ...failure })).toBe(exit);
});

test.each([
  [0, "check", "done"],
  [2, "lint", "checksFailed"],
  [20, "deploy", "rolledBack"],
  [1, "deploy", "checksFailed"],
  [20, "image", "checksFailed"],
] as const)("exit code %i of the dagger CLI for %s means %s", (code, name, exit) => {
  expect(exitOfDagger(code, name)).toBe(exit);
});
