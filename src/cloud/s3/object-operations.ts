import { createHash } from "node:crypto";
import type { Scheduler } from "../scheduler.ts";
import { AwsError } from "../wire/aws-error.ts";
import { currentVersion, type BucketStore } from "./bucket-store.ts";
import { checkBody } from "./checksums.ts";
import { findVersion } from "./find-version.ts";
import { checkDeletable, defaultRetention, needsLock, readRetention } from "./object-lock.ts";
import type { S3Answer, S3Operation, S3Request, StoredVersion } from "./types.ts";

const MODE = "x-amz-object-lock-mode";
const UNTIL = "x-amz-object-lock-retain-until-date";

const LONGEST_KEY = 1024;

/** Objects: put, read, delete. */
export function objectOperations(store: BucketStore, scheduler: Scheduler): Record<string, S3Operation> {
  return {
    PutObject(request) {
      const bucket = store.bucket(request.bucket);
      const now = scheduler.now();
      if (Buffer.byteLength(request.key) > LONGEST_KEY)
        throw new AwsError("KeyTooLongError", "Your key is too long");
      const checksums = checkBody(request);
      const asked = readRetention(header(request, MODE), header(request, UNTIL), now);
      if (asked !== undefined) {
        needsLock(bucket);
        if (Object.keys(checksums).length === 0 && request.headers["content-md5"] === undefined) {
          const says =
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters";
          throw new AwsError("InvalidRequest", says);
        }
      }
      const current = currentVersion(bucket, request.key);
      checkCondition(request, current !== undefined && !current.isMarker);

      const version = store.add(
        bucket,
        {
          key: request.key,
          isMarker: false,
          size: request.body.length,
          md5: createHash("md5").update(request.body).digest("hex"),
          modifiedAt: now,
          headers: givenBack(request),
          checksums,
          retention: asked ?? defaultRetention(bucket, now),
        },
        request.body,
      );
      return { status: 200, headers: { etag: `"${version.md5}"`, ...versionHeader(version), ...checksums } };
    },

    GetObject(request) {
      const version = findVersion(store.bucket(request.bucket), request);
      return { ...described(version, request), body: store.bytes(version) };
    },

    HeadObject: (request) => described(findVersion(store.bucket(request.bucket), request), request),

    DeleteObject(request) {
      const bucket = store.bucket(request.bucket);
      const now = scheduler.now();
      const id = request.query.get("versionId");
      if (id !== null) {
        const version = bucket.versions.find((one) => one.key === request.key && one.id === id);
        if (version === undefined) return { status: 204, headers: { "x-amz-version-id": id } };
        checkDeletable(version, now, header(request, "x-amz-bypass-governance-retention") === "true");
        store.remove(bucket, version);
        const marker: Record<string, string> = version.isMarker ? { "x-amz-delete-marker": "true" } : {};
        return { status: 204, headers: { "x-amz-version-id": id, ...marker } };
      }
      if (bucket.versioning === undefined) {
        const current = currentVersion(bucket, request.key);
        if (current !== undefined) store.remove(bucket, current);
        return { status: 204 };
      }
      const marker = store.add(bucket, markerOf(request.key, now), Buffer.alloc(0));
      return { status: 204, headers: { "x-amz-version-id": marker.id, "x-amz-delete-marker": "true" } };
    },
  };
}

function markerOf(key: string, now: number): Omit<StoredVersion, "id" | "file"> {
  const nothing = { size: 0, md5: "", headers: {}, checksums: {}, retention: undefined };
  return { key, isMarker: true, modifiedAt: now, ...nothing };
}

function checkCondition(request: S3Request, exists: boolean): void {
  if (request.headers["if-match"] !== undefined) throw notImplemented("If-Match");
  const condition = request.headers["if-none-match"];
  if (condition === undefined) return;
  if (condition !== "*") throw notImplemented("If-None-Match");
  if (!exists) return;
  throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    members: { Condition: "If-None-Match" },
  });
}

function notImplemented(name: string): AwsError {
  const says = "A header you provided implies functionality that is not implemented";
  return new AwsError("NotImplemented", says, { status: 501, members: { Header: name } });
}

function givenBack({ headers }: S3Request): Record<string, string> {
  const encoding = (headers["content-encoding"] ?? "").replace(/\s*aws-chunked\s*,?/, "");
  const kept: Record<string, string> = {
    "content-type": headers["content-type"] ?? "binary/octet-stream",
    ...(encoding === "" ? {} : { "content-encoding": encoding }),
  };
  for (const [name, value] of Object.entries(headers)) {
    const isKept =
      name.startsWith("x-amz-meta-") || name === "cache-control" || name === "content-disposition";
    if (isKept && typeof value === "string") kept[name] = value;
  }
  return kept;
}

function described(version: StoredVersion, request: S3Request): S3Answer {
  const { retention } = version;
  return {
    status: 200,
    headers: {
      ...version.headers,
      ...versionHeader(version),
      etag: `"${version.md5}"`,
      "last-modified": new Date(version.modifiedAt).toUTCString(),
      "content-length": String(version.size),
      ...(header(request, "x-amz-checksum-mode") === "ENABLED"
        ? { ...version.checksums, "x-amz-checksum-type": "FULL_OBJECT" }
        : {}),
      ...(retention && { [MODE]: retention.mode, [UNTIL]: new Date(retention.until).toISOString() }),
    },
  };
}

function versionHeader({ id }: StoredVersion): Record<string, string> {
  return id === "null" ? {} : { "x-amz-version-id": id };
}

function header({ headers }: S3Request, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}
