import { AwsError } from "../wire/aws-error.ts";
import { currentVersion } from "./bucket-store.ts";
import type { Bucket, S3Request, StoredVersion } from "./types.ts";

/** The version that a request asks for. Throws NoSuchKey, NoSuchVersion (404) or, for a marker, MethodNotAllowed. */
export function findVersion(bucket: Bucket, { key, query }: S3Request): StoredVersion {
  const id = query.get("versionId");
  const version =
    id === null
      ? currentVersion(bucket, key)
      : bucket.versions.find((one) => one.key === key && one.id === id);
  if (id === null && (version === undefined || version.isMarker)) {
    throw new AwsError("NoSuchKey", "The specified key does not exist.", {
      status: 404,
      members: { Key: key },
    });
  }
  if (version === undefined) {
    throw new AwsError("NoSuchVersion", "The specified version does not exist.", {
      status: 404,
      members: { Key: key, VersionId: id ?? "" },
    });
  }
  if (!version.isMarker) return version;
  throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    status: 405,
    members: { ResourceType: "DeleteMarker" },
  });
}
