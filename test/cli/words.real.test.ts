import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EXIT_CODES } from "../../src/core/errors.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { CLI, slipway } from "./slipway.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway words "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the CLI", () => {
  test("tells its version and its help on stdout", async () => {
    expect(await slipway(["--version"])).toMatchObject({ code: 0, stdout: "0.1.0\n", stderr: "" });

    const help = await slipway(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const verb of ["audit", "call", "cloud", "config", "deploy", "migrate", "rollback", "status"]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
    }
  });

  test.each(["deploy", "rollback", "status", "config"])("helps with %s in both ways", async (verb) => {
    const [asWord, asFlag] = await Promise.all([slipway(["help", verb]), slipway([verb, "--help"])]);

    expect(asWord).toEqual(asFlag);
    expect(asWord.code).toBe(0);
    expect(asWord.stdout).toContain(`Usage: slipway ${verb}`);
  });

  test("prints the table of exit codes", async () => {
    const { code, stdout } = await slipway(["help", "exit-codes"]);

    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(Object.keys(EXIT_CODES).length);
    expect(stdout).toContain(" 20  the deployment failed and was rolled back\n");
  });

  test.each([
    [["deplyo"], "(Did you mean deploy?)"],
    [["deploy", "--evn=local"], "(Did you mean --env?)"],
    [["deploy", "--evn", "local"], "(Did you mean --env?)"],
    [["deploy", "--env=local"], "option '--release <file>' is missing"],
    [["deploy", "--env"], "option '--env <name>' argument missing"],
    [["status", "--env=local", "more"], "too many arguments"],
    [["help", "nothing"], "no help about 'nothing'"],
    [[], "Usage: slipway"],
  ])("refuses %j with exit 2, on stderr", async (argv, says) => {
    const ran = await slipway(argv, process.env, folder);

    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(says);
  });
});

/** A Node on PATH that cannot run TypeScript. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((place) => join(place, "node"))
  .find((node) => {
    const { stdout } = spawnSync(node, ["-p", "process.features.typescript ?? 'none'"], { encoding: "utf8" });
    return stdout?.trim() === "none";
  });

test.skipIf(oldNode === undefined)("an older Node hands over to the one that the repository pins", () => {
  const call = (argv: string[]) =>
    spawnSync(oldNode ?? "", [CLI, ...argv], { encoding: "utf8", cwd: folder });

  expect(call(["--version"])).toMatchObject({ status: 0, stdout: "0.1.0\n" });
  expect(call(["help", "exit-codes"])).toMatchObject({ status: 0, stderr: "" });
  expect(call(["config"])).toMatchObject({ status: 2, stderr: expect.stringContaining("slipway.config.ts") });
});

describe("slipway config", () => {
  test("prints the complete config in an order that does not depend on how it was written", async () => {
    const { app, components, environments } = aWrittenConfig();
    writeFileSync(join(folder, "slipway.config.json"), JSON.stringify({ app, components, environments }));
    const first = await slipway(["config"], process.env, folder);
    writeFileSync(join(folder, "slipway.config.json"), JSON.stringify({ environments, components, app }));
    const second = await slipway(["config", "--json", `--project=${folder}`]);

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(second).toEqual(first);
    expect(JSON.parse(first.stdout)).toMatchObject({
      app: "diary",
      components: { api: { healthPath: "/healthz" } },
    });
  });

  test("tells all problems at once; with --json as the one document on stdout", async () => {
    writeFileSync(
      join(folder, "slipway.config.json"),
      JSON.stringify({ ...aWrittenConfig(), app: "X", chekcs: {} }),
    );

    const plain = await slipway(["config"], process.env, folder);
    const json = await slipway(["config", "--json"], process.env, folder);

    expect(plain).toMatchObject({ code: 2, stdout: "" });
    expect(plain.stderr).toContain('chekcs: unknown key; did you mean "checks"?');
    expect(JSON.parse(json.stdout)).toMatchObject({
      exitCode: 2,
      problems: [{ at: "app" }, { at: "chekcs" }],
    });
  });

  test("refuses TypeScript that needs more than its types stripped", async () => {
    writeFileSync(join(folder, "slipway.config.ts"), "enum A { B }\nexport default { app: A.B };\n");

    const ran = await slipway(["config", "--json"], process.env, folder);

    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ problems: [{ code: "CONFIG_UNREADABLE" }] });
  });
});
