import { CreateBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { s3Anchor } from "../../src/adapters/aws/s3-anchor.ts";
import { openAudit } from "../../src/adapters/postgres/open-ledger.ts";
import { Secret } from "../../src/core/secret.ts";
import { aLease, aLedger, anEntry } from "../adapters/postgres/a-ledger.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { practiceCloud, type PracticeCloud } from "../cloud/practice-cloud.ts";
import { useDatabase } from "../support/postgres.ts";
import { slipway } from "./slipway.ts";

const BUCKET = "evidence";
const EARLIER = "2030-01-01T00:00:00Z";
const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), "slipway-retention-test-"));
let practice: PracticeCloud;

beforeAll(async () => {
  practice = await practiceCloud();
  await practice.clients.s3.send(
    new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }),
  );
  const ledger = { anchors: [{ kind: "s3" as const, bucket: BUCKET }] };
  writeFileSync(join(folder, "slipway.config.json"), JSON.stringify(aWrittenConfig({ ledger })));
});
afterAll(async () => {
  await practice.close();
  rmSync(folder, { recursive: true });
});

const extend = (...words: string[]) =>
  slipway(
    ["audit", "extend-retention", ...words],
    {
      PATH: process.env["PATH"],
      SLIPWAY_HOME: join(folder, "home"),
      SLIPWAY_LEDGER_URL: database.url,
      AWS_ENDPOINT_URL: practice.cloud.endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
    folder,
  );

/** A release that runs, its deployment's records in the ledger; answers the ledger's id. */
async function aRunningRelease(): Promise<string> {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const release = aRelease();
  await ledger.journal.append(anEntry({ step: "commit" }), [{ kind: "begin", purpose: "deploy", release }]);
  await ledger.journal.append(anEntry({ step: "commit", phase: "outcome", outcome: "done" }), [
    { kind: "commit", purpose: "deploy", release, revisions: {} },
  ]);
  const { history, close } = openAudit(new Secret("ledger-url", database.url));
  const log = await history.log();
  await close();
  if (log === undefined) throw new Error("the ledger has no id");
  return log;
}

test("holds the checkpoint of what runs in S3 for seven years from now", async () => {
  const log = await aRunningRelease();
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const access = { region: "us-east-1", endpoint: practice.cloud.endpoint, credentials };
  const anchor = s3Anchor(access, { bucket: BUCKET, prefix: "diary/" });
  await anchor.keep({ log, size: 2, note: "the note" }, EARLIER);
  const Key = `diary/checkpoints/${log}/0000000000000002.note`;
  const heldUntil = async () => {
    const head = await practice.clients.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
    return head.ObjectLockRetainUntilDate?.getTime() ?? 0;
  };
  expect(await heldUntil()).toBe(Date.parse(EARLIER));

  const ran = await extend("--json");
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const { extended } = JSON.parse(ran.stdout) as { extended: readonly { readonly until: string }[] };
  expect(JSON.parse(ran.stdout)).toEqual({
    extended: [
      {
        environment: "local",
        deploymentId: "d-1",
        what: 2,
        place: `s3://${BUCKET}/diary/`,
        until: expect.any(String) as string,
      },
    ],
    problems: [],
    exitCode: 0,
  });
  expect(await heldUntil()).toBe(Math.ceil(Date.parse(extended[0]?.until ?? "") / 1000) * 1000);
  const sixYears = new Date().setUTCFullYear(new Date().getUTCFullYear() + 6);
  expect(await heldUntil()).toBeGreaterThan(sixYears);
});

test("ends with 11 where no checkpoint covers what runs", async () => {
  await aRunningRelease();
  const ran = await extend("--env", "local");
  expect(ran).toEqual({
    code: 11,
    stdout: "nothing is held longer\n",
    stderr: `slipway: s3://${BUCKET}/diary/: no checkpoint there covers record 2 of d-1, which runs in local (slipway audit verify; slipway resume --env=local signs the ledger's head once more)\n`,
  });
});

test("says so when nothing runs", async () => {
  expect(await extend()).toEqual({ code: 0, stdout: "nothing is in effect\n", stderr: "" });
});
