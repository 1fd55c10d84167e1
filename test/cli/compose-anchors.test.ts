import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { composeAnchors } from "../../src/cli/compose-anchors.ts";
import type { AnchorConfig } from "../../src/core/config/types.ts";
import { refusedWith } from "../adapters/anchors/anchor-contract.ts";

const home = mkdtempSync(join(tmpdir(), "slipway-anchor-test-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const access = { region: "eu-west-1", endpoint: "http://127.0.0.1:1", credentials: undefined };
const LOCAL = { name: "local", cloud: "local" } as const;
const AWS = { name: "production", cloud: "aws" } as const;

async function placesOf(
  anchors: readonly AnchorConfig[],
  environment: typeof LOCAL | typeof AWS,
  env: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  const surroundings = { access, folder: "/app", env: { SLIPWAY_HOME: home, ...env } };
  const composed = await composeAnchors({ anchors }, environment, surroundings);
  return composed.map(({ place }) => place);
}

test("the config's anchors are all used, folders from the app's own", async () => {
  const anchors: AnchorConfig[] = [
    { kind: "file", folder: "evidence" },
    { kind: "file", folder: "/mnt/evidence" },
    { kind: "s3", bucket: "audit", prefix: "diary", region: "eu-central-1" },
    { kind: "s3", bucket: "audit", prefix: "", region: "eu-central-1" },
  ];
  for (const environment of [LOCAL, AWS]) {
    expect(await placesOf(anchors, environment)).toEqual([
      "file:/app/evidence",
      "file:/mnt/evidence",
      "s3://audit/diary/",
      "s3://audit/",
    ]);
  }
});

test("a local environment without one gets a folder that goes with the local cloud's data", async () => {
  expect(await placesOf([], LOCAL)).toEqual([`file:${home}/cloud/default/anchors`]);
  expect(await placesOf([], LOCAL, { SLIPWAY_CLOUD: "other" })).toEqual([`file:${home}/cloud/other/anchors`]);
});

test("a ledger of one's own has a folder of its own, whoever opens it", async () => {
  const by = (url: string) => placesOf([], LOCAL, { SLIPWAY_LEDGER_URL: url });
  const [place] = await by("postgres://writer:secret@host:5432/ledger");
  expect(place).toMatch(new RegExp(`^file:${home}/anchors/[0-9a-f]{16}$`));
  expect(await by("postgres://reader@host:5432/ledger")).toEqual([place]);
  expect(await by("postgres://writer:secret@host:5432/other")).not.toEqual([place]);
});

test("an environment on AWS without one is refused", async () => {
  expect(await refusedWith(placesOf([], AWS))).toBe("ANCHOR_MISSING usage");
});
