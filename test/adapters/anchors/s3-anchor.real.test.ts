import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { s3Anchor } from "../../../src/adapters/aws/s3-anchor.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";
import { aCheckpoint, anchorContract, refusedWith, UNTIL } from "./anchor-contract.ts";
import { s3Error, standBetween, type ChooseMishap } from "./s3-between.ts";

const KEY = "evidence/checkpoints/slipway~diary/0000000000000003.note";
const credentials = { accessKeyId: "slipway", secretAccessKey: "slipway" };
let practice: PracticeCloud;
let made = 0;
beforeAll(async () => void (practice = await practiceCloud()));
afterAll(() => practice.close());

async function aBucket(locked = true): Promise<string> {
  const bucket = `anchors-${made++}`;
  await practice.clients.s3.send(
    new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: locked }),
  );
  return bucket;
}

function anchorIn(bucket: string, endpoint = practice.cloud.endpoint) {
  return s3Anchor({ region: "us-east-1", endpoint, credentials }, { bucket, prefix: "evidence" });
}

async function versionsOf(Bucket: string): Promise<readonly [string, string][]> {
  const list = await practice.clients.s3.send(new ListObjectVersionsCommand({ Bucket }));
  return (list.Versions ?? []).map(({ Key = "", VersionId = "" }) => [Key, VersionId]);
}

async function retentionsOf(Bucket: string): Promise<unknown[]> {
  return Promise.all(
    (await versionsOf(Bucket)).map(async ([Key, VersionId]) => {
      const command = new GetObjectRetentionCommand({ Bucket, Key, VersionId });
      const { Retention } = await practice.clients.s3.send(command);
      return [Retention?.Mode, Retention?.RetainUntilDate?.toISOString()];
    }),
  );
}

anchorContract("a bucket of the local cloud", () =>
  Promise.resolve({
    fresh: async () => anchorIn(await aBucket()),
    reopened: (anchor) => anchorIn(/^s3:\/\/([^/]+)/.exec(anchor.place)?.[1] ?? ""),
    close: () => Promise.resolve(),
  }),
);

test("a checkpoint is one version in compliance mode, its date later with each call and never earlier", async () => {
  const bucket = await aBucket();
  const anchor = anchorIn(bucket);
  const seen: unknown[] = [];
  for (const until of ["2098-01-01T00:00:00Z", "2099-01-01T00:00:00.000001Z", "2097-01-01T00:00:00Z"]) {
    await anchor.keep(aCheckpoint(), until);
    seen.push(...(await retentionsOf(bucket)));
  }
  expect((await versionsOf(bucket)).map(([key]) => key)).toEqual([KEY]);
  expect(seen).toEqual([
    ["COMPLIANCE", "2098-01-01T00:00:00.000Z"],
    ["COMPLIANCE", "2099-01-01T00:00:01.000Z"],
    ["COMPLIANCE", "2099-01-01T00:00:01.000Z"],
  ]);
});

test("every text of a document is held, and an equal one is held longer", async () => {
  const bucket = await aBucket();
  const anchor = anchorIn(bucket);
  await anchor.putDocument("known-good", "one", "2098-01-01T00:00:00Z");
  await anchor.putDocument("known-good", "two", "2098-01-01T00:00:00Z");
  await anchor.putDocument("known-good", "two", "2099-01-01T00:00:00Z");
  expect(await retentionsOf(bucket)).toEqual([
    ["COMPLIANCE", "2099-01-01T00:00:00.000Z"],
    ["COMPLIANCE", "2098-01-01T00:00:00.000Z"],
  ]);
});

test("a marker that hides a checkpoint or document hides it from nobody here", async () => {
  const bucket = await aBucket();
  const anchor = anchorIn(bucket);
  await anchor.keep(aCheckpoint(), UNTIL);
  await anchor.putDocument("known-good", "one", UNTIL);
  for (const [Key] of await versionsOf(bucket))
    await practice.clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  expect(await anchor.kept("slipway/diary")).toEqual([aCheckpoint()]);
  expect(await anchor.getDocument("known-good")).toBe("one");
  await anchor.keep(aCheckpoint(), UNTIL);
  const other = anchor.keep(aCheckpoint({ note: "forged" }), UNTIL);
  expect(await refusedWith(other)).toBe("ANCHOR_DIFFERS verifyFailed");
});

