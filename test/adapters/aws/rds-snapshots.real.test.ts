import { CreateDBSnapshotCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CloudAccess } from "../../../src/adapters/aws/client-settings.ts";
import { takeSnapshotByRds } from "../../../src/adapters/aws/rds-snapshots.ts";
import type { SnapshotPolicy } from "../../../src/core/config/policy-types.ts";
import { SlipwayError, type Problem } from "../../../src/core/errors.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";

const NEVER = new AbortController().signal;
const POLL_MS = 20;

let practice: PracticeCloud;
let access: CloudAccess;
beforeEach(async () => {
  // A minute of the cloud's time is half a second.
  practice = await practiceCloud({ compression: 120 });
  access = {
    region: "us-east-1",
    endpoint: practice.cloud.endpoint,
    credentials: { accessKeyId: "slipway", secretAccessKey: "slipway" },
  };
});
afterEach(() => practice.close());

function take(changes: Partial<SnapshotPolicy> = {}, signal = NEVER) {
  const policy: SnapshotPolicy = {
    kind: "rds-snapshot",
    of: "instance",
    identifier: "diary-db",
    timeoutSeconds: 20,
    ...changes,
  };
  return takeSnapshotByRds({ policy, name: "diary-production-d-1", signal }, access, POLL_MS);
}

async function refused(taking: Promise<unknown>): Promise<Problem> {
  const error: unknown = await taking.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof SlipwayError && error.exit === "verifyFailed" && error.problems[0])
    return error.problems[0];
  throw error;
}

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;

test("a snapshot of an instance is awaited until it is available, and the recovery window is told", async () => {
  practice.cloud.databases.ensure("instance", "diary-db");
  expect(await take()).toEqual({
    kind: "rds-snapshot",
    id: "arn:aws:rds:us-east-1:000000000000:snapshot:diary-production-d-1",
    snapshot: "diary-production-d-1",
    of: "instance",
    identifier: "diary-db",
    engine: "postgres 17.6",
    takenAt: iso,
    takenSeconds: expect.any(Number) as number,
    window: { earliest: null, latest: iso },
  });
  const taken = practice.cloud.databases.snapshot("instance", "diary-production-d-1");
  expect(taken && practice.cloud.databases.statusOf(taken)).toBe("available");
});

test("a snapshot of a cluster is taken of the cluster, which tells both ends of its window", async () => {
  practice.cloud.databases.ensure("cluster", "diary-aurora");
  expect(await take({ of: "cluster", identifier: "diary-aurora" })).toMatchObject({
    id: "arn:aws:rds:us-east-1:000000000000:cluster-snapshot:diary-production-d-1",
    of: "cluster",
    engine: "aurora-postgresql 17.6",
    window: { earliest: iso, latest: iso },
  });
});

test("a database whose own backups are switched off has no window", async () => {
  practice.cloud.databases.ensure("instance", "diary-db", 0);
  expect(await take()).toMatchObject({ window: null });
});

test("a run that goes on takes the snapshot of its first attempt", async () => {
  practice.cloud.databases.ensure("instance", "diary-db");
  const first = await take();
  expect(await take()).toEqual({
    ...first,
    takenSeconds: expect.any(Number) as number,
    window: expect.anything() as object,
  });
});

test("another snapshot that is under way is waited for", async () => {
  practice.cloud.databases.ensure("instance", "diary-db");
  const nightly = { DBInstanceIdentifier: "diary-db", DBSnapshotIdentifier: "nightly" };
  await practice.clients.rds.send(new CreateDBSnapshotCommand(nightly));
  const { DBInstances } = await practice.clients.rds.send(new DescribeDBInstancesCommand(nightly));
  expect(DBInstances?.[0]?.DBInstanceStatus).toBe("backing-up");

  const [before, proof] = [practice.cloud.databases.snapshot("instance", "nightly"), await take()];
  expect(Date.parse(proof.takenAt)).toBeGreaterThanOrEqual(before?.readyAt ?? Infinity);
});

test("a snapshot that fails is no backup", async () => {
  practice.cloud.databases.ensure("instance", "diary-db");
  practice.cloud.databases.failsSnapshots = true;
  expect(await refused(take())).toEqual({
    code: "BACKUP_FAILED",
    at: "rds/instance/diary-db",
    says: 'the snapshot diary-production-d-1 ended as "failed"',
    hint: "look at the events of diary-db in RDS, delete the snapshot and run the same command again",
  });
});

test("a database that is not there is told", async () => {
  expect(await refused(take({ identifier: "dairy-db" }))).toEqual({
    code: "BACKUP_SOURCE_MISSING",
    at: "rds/instance/dairy-db",
    says: "there is no such instance in us-east-1",
    hint: "mend backup in the config: `aws rds describe-db-instances` and `describe-db-clusters` list them",
  });
});

test("a snapshot that takes too long is given up, and one that is stopped ends with the reason", async () => {
  await practice.close();
  practice = await practiceCloud({ compression: 0.001 });
  access = { ...access, endpoint: practice.cloud.endpoint };
  practice.cloud.databases.ensure("instance", "diary-db");
  expect(await refused(take({ timeoutSeconds: 1 }))).toMatchObject({
    code: "BACKUP_TOO_SLOW",
    says: "the snapshot diary-production-d-1 was not available within 1 s",
  });

  const stop = new AbortController();
  const taking = take({}, stop.signal);
  stop.abort(new Error("asked to stop"));
  await expect(taking).rejects.toThrow("asked to stop");
});

test.each(["throttle", "error", "reset-before", "reset-after"] as const)(
  "one call to begin the snapshot that ends in %s leaves one snapshot",
  async (fault) => {
    practice.cloud.databases.ensure("instance", "diary-db");
    practice.cloud.faults.replace([{ service: "rds", operation: "CreateDBSnapshot", nth: 1, fault }]);
    expect(await take()).toMatchObject({ snapshot: "diary-production-d-1" });
    expect(practice.cloud.faults.state()).toMatchObject([{ seen: 2 }]);
  },
);

test("credentials that expire meanwhile are told, and the snapshot is found again by the next run", async () => {
  practice.cloud.databases.ensure("instance", "diary-db");
  practice.cloud.faults.replace([
    { service: "rds", operation: "DescribeDBSnapshots", nth: 2, fault: "expired-credentials" },
  ]);
  expect(await refused(take())).toMatchObject({
    code: "CREDENTIALS_EXPIRED",
    at: "aws/rds/DescribeDBSnapshots",
  });
  expect(await take()).toMatchObject({ snapshot: "diary-production-d-1" });
});
