import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud } from "../../../src/cloud/start.ts";
import { ChildRunner } from "../ecs/child-runner.ts";
import { clientsFor, practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";

let practice: PracticeCloud;
let s3: S3Client;
let made = 0;
beforeAll(async () => {
  practice = await practiceCloud();
  s3 = practice.clients.s3;
});
afterAll(() => practice.close());

async function aBucket(objectLock = false): Promise<string> {
  const Bucket = `bucket-${made++}`;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: objectLock }));
  return Bucket;
}

async function textOf(Bucket: string, Key: string, VersionId?: string): Promise<string | undefined> {
  return (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();
}

test("an object comes back as it was put, with its type and metadata", async () => {
  const Bucket = await aBucket();
  const put = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: "a/b.txt",
      Body: "text",
      ContentType: "text/x",
      Metadata: { one: "1" },
    }),
  );
  expect([put.VersionId, put.ChecksumCRC32, put.ETag]).toEqual([
    undefined,
    "O4unxw==",
    '"1cb251ec0d568de6a929b520c4aed8d1"',
  ]);

  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b.txt", ChecksumMode: "ENABLED" }));
  expect([got.ContentType, got.Metadata, got.ContentLength, got.ETag, got.ChecksumCRC32]).toEqual([
    "text/x",
    { one: "1" },
    4,
    put.ETag,
    put.ChecksumCRC32,
  ]);
  expect(await got.Body?.transformToString()).toBe("text");
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a/b.txt" }));
  expect([head.ContentLength, head.ETag]).toEqual([4, put.ETag]);
});

test("a stream goes in as chunks with its checksum behind them", async () => {
  const Bucket = await aBucket();
  const body = Buffer.alloc(200_000, "0123456789");
  const chunks = [body.subarray(0, 70_000), body.subarray(70_000)];
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: "stream",
      Body: Readable.from(chunks),
      ContentLength: body.length,
      ChecksumAlgorithm: "SHA256",
    }),
  );
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "stream", ChecksumMode: "ENABLED" }));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body);
  expect([got.ContentEncoding, got.ChecksumSHA256]).toEqual([
    undefined,
    "jd+bIxdkWSO8aBNy68/Jmv7GOzpocNtLbue8G9VusmI=",
  ]);
});

test.each(["CRC32", "CRC32C", "SHA1", "SHA256"] as const)(
  "a body with its %s is taken",
  async (algorithm) => {
    const Bucket = await aBucket();
    await s3.send(
      new PutObjectCommand({ Bucket, Key: "k", Body: "123456789", ChecksumAlgorithm: algorithm }),
    );
    expect(await textOf(Bucket, "k")).toBe("123456789");
  },
);

test.each([
  ["ChecksumCRC32", "AAAAAA==", "BadDigest"],
  ["ChecksumCRC32C", "AAAAAA==", "BadDigest"],
  ["ChecksumCRC64NVME", "AAAAAAAAAAA=", "BadDigest"],
  ["ChecksumSHA256", "AAAA", "BadDigest"],
  ["ContentMD5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest"],
])("a body that does not fit its %s is refused, and nothing is kept", async (name, value, code) => {
  const Bucket = await aBucket();
  const put = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "123456789", [name]: value }));
  expect((await refusal(put)).name).toBe(code);
  expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toBeUndefined();
});

test("the catalogue's check values of both reflected CRCs are taken", async () => {
  const Bucket = await aBucket();
  const of = (hex: string) => Buffer.from(hex, "hex").toString("base64");
  const common = { Bucket, Key: "k", Body: "123456789" };
  await s3.send(new PutObjectCommand({ ...common, ChecksumCRC32C: of("e3069283") }));
  await s3.send(new PutObjectCommand({ ...common, ChecksumCRC64NVME: of("ae8b14860a799888") }));
  expect(await textOf(Bucket, "k")).toBe("123456789");
});