test("another note in any version is told, by a write and by a read", async () => {
  const bucket = await aBucket();
  const anchor = anchorIn(bucket);
  await anchor.keep(aCheckpoint(), UNTIL);
  await practice.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: KEY, Body: "forged" }));
  expect(await refusedWith(anchor.keep(aCheckpoint(), UNTIL))).toBe("ANCHOR_DIFFERS verifyFailed");
  expect(await refusedWith(anchor.kept("slipway/diary"))).toBe("ANCHOR_DIFFERS verifyFailed");
});

test("keys that others put there are passed over, whatever they are", async () => {
  const bucket = await aBucket();
  const anchor = anchorIn(bucket);
  await anchor.keep(aCheckpoint(), UNTIL);
  for (const name of ["nul\u0000", "<a>&", "100%", "a+b", "0000000000000003.note.old"]) {
    const Key = `evidence/checkpoints/slipway~diary/${name}`;
    await practice.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" }));
  }
  expect(await anchor.kept("slipway/diary")).toEqual([aCheckpoint()]);
});

test("reads more than one page of checkpoints", async () => {
  const bucket = await aBucket();
  const anchor = anchorIn(bucket);
  const stored = practice.cloud.buckets.bucket(bucket);
  await anchor.keep(aCheckpoint({ size: 0 }), UNTIL);
  const first = stored.versions[0];
  if (first === undefined) throw new Error("nothing was kept");
  for (let size = 1; size <= 1100; size++) {
    const key = KEY.replace("0000000000000003", String(size).padStart(16, "0"));
    stored.versions.push({ ...first, key, id: `v${size}` });
  }
  const kept = await anchor.kept("slipway/diary");
  expect(kept.map(({ size }) => size)).toEqual(Array.from({ length: 1101 }, (_, size) => size));
});

test("a bucket without Object Lock is told before anything is written", async () => {
  await using between = await standBetween(practice.cloud.endpoint, () => undefined);
  const anchor = anchorIn(await aBucket(false), between.endpoint);
  expect(await refusedWith(anchor.keep(aCheckpoint(), UNTIL))).toBe("ANCHOR_NOT_LOCKED verifyFailed");
  expect(await refusedWith(anchor.putDocument("d", "t", UNTIL))).toBe("ANCHOR_NOT_LOCKED verifyFailed");
  expect(between.calls.filter((call) => call.startsWith("PUT"))).toEqual([]);
});

test("a problem says where and what, and what to do", async () => {
  const anchor = anchorIn("nowhere");
  const error: unknown = await anchor.keep(aCheckpoint(), UNTIL).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SlipwayError);
  expect((error as SlipwayError).problems).toEqual([
    {
      code: "ANCHOR_UNREACHABLE",
      at: "s3://nowhere/evidence/",
      says: "The specified bucket does not exist (NoSuchBucket)",
      hint: "make the place answer and run the same command again; the local cloud's buckets are made by `slipway cloud up`",
    },
  ]);
});

const flip = (body: Buffer) => Buffer.from(body.map((byte, at) => (at === 0 ? byte ^ 1 : byte)));
const isObject = (url: string) => url.includes(".note") && !/[?&](retention|versions)\b/.test(url);
const isRetention = (url: string) => url.includes("retention");

