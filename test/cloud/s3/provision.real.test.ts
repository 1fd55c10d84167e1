import { GetObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CloudDatabase } from "../../../src/cloud/database/cloud-database.ts";
import { provision } from "../../../src/cloud/provision.ts";
import { aConfig } from "../../builders/a-config.ts";
import { practiceCloud, type PracticeCloud } from "../practice-cloud.ts";

let practice: PracticeCloud;
beforeAll(async () => void (practice = await practiceCloud()));
afterAll(() => practice.close());

const database: Pick<CloudDatabase, "ensureApp"> = {
  ensureApp: () => Promise.resolve({ appUrl: "postgres://app", ownerUrl: "postgres://owner" }),
};

test("an app gets a bucket with Object Lock, and those that its config names", async () => {
  const ledger = { anchors: [{ kind: "s3", bucket: "audit-evidence" }], retentionYears: 9 } as const;
  const config = aConfig({ ledger: { ...ledger, anchors: [...ledger.anchors] } });
  for (let times = 0; times < 2; times++) await provision(practice.cloud, database as CloudDatabase, config);

  for (const Bucket of ["diary-slipway-evidence", "audit-evidence"]) {
    const get = new GetObjectLockConfigurationCommand({ Bucket });
    expect((await practice.clients.s3.send(get)).ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "COMPLIANCE", Years: 9 } },
    });
  }
});