test("without versions a put replaces and a delete removes; with them both add", async () => {
  const Bucket = await aBucket();
  for (const Body of ["one", "two"]) await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body }));
  const before = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(before.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([["null", true]]);
  expect(readdirSync(join(practice.folder, "s3/objects"))).toContain(
    practice.cloud.buckets.bucket(Bucket).versions[0]?.file,
  );

  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
  const third = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "three" }));
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  expect(marker.DeleteMarker).toBe(true);
  expect((await refusal(textOf(Bucket, "k"))).name).toBe("NoSuchKey");
  expect((await refusal(textOf(Bucket, "k", marker.VersionId))).name).toBe("MethodNotAllowed");
  expect(await textOf(Bucket, "k", "null")).toBe("two");
  expect(await textOf(Bucket, "k", third.VersionId)).toBe("three");

  const all = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(all.Versions?.map(({ VersionId }) => VersionId)).toEqual([third.VersionId, "null"]);
  expect(all.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    [marker.VersionId, true],
  ]);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents).toBeUndefined();

  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker.VersionId }));
  expect(await textOf(Bucket, "k")).toBe("three");
});

test("If-None-Match: * puts only where nothing is, or where it is hidden", async () => {
  const Bucket = await aBucket(true);
  const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: "k", Body, IfNoneMatch: "*" }));
  await put("one");
  expect((await refusal(put("two"))).name).toBe("PreconditionFailed");
  expect(await textOf(Bucket, "k")).toBe("one");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  await put("three");
  expect(await textOf(Bucket, "k")).toBe("three");
});

test("a bucket's Object Lock and its rule are told, and cannot be taken away", async () => {
  const plain = await aBucket();
  const get = (Bucket: string) => s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
  expect((await refusal(get(plain))).name).toBe("ObjectLockConfigurationNotFoundError");

  const Bucket = await aBucket(true);
  expect((await get(Bucket)).ObjectLockConfiguration).toEqual({ ObjectLockEnabled: "Enabled" });
  const rule = { DefaultRetention: { Mode: "COMPLIANCE", Years: 7 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule: rule } as const;
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  expect((await get(Bucket)).ObjectLockConfiguration).toEqual(ObjectLockConfiguration);
  const suspend = new PutBucketVersioningCommand({
    Bucket,
    VersioningConfiguration: { Status: "Suspended" },
  });
  expect((await refusal(s3.send(suspend))).name).toBe("InvalidBucketState");
  const onPlain = new PutObjectLockConfigurationCommand({ Bucket: plain, ObjectLockConfiguration });
  expect((await refusal(s3.send(onPlain))).name).toBe("InvalidBucketState");
});

test("what is not there has S3's name for it", async () => {
  const Bucket = await aBucket();
  expect((await refusal(s3.send(new HeadBucketCommand({ Bucket: "nowhere" })))).name).toBe("NotFound");
  expect((await refusal(textOf("nowhere", "k"))).name).toBe("NoSuchBucket");
  expect((await refusal(textOf(Bucket, "k"))).name).toBe("NoSuchKey");
  expect((await refusal(s3.send(new CreateBucketCommand({ Bucket: "Capitals" })))).name).toBe(
    "InvalidBucketName",
  );
  expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("us-east-1");
});

const HOSTILE = [
  "../../../../escape",
  "..",
  "/absolute",
  "a//b",
  "%00",
  "nul\u0000byte",
  "line\r\nbreak",
  "\u001b[31mred",
  "näïve-☃-🗄",
  "e\u0301 and é",
  "<b>&amp;\"'</b>",
  "a b+c?d#e&f=g",
  "__proto__",
  // In this order as UTF-8, in the other one as UTF-16.
  "\uff5e",
  "🗄",
  "C:\\windows",
  "ü".repeat(512),
];

function nextPage({ NextKeyMarker = "", NextVersionIdMarker = "" }: ListObjectVersionsCommandOutput) {
  return { KeyMarker: decodeURIComponent(NextKeyMarker), VersionIdMarker: NextVersionIdMarker };
}

test("keys of any kind are data: they come back as they went, and no file bears their name", async () => {
  const Bucket = await aBucket(true);
  for (const [index, Key] of HOSTILE.entries())
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: String(index) }));
  for (const [index, Key] of HOSTILE.entries()) expect(await textOf(Bucket, Key)).toBe(String(index));

  const found: string[] = [];
  let page: Partial<ListObjectVersionsCommandInput> | undefined = {};
  while (page !== undefined) {
    const list = new ListObjectVersionsCommand({ Bucket, EncodingType: "url", MaxKeys: 4, ...page });
    const answer: ListObjectVersionsCommandOutput = await s3.send(list);
    found.push(...(answer.Versions ?? []).map(({ Key = "" }) => decodeURIComponent(Key)));
    page = answer.IsTruncated === true ? nextPage(answer) : undefined;
  }
  const bytes = (key: string) => Buffer.from(key, "utf8");
  expect(found).toEqual(HOSTILE.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b))));

  expect(readdirSync(join(practice.folder, "s3")).sort()).toEqual(["buckets.json", "objects"]);
  const files = readdirSync(join(practice.folder, "s3/objects"));
  expect(files.filter((file) => !/^[0-9a-f]{36}$/.test(file))).toEqual([]);
  expect(readdirSync(dirname(practice.folder))).not.toContain("escape");
  const tooLong = s3.send(new PutObjectCommand({ Bucket, Key: "k".repeat(1025), Body: "x" }));
  expect((await refusal(tooLong)).name).toBe("KeyTooLongError");
});