// A mishap, and what a write has to be refused with because of it.
const MISHAPS: readonly (readonly [string, ChooseMishap, string])[] = [
  ["every connection is cut", () => ({ kind: "cut" }), "ANCHOR_UNREACHABLE"],
  ["S3 has a fault of its own", () => s3Error(500, "InternalError"), "ANCHOR_UNREACHABLE"],
  ["S3 asks for fewer requests", () => s3Error(503, "SlowDown"), "ANCHOR_UNREACHABLE"],
  [
    "something else answers",
    () => ({ kind: "answer", status: 200, body: "<html>hello" }),
    "ANCHOR_UNREACHABLE",
  ],
  ["the bucket is elsewhere", () => s3Error(301, "PermanentRedirect"), "ANCHOR_UNREACHABLE"],
  ["the role may do nothing", () => s3Error(403, "AccessDenied"), "ANCHOR_DENIED"],
  ["the credentials have expired", () => s3Error(400, "ExpiredToken"), "ANCHOR_DENIED"],
  [
    "the role may not write",
    (method, url) => (method === "PUT" && isObject(url) ? s3Error(403, "AccessDenied") : undefined),
    "ANCHOR_DENIED",
  ],
  [
    "the role may not read what it wrote",
    (method, url) => (method === "GET" && isObject(url) ? s3Error(403, "AccessDenied") : undefined),
    "ANCHOR_DENIED",
  ],
  [
    "a put is said to be done and is not",
    (method, url) =>
      method === "PUT" && isObject(url) ? { kind: "answer", status: 200, body: "" } : undefined,
    "ANCHOR_DIFFERS",
  ],
  [
    "other bytes come back",
    (method, url) => (method === "GET" && isObject(url) ? { kind: "change", change: flip } : undefined),
    "ANCHOR_DIFFERS",
  ],
  [
    "no retention comes back",
    (method, url) =>
      method === "GET" && isRetention(url) ? s3Error(404, "NoSuchObjectLockConfiguration") : undefined,
    "ANCHOR_NOT_LOCKED",
  ],
  [
    "the retention is in governance mode, whatever was asked for",
    (method, url) =>
      method === "GET" && isRetention(url)
        ? {
            kind: "change",
            change: (body) => Buffer.from(body.toString().replace("COMPLIANCE", "GOVERNANCE")),
          }
        : undefined,
    "ANCHOR_NOT_LOCKED",
  ],
  [
    "the retention ends too early, whatever was asked for",
    (method, url) =>
      method === "GET" && isRetention(url)
        ? { kind: "change", change: (body) => Buffer.from(body.toString().replace("2099-", "2098-")) }
        : undefined,
    "ANCHOR_NOT_LOCKED",
  ],
];

test.each(MISHAPS)("nothing counts as kept when %s", async (_, choose, code) => {
  await using between = await standBetween(practice.cloud.endpoint, choose);
  const anchor = anchorIn(await aBucket(), between.endpoint);
  expect(await refusedWith(anchor.keep(aCheckpoint(), UNTIL))).toBe(`${code} verifyFailed`);
});

test("a put that is said to have failed and was done is found by the next", async () => {
  let isCut = true;
  await using between = await standBetween(practice.cloud.endpoint, (method, url) => {
    if (!isCut || method !== "PUT" || !isObject(url)) return undefined;
    isCut = false;
    return {
      kind: "change",
      change: () => {
        throw new Error("the answer is lost");
      },
    };
  });
  const bucket = await aBucket();
  await anchorIn(bucket, between.endpoint).keep(aCheckpoint(), UNTIL);
  expect(between.calls.filter((call) => call.startsWith("PUT") && isObject(call))).toHaveLength(2);
  expect(await versionsOf(bucket)).toHaveLength(1);
});

test("a put that S3 asks for once more, because another one is under way, is made once more", async () => {
  let conflicts = 2;
  await using between = await standBetween(practice.cloud.endpoint, (method, url) =>
    method === "PUT" && isObject(url) && conflicts-- > 0
      ? s3Error(409, "ConditionalRequestConflict")
      : undefined,
  );
  const bucket = await aBucket();
  await anchorIn(bucket, between.endpoint).keep(aCheckpoint(), UNTIL);
  expect(await versionsOf(bucket)).toHaveLength(1);
});
