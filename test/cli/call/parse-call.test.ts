import { expect, test } from "vitest";
import { parseCall, type ParsedCall } from "../../../src/cli/call/words/parse-call.ts";
import { aSchema } from "./a-schema.ts";

const context = {
  cwd: "/home/app",
  defaults: { source: "/home/app" },
  contextPath: (path: string) => `/module${path}`,
};

const parse = (...words: string[]) => parseCall(aSchema, words, context);
const source = { kind: "directory", path: "/home/app", exclude: ["**/node_modules"] };
const own = { kind: "directory", path: "/module", exclude: ["*", "!src"] };

/** The values that `tune` got, by position, as far as they were given. */
function tuned(...flags: string[]): unknown[] {
  const parsed = parse("tune", ...flags);
  if (parsed.kind !== "call") throw new Error(JSON.stringify(parsed));
  return parsed.plan.steps[0].positional.filter(({ kind }) => kind !== "absent");
}

function refusals(parsed: ParsedCall): string[] {
  if (parsed.kind !== "refused") throw new Error(`expected a refusal, got ${parsed.kind}`);
  return parsed.problems.map(({ code, at, says, hint }) => `${code} ${at}: ${says} → ${hint}`);
}

test("a function of the module is called on the project's folder and the module's own files", () => {
  expect(parse("check")).toMatchObject({
    kind: "call",
    plan: {
      construct: [source, own],
      steps: [{ name: "check", positional: [], options: {} }],
      endsIn: undefined,
      output: undefined,
    },
  });
});

test("flags of the pipeline come before the function, and relative paths begin in the working directory", () => {
  expect(parse("--source=../other", "--own", ".", "check")).toMatchObject({
    plan: {
      construct: [
        { kind: "directory", path: "/home/other", exclude: ["**/node_modules"] },
        { kind: "directory", path: "/home/app", exclude: ["*", "!src"] },
      ],
    },
  });
});

test("functions of what a function answers follow it; options of the SDK go apart from positions", () => {
  expect(
    parse(
      "image",
      "--component=api",
      "with-exec",
      "--args=node,--version",
      "--expect=slow",
      "--use-entrypoint",
      "stdout",
    ),
  ).toMatchObject({
    kind: "call",
    plan: {
      steps: [
        { name: "image", positional: [{ kind: "plain", value: "api" }], options: {} },
        {
          name: "withExec",
          positional: [
            {
              kind: "list",
              items: [
                { kind: "plain", value: "node" },
                { kind: "plain", value: "--version" },
              ],
            },
          ],
          options: {
            expect: { kind: "plain", value: "SLOW" },
            useEntrypoint: { kind: "plain", value: true },
          },
        },
        { name: "stdout", positional: [], options: {} },
      ],
      endsIn: undefined,
    },
  });
});

test("a chain that ends in an object, or in a list of them, says so", () => {
  expect(parse("image", "--component=api")).toMatchObject({ plan: { endsIn: "Container" } });
  expect(parse("parts")).toMatchObject({ plan: { endsIn: "Container" } });
});

test("flags of call itself may stand anywhere", () => {
  expect(
    parse("--engine=embedded", "image", "-j", "--component=api", "stdout", "-o", "out.txt"),
  ).toMatchObject({
    own: { engine: "embedded", json: true, output: "/home/app/out.txt", problems: [] },
    plan: { output: "/home/app/out.txt" },
  });
  expect(parse("check", "-oout.txt")).toMatchObject({ plan: { output: "/home/app/out.txt" } });
});

test("values are read by their type", () => {
  expect(tuned("--times=-7", "--factor", "1.5", "--loudly", "--mode=fast")).toEqual([
    { kind: "plain", value: -7 },
    { kind: "plain", value: 1.5 },
    { kind: "plain", value: true },
    { kind: "plain", value: "FAST" },
  ]);
  expect(tuned("--loudly=false")).toEqual([{ kind: "plain", value: false }]);
  expect(tuned("--cloud=tcp://127.0.0.1:4566", "--base=node:24", "--notes=./a.md")).toEqual([
    { kind: "service", host: "127.0.0.1", port: 4566 },
    { kind: "container", address: "node:24" },
    { kind: "file", path: "/home/app/a.md" },
  ]);
  expect(tuned("--cloud=[::1]:53")).toEqual([{ kind: "service", host: "::1", port: 53 }]);
});

test("a list is given with commas, by the flag again, and with quotes round what holds a comma", () => {
  const items = (...flags: string[]) =>
    (tuned(...flags)[0] as { items: { value: string }[] }).items.map(({ value }) => value);

  expect(items("--names=a,b", "--names", 'c,"d,""e"""')).toEqual(["a", "b", "c", 'd,"e"']);
  expect(items("--names=")).toEqual([""]);
});

