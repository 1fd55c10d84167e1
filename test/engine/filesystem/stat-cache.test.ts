import { lstat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stampOf } from "../../../src/engine/filesystem/stat-cache.ts";
import { aFolder } from "./a-store.ts";

test("a file that changed within the last two seconds before it was read has no stamp", async () => {
  const file = join(await aFolder(), "a");
  await writeFile(file, "");
  const stats = await lstat(file, { bigint: true });
  const changedAt = Number(stats.ctimeNs / 1_000_000n);
  expect(stampOf(stats, changedAt)).toBeUndefined();
  expect(stampOf(stats, changedAt + 1999)).toBeUndefined();
  expect(stampOf(stats, changedAt + 2000)).toBe(stampOf(stats, Number.POSITIVE_INFINITY));
});
