import { S3Client } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { anchorProblem } from "../../core/anchor-problem.ts";
import { anchoredName } from "../../core/anchored-name.ts";
import type { Anchor, AnchoredCheckpoint } from "../../ports/anchor.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import type { ObjectVersion } from "./list-versions.ts";
import { LockedObjects } from "./locked-objects.ts";

export interface AnchorBucket {
  readonly bucket: string;
  /** The folder of all keys; may be empty. */
  readonly prefix: string;
}

// Small objects: the wait for an answer is all that reading one costs.
const READS_AT_ONCE = 16;

/**
 * Checkpoints in S3 under Object Lock in compliance mode: nobody, the account's root included, changes, deletes or
 * shortens what is kept before its date. A put to the same key makes a new version, so every version counts.
 */
export function s3Anchor(access: CloudAccess, anchorBucket: AnchorBucket): Anchor {
  const { bucket } = anchorBucket;
  const prefix = anchorBucket.prefix.replace(/[^/]$/, "$&/");
  const place = `s3://${bucket}/${prefix}`;
  // An endpoint of one's own has no name for each bucket; AWS's may not be asked by path for ever.
  const client = new S3Client({
    ...clientSettings(access),
    forcePathStyle: access.endpoint !== undefined,
    // What comes back is compared with what was written, byte by byte.
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const objects = new LockedObjects(client, bucket, place);
  const folderOf = (log: string) => `${prefix}checkpoints/${anchoredName(log)}/`;
  const documentKey = (name: string) => `${prefix}documents/${anchoredName(name)}.txt`;

  /** The one text of all versions of a key, the newest of which comes first. */
  async function readOnly(key: string, versions: readonly ObjectVersion[]) {
    const [first, ...others] = await pMap(
      versions.toReversed(),
      async ({ versionId }) => ({ versionId, text: await objects.read(key, versionId) }),
      { concurrency: READS_AT_ONCE },
    );
    const other = others.find(({ text }) => text !== first?.text);
    if (other === undefined) return first;
    throw anchorProblem(
      "ANCHOR_DIFFERS",
      place,
      `${key} has versions that differ, one is ${other.versionId}`,
    );
  }

  return {
    place,

    async keep({ log, size, note }, retainUntil) {
      await objects.checkLock();
      const key = `${folderOf(log)}${digits(size)}.note`;
      await objects.putFirst(key, note, retainUntil);
      const kept = await readOnly(key, await objects.versions(key));
      if (kept?.text !== note) {
        const says = kept === undefined ? "nothing is kept" : "another note is kept";
        throw anchorProblem("ANCHOR_DIFFERS", place, `${says} for size ${size} of ${log}, at ${key}`);
      }
      await objects.holdUntil(key, kept.versionId, retainUntil);
    },

    async kept(log, fromSize = 0) {
      const folder = folderOf(log);
      // Sorts right before the key of that size.
      const after = `${folder}${digits(fromSize)}`;
      const keys = Map.groupBy(await objects.versionsBelow(folder, after), ({ key }) => key);
      const kept = await pMap(
        [...keys].filter(([key]) => /^\d{16}\.note$/.test(key.slice(folder.length))),
        async ([key, versions]): Promise<AnchoredCheckpoint[]> => {
          const found = await readOnly(key, versions);
          const size = Number(key.slice(folder.length, -".note".length));
          return found === undefined ? [] : [{ log, size, note: found.text }];
        },
        { concurrency: READS_AT_ONCE },
      );
      return kept.flat().sort((a, b) => a.size - b.size);
    },

    async putDocument(name, text, retainUntil) {
      await objects.checkLock();
      const key = documentKey(name);
      const newest = (await objects.versions(key))[0]?.versionId;
      const isThere = newest !== undefined && (await objects.read(key, newest)) === text;
      const versionId = isThere ? newest : await objects.put(key, text, retainUntil);
      if (!isThere && (await objects.read(key, versionId)) !== text)
        throw anchorProblem("ANCHOR_DIFFERS", place, `${key} does not read as it was written`);
      await objects.holdUntil(key, versionId, retainUntil);
    },

    async getDocument(name) {
      const key = documentKey(name);
      const newest = (await objects.versions(key))[0]?.versionId;
      return newest === undefined ? undefined : objects.read(key, newest);
    },
  };
}

// So many that every record number fits and keys sort as numbers do.
function digits(size: number): string {
  return String(size).padStart(16, "0");
}
