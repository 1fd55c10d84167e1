import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chooseEngine, engineWords } from "../../../src/cli/call/engine-choice.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-dagger-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const cli = join(folder, "dagger");
writeFileSync(cli, "#!/bin/sh\n");
chmodSync(cli, 0o755);

const session = { DAGGER_SESSION_PORT: "1234", DAGGER_SESSION_TOKEN: "t" };
const withCli = { PATH: `/nowhere:${folder}` };
const nothing = { PATH: "/nowhere" };

test.each([
  [
    "the session it is in before all else",
    undefined,
    { ...session, ...withCli },
    { kind: "session", port: 1234, token: "t" },
  ],
  ["the dagger CLI on PATH", undefined, withCli, { kind: "dagger", cli }],
  ["the embedded engine when there is nothing else", undefined, nothing, { kind: "embedded" }],
  ["what was asked for, session or not", "embedded", { ...session, ...withCli }, { kind: "embedded" }],
  ["what was asked for, session or not", "dagger", { ...session, ...withCli }, { kind: "dagger", cli }],
] as const)("chooses %s", (_, asked, env, choice) => {
  expect(chooseEngine(asked, env)).toEqual(choice);
});

test("a file that cannot be run is no dagger CLI", () => {
  chmodSync(cli, 0o644);
  // The superuser may run what anyone may; without an x bit nobody may.
  expect(chooseEngine(undefined, withCli)).toEqual({ kind: "embedded" });
  chmodSync(cli, 0o755);
});

test("asking for a dagger CLI that is not there is refused", () => {
  expect(() => chooseEngine("dagger", nothing)).toThrow(
    "--engine=dagger: there is no `dagger` on PATH (install it, or use --engine=embedded)",
  );
});

test("the choice is told in a line that does not hold the session's token", () => {
  const told = [
    { kind: "session", port: 1234, token: "tell-nobody" } as const,
    { kind: "dagger", cli } as const,
    { kind: "embedded" } as const,
  ];

  expect(told.map(engineWords)).toEqual([
    "engine: the Dagger session on port 1234",
    `engine: Dagger, through ${cli}`,
    "engine: embedded",
  ]);
});
