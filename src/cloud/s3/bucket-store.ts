import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeptState } from "../kept-state.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Bucket, StoredVersion } from "./types.ts";

/**
 * Buckets and their versions: a list in one JSON file, the bytes in files with made-up names. No key of a client is
 * ever part of a path.
 */
export class BucketStore {
  readonly #state: KeptState<{ buckets: Record<string, Bucket> }>;
  readonly #objects: string;

  constructor(folder: string) {
    this.#state = new KeptState(join(folder, "buckets.json"), { buckets: {} });
    this.#objects = join(folder, "objects");
  }

  find(name: string): Bucket | undefined {
    return Object.hasOwn(this.#state.value.buckets, name) ? this.#state.value.buckets[name] : undefined;
  }

  /** Throws NoSuchBucket. */
  bucket(name: string): Bucket {
    const found = this.find(name);
    if (found !== undefined) return found;
    throw new AwsError("NoSuchBucket", "The specified bucket does not exist", {
      status: 404,
      members: { BucketName: name },
    });
  }

  /** Makes a bucket; one with Object Lock keeps versions from the beginning. */
  create(name: string, objectLock: boolean, now: number): Bucket {
    const bucket: Bucket = {
      name,
      createdAt: now,
      versioning: objectLock ? "Enabled" : undefined,
      objectLock,
      defaultRetention: undefined,
      versions: [],
    };
    this.#state.value.buckets[name] = bucket;
    this.save();
    return bucket;
  }

  /** Adds a version; where none are kept it takes the place of the one before. The bytes are on disk first. */
  add(bucket: Bucket, version: Omit<StoredVersion, "id" | "file">, bytes: Buffer): StoredVersion {
    const file = randomBytes(18).toString("hex");
    const id = bucket.versioning === "Enabled" ? randomBytes(24).toString("base64url") : "null";
    if (!version.isMarker) {
      mkdirSync(this.#objects, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.#objects, file), bytes, { mode: 0o600, flag: "wx" });
    }
    const replaced =
      id === "null" ? bucket.versions.filter((one) => one.key === version.key && one.id === id) : [];
    const added: StoredVersion = { ...version, id, file };
    bucket.versions = [...bucket.versions.filter((one) => !replaced.includes(one)), added];
    this.save();
    for (const one of replaced) this.#forget(one);
    return added;
  }

  remove(bucket: Bucket, version: StoredVersion): void {
    bucket.versions = bucket.versions.filter((one) => one !== version);
    this.save();
    this.#forget(version);
  }

  bytes(version: StoredVersion): Buffer {
    return readFileSync(join(this.#objects, version.file));
  }

  save(): void {
    this.#state.save();
  }

  #forget({ file, isMarker }: StoredVersion): void {
    if (!isMarker) rmSync(join(this.#objects, file), { force: true });
  }
}

/** The version that a key stands for now, be it a marker. */
export function currentVersion(bucket: Bucket, key: string): StoredVersion | undefined {
  return bucket.versions.findLast((one) => one.key === key);
}
