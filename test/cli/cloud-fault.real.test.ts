import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FAULT_WORDS } from "../../src/cli/cloud-fault-command.ts";
import { bringDown } from "../../src/cloud/daemon/bring-down.ts";
import { bringUp } from "../../src/cloud/daemon/bring-up.ts";
import { CLOUD_FAULTS } from "../../src/cloud/faults/fault-plan.ts";
import { slipway } from "./slipway.ts";

const home = mkdtempSync(join(tmpdir(), "slipway-fault-test-"));
afterAll(async () => {
  await bringDown(home, "default", true);
  rmSync(home, { recursive: true, force: true });
});

const fault = (...words: string[]) =>
  slipway(["cloud", "fault", ...words], { PATH: process.env["PATH"], SLIPWAY_HOME: home });

test("the words of the command line are those of the cloud", () => {
  expect(FAULT_WORDS).toEqual(CLOUD_FAULTS);
});

test("rules are added, told and taken away", async () => {
  expect(await fault("--clear")).toMatchObject({ code: 11, stdout: "" });
  await bringUp({ stateFolder: home, name: "default", port: undefined, config: undefined });

  expect(await fault()).toEqual({ code: 0, stdout: "nothing goes wrong on purpose\n", stderr: "" });
  await fault("ecs", "UpdateService", "time-out-after");
  expect(await fault("s3", "*", "error", "--nth=3")).toEqual({
    code: 0,
    stdout: "ecs UpdateService: time-out-after, call 1 (in 1 call)\ns3 *: error, call 3 (in 3 calls)\n",
    stderr: "",
  });
  const { stdout } = await fault("--json");
  expect(JSON.parse(stdout)).toEqual({
    rules: [
      { service: "ecs", operation: "UpdateService", nth: 1, fault: "time-out-after", seen: 0 },
      { service: "s3", operation: "*", nth: 3, fault: "error", seen: 0 },
    ],
  });
  expect(await fault("--clear")).toMatchObject({ code: 0, stdout: "nothing goes wrong on purpose\n" });
});

test.each([[["ecs"]], [["ecs", "*"]], [["ecs", "*", "earthquake"]], [["ecs", "*", "error", "--nth=0"]]])(
  "%j is no rule",
  async (words) => {
    expect((await fault(...words)).code).toBe(2);
  },
);
