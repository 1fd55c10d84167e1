import { AwsError } from "../wire/aws-error.ts";
import type { BucketStore } from "./bucket-store.ts";
import type { S3Operation, S3Request, StoredVersion } from "./types.ts";
import { writeXml, type Xml } from "./xml.ts";

const PAGE = 1000;

/** What a bucket holds: keys as they stand, and every version of each. */
export function listOperations(store: BucketStore): Record<string, S3Operation> {
  return {
    ListObjectsV2(request) {
      const bucket = store.bucket(request.bucket);
      const { prefix, limit, name } = readPage(request);
      const after = Buffer.from(request.query.get("continuation-token") ?? "", "base64url").toString("utf8");
      const from = after || (request.query.get("start-after") ?? "");
      const newest = new Map(bucket.versions.map((version) => [version.key, version]));
      const all = inOrder(
        [...newest.values()].filter(
          ({ key, isMarker }) => !isMarker && key.startsWith(prefix) && byBytes(key, from) > 0,
        ),
      );
      const page = all.slice(0, limit);
      const last = all.length > page.length ? page.at(-1)?.key : undefined;
      const next = last === undefined ? undefined : Buffer.from(last, "utf8").toString("base64url");
      const body = writeXml("ListBucketResult", [
        ["Name", bucket.name],
        ["Prefix", name(prefix)],
        ["KeyCount", String(page.length)],
        ["MaxKeys", String(limit)],
        ["EncodingType", request.query.get("encoding-type") ?? undefined],
        ["IsTruncated", String(next !== undefined)],
        ["NextContinuationToken", next],
        ...page.map((version) => ["Contents", [["Key", name(version.key)], ...facts(version)]] as const),
      ]);
      return { status: 200, body };
    },

    ListObjectVersions(request) {
      const bucket = store.bucket(request.bucket);
      const { prefix, limit, name } = readPage(request);
      const all = inOrder(bucket.versions.toReversed().filter(({ key }) => key.startsWith(prefix)));
      const from = startOf(request, all);
      const page = all.slice(from, from + limit);
      const last = from + limit < all.length ? page.at(-1) : undefined;
      const latest = new Map(bucket.versions.map((version) => [version.key, version]));
      const body = writeXml("ListVersionsResult", [
        ["Name", bucket.name],
        ["Prefix", name(prefix)],
        ["MaxKeys", String(limit)],
        ["EncodingType", request.query.get("encoding-type") ?? undefined],
        ["IsTruncated", String(last !== undefined)],
        ["NextKeyMarker", last && name(last.key)],
        ["NextVersionIdMarker", last?.id],
        ...page.map((version) => {
          const names: [string, Xml][] = [
            ["Key", name(version.key)],
            ["VersionId", version.id],
            ["IsLatest", String(latest.get(version.key) === version)],
          ];
          return [version.isMarker ? "DeleteMarker" : "Version", [...names, ...facts(version)]] as const;
        }),
      ]);
      return { status: 200, body };
    },
  };
}

function readPage({ query }: S3Request) {
  if (query.get("delimiter")) {
    const says = "The local cloud does not group keys by a delimiter.";
    throw new AwsError("NotImplemented", says, { status: 501 });
  }
  const limit = Number(query.get("max-keys") ?? PAGE);
  if (!Number.isInteger(limit) || limit < 0)
    throw new AwsError("InvalidArgument", "Provided max-keys not an integer or within integer range");
  const isCoded = query.get("encoding-type") === "url";
  const name = (key: string) => (isCoded ? encodeURIComponent(key).replaceAll("%2F", "/") : key);
  return { prefix: query.get("prefix") ?? "", limit: Math.min(limit, PAGE), name };
}

function startOf({ query }: S3Request, all: readonly StoredVersion[]): number {
  const key = query.get("key-marker");
  if (!key) return 0;
  const id = query.get("version-id-marker");
  const at = all.findIndex((one) => one.key === key && one.id === id);
  if (at !== -1) return at + 1;
  const next = all.findIndex((one) => byBytes(one.key, key) > 0);
  return next === -1 ? all.length : next;
}

function facts(version: StoredVersion): [string, Xml][] {
  const when: [string, Xml] = ["LastModified", new Date(version.modifiedAt).toISOString()];
  if (version.isMarker) return [when];
  return [when, ["ETag", `"${version.md5}"`], ["Size", String(version.size)], ["StorageClass", "STANDARD"]];
}

/** S3's order: the keys' UTF-8 bytes; versions of one key stay as they come. */
function inOrder(versions: readonly StoredVersion[]): StoredVersion[] {
  return versions.toSorted((a, b) => byBytes(a.key, b.key));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}
