import type { Scheduler } from "../scheduler.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { BucketStore } from "./bucket-store.ts";
import { findVersion } from "./find-version.ts";
import { checkExtends, needsLock, readRetention } from "./object-lock.ts";
import type { S3Operation } from "./types.ts";
import { readXml, writeXml } from "./xml.ts";

/** How long a version is held: read and extended. */
export function retentionOperations(store: BucketStore, scheduler: Scheduler): Record<string, S3Operation> {
  return {
    PutObjectRetention(request) {
      const bucket = store.bucket(request.bucket);
      needsLock(bucket);
      const version = findVersion(bucket, request);
      const read = readXml(request.body.toString("utf8"));
      const now = scheduler.now();
      const wanted = readRetention(read("Retention", "Mode"), read("Retention", "RetainUntilDate"), now);
      const bypass = request.headers["x-amz-bypass-governance-retention"] === "true";
      checkExtends(version, wanted, now, bypass);
      version.retention = wanted;
      store.save();
      return { status: 200 };
    },

    GetObjectRetention(request) {
      const bucket = store.bucket(request.bucket);
      needsLock(bucket);
      const { retention } = findVersion(bucket, request);
      if (retention === undefined) {
        const says = "The specified object does not have a ObjectLock configuration";
        throw new AwsError("NoSuchObjectLockConfiguration", says, { status: 404 });
      }
      const until = new Date(retention.until).toISOString();
      const body = writeXml("Retention", [
        ["Mode", retention.mode],
        ["RetainUntilDate", until],
      ]);
      return { status: 200, body };
    },
  };
}
