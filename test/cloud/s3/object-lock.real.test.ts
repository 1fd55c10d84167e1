import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type ObjectLockRetentionMode,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { machineTime } from "../../../src/cloud/scheduler.ts";
import { clientsFor, practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";

const HOUR = 3_600_000;
let practice: PracticeCloud;
let s3: S3Client;
let shift = 0;
let made = 0;
const cloudNow = () => Date.now() + shift;
const inHours = (hours: number) => new Date(Math.ceil(cloudNow() / 1000) * 1000 + hours * HOUR);

beforeAll(async () => {
  practice = await practiceCloud({ time: { ...machineTime, now: cloudNow } });
  s3 = practice.clients.s3;
});
afterAll(() => practice.close());

async function aLocked(mode: ObjectLockRetentionMode = "COMPLIANCE", hours = 2) {
  const Bucket = `locked-${made++}`;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const lock = { ObjectLockMode: mode, ObjectLockRetainUntilDate: inHours(hours) };
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "one", ...lock }));
  return { Bucket, Key: "k", VersionId: put.VersionId };
}

type Locked = Awaited<ReturnType<typeof aLocked>>;
const retain = (one: Locked, Mode: ObjectLockRetentionMode, hours: number, client = s3) =>
  client.send(
    new PutObjectRetentionCommand({ ...one, Retention: { Mode, RetainUntilDate: inHours(hours) } }),
  );
const retentionOf = async (one: Locked) => (await s3.send(new GetObjectRetentionCommand(one))).Retention;

test("a version in compliance mode is not deleted by anybody, root included, nor by force", async () => {
  const one = await aLocked();
  const root = clientsFor(practice.cloud.endpoint, "root").s3;
  for (const client of [s3, root])
    for (const BypassGovernanceRetention of [false, true]) {
      const remove = client.send(new DeleteObjectCommand({ ...one, BypassGovernanceRetention }));
      expect((await refusal(remove)).name).toBe("AccessDenied");
    }
  expect(await (await s3.send(new GetObjectCommand(one))).Body?.transformToString()).toBe("one");
});

test("its date can be later and never earlier, and its mode stays", async () => {
  const one = await aLocked();
  const later = inHours(5);
  await retain(one, "COMPLIANCE", 5);
  expect(await retentionOf(one)).toEqual({ Mode: "COMPLIANCE", RetainUntilDate: later });
  expect((await refusal(retain(one, "COMPLIANCE", 4))).name).toBe("AccessDenied");
  expect((await refusal(retain(one, "GOVERNANCE", 9))).name).toBe("AccessDenied");
  const none = s3.send(
    new PutObjectRetentionCommand({ ...one, BypassGovernanceRetention: true, Retention: {} }),
  );
  expect((await refusal(none)).name).toBe("AccessDenied");
  expect(await retentionOf(one)).toEqual({ Mode: "COMPLIANCE", RetainUntilDate: later });
});

test("another put to its key is another version, and a delete only hides it", async () => {
  const one = await aLocked();
  const second = await s3.send(new PutObjectCommand({ Bucket: one.Bucket, Key: "k", Body: "two" }));
  await s3.send(new DeleteObjectCommand({ Bucket: one.Bucket, Key: "k" }));
  expect(await (await s3.send(new GetObjectCommand(one))).Body?.transformToString()).toBe("one");
  await s3.send(new DeleteObjectCommand({ ...one, VersionId: second.VersionId }));
  expect((await retentionOf(one))?.Mode).toBe("COMPLIANCE");
});

test("once its date is past on the cloud's clock it can be deleted, and not a second before", async () => {
  const one = await aLocked("COMPLIANCE", 2);
  const remove = () => s3.send(new DeleteObjectCommand(one));
  shift += 2 * HOUR - 60_000;
  expect((await refusal(remove())).name).toBe("AccessDenied");
  shift += 61_000 + 1000;
  await remove();
  expect((await refusal(s3.send(new GetObjectCommand(one)))).name).toBe("NoSuchVersion");
});

test("governance mode gives way to whoever asks for that", async () => {
  const one = await aLocked("GOVERNANCE");
  expect((await refusal(s3.send(new DeleteObjectCommand(one)))).name).toBe("AccessDenied");
  expect((await refusal(retain(one, "GOVERNANCE", 1))).name).toBe("AccessDenied");
  await retain(one, "COMPLIANCE", 3);
  expect((await retentionOf(one))?.Mode).toBe("COMPLIANCE");
  const other = await aLocked("GOVERNANCE");
  await s3.send(new DeleteObjectCommand({ ...other, BypassGovernanceRetention: true }));
});

test("the bucket's rule holds what is put without a date", async () => {
  const Bucket = `locked-${made++}`;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const rule = { DefaultRetention: { Mode: "COMPLIANCE", Days: 2 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule: rule } as const;
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  const earliest = cloudNow() + 48 * HOUR;
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const retention = await retentionOf({ Bucket, Key: "k", VersionId });
  expect(retention?.Mode).toBe("COMPLIANCE");
  expect(retention?.RetainUntilDate?.getTime()).toBeGreaterThanOrEqual(earliest);
  expect(retention?.RetainUntilDate?.getTime()).toBeLessThanOrEqual(cloudNow() + 48 * HOUR);
});

test("a date needs a bucket with Object Lock, a mode, a future and a checksum", async () => {
  const { Bucket } = await aLocked();
  const plain = `locked-${made++}`;
  await s3.send(new CreateBucketCommand({ Bucket: plain }));
  const put = (changes: object) =>
    refusal(s3.send(new PutObjectCommand({ Bucket, Key: "x", Body: "x", ...changes })));
  const lock = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: inHours(1) } as const;
  const names = [
    await put({ ...lock, Bucket: plain }),
    await put({ ObjectLockMode: "COMPLIANCE" }),
    await put({ ...lock, ObjectLockRetainUntilDate: inHours(-1) }),
    await put({ ...lock, ObjectLockMode: "WISHFUL" }),
  ].map(({ name }) => name);
  expect(names).toEqual(["InvalidRequest", "InvalidArgument", "InvalidArgument", "InvalidArgument"]);

  const answer = await fetch(`${practice.cloud.endpoint}/${Bucket}/x`, {
    method: "PUT",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, x",
      "x-amz-object-lock-mode": "COMPLIANCE",
      "x-amz-object-lock-retain-until-date": inHours(1).toISOString(),
    },
    body: "text",
  });
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringContaining("x-amz-checksum- HTTP header is required"),
  ]);
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: "free", Body: "x" }));
  const get = refusal(retentionOf({ Bucket, Key: "free", VersionId }));
  expect((await get).name).toBe("NoSuchObjectLockConfiguration");
});
