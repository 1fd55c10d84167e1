import { expect, test } from "vitest";
import { cliArgv, failureSentence, VERBS } from "../../dagger/src/cli-call.ts";
import { buildProgram } from "../../src/cli/program.ts";

const program = buildProgram();

test.each(VERBS)("the CLI has the verb %s, with the flags the box gives to all", (verb) => {
  const command = program.commands.find((command) => command.name() === verb);

  expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(["--project", "--json"]));
});

test.each([
  ["plan", { env: "staging", release: "/release.json" }],
  ["deploy", { env: "staging", release: "/release.json", plan: "/plan.json", "break-glass": "why" }],
  ["promote", { from: "staging", to: "production" }],
  ["promote", { through: "staging,production", release: "/release.json" }],
  ["resume", { env: "staging" }],
  ["rollback", { env: "staging", to: "sha-0123456-20260101-000000" }],
  ["status", { env: "staging" }],
] as const)("the CLI takes the options that the module gives to %s", (verb, options) => {
  const command = program.commands.find((command) => command.name() === verb);
  const known = command?.options.map(({ long }) => long) ?? [];

  const flags = cliArgv(verb, options)
    .slice(3)
    .map((word) => word.split("=")[0]);

  expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
});

test("an option without a value is left out, and a value stays one word whatever is in it", () => {
  expect(cliArgv("rollback", { env: "a b; rm -rf /", to: undefined })).toEqual([
    "node",
    "/slipway/bin/slipway.mjs",
    "rollback",
    "--project=/app",
    "--json",
    "--env=a b; rm -rf /",
  ]);
});

test("a failure is told with the CLI's own problems", () => {
  const document = JSON.stringify({
    problems: [
      { code: "A", at: "--env", says: 'the config has no environment "prod"', hint: "known: local" },
      { code: "B", at: "", says: "nobody approved", hint: "" },
    ],
  });

  expect(failureSentence(2, document, "slipway: the call is wrong\n")).toBe(
    'slipway ended with exit code 2: --env: the config has no environment "prod" (known: local); nobody approved',
  );
});

test("a failure without a document is told with the last line of the story", () => {
  expect(failureSentence(70, "", "warning: x\nslipway: out of memory\n")).toBe(
    "slipway ended with exit code 70: slipway: out of memory",
  );
  expect(failureSentence(137, "", "")).toBe("slipway ended with exit code 137: it said nothing");
});
