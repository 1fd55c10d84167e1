import { ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
}

export interface VersionQuery {
  readonly bucket: string;
  /** What the keys begin with. */
  readonly prefix: string;
  /** Only keys that come after this one. */
  readonly after: string | undefined;
}

/** All versions of a bucket's keys, page by page: by key, the newest of each first. Delete markers are passed over. */
export async function listVersions(
  client: S3Client,
  { bucket, prefix, after }: VersionQuery,
): Promise<readonly ObjectVersion[]> {
  const found: ObjectVersion[] = [];
  let page: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = { KeyMarker: after };
  for (;;) {
    // Anybody who writes there could put in a key that XML has no form for, hence the encoding.
    const wish = { Bucket: bucket, Prefix: prefix, EncodingType: "url", ...page } as const;
    const answer = await client.send(new ListObjectVersionsCommand(wish));
    for (const { Key, VersionId } of answer.Versions ?? [])
      if (Key !== undefined && VersionId !== undefined)
        found.push({ key: decodedKey(Key), versionId: VersionId });
    if (answer.IsTruncated !== true) return found;
    page = {
      KeyMarker: decodedKey(answer.NextKeyMarker ?? ""),
      VersionIdMarker: answer.NextVersionIdMarker,
    };
  }
}

// What is not in the form that was asked for is taken as it is, and is none of ours.
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