test.each([
  ["env:KEY", "env://KEY"],
  ["env://KEY", "env://KEY"],
  ["KEY", "env://KEY"],
  ["file:key.txt", "file:///home/app/key.txt"],
  ["file:///etc/key", "file:///etc/key"],
  ["cmd:pass show key", "cmd://pass show key"],
  ["cmd://pass show key", "cmd://pass show key"],
  ["op://vault/key", "op://vault/key"],
])("the secret %s is asked for as %s", (typed, uri) => {
  expect(tuned(`--access-key=${typed}`)).toEqual([{ kind: "secret", uri }]);
});

test.each(["postgres://u:hunter2@h/db", "hunter2!", "env:", "env:no-variable", "cmd:"])(
  "what is not the address of a secret is refused and not repeated: %s",
  (typed) => {
    expect(refusals(parse("tune", `--access-key=${typed}`))).toEqual([
      "FLAG_WRONG --access-key: should be env:NAME, file:path or cmd:command, and not the secret itself → slipway call tune --help lists the flags",
    ]);
  },
);

test("a folder may be a git repository, at a branch and a folder in it", () => {
  expect(parse("--source=https://git.example/x/y#main:app", "check")).toMatchObject({
    plan: {
      construct: [
        {
          kind: "git directory",
          url: "https://git.example/x/y",
          ref: "main",
          path: "app",
          exclude: ["**/node_modules"],
        },
        own,
      ],
    },
  });
});

test("every fault that can be seen is told at once", () => {
  expect(
    refusals(parse("--engine=docker", "image", "--componet=api", "with-exec", "--expect=fats", "stdoot")),
  ).toEqual([
    'FLAG_WRONG --engine: should be dagger or embedded, got "docker" → leave it out to have one chosen',
    "FLAG_UNKNOWN --componet: image has no such flag → did you mean --component?",
    "FLAG_MISSING --component: is needed: a text → slipway call image --help lists the flags",
    "FLAG_MISSING --args: is needed: a list of text → slipway call image with-exec --help lists the flags",
    'FLAG_WRONG --expect: should be one of FAST, SLOW, got "fats"; did you mean "FAST"? → slipway call image with-exec --help lists the flags',
    'FUNCTION_UNKNOWN with-exec: there is no function "stdoot" on a Container → did you mean "stdout"?',
  ]);
});

test.each([
  ["--times=1.5", 'should be a whole number, got "1.5"'],
  ["--times=", 'should be a whole number, got ""'],
  ["--factor=many", 'should be a number, got "many"'],
  ["--loudly=yes", 'should be true or false, got "yes"'],
  ["--cloud=127.0.0.1", 'should be tcp://host:port, got "127.0.0.1"'],
  ["--cloud=tcp://h:70000", 'should be tcp://host:port, got "tcp://h:70000"'],
  ["--cloud=udp://h:53", 'should be tcp://host:port, got "udp://h:53"'],
  ["--socket=/run/x.sock", "cannot be written on the command line: it is a Socket"],
])("a wrong value is refused: %s", (flag, says) => {
  expect(parse("tune", flag)).toMatchObject({ kind: "refused", problems: [{ code: "FLAG_WRONG", says }] });
});

test.each([
  [["chekc"], 'FUNCTION_UNKNOWN call: there is no function "chekc" → did you mean "check"?'],
  [["frobnicate"], 'FUNCTION_UNKNOWN call: there is no function "frobnicate" → --help lists the functions'],
  [["check", "stdout"], 'NOTHING_FOLLOWS check: answers a text, so "stdout" cannot follow → remove "stdout"'],
  [["check", "-x"], "FLAG_UNKNOWN -x: check has no such flag → slipway call check --help lists the flags"],
  [
    ["check", "--source=."],
    "FLAG_UNKNOWN --source: check has no such flag → it is the pipeline's: slipway call --source=… check",
  ],
  [["check", "--output"], "FLAG_WRONG --output: needs a value → write --output=<path>"],
  [
    ["tune", "--times"],
    "FLAG_MISSING --times: is needed: a whole number → slipway call tune --help lists the flags",
  ],
])("refused: %s", (words, says) => {
  expect(refusals(parse(...words))).toEqual([says]);
});

test.each([
  [[], []],
  [["--help"], []],
  [["image", "--help"], ["image"]],
  [
    ["image", "with-exec", "-h"],
    ["image", "withExec"],
  ],
])("help is asked for by %j and does not mind what is missing", (words, chain) => {
  const parsed = parse(...words);

  expect(parsed.kind).toBe("help");
  expect(parsed.kind === "help" && parsed.chain.map(({ name }) => name)).toEqual(chain);
});
