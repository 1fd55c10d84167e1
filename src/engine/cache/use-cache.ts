import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { shrinkCache } from "./shrink-cache.ts";
import { tryLock } from "./machine-lock.ts";
import { isAlive, ownIdentity } from "./process-identity.ts";

/** A claim on the cache: while it lasts nothing is removed from it. */
export interface CacheUse {
  /** Gives the claim back; if nobody else has one, the cache shrinks to `bytes`, the longest unused first. */
  end(bytes: number): Promise<void>;
}

const SHRINKING_TAKES_AT_MOST_MS = 120_000;

/** Claims the cache for one engine. Waits while another process is removing from it. */
export async function useCache(folder: string): Promise<CacheUse> {
  const claims = join(folder, "claims");
  await mkdir(claims, { recursive: true, mode: 0o700 });
  const claim = join(claims, `${ownIdentity()}-${randomUUID()}`);
  // First the claim, then the look: whoever shrinks takes the lock first and looks at the claims then.
  await writeFile(claim, "");
  await notShrinking(folder);

  return {
    end: async (bytes) => {
      await rm(claim, { force: true });
      const lock = await tryLock(shrinkLock(folder));
      if (lock === undefined) return;
      try {
        if ((await livingClaims(claims)) === 0) await shrinkCache(folder, bytes);
      } finally {
        await lock.release();
      }
    },
  };
}

async function notShrinking(folder: string): Promise<void> {
  const deadline = performance.now() + SHRINKING_TAKES_AT_MOST_MS;
  while (performance.now() < deadline) {
    const lock = await tryLock(shrinkLock(folder));
    if (lock !== undefined) return await lock.release();
    await pause(20);
  }
}

function shrinkLock(folder: string): string {
  return `${folder}/shrink`;
}

async function livingClaims(claims: string): Promise<number> {
  let living = 0;
  for (const name of await readdir(claims)) {
    if (isAlive(name)) living += 1;
    else await rm(join(claims, name), { force: true });
  }
  return living;
}
