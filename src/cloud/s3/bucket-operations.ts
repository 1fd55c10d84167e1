import type { Scheduler } from "../scheduler.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { BucketStore } from "./bucket-store.ts";
import type { DefaultRetention, S3Operation } from "./types.ts";
import { malformed, readXml, writeXml, type ReadXml } from "./xml.ts";

const LOCK_RULE = ["ObjectLockConfiguration", "Rule", "DefaultRetention"] as const;

/** Buckets, whether they keep versions, and whether these are locked. */
export function bucketOperations(store: BucketStore, scheduler: Scheduler): Record<string, S3Operation> {
  return {
    CreateBucket({ bucket: name, headers, region }) {
      if (!/^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes(".."))
        throw new AwsError("InvalidBucketName", "The specified bucket is not valid.");
      const lock = headers["x-amz-bucket-object-lock-enabled"];
      if (store.find(name) === undefined)
        store.create(name, String(lock).toLowerCase() === "true", scheduler.now());
      // S3's first region says yes to its owner's second bucket of a name; the others say no.
      else if (region !== "us-east-1") {
        const says = "Your previous request to create the named bucket succeeded and you already own it.";
        throw new AwsError("BucketAlreadyOwnedByYou", says, { status: 409 });
      }
      return { status: 200, headers: { location: `/${name}` } };
    },

    HeadBucket({ bucket, region }) {
      store.bucket(bucket);
      return { status: 200, headers: { "x-amz-bucket-region": region } };
    },

    PutBucketVersioning({ bucket: name, body }) {
      const bucket = store.bucket(name);
      const status = readXml(body.toString("utf8"))("VersioningConfiguration", "Status");
      if (status !== "Enabled" && status !== "Suspended") throw malformed();
      if (bucket.objectLock && status === "Suspended") throw lockedState();
      bucket.versioning = status;
      store.save();
      return { status: 200 };
    },

    GetBucketVersioning({ bucket }) {
      const { versioning } = store.bucket(bucket);
      return { status: 200, body: writeXml("VersioningConfiguration", [["Status", versioning]]) };
    },

    PutObjectLockConfiguration({ bucket: name, body }) {
      const bucket = store.bucket(name);
      const read = readXml(body.toString("utf8"));
      if (read("ObjectLockConfiguration", "ObjectLockEnabled") !== "Enabled") throw malformed();
      const rule = readRule(read);
      if (bucket.versioning !== "Enabled") {
        const says = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
        throw new AwsError("InvalidBucketState", says, { status: 409 });
      }
      bucket.objectLock = true;
      bucket.defaultRetention = rule;
      store.save();
      return { status: 200 };
    },

    GetObjectLockConfiguration({ bucket: name }) {
      const { objectLock, defaultRetention: rule } = store.bucket(name);
      if (!objectLock) {
        const says = "Object Lock configuration does not exist for this bucket";
        throw new AwsError("ObjectLockConfigurationNotFoundError", says, {
          status: 404,
          members: { BucketName: name },
        });
      }
      const written = rule && [
        [
          "DefaultRetention",
          [
            ["Mode", rule.mode],
            [rule.unit, String(rule.count)],
          ] as const,
        ] as const,
      ];
      const content = [["ObjectLockEnabled", "Enabled"] as const, ["Rule", written] as const];
      return { status: 200, body: writeXml("ObjectLockConfiguration", content) };
    },
  };
}

function readRule(read: ReadXml): DefaultRetention | undefined {
  const mode = read(...LOCK_RULE, "Mode");
  const days = read(...LOCK_RULE, "Days");
  const years = read(...LOCK_RULE, "Years");
  if (mode === undefined && days === undefined && years === undefined) return undefined;
  if (mode !== "COMPLIANCE" && mode !== "GOVERNANCE") throw malformed();
  if ((days === undefined) === (years === undefined)) throw malformed();
  const count = Number(days ?? years);
  if (!Number.isInteger(count) || count < 1 || count > (days === undefined ? 100 : 36_500)) {
    throw new AwsError("InvalidArgument", "Default retention period must be a positive integer value.");
  }
  return { mode, unit: days === undefined ? "Years" : "Days", count };
}

function lockedState(): AwsError {
  const says =
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
  return new AwsError("InvalidBucketState", says, { status: 409 });
}
