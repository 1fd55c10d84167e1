import {
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { anchorProblem } from "../../core/anchor-problem.ts";
import { secondAfter } from "../../core/ledger/retention.ts";
import { askAnchor } from "./ask-anchor.ts";
import { listVersions, type ObjectVersion } from "./list-versions.ts";
import { isNamed } from "./translate-error.ts";

// S3 answers so while another write to the same key is under way, and asks for the put once more.
const CONFLICTS = 5;

/** Small texts in a bucket with Object Lock, each version held in compliance mode. Throws `ANCHOR_…` (exit 11). */
export class LockedObjects {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #place: string;
  #isLocked = false;

  constructor(client: S3Client, bucket: string, place: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#place = place;
  }

  /** Once a bucket has Object Lock it cannot lose it, so the answer is asked for once. */
  async checkLock(): Promise<void> {
    if (this.#isLocked) return;
    const enabled = await this.#ask(async () => {
      try {
        const answer = await this.#client.send(
          new GetObjectLockConfigurationCommand({ Bucket: this.#bucket }),
        );
        return answer.ObjectLockConfiguration?.ObjectLockEnabled;
      } catch (error) {
        if (isNamed(error, "ObjectLockConfigurationNotFoundError")) return undefined;
        throw error;
      }
    });
    if (enabled !== "Enabled") throw this.#notLocked("the bucket has no Object Lock");
    this.#isLocked = true;
  }

  /** Writes the first version of a key; one that is there already stays as it is. */
  async putFirst(key: string, text: string, retainUntil: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const command = new PutObjectCommand({ ...this.#object(key, text, retainUntil), IfNoneMatch: "*" });
      const isConflict = await this.#ask(async () => {
        try {
          await this.#client.send(command);
          return false;
        } catch (error) {
          if (isNamed(error, "ConditionalRequestConflict") && attempt < CONFLICTS) return true;
          if (!isNamed(error, "PreconditionFailed")) throw error;
          return false;
        }
      });
      if (!isConflict) return;
    }
  }

  /** Writes a new version and answers its id. */
  async put(key: string, text: string, retainUntil: string): Promise<string> {
    const command = new PutObjectCommand(this.#object(key, text, retainUntil));
    const { VersionId } = await this.#ask(() => this.#client.send(command));
    if (VersionId === undefined) throw this.#notLocked("the bucket keeps no versions");
    return VersionId;
  }

  async read(key: string, versionId: string): Promise<string> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId });
    return this.#ask(async () => (await (await this.#client.send(command)).Body?.transformToString()) ?? "");
  }

  /** Versions of exactly this key, the newest first. Delete markers, which hide and delete nothing, are passed over. */
  async versions(key: string): Promise<readonly ObjectVersion[]> {
    return (await this.versionsBelow(key)).filter((version) => version.key === key);
  }

  /** Versions of all keys that begin so and come after one, in the order of their keys, the newest of each first. */
  versionsBelow(prefix: string, after?: string): Promise<readonly ObjectVersion[]> {
    return this.#ask(() => listVersions(this.#client, { bucket: this.#bucket, prefix, after }));
  }

  /** Makes sure that the version is held at least so long, extends it where it is not, and never shortens it. */
  async holdUntil(key: string, versionId: string, retainUntil: string): Promise<void> {
    const wanted = wholeSecond(retainUntil);
    if (await this.#isHeld(key, versionId, wanted)) return;
    await this.#ask(() =>
      this.#client.send(
        new PutObjectRetentionCommand({
          Bucket: this.#bucket,
          Key: key,
          VersionId: versionId,
          Retention: { Mode: "COMPLIANCE", RetainUntilDate: wanted },
        }),
      ),
    );
    if (!(await this.#isHeld(key, versionId, wanted)))
      throw this.#notLocked(`${key} is not held until ${retainUntil}, whatever the answer to the call was`);
  }

  async #isHeld(key: string, versionId: string, wanted: Date): Promise<boolean> {
    const command = new GetObjectRetentionCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId });
    const retention = await this.#ask(async () => {
      try {
        return (await this.#client.send(command)).Retention;
      } catch (error) {
        if (isNamed(error, "NoSuchObjectLockConfiguration")) return undefined;
        throw error;
      }
    });
    return (
      retention?.Mode === "COMPLIANCE" && (retention.RetainUntilDate?.getTime() ?? 0) >= wanted.getTime()
    );
  }

  #object(key: string, text: string, retainUntil: string) {
    return {
      Bucket: this.#bucket,
      Key: key,
      Body: text,
      ContentType: "text/plain; charset=utf-8",
      ObjectLockMode: "COMPLIANCE",
      ObjectLockRetainUntilDate: wholeSecond(retainUntil),
    } as const;
  }

  #ask<T>(call: () => Promise<T>): Promise<T> {
    return askAnchor(this.#place, call);
  }

  #notLocked(says: string) {
    return anchorProblem("ANCHOR_NOT_LOCKED", this.#place, says);
  }
}

// The SDK sends whole seconds and drops the rest; what is kept must not end before what was asked for.
function wholeSecond(retainUntil: string): Date {
  return new Date(secondAfter(retainUntil));
}