test("keys come in pages, in the order of their bytes", async () => {
  const Bucket = await aBucket();
  for (const Key of ["b", "a/2", "z", "a/1"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3 }));
  const next = { Bucket, ContinuationToken: first.NextContinuationToken };
  const second = await s3.send(new ListObjectsV2Command(next));
  const keys = (answer: typeof first) => answer.Contents?.map(({ Key }) => Key);
  expect([keys(first), keys(second), second.IsTruncated]).toEqual([["a/1", "a/2", "b"], ["z"], false]);
  const below = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "a/" }));
  expect(keys(below)).toEqual(["a/1", "a/2"]);
});

test("what the cloud cannot do is refused and never taken for something else", async () => {
  const Bucket = await aBucket();
  const signed = { authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, x" };
  const ask = (method: string, path: string) =>
    fetch(`${practice.cloud.endpoint}${path}`, { method, headers: signed });
  const answers = await Promise.all([
    ask("PUT", `/${Bucket}/key?uploads`),
    ask("DELETE", `/${Bucket}`),
    ask("GET", `/${Bucket}?delimiter=/&list-type=2`),
    ask("PUT", `/${Bucket}/key?legal-hold`),
    ask("GET", `/${Bucket}/%zz`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([501, 501, 501, 501, 400]);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  expect(practice.faults).toEqual([]);
});

test("buckets, versions and locks outlive the cloud", async () => {
  const before = await practiceCloud();
  const command = { Bucket: "kept", Key: "k" };
  await before.clients.s3.send(new CreateBucketCommand({ Bucket: "kept", ObjectLockEnabledForBucket: true }));
  const until = new Date(Date.now() + 3_600_000);
  const lock = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: until } as const;
  const put = await before.clients.s3.send(new PutObjectCommand({ ...command, Body: "text", ...lock }));
  await before.cloud.close();

  const again = await startCloud({ folder: before.folder, runner: new ChildRunner({}) });
  const client = clientsFor(again.endpoint).s3;
  const got = await client.send(new GetObjectCommand(command));
  expect([got.VersionId, got.ObjectLockMode, await got.Body?.transformToString()]).toEqual([
    put.VersionId,
    "COMPLIANCE",
    "text",
  ]);
  const remove = client.send(new DeleteObjectCommand({ ...command, VersionId: put.VersionId }));
  expect((await refusal(remove)).name).toBe("AccessDenied");
  expect(readFileSync(join(before.folder, "s3/buckets.json"), "utf8")).toContain('"kept"');
  await again.close();
  await before.close();
});
