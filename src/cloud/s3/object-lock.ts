import { AwsError } from "../wire/aws-error.ts";
import type { Bucket, Retention, StoredVersion } from "./types.ts";

const DAY_MS = 86_400_000;

/** Throws InvalidRequest (400) for a bucket without Object Lock. */
export function needsLock(bucket: Bucket): void {
  if (!bucket.objectLock) throw new AwsError("InvalidRequest", "Bucket is missing Object Lock Configuration");
}

/** Reads a mode and a date as S3 takes them. Throws InvalidArgument (400). */
export function readRetention(
  mode: string | undefined,
  until: string | undefined,
  now: number,
): Retention | undefined {
  if (mode === undefined && until === undefined) return undefined;
  if (mode === undefined || until === undefined) {
    throw invalid("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied");
  }
  if (mode !== "COMPLIANCE" && mode !== "GOVERNANCE") throw invalid("Unknown wormMode directive.");
  const date = Date.parse(until);
  if (Number.isNaN(date)) throw invalid("The retain until date must be provided in ISO 8601 format");
  if (date <= now) throw invalid("The retain until date must be in the future!");
  return { mode, until: date };
}

/** What a version gets from its bucket when its put says nothing. A year has 365 days, as on S3. */
export function defaultRetention({ defaultRetention: rule }: Bucket, now: number): Retention | undefined {
  if (rule === undefined) return undefined;
  const days = rule.unit === "Years" ? rule.count * 365 : rule.count;
  return { mode: rule.mode, until: now + days * DAY_MS };
}

/** May the version be deleted? Nobody may while it is held in compliance mode. Throws AccessDenied (403). */
export function checkDeletable({ retention }: StoredVersion, now: number, bypass: boolean): void {
  if (retention === undefined || retention.until <= now) return;
  if (retention.mode === "GOVERNANCE" && bypass) return;
  throw denied();
}

/** May `wanted` take the place of the version's retention? It may get longer and never shorter. Throws AccessDenied. */
export function checkExtends(
  { retention }: StoredVersion,
  wanted: Retention | undefined,
  now: number,
  bypass: boolean,
): void {
  if (retention === undefined || retention.until <= now) return;
  if (retention.mode === "GOVERNANCE" && bypass) return;
  const keepsMode = wanted?.mode === retention.mode || wanted?.mode === "COMPLIANCE";
  if (wanted === undefined || !keepsMode || wanted.until < retention.until) throw denied();
}

function denied(): AwsError {
  return new AwsError("AccessDenied", "Access Denied because object protected by object lock.", {
    status: 403,
  });
}

function invalid(says: string): AwsError {
  return new AwsError("InvalidArgument", says);
}
