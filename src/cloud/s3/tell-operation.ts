import { AwsError } from "../wire/aws-error.ts";

export interface ToldOperation {
  /** S3's name of it, or the method where it has none here. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

const BUCKET: Readonly<Record<string, string>> = {
  PUT: "CreateBucket",
  HEAD: "HeadBucket",
  "PUT versioning": "PutBucketVersioning",
  "GET versioning": "GetBucketVersioning",
  "PUT object-lock": "PutObjectLockConfiguration",
  "GET object-lock": "GetObjectLockConfiguration",
  "GET list-type": "ListObjectsV2",
  "GET versions": "ListObjectVersions",
};

const OBJECT: Readonly<Record<string, string>> = {
  PUT: "PutObject",
  GET: "GetObject",
  HEAD: "HeadObject",
  DELETE: "DeleteObject",
  "PUT retention": "PutObjectRetention",
  "GET retention": "GetObjectRetention",
};

// Parameters that choose among an operation's answers; any other one names an operation of its own.
const PLAIN = [
  "x-id",
  "versionId",
  "prefix",
  "delimiter",
  "max-keys",
  "encoding-type",
  "continuation-token",
  "start-after",
  "fetch-owner",
  "key-marker",
  "version-id-marker",
];

/** Which operation a request is, told by its method, its path as `/bucket/key` and its query. Throws InvalidURI (400). */
export function tellOperation(method: string, url: string): ToldOperation {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1));
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?([\s\S]*)$/.exec(path) ?? [];
  const special = [...query.keys()].find((name) => !PLAIN.includes(name));
  const kind = special === undefined ? method : `${method} ${special}`;
  const operation = (key === "" ? BUCKET : OBJECT)[kind] ?? kind;
  return { operation, bucket: decoded(bucket), key: decoded(key), query };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.");
  }
}
