import { expect, test } from "vitest";
import { cliArgv, failureSentence, MIGRATE_VERBS, migrateArgv, VERBS } from "../../dagger/src/cli-call.ts";
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

const migrate = program.commands.find((command) => command.name() === "migrate");

test.each(MIGRATE_VERBS)("the CLI has the verb migrate %s, with the flag the box gives to all", (verb) => {
  const command = migrate?.commands.find((command) => command.name() === verb);

  expect(command?.options.map(({ long }) => long)).toContain("--project");
});

test.each([
  ["plan", { render: true }],
  ["plan", { "url-env": "A" }],
  ["rehearse", { "server-env": "A" }],
  ["up", { rehearsal: true, to: "0001", "server-env": "A" }],
  ["down", { rehearsal: true, to: "nothing", "server-env": "A" }],
  ["round-trip", { to: "0001", "server-env": "A" }],
  ["snapshot", { rehearsal: true, to: "0001", "server-env": "A", json: true }],
  ["drift", { rehearsal: true, against: "/a.json", "server-env": "A" }],
  ["drift", { "url-env": "A", against: "/a.json" }],
  ["check", { rehearsal: true, "server-env": "A" }],
  ["expect", { rehearsal: true, "server-env": "A" }],
  ["rls", { "server-env": "A" }],
  ["status", { "url-env": "A" }],
  ["seed", { env: "staging", set: ["demo"], "dry-run": true }],
] as const)("the CLI takes the options that the module gives to migrate %s: %j", (verb, options) => {
  const command = migrate?.commands.find((command) => command.name() === verb);
  const known = command?.options.map(({ long }) => long) ?? [];

  const flags = migrateArgv(verb, options)
    .slice(4)
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

test("a failure without a document is told with the problems of the story", () => {
  const story = [
    "  migrate: looks",
    "  0002_mail.down.sql: does not bring the schema back",
    "    → write its down",
    "  nobody approved",
    "    → ask",
    "",
  ];

  expect(failureSentence(12, "1 of 2 passed\n", story.join("\n"))).toBe(
    "slipway ended with exit code 12: 0002_mail.down.sql: does not bring the schema back (write its down); nobody approved (ask)",
  );
});

test("the first problem of a story is told, though Dagger trims what stands before it", () => {
  const story = "0001_a.down.sql: is empty\n    → write it\n  0002_b.up.sql: is empty\n    → write it\n";

  expect(failureSentence(12, "", story)).toBe(
    "slipway ended with exit code 12: 0001_a.down.sql: is empty (write it); 0002_b.up.sql: is empty (write it)",
  );
});

test("a failure without a document and problems is told with the last line of the story", () => {
  expect(failureSentence(70, "", "warning: x\nslipway: out of memory\n")).toBe(
    "slipway ended with exit code 70: slipway: out of memory",
  );
  expect(failureSentence(137, "", "")).toBe("slipway ended with exit code 137: it said nothing");
});
