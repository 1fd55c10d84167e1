import type { IncomingHttpHeaders } from "node:http";

type LockMode = "COMPLIANCE" | "GOVERNANCE";

/** How long a version is held. */
export interface Retention {
  readonly mode: LockMode;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What new versions get when a put says nothing. */
export interface DefaultRetention {
  readonly mode: LockMode;
  readonly unit: "Days" | "Years";
  readonly count: number;
}

/** A version of an object, or the marker that hides the ones before it. */
export interface StoredVersion {
  readonly key: string;
  /** Also names the file with its bytes; `null` for a version of a bucket that keeps none. */
  readonly id: string;
  readonly isMarker: boolean;
  /** File below the store's folder that holds the bytes. */
  readonly file: string;
  readonly size: number;
  /** MD5, hex. */
  readonly md5: string;
  readonly modifiedAt: number;
  /** Headers that a read gives back: content type, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-checksum-…` headers. */
  readonly checksums: Readonly<Record<string, string>>;
  retention: Retention | undefined;
}

export interface Bucket {
  readonly name: string;
  readonly createdAt: number;
  versioning: "Enabled" | "Suspended" | undefined;
  objectLock: boolean;
  defaultRetention: DefaultRetention | undefined;
  /** In the order in which they were put. */
  versions: StoredVersion[];
}

/** A request, told apart and read. */
export interface S3Request {
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Without the chunks' framing. */
  readonly body: Buffer;
  /** Headers that came after the body. */
  readonly trailers: Readonly<Record<string, string>>;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export type S3Operation = (request: S3Request) => S3Answer;
